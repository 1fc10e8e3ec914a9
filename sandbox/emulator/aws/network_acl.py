"""EC2 network access lists: what may enter and leave a subnet, whatever the security groups say."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sandbox.emulator.aws.ec2 import EC2_TAGS, access_lists, owned
from sandbox.emulator.aws.fields import PropertyValues, many, number, text, texts
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType

_LAST: Final = 32767
"""Number of the entry with which AWS ends each list: it refuses the rest, and stands in no property."""

_NUMBERS: Final = {"tcp": "6", "-1": "-1"}
"""Protocols as AWS keeps them, by the words of the provider."""

_ENTRY: Final = {
    "ruleNo": number(required=True),
    "action": text(required=True),
    "cidrBlock": text(required=True),
    "protocol": text(required=True),
    "fromPort": number(required=True),
    "toPort": number(required=True),
}
_ENTRIES: Final = {
    "ingress": many(_ENTRY, unordered=True, by_hand=True),
    "egress": many(_ENTRY, unordered=True, by_hand=True),
}


def _access_list(call: Call) -> PropertyValues:
    lists: list[PropertyValues] = call.aws("describe_network_acls", NetworkAclIds=[call.id])["NetworkAcls"]
    return lists[0]


def _kept(access_list: PropertyValues, direction: str) -> list[PropertyValues]:
    """The entries that AWS has, as the provider writes them."""
    words = {number: word for word, number in _NUMBERS.items()}
    return [
        {
            "ruleNo": entry["RuleNumber"],
            "action": entry["RuleAction"],
            "cidrBlock": entry["CidrBlock"],
            "protocol": words.get(entry["Protocol"], entry["Protocol"]),
            "fromPort": entry.get("PortRange", {}).get("From", 0),
            "toPort": entry.get("PortRange", {}).get("To", 0),
        }
        for entry in access_list["Entries"]
        if entry["Egress"] == (direction == "egress") and entry["RuleNumber"] != _LAST
    ]


def _put_entries(call: Call) -> None:
    """Bring the entries in AWS to those of the inputs: what differs goes, what lacks comes."""
    access_list = _access_list(call)
    for direction in _ENTRIES:
        kept, egress = _kept(access_list, direction), direction == "egress"
        if call.resource.fields[direction].computed and direction not in call.inputs:
            continue
        wanted: list[PropertyValues] = call.inputs.get(direction) or []
        for entry in kept:
            if entry not in wanted:
                number = entry["ruleNo"]
                call.aws("delete_network_acl_entry", NetworkAclId=call.id, RuleNumber=number, Egress=egress)
        for entry in wanted:
            if entry not in kept:
                _add(call, entry, egress)


def _add(call: Call, entry: PropertyValues, egress: bool) -> None:
    call.aws(
        "create_network_acl_entry",
        NetworkAclId=call.id,
        RuleNumber=entry["ruleNo"],
        RuleAction=entry["action"],
        CidrBlock=entry["cidrBlock"],
        Protocol=_NUMBERS.get(entry["protocol"], entry["protocol"]),
        Egress=egress,
        PortRange={"From": entry["fromPort"], "To": entry["toPort"]},
    )


# --- a list of our own -------------------------------------------------------------------------------------


def _create(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_network_acl", VpcId=call.inputs["vpcId"])["NetworkAcl"]["NetworkAclId"]
    _update(call)
    EC2_TAGS.update(call)
    chosen: PropertyValues = {"subnetIds": [], **{direction: [] for direction in _ENTRIES}}
    return call.id, {**chosen, **owned(call, "network-acl")}


def _update(call: Call) -> None:
    _put_entries(call)
    if "subnetIds" not in call.inputs:
        return
    wanted, lists = set(call.inputs.get("subnetIds") or []), access_lists(call, call.inputs["vpcId"])
    (default,) = (one["NetworkAclId"] for one in lists if one["IsDefault"])
    for one in lists:
        mine = one["NetworkAclId"] == call.id
        for association in one["Associations"]:
            if (association["SubnetId"] in wanted) != mine and (mine or association["SubnetId"] in wanted):
                _move(call, association, default if mine else call.id)


def _move(call: Call, association: PropertyValues, access_list: str) -> None:
    """A subnet has one list always: it is moved to another, never out of one."""
    call.aws(
        "replace_network_acl_association",
        AssociationId=association["NetworkAclAssociationId"],
        NetworkAclId=access_list,
    )


def _read(call: Call) -> PropertyValues:
    access_list = _access_list(call)
    subnets = sorted(association["SubnetId"] for association in access_list["Associations"])
    entries = {direction: _kept(access_list, direction) for direction in _ENTRIES}
    return {"vpcId": access_list["VpcId"], "subnetIds": subnets, **entries, **owned(call, "network-acl")}


def _delete(call: Call) -> None:
    call.inputs = {**call.inputs, "subnetIds": []}
    _update(call)
    call.aws("delete_network_acl", NetworkAclId=call.id)


ACCESS_LIST: Final = ResourceType(
    "aws:ec2/networkAcl:NetworkAcl",
    "EC2 Network ACL",
    "ec2",
    {
        "vpcId": text(required=True, replaces=True),
        "subnetIds": texts(computed=True),
        **{direction: replace(entries, computed=True) for direction, entries in _ENTRIES.items()},
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn", "ownerId"),
    tagging=EC2_TAGS,
)

# --- the list that AWS makes with a network ----------------------------------------------------------------


def _adopt(call: Call) -> IdAndOutputs:
    """Adopt the default list, and delete its entries, as the provider does."""
    call.id = call.inputs["defaultNetworkAclId"]
    _put_entries(call)
    EC2_TAGS.update(call)
    return call.id, {**owned(call, "network-acl"), "vpcId": _access_list(call)["VpcId"]}


def _read_default(call: Call) -> PropertyValues:
    access_list = _access_list(call)
    known = {"defaultNetworkAclId": call.id, "vpcId": access_list["VpcId"]}
    found = {direction: entries for direction in _ENTRIES if (entries := _kept(access_list, direction))}
    return {**known, **found, **owned(call, "network-acl")}


DEFAULT: Final = ResourceType(
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "EC2 Default Network ACL",
    "ec2",
    {"defaultNetworkAclId": text(required=True, replaces=True), **_ENTRIES},
    _adopt,
    _read_default,
    _put_entries,
    outputs=("arn", "ownerId", "vpcId"),
    tagging=EC2_TAGS,
)

RESOURCES: Final = (ACCESS_LIST, DEFAULT)
