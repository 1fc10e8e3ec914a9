"""RCPs (resource control policies): what nobody does to the resources of member accounts, whatever their policies say.

They bind the resources of member accounts; not those of the management account, nor calls of service-linked roles (AWS
Organizations User Guide, "Resource control policies"). An RCP is Deny only, for every principal, without NotAction
and without a bare `*` as its action. Quota: 5,120 characters; white space counts, so documents are attached minified.
"""
