"""Equivalent mutants, in the word of mutation testing: losses that no invariant can notice, each with the reason."""

from __future__ import annotations

from typing import Final

_IN_THE_PATH: Final = (
    "aws:PrincipalOrgPaths begins with the organisation's id, so this adds nothing; without it S3 and Access Analyzer "
    'count an Allow to "*" as public (S3 User Guide, "The meaning of public")'
)
_NAMED_BY_ACCOUNT: Final = (
    "the writers' ARNs name their accounts, which stand below the domains unit; "
    "this closes the door should one be moved"
)
_ONLY_SERVICES: Final = (
    "aws:SourceAccount is in no request but those that a service makes itself (IAM User Guide, global keys), "
    "so this adds nothing; it says what the statement is about"
)

_LOOKED_FOR: Final = (
    "aws:PrincipalOrgPaths begins with the organisation's id, so this adds nothing; AWS's examples and the tools that "
    "check endpoint policies look for it (aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies)"
)
_FILES_TOO: Final = (
    "DecryptFilesOfProducts grants it of every key of a domain's account, so this adds nothing; it says what a query's "
    'result needs (Athena User Guide, "Encrypt query results stored in Amazon S3"), and stands when files are gone'
)

_TABLES_TOO: Final = (
    "the check decrypts with every key of its account, for tables, by another statement of the role, so this adds "
    'nothing; it says what a query\'s result needs (Athena User Guide, "Encrypt query results stored in Amazon S3")'
)
_ADMINISTERS: Final = (
    "DeploymentAdministers of the same document lets the deployment describe the key, so this adds nothing; the list "
    "is that of all who encrypt through S3"
)

_NO_OBJECT: Final = (
    "of the actions with Object in their name those on a bucket look at its object lock and set it, of which the "
    "role's own policy has none, and to list is no such action; so this adds nothing, and says where the role works"
)
_NO_MACHINE_AT_HOME: Final = (
    "no pipeline of this account reads with a clearance, so at home it lets nobody in; of an account that has one, the "
    "same statement is asked (I31)"
)
_SPARED_BY_CLEARANCE: Final = (
    "the product's own pipeline holds a clearance that covers the product, and the same condition spares every "
    "pipeline that does, so this adds nothing"
)

_DECRYPTS_WITH_A_CLEARANCE: Final = (
    "the product's own pipeline holds a clearance that covers the product, so ClearedPipelinesAtHomeDecrypt of the "
    "same document lets it decrypt; the list is that of all who encrypt through S3"
)

_ELSEWHERE: Final = (
    "RefuseOtherAccounts of the same document refuses everything to callers of every other account, so a role of the "
    "same name in one of them gets no further"
)

_USERS_ALONE: Final = (
    "sts:SourceIdentity has to be ${aws:username}, which is in no request of a role, so no role gets in"
)
_SEES_AND_STARTS: Final = (
    "a team's role that carries the boundary would see settings and start triggers as they were made, if its own "
    "policy lets it: what staff does, which does no harm (M17)"
)
_PEOPLE_ALONE: Final = (
    "the statement is about people's roles alone, as its ArnLike of the same key says, and this is the name of none"
)
_CLEARED_ALONE: Final = (
    "the statement is about roles of clearances and pipelines alone, as its ArnLike of the same key says, and this is "
    "the name of none"
)
_CARRIED_AT_HOME: Final = (
    'a role carries a policy of its own account (IAM User Guide, "Customer managed policies"), so in a boundary a '
    "wider account names no role more"
)
_EVENTS_OF_NO_ACCOUNT: Final = (
    "an event of AWS Health has no account in its ARN and is the caller's own (Service Authorization Reference, AWS "
    "Health), so no stranger's request meets an RCP; the statement names each service in use that takes one"
)

_OF_ANOTHER_UNIT: Final = (
    "one text is every account's, and in an account of this unit nothing has what the statement asks of the account; "
    "where something has, the same statement is asked"
)
_ITS_OWN_ACCOUNT: Final = "every role of this account has this account's id and unit, so in it this adds nothing"

_CI: Final = "role/mesh/deploy, trust in "
_OF_OTHERS: Final = {
    "management": "Governance TheDomain Partners",
    "governance": "TheOrganisation TheDomain Partners",
    "domains": "TheOrganisation Governance Partners",
    "partners": "TheOrganisation Governance TheDomain",
}
"""Statements on CI of other units, by the unit of an account."""

