"""Owners of resources: AWS itself, another account or nobody known, and what each of them lets a caller do.

Whose a resource is, its ARN often does not say, nor whether its owner shares it. Where AWS's pages leave it open the
worst is taken, or nothing is decided; never a deny.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from mesh.aws import bucket_namespace
from mesh.evaluator import facts

Sharing = Literal["shared", "organization", "never", "unknown"]
"""Whether a caller reaches a resource of another account that has no policy of its own: in whatever account it is
(`shared`), in one of the same organisation, never, or nobody knows.
"""

# ---- resources of other accounts

SHARED: Final = frozenset(
    "acm-pca app-mesh appmesh appsync aps bedrock cloudhsm codebuild connect datazone detective dms imagebuilder "
    "license-manager network-firewall networkmanager oam outposts ram redshift refactor-spaces resource-explorer-2 "
    "resource-groups route53 route53profiles sagemaker servicecatalog servicediscovery ssm-contacts ssm-incidents "
    "verified-permissions vpc-lattice".split()
)
"""Services whose resources any account may reach without a policy of the resource (2026-11-28): by a share (RAM User
Guide, "Shareable AWS resources"), or because they are addressed to the caller, as the graph of Detective's invitation
and RAM's own is. Taken for the worst, whatever the type.

The page's table was not at hand: this list, and the types below, are written from knowledge of it.
"""

SHARED_TYPES: Final[Mapping[str, frozenset[str]]] = {
    # Same page, "Amazon EC2", "Amazon VPC", "AWS Outposts"; and without RAM: VPC User Guide and guides of its parts, of
    # peering, endpoint services, transit gateway attachments, address transfers and interface permissions.
    "ec2": frozenset(
        "capacity-reservation dedicated-host elastic-ip fpga-image image ipam-pool ipam-resource-discovery "
        "network-interface placement-group prefix-list snapshot traffic-mirror-target transit-gateway "
        "transit-gateway-attachment transit-gateway-multicast-domain verified-access-group vpc vpc-endpoint-service "
        "vpc-peering-connection".split()
    ),
    "elasticloadbalancing": frozenset({"truststore"}),
    # Same page, "Amazon Aurora"; RDS and Aurora User Guides, "Sharing a DB snapshot", "Sharing a DB cluster snapshot".
    "rds": frozenset({"cluster", "cluster-snapshot", "snapshot"}),
    "route53resolver": frozenset({"firewall-rule-group", "resolver-query-log-config", "resolver-rule"}),
    # CloudTrail User Guide, "AWS CloudTrail resource-based policy examples".
    "cloudtrail": frozenset({"channel", "dashboard", "eventdatastore"}),
    # Audit Manager User Guide, "Sharing a custom framework": with any account.
    "auditmanager": frozenset({"assessmentFramework"}),
    # Organizations User Guide, "Inviting an AWS account to join your organization": the handshake is the inviting
    # account's; "Billing transfer" asks another organisation.
    "organizations": frozenset({"handshake", "transfer"}),
}
"""Types of resources that any account may reach, of services of which other types are not: the beginning of the last
part of their ARNs.
"""

_IN_THE_ORGANIZATION: Final[Mapping[str, frozenset[str]]] = {
    # VPC User Guide, "Share your VPC subnets with other accounts", "Share security groups with AWS Organizations": with
    # accounts of the same organisation only; "Delegate administration" of IPAM; Outposts: "Share your resources".
    "ec2": frozenset(
        "coip-pool ipam ipam-policy ipam-scope local-gateway local-gateway-route-table "
        "local-gateway-virtual-interface-group outpost-lag secondary-subnet security-group subnet".split()
    ),
}
DELEGATED: Final = frozenset(
    "access-analyzer account auditmanager cloudformation cloudtrail cloudwatch compute-optimizer config devops-guru "
    "fms guardduty health inspector inspector2 macie2 notifications observabilityadmin organizations securityhub "
    "securitylake servicequotas sso ssm ssm-quicksetup support trustedadvisor".split()
)
"""Services in which the management account or a delegated administrator acts on what is another account's. Both are of
the same organisation (Organizations User Guide, "AWS services that you can use with AWS Organizations": "a member
account in the organization as a delegated administrator"): nobody outside reaches these resources.
"""

NEVER_ANOTHERS: Final = frozenset(
    "athena autoscaling budgets ce cur datasync elasticache elasticmapreduce glue glue-databrew iam identitystore "
    "lakeformation pipes quicksight scheduler signin states".split()
)
"""Services whose calls name a resource without its account, so that the caller's own is meant, or that have no way to
share it (their API references; IAM User Guide, "AWS services that work with IAM"; 2026-11-28).
"""


def reach(service: str, rest: str) -> Sharing:
    """Whether a caller reaches a resource of another account; `rest` is the last part of its ARN.

    Of services without resource policies.
    """
    if service in SHARED:
        return "shared"
    kind = _TYPE.split(rest, maxsplit=1)[0]
    if kind in SHARED_TYPES.get(service, ()):
        return "shared"
    if service in DELEGATED or kind in _IN_THE_ORGANIZATION.get(service, ()):
        return "organization"
    return "never" if service in NEVER_ANOTHERS or service in SHARED_TYPES else "unknown"


def account_of_bucket(service: str, rest: str) -> str:
    """Id of the account that a bucket's name is reserved for, or that of the bucket an object is in; empty if none."""
    return (bucket_namespace.account_of(rest.partition("/")[0]) or "") if service == "s3" else ""


_TYPE: Final = re.compile(r"[/:]")


MADE_BY_THE_CALLER: Final = frozenset({"s3:createbucket"})
"""Actions that make the resource of their ARN, though the ARN says no account: it is the caller's own, and has no
policy yet (S3 User Guide, "General purpose buckets overview": "The AWS account that creates the bucket owns it").
"""

# ---- resources of AWS

ON_WHAT_AWS_OWNS: Final = frozenset(
    {
        "cloudformation:createchangeset",
        "cloudformation:createstack",
        "cloudformation:createstackset",
        "cloudformation:updatestack",
        "cloudformation:updatestackset",
        "organizations:attachpolicy",
        "organizations:detachpolicy",
        "ram:associateresourcesharepermission",
        "ram:createresourceshare",
        "ram:disassociateresourcesharepermission",
        "ram:replacepermissionassociations",
    }
)
"""Writing actions that take a resource of AWS's own beside one of the caller's: FullAWSAccess is attached and detached
(Organizations User Guide, "Detaching policies"), a share has a managed permission, a template a transform.
"""

WRITTEN_BY_AWS_ALONE: Final = frozenset({"iam", "organizations", "ram", "cloudformation"})
"""Services of whose resources in AWS's own account all others are read only (IAM User Guide, "AWS managed policies":
"You cannot change the permissions defined in AWS managed policies"; Organizations and RAM say the same of theirs).
"""

_SERVICE_LINKED: Final = frozenset(
    {"iam:createservicelinkedrole", "iam:deleteservicelinkedrole", "iam:updateroledescription", "iam:passrole"}
)
_UNSAID: Final = frozenset({"iam:updaterole", "iam:tagrole", "iam:untagrole"})
"""Actions on service-linked roles of which AWS's pages do not say one thing."""

_RESERVED_ROLE: Final = re.compile(r"arn:[^:]+:iam::\d{12}:role/(aws-reserved|aws-service-role)/")
_RESERVED_ALIAS: Final = re.compile(r"arn:[^:]+:kms:[^:]*:\d{12}:alias/aws/")
_RESERVED_PARAMETER: Final = re.compile(r"arn:[^:]+:ssm:[^:]*:(\d{12})?:parameter/(aws|ssm)", re.IGNORECASE)
_OF_AWS: Final = re.compile(r"arn:[^:]+:[^:]*:[^:]*:aws:")
_KEY_USE: Final = frozenset(
    f"kms:{name}"
    for name in (
        "creategrant decrypt derivesharedsecret encrypt generatedatakey generatedatakeypair "
        "generatedatakeypairwithoutplaintext generatedatakeywithoutplaintext generatemac reencryptfrom reencryptto "
        "retiregrant revokegrant sign verify verifymac"
    ).split()
)


def guarded(arn: str) -> bool:
    """Whether AWS keeps a resource for itself, so that some actions are refused to everybody."""
    if arn.startswith("arn:aws:s3:::"):  # objects are many, and none is kept
        return False
    kept = (_OF_AWS, _RESERVED_ROLE, _RESERVED_ALIAS, _RESERVED_PARAMETER)
    return any(pattern.match(arn) for pattern in kept)


def refused(action: str, arn: str) -> bool | None:
    """Whether AWS refuses an action (lower case) on what it keeps for itself to everybody; None: no page says."""
    service, _, name = action.partition(":")
    if facts.reads(service, name):
        return False
    if _OF_AWS.match(arn):
        if action in ON_WHAT_AWS_OWNS:
            return False
        return True if service in WRITTEN_BY_AWS_ALONE else None
    if _RESERVED_ALIAS.match(arn):
        # KMS Developer Guide, "Aliases": alias/aws/ is reserved; "AWS managed keys": used, never managed.
        return action not in _KEY_USE
    if _RESERVED_PARAMETER.match(arn):
        # Systems Manager API, PutParameter: no name begins with aws or ssm.
        return action == "ssm:putparameter"
    # IAM User Guide, "Service-linked roles"; Identity Center: "this role is only modifiable by AWS".
    if service != "iam":
        return False
    if ":role/aws-reserved/" in arn:
        return action != "iam:passrole"
    return None if action in _UNSAID else action not in _SERVICE_LINKED


# ---- policies of resources

CATALOG: Final = frozenset({"catalog", "connection", "database", "table", "tableVersion", "userDefinedFunction"})
"""Resources of a Data Catalog, which its one policy protects (Glue Developer Guide, "Resource-based policies")."""


def may_carry_policy(owner: str, rest: str) -> bool:
    """Whether a resource may carry a policy, or another does for it; of Glue those of the Data Catalog alone do."""
    if owner == "glue":
        return rest.partition("/")[0] in CATALOG
    return owner in facts.RESOURCE_POLICIES


def carrier(owner: str, arn: str, region: str, account_id: str, rest: str) -> str:
    """ARN of the resource whose policy protects another: a bucket for its objects, a bus for its rules."""
    if owner == "s3":
        return f"arn:aws:s3:::{rest.partition('/')[0]}" if not account_id else arn
    # Databases and tables are protected by the one policy of their catalog.
    if owner == "glue" and rest.partition("/")[0].partition(":")[0] in CATALOG:
        return f"arn:aws:glue:{region}:{account_id}:catalog"
    # The ARN of a rule names its bus, but for rules of the default bus.
    if owner == "events" and rest.startswith("rule/") and rest.count("/") > 1:
        return f"arn:aws:events:{region}:{account_id}:event-bus/{rest.split('/')[1]}"
    return arn
