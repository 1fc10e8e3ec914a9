"""Calls of the AWS plugin which the handler of a type does not make: put to the gate as the same role, and counted.

`mesh/aws/plugin` has every call of the plugin. A handler makes fewer: it reads nothing behind a creation, and moto does
not have every operation. What reaches moto is decided on its way; everything else is decided here, so that a permission
that the plugin would miss on AWS is missed here, at the same step, and in AWS's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mesh.aws.plugin_types import PluginCall, PluginStep, PluginType, plugin_types
from sandbox.emulator import backends
from sandbox.emulator.asked_actions import AskedAction, changes
from sandbox.emulator.aws.records import CallOutcome
from sandbox.emulator.aws.resource import AwsError, Call

_NOTHING: Final[Mapping[str, Any]] = {}
_Asked = list[tuple[PluginCall, Sequence[AskedAction]]]


def before(call: Call, *steps: PluginStep) -> None:
    """Decide what AWS decides before anything is changed. Raises AwsError where the role may not do it.

    Those are the plugin's calls up to the first change, which is the handler's own unless moto has no part of the type,
    and what AWS asks along with a call, as the passing of a role. Of a deletion it is all: behind it the resource and
    its policy are gone. What is asked on an id that AWS has not given yet is left for `after`.
    """
    kind = _kind(call)
    if kind is None:
        return
    values = _values(call, _NOTHING)
    calls = [each for step in steps for each in kind.calls(step) if each.made(values)]
    if "delete" not in steps:
        calls = list(_leading(calls, with_change=bool(call.resource.recorded)))
    # The table has a stand-in for an id; the policies of keys and buckets say something of the real one only.
    unknown = {"id", *call.resource.outputs} - values.keys()
    _decide(call, [(each, _asked(kind, each, values)) for each in calls if not each.names & unknown])


def after(
    call: Call, steps: Iterable[PluginStep], made: Sequence[AskedAction], found: Mapping[str, Any] = _NOTHING
) -> None:
    """Decide what the handler did not make of some steps, and count it. Raises AwsError where the role may not do it.

    `made` is what was decided on its way to moto, `found` what AWS gave besides the inputs.
    """
    kind = _kind(call)
    if kind is None:
        return
    values = _values(call, found)
    asked: _Asked = []
    for each in _counted(call, kind, steps, made, values):
        actions = _asked(kind, each, values)
        if not actions:
            raise AwsError("NotDecided", f"on what {each.action} is asked cannot be told: {', '.join(each.on)}")
        asked.append((each, [one for one in actions if not any(other.covers(one) for other in made)]))
    _decide(call, asked)


def count(call: Call, step: PluginStep, made: Sequence[AskedAction]) -> None:
    """Count the calls of a step that was decided before it."""
    kind = _kind(call)
    if kind is not None:
        list(_counted(call, kind, [step], made, _values(call, _NOTHING)))


def _kind(call: Call) -> PluginType | None:
    """The type in the table; None where it does not stand there, and where no policies are enforced."""
    return plugin_types().get(call.resource.token) if call.session.decides else None


def _counted(
    call: Call, kind: PluginType, steps: Iterable[PluginStep], made: Sequence[AskedAction], values: Mapping[str, Any]
) -> Iterator[PluginCall]:
    """The plugin's calls of some steps for these values, each counted as made or not."""
    actions = {each.action for each in made}
    for step in steps:
        for each in kind.calls(step):
            if each.made(values):
                outcome: CallOutcome = "along" if each.source else "left"
                call.session.records.count_plugin_call(
                    kind.token, each.action, "made" if each.action in actions else outcome
                )
                yield each


def _leading(calls: Sequence[PluginCall], *, with_change: bool) -> Iterator[PluginCall]:
    """Calls before the first change (and that one), and those that AWS asks along with another, which have a source."""
    first = next((number for number, each in enumerate(calls) if changes(each.action)), len(calls))
    until = first + 1 if with_change else first
    yield from (each for number, each in enumerate(calls) if number < until or each.source)


def _decide(call: Call, asked: _Asked) -> None:
    """Put actions to the gate; raises AwsError for the first refusal that the plugin does not forgive."""
    decides = call.session.decides
    flat = [(each, action) for each, actions in asked for action in actions]
    if decides is None or not flat:
        return
    for (each, _), refused in zip(flat, decides(call.region, [action for _, action in flat]), strict=True):
        if refused and not each.forgiven:
            raise AwsError("AccessDenied", refused)


def _asked(kind: PluginType, each: PluginCall, values: Mapping[str, Any]) -> list[AskedAction]:
    """The actions of a call, on each of its resources; none where AWS has not given an id that they name."""
    try:
        resources = kind.resources(each, values)
        return [AskedAction(each.action, as_meant(arn), keys) for keys in kind.keys(each, values) for arn in resources]
    except KeyError:
        return []


def as_meant(arn: str) -> str:
    """An ARN whose last part was given as an ARN, or as an address of S3, as it is meant."""
    inner = arn.rfind("arn:")
    return (arn[inner:] if inner > 0 else arn).replace(":::s3://", ":::")


# ---- what the templates of the table name


def _values(call: Call, found: Mapping[str, Any]) -> Mapping[str, Any]:
    computed = {name: call.state[name] for name in call.resource.computed if name in call.state}
    given: dict[str, Any] = {"id": call.id} if call.id else {}
    values: dict[str, Any] = {**call.resource.defaults, **computed, **found, **call.inputs, **given}
    values |= {"account": call.account, "region": call.region, "tags": call.tags}
    return {**values, **_derived(call, values)}


def _derived(call: Call, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values that no input says: of the organisation, of the role or group that is named, of an endpoint's service."""
    token = call.resource.token
    if token.startswith(("aws:organizations/", "aws:cloudtrail/organization")):
        return _of_the_organization(call.account, values)
    if token.endswith(":VpcEndpoint"):
        of_aws = str(values.get("serviceName", "")).startswith("com.amazonaws.")
        return {"serviceOwner": "amazon"} if of_aws else {}
    if token.startswith("aws:iam/"):
        return _of_iam(call.account, values)
    return {}


def _of_the_organization(account: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    stored: Any = backends.organization(account)
    if getattr(stored, "org", None) is None:
        return {}
    attached = next((policy.type for policy in stored.policies if policy.id == values.get("policyId")), "")
    kind = str(values.get("type") or attached).lower()
    roots = (unit.id for unit in stored.ou if unit.id.startswith("r-"))
    found = {"organization": stored.org.id, "root": next(roots, ""), "policyType": kind}
    return {name: value for name, value in found.items() if value}


def _of_iam(account: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    stored = backends.iam(account)
    role = next((each for each in stored.roles.values() if each.name == values.get("role")), None)
    group = stored.groups.get(values.get("group"))
    found = {
        "rolePath": role.path if role else "",
        "roleBoundary": (role.permissions_boundary_arn or "") if role else "",
        "groupPath": group.path if group else "",
    }
    return {name: value for name, value in found.items() if value}
