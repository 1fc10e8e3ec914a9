"""Resources that a property names: AWS answers that there is none, where the mesh makes none of that name.

A table: the kinds of what is named, each with the text that tells one of them; and the properties that name one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal, values_at
from mesh.acceptance.named_in_policies import MadePrincipals


class NamedKind(NamedTuple):
    """A kind of what is named: its type, and its name as a text with properties in braces."""

    type: str
    name: str


class NamingProperty(NamedTuple):
    """A property that names a resource: in which kind, and as what; `reads` tells what of a value is looked at."""

    type: str
    path: str
    kind: str
    name: str
    """With `{value}`, the groups of `reads`, and properties beside the value, or of the resource, in braces."""
    source: str
    reads: str = ""


KINDS: Final[Mapping[str, NamedKind]] = {
    "alias": NamedKind("aws:kms/alias:Alias", "{account}:{name}"),
    "boundary": NamedKind("aws:iam/policy:Policy", "arn:aws:iam::{account}:policy{path}{name}"),
    "bucket": NamedKind("aws:s3/bucket:Bucket", "{bucket}"),
    "bucket of the account": NamedKind("aws:s3/bucket:Bucket", "{account}:{bucket}"),
    "bus": NamedKind("aws:cloudwatch/eventBus:EventBus", "{account}:{name}"),
    "database": NamedKind("aws:glue/catalogDatabase:CatalogDatabase", "{catalogId}.{name}"),
    "group": NamedKind("aws:iam/group:Group", "{account}:{name}"),
    "LF-tag": NamedKind("aws:lakeformation/lfTag:LfTag", "{catalogId}:{key}"),
    "registered location": NamedKind("aws:lakeformation/resource:Resource", "{arn}"),
    "role of the account": NamedKind("aws:iam/role:Role", "{account}:{name}"),
    "rule": NamedKind("aws:cloudwatch/eventRule:EventRule", "{account}:{name}"),
    "StackSet": NamedKind("aws:cloudformation/stackSet:StackSet", "{account}:{name}"),
}

_A_ROLE: Final = "role"
"""The kind that is looked up among principals: StackSets make some, and the order in which they are made counts."""
_OF_S3: Final = r"s3://(?P<bucket>[^/]+)(?:/.*)?"
_ROLE: Final = r"arn:aws:iam::\d{12}:role/.+"
_LAKE: Final = "aws:lakeformation/permissions:Permissions"
_LABEL: Final = "aws:lakeformation/resourceLfTag:ResourceLfTag"
_TABLE: Final = "aws:glue/catalogTable:CatalogTable"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_NO_ENTITY: Final = "Glue and Lake Formation answer EntityNotFoundException"
_OF_BUCKETS: Final = (
    "BucketLifecycleConfiguration BucketLogging BucketNotification BucketObjectLockConfiguration "
    "BucketOwnershipControls BucketPolicy BucketPublicAccessBlock BucketReplicationConfig "
    "BucketServerSideEncryptionConfiguration BucketVersioning"
).split()

NAMING: Final = (
    *(
        NamingProperty(
            f"aws:s3/{name[0].lower()}{name[1:]}:{name}",
            "bucket",
            "bucket of the account",
            "{account}:{value}",
            "S3 answers NoSuchBucket",
        )
        for name in _OF_BUCKETS
    ),
    NamingProperty(
        "aws:s3/bucketLogging:BucketLogging",
        "targetBucket",
        "bucket of the account",
        "{account}:{value}",
        "S3 API Reference, LoggingEnabled, TargetBucket: of the same account; InvalidTargetBucketForLogging",
    ),
    NamingProperty(
        _REPLICATION,
        "rules.destination.bucket",
        "bucket",
        "{bucket}",
        "S3 API Reference, Destination, Bucket",
        r"arn:aws:s3:::(?P<bucket>.+)",
    ),
    NamingProperty(
        _REPLICATION,
        "rules.destination.encryptionConfiguration.replicaKmsKeyId",
        "alias",
        "{owner}:{alias}",
        "S3 API Reference, EncryptionConfiguration, ReplicaKmsKeyID",
        r"arn:aws:kms:[^:]+:(?P<owner>\d{12}):(?P<alias>alias/.+)",
    ),
    NamingProperty(_REPLICATION, "role", _A_ROLE, "{value}", "S3 API Reference, ReplicationConfiguration, Role", _ROLE),
    NamingProperty(
        "aws:cloudtrail/trail:Trail", "s3BucketName", "bucket", "{value}", "S3BucketDoesNotExistException (CreateTrail)"
    ),
    NamingProperty(
        "aws:athena/workgroup:Workgroup",
        "configuration.resultConfiguration.outputLocation",
        "bucket",
        "{bucket}",
        "Athena API Reference, ResultConfiguration, OutputLocation",
        _OF_S3,
    ),
    NamingProperty(
        "aws:iam/rolePolicy:RolePolicy", "role", "role of the account", "{account}:{value}", "IAM: NoSuchEntity"
    ),
    NamingProperty("aws:iam/groupPolicy:GroupPolicy", "group", "group", "{account}:{value}", "IAM: NoSuchEntity"),
    NamingProperty(
        "aws:iam/role:Role",
        "permissionsBoundary",
        "boundary",
        "{value}",
        "IAM: NoSuchEntity",
        r"arn:aws:iam::\d{12}:.+",
    ),
    NamingProperty(
        "aws:cloudformation/stackInstances:StackInstances",
        "stackSetName",
        "StackSet",
        "{account}:{value}",
        "CloudFormation answers StackSetNotFoundException",
    ),
    NamingProperty(
        "aws:cloudwatch/eventTarget:EventTarget", "rule", "rule", "{account}:{value}", "ResourceNotFoundException"
    ),
    NamingProperty(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "eventBusName",
        "bus",
        "{account}:{value}",
        "EventBridge answers ResourceNotFoundException",
        r"(?!default$).+",
    ),
    NamingProperty("aws:glue/catalogDatabase:CatalogDatabase", "locationUri", "bucket", "{bucket}", _NO_ENTITY, _OF_S3),
    NamingProperty(
        "aws:glue/catalogDatabase:CatalogDatabase",
        "targetDatabase.databaseName",
        "database",
        "{catalogId}.{value}",
        _NO_ENTITY,
    ),
    NamingProperty(_TABLE, "databaseName", "database", "{catalogId}.{value}", _NO_ENTITY),
    *(
        NamingProperty(_TABLE, path, "bucket", "{bucket}", "Glue and Athena find no data", _OF_S3)
        for path in (
            "storageDescriptor.location",
            "openTableFormatInput.icebergInput.icebergTableInput.location",
        )
    ),
    NamingProperty(
        "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        "admins",
        _A_ROLE,
        "{value}",
        "Lake Formation answers InvalidInputException: Invalid principal",
        _ROLE,
    ),
    NamingProperty(
        "aws:lakeformation/resource:Resource", "roleArn", _A_ROLE, "{value}", "RegisterResource, RoleArn", _ROLE
    ),
    NamingProperty(
        "aws:lakeformation/resource:Resource",
        "arn",
        "bucket",
        "{bucket}",
        "RegisterResource, ResourceArn",
        r"arn:aws:s3:::(?P<bucket>[^/]+)(?:/.*)?",
    ),
    NamingProperty(_LAKE, "principal", _A_ROLE, "{value}", "Invalid principal (GrantPermissions)", _ROLE),
    NamingProperty(_LAKE, "dataLocation.arn", "registered location", "{value}", _NO_ENTITY),
    NamingProperty(_LAKE, "database.name", "database", "{catalogId}.{value}", _NO_ENTITY),
    NamingProperty(_LAKE, "lfTag.key", "LF-tag", "{catalogId}:{value}", _NO_ENTITY),
    NamingProperty(_LAKE, "lfTagPolicy.expressions.key", "LF-tag", "{lfTagPolicy.catalogId}:{value}", _NO_ENTITY),
    NamingProperty(_LABEL, "lfTag.key", "LF-tag", "{catalogId}:{value}", _NO_ENTITY),
    NamingProperty(_LABEL, "database.name", "database", "{catalogId}.{value}", _NO_ENTITY),
)
"""Properties that name a resource of the mesh."""

_FIELD: Final = re.compile(r"\{([\w.]+)\}")
_DEFAULTS: Final = {"path": "/"}


class NamedResources:
    """The names of a plan's resources by kind, and who names one that is not there.

    `whole` says that all stacks of the mesh are in the plan: of a part, the others are not known.
    """

    def __init__(self, resources: Iterable[EmittedResource], principals: MadePrincipals, *, whole: bool) -> None:
        self._principals = principals
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._open: set[str] = set()
        """Kinds of which AWS alone will say a name."""
        self._whole = whole
        if whole:
            kinds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
            for kind, (type_, name) in KINDS.items():
                kinds[type_].append((kind, name))
            for resource in resources:
                for kind, name in kinds.get(resource.type, ()):
                    filled = _filled_in(name, resource, {})
                    if UNKNOWN in filled:
                        self._open.add(kind)
                    self._names[kind].add(filled)

    def missing(self, resource: EmittedResource) -> Iterator[InputRefusal]:
        """Names among a resource's properties that nothing of the mesh has."""
        if not self._whole:
            return
        for each in _NAMING_OF.get(resource.type, ()):
            if each.kind in self._open:
                continue
            for holder, value in values_at(resource.inputs, each.path):
                read = re.fullmatch(each.reads or ".*", value, re.DOTALL) if isinstance(value, str) else None
                if read is None:
                    continue
                name = _filled_in(each.name, resource, {**holder, **read.groupdict(), "value": value})
                why = self._why_missing(each.kind, name, resource)
                if why:
                    yield resource.refused(each.path, f"{value!r} {why} ({each.source})")

    def _why_missing(self, kind: str, name: str, resource: EmittedResource) -> str:
        if kind == _A_ROLE:
            return self._principals.why_missing("AWS", name, resource)
        return "" if UNKNOWN in name or name in self._names[kind] else f"is no {kind} that the mesh makes"


_NAMING_OF: Final = {rule.type: [each for each in NAMING if each.type == rule.type] for rule in NAMING}


def _filled_in(name: str, resource: EmittedResource, values: Mapping[str, Any]) -> str:
    """A name with properties in it: those beside the value first, then the resource's own."""

    def text(match: re.Match[str]) -> str:
        return _text(match[1], resource, values)

    return _FIELD.sub(text, name)


def _text(name: str, resource: EmittedResource, values: Mapping[str, Any]) -> str:
    if name == "account":
        return resource.account
    above, _, last = name.rpartition(".")
    holder: Any = resource.inputs.get(above) if above else values
    found: Any = cast("Mapping[str, Any]", holder).get(last) if isinstance(holder, Mapping) else None
    if found is None:
        found = resource.inputs.get(last, _DEFAULTS.get(last))
    if found is None and last == "catalogId":
        return resource.account
    return found if isinstance(found, str) else str(found)
