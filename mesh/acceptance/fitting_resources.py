"""Resources that have to fit one another: values of a tag, columns of a table, networks, zones, accounts, versions."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal, objects_at, texts_at
from mesh.acceptance.endpoint_services import region_of

IpBlock = ipaddress.IPv4Network | ipaddress.IPv6Network
ResourcesByType = Mapping[str, list[EmittedResource]]
"""The resources of a plan by their type."""

_VPC: Final = "aws:ec2/vpc:Vpc"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_TAG: Final = "aws:lakeformation/lfTag:LfTag"
_GRANT: Final = "aws:lakeformation/permissions:Permissions"
_LABEL: Final = "aws:lakeformation/resourceLfTag:ResourceLfTag"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
_WORKGROUP: Final = "aws:athena/workgroup:Workgroup"
_ACCOUNT: Final = "aws:organizations/account:Account"
_ORGANIZATION: Final = "aws:organizations/organization:Organization"
_POLICY: Final = "aws:organizations/policy:Policy"
_MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"
_FUNCTION: Final = "aws:lambda/function:Function"
_QUEUE: Final = "aws:sqs/queue:Queue"


class PlanRule(NamedTuple):
    """A relation between resources of a plan; `wrong` gives what does not fit."""

    wrong: Callable[[ResourcesByType], Iterator[InputRefusal]]
    source: str


def misfits(resources: Iterable[EmittedResource]) -> Iterator[InputRefusal]:
    """Resources of a plan, or of a part of it, that do not fit one another."""
    by_type: defaultdict[str, list[EmittedResource]] = defaultdict(list)
    for each in resources:
        by_type[each.type].append(each)
    for rule in PLAN_RULES:
        yield from (each._replace(why=f"{each.why} ({rule.source})") for each in rule.wrong(by_type))


# ---- networks


def _subnets_in_networks(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Subnets outside the network of their stack, or that lie over one another; blocks that begin within a block."""
    for each in (*plan.get(_VPC, ()), *plan.get(_SUBNET, ())):
        if _block(each) is None and UNKNOWN not in str(each.inputs.get("cidrBlock", UNKNOWN)):
            yield each.refused("cidrBlock", f"{each.inputs['cidrBlock']!r} is no block: it begins elsewhere")
    for stack, networks in _by_stack(plan.get(_VPC, ())).items():
        whole = [block for each in networks if (block := _block(each)) is not None]
        placed: list[tuple[EmittedResource, IpBlock]] = []
        for subnet in (each for each in plan.get(_SUBNET, ()) if each.stack == stack):
            block = _block(subnet)
            if block is None or len(whole) != len(networks):
                continue
            if not any(_lies_in(block, one) for one in whole):
                yield subnet.refused("cidrBlock", f"{block} is outside {', '.join(map(str, whole))}")
            for other, taken in placed:
                if block.version == taken.version and block.overlaps(taken) and len(networks) == 1:
                    yield subnet.refused("cidrBlock", f"{block} lies over {taken}, subnet {other.name}")
            placed.append((subnet, block))


