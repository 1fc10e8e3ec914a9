"""SCPs: what no identity of a member account does, whatever its own policies say.

They bind the identities of member accounts; not the management account, nor service-linked roles (AWS Organizations
User Guide, "Service control policies"). Quota: 10,240 characters; white space counts, so documents are attached
minified.
"""