REASONS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("*", "Cleared*", "StringEquals aws:PrincipalOrgID*", _IN_THE_PATH),
    ("*", "StaffSeesItsOwn", "StringEquals aws:PrincipalOrgID*", _IN_THE_PATH),
    ("*", "DeclaredWriters*", "StringEquals aws:PrincipalOrgID*", _IN_THE_PATH),
    ("*", "DomainsReadTheCatalog", "StringEquals aws:PrincipalOrgID*", _IN_THE_PATH),
    ("policy of the mesh bus", "*", "StringEquals aws:PrincipalOrgID*", _IN_THE_PATH),
    ("policy of the endpoint of *", "MeshReachesItsOwn", "StringEquals aws:PrincipalOrgID*", _LOOKED_FOR),
    ("*", "DeclaredWriters*", "ForAnyValue:StringLike aws:PrincipalOrgPaths*", _NAMED_BY_ACCOUNT),
    ("role/mesh/clearance/*, mesh", "EncryptQueryResults", "Action kms:Decrypt", _FILES_TOO),
    ("role/mesh/check, mesh", "EncryptQueryResults", "Action kms:Decrypt", _TABLES_TOO),
    ("policy of bucket *--*", "RefuseRetentionElsewhere", "NotResource arn:aws:s3:::*", _NO_OBJECT),
    ("policy of the key of *", "ClearedPipelinesDecrypt", "StringNotEquals aws:PrincipalAccount", _NO_MACHINE_AT_HOME),
    *(
        (
            document,
            f"RefuseOther{who}",
            "ArnNotLike aws:PrincipalArn *:role/mesh/pipeline/[!n]*/*",
            _SPARED_BY_CLEARANCE,
        )
        for document, who in (
            ("policy of bucket *--*", "Readers"),
            ("policy of bucket *--*", "Listers"),
            ("policy of the key of *", "Users"),
        )
    ),
    ("policy of the key of *", "PipelineEncrypts", "Action kms:De*", _DECRYPTS_WITH_A_CLEARANCE),
    ("policy of the key of *", "DeploymentStartsTables", "Action kms:DescribeKey", _ADMINISTERS),
    *(
        (f"policy of bucket *{kind}", "RefuseOther*", "ArnNotLike aws:PrincipalArn * to arn:aws:iam::[*]:*", _ELSEWHERE)
        for kind in ("-logs", "-results", "-audit", "--inbox")
    ),
    ("role/mesh/break-glass/*, trust", "*", "ArnLike aws:PrincipalArn arn:aws:iam::[*]:role/*", _USERS_ALONE),
    (
        "mesh-credentials-stay-inside",
        "RefusePeopleElsewhere",
        "ArnNotLike * arn:aws:iam::[*]:role/somebody",
        _PEOPLE_ALONE,
    ),
    (
        "policy of bucket *--*",
        "RefuseReadingBesideFiles",
        "ArnNotLike * arn:aws:iam::[*]:role/somebody",
        _CLEARED_ALONE,
    ),
    ("policy/mesh/boundary", "*", "Arn*Like aws:PrincipalArn * to arn:aws:iam::[*]:role/mesh/*", _CARRIED_AT_HOME),
    ("policy/mesh/boundary", "StaffWork", "ArnLike * arn:aws:iam::[*]:role/somebody", _SEES_AND_STARTS),
    *(
        (document, "Refuse*", "Action health:[*]", _EVENTS_OF_NO_ACCOUNT)
        for document in ("mesh-resources-stay-inside", "mesh-domain-resources", "mesh-partner-*-one-writer")
    ),
    *(
        (f"{_CI}{unit}", f"ContinuousIntegrationOf{other}", "*", _OF_ANOTHER_UNIT)
        for unit, others in _OF_OTHERS.items()
        for other in others.split()
    ),
    *(
        (f"{_CI}{unit}", f"ContinuousIntegrationOf{own}", "*String* aws:Resource*", _ITS_OWN_ACCOUNT)
        for unit, own in (
            ("management", "TheOrganisation"),
            ("governance", "Governance"),
            ("domains", "TheDomain"),
            ("partners", "Partners"),
        )
    ),
    ("*", "RefuseServicesForOutsiders", "Bool aws:PrincipalIsAWSService", _ONLY_SERVICES),
)
"""Document, Sid and condition of the loss (patterns), and the reason."""