def _one_region(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Endpoints of another region than the zones of their stack's subnets."""
    for stack, subnets in _by_stack(plan.get(_SUBNET, ())).items():
        zones = [zone for each in subnets for zone in texts_at(each.inputs, "availabilityZone")]
        regions = {zone[:-1] for zone in zones}
        for endpoint in (each for each in plan.get(_ENDPOINT, ()) if each.stack == stack):
            region = region_of(endpoint.inputs)
            if region and len(regions) == 1 and region not in regions:
                name = endpoint.inputs.get("serviceName")
                yield endpoint.refused("serviceName", f"{name!r} is of another region than {', '.join(regions)}")
        if len(regions) > 1:
            yield subnets[-1].refused("availabilityZone", f"subnets of one network are in {', '.join(sorted(regions))}")


def _lies_in(block: IpBlock, other: IpBlock) -> bool:
    if isinstance(block, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and block.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and block.subnet_of(other)


def _block(resource: EmittedResource) -> IpBlock | None:
    text = resource.inputs.get("cidrBlock")
    try:
        return ipaddress.ip_network(text) if isinstance(text, str) else None
    except ValueError:
        return None


# ---- the lake


def _values_of_tags(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Values of LF-tags that are granted or given, and that the tag does not have."""
    known = {
        (_catalog(each, each.inputs), str(each.inputs.get("key"))): set(texts_at(each.inputs, "values"))
        for each in plan.get(_TAG, ())
    }
    for type_, path, values in (
        (_GRANT, "lfTag", "values"),
        (_GRANT, "lfTagPolicy.expressions", "values"),
        (_LABEL, "lfTag", "value"),
    ):
        for each in plan.get(type_, ()):
            above = next(iter(objects_at(each.inputs, path.partition(".")[0])), each.inputs)
            for tag in objects_at(each.inputs, path):
                key = str(tag.get("key"))
                has = known.get((_catalog(each, {**above, **tag}), key))
                for value in texts_at(tag, values):
                    if has is not None and value not in has:
                        yield each.refused(f"{path}.{values}", f"LF-tag {key} has no value {value!r}")


def _catalog(resource: EmittedResource, holder: Mapping[str, Any]) -> str:
    return str(holder.get("catalogId") or resource.inputs.get("catalogId") or resource.account)


# ---- buckets


def _versions_of_buckets(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Replicated and locked buckets without versions, of which S3 takes neither."""
    versioned = {
        str(each.inputs.get("bucket"))
        for each in plan.get(_VERSIONING, ())
        if texts_at(each.inputs, "versioningConfiguration.status") == ["Enabled"]
    }
    for each in (*plan.get(_REPLICATION, ()), *plan.get(_LOCK, ())):
        bucket = each.inputs.get("bucket")
        if isinstance(bucket, str) and UNKNOWN not in bucket and bucket not in versioned:
            yield each.refused("bucket", f"{bucket!r} keeps no versions, which replication and locks ask for")


def _logs_are_delivered(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Buckets of access logs with a retention by default, to which S3 delivers none."""
    locked = {str(each.inputs.get("bucket")) for each in plan.get(_LOCK, ()) if objects_at(each.inputs, "rule")}
    for each in plan.get(_LOGGING, ()):
        if str(each.inputs.get("targetBucket")) in locked:
            yield each.refused("targetBucket", f"{each.inputs['targetBucket']!r} has a retention by default")


def _owners_of_results(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Workgroups and replications that say another owner of a bucket than its account."""
    owners = {f"{each.inputs.get('bucket')}": each.account for each in plan.get(_BUCKET, ())}
    result = "configuration.resultConfiguration"
    for each in plan.get(_WORKGROUP, ()):
        for one in objects_at(each.inputs, result):
            bucket = str(one.get("outputLocation")).removeprefix("s3://").partition("/")[0]
            yield from _other_owner(each, f"{result}.expectedBucketOwner", one, owners.get(bucket))
    for each in plan.get(_REPLICATION, ()):
        for one in objects_at(each.inputs, "rules.destination"):
            bucket = str(one.get("bucket")).removeprefix("arn:aws:s3:::")
            yield from _other_owner(each, "rules.destination.account", one, owners.get(bucket))


def _other_owner(
    resource: EmittedResource, path: str, holder: Mapping[str, Any], owner: str | None
) -> Iterator[InputRefusal]:
    for said in texts_at(holder, path.rpartition(".")[2]) if owner else ():
        if said != owner:
            yield resource.refused(path, f"{said!r} does not have the bucket: {owner} has")


# ---- queues


def _hidden_for_a_run(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Queues that a function takes messages of, and that show them again while it runs.

    What a mapping names only AWS knows: the one queue and the one function that it waits for.
    """
    for each in plan.get(_MAPPING, ()):
        queues, functions = (_waited_for(each, plan.get(type_, ())) for type_ in (_QUEUE, _FUNCTION))
        if len(queues) == len(functions) == 1:
            hidden = _seconds(queues[0].inputs.get("visibilityTimeoutSeconds"), 30)
            run = _seconds(functions[0].inputs.get("timeout"), 3)
            if hidden < run:
                why = f"{hidden} seconds are less than the {run} that function {functions[0].name} may run"
                yield queues[0].refused("visibilityTimeoutSeconds", why)


def _waited_for(resource: EmittedResource, others: Iterable[EmittedResource]) -> list[EmittedResource]:
    return [each for each in others if each.urn in resource.dependencies]


def _seconds(value: Any, default: int) -> int:
    """A number of seconds; AWS's own where none is said."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


# ---- the organisation


def _addresses_of_accounts(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Accounts with the address of another one."""
    counted = Counter(str(each.inputs.get("email")).lower() for each in plan.get(_ACCOUNT, ()))
    for each in plan.get(_ACCOUNT, ()):
        email = str(each.inputs.get("email"))
        if counted[email.lower()] > 1 and UNKNOWN not in email:
            yield each.refused("email", f"{email!r} is the address of two accounts")


def _enabled_policies(plan: ResourcesByType) -> Iterator[InputRefusal]:
    """Policies of a type that the organisation does not switch on: such a one cannot be attached."""
    for organization in plan.get(_ORGANIZATION, ())[:1]:
        on = texts_at(organization.inputs, "enabledPolicyTypes")
        for each in plan.get(_POLICY, ()):
            type_ = str(each.inputs.get("type", "SERVICE_CONTROL_POLICY"))
            if on and type_ not in on:
                yield each.refused("type", f"{type_} is not among enabledPolicyTypes of the organisation")


def _by_stack(resources: Iterable[EmittedResource]) -> Mapping[str, list[EmittedResource]]:
    stacks: defaultdict[str, list[EmittedResource]] = defaultdict(list)
    for each in resources:
        stacks[each.stack].append(each)
    return stacks


PLAN_RULES: Final = (
    PlanRule(
        _subnets_in_networks, "EC2: InvalidSubnet.Range and InvalidSubnet.Conflict (EC2 API Reference, Error codes)"
    ),
    PlanRule(_one_region, "EC2: InvalidServiceName, InvalidParameterValue (EC2 API Reference, Error codes)"),
    PlanRule(
        _values_of_tags, "Lake Formation answers EntityNotFoundException or InvalidInputException (AddLFTagsToResource)"
    ),
    PlanRule(
        _versions_of_buckets, 'S3 User Guide, "Requirements and considerations for replication", "Using S3 Object Lock"'
    ),
    PlanRule(_logs_are_delivered, 'S3 User Guide, "Logging requests with server access logging": no default retention'),
    PlanRule(_owners_of_results, "Athena: expectedBucketOwner (ResultConfiguration); S3: Destination, Account"),
    PlanRule(
        _hidden_for_a_run, 'Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping", note'
    ),
    PlanRule(_addresses_of_accounts, "Organizations: EMAIL_ALREADY_EXISTS (CreateAccountStatus, FailureReason)"),
    PlanRule(_enabled_policies, "Organizations: PolicyTypeNotEnabledException (AttachPolicy)"),
)
