"""Lifecycle of every resource type: its functions, with the tags, the records and half-made resources around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from mesh.aws.plugin_types import PluginStep
from sandbox.emulator import plugin_calls
from sandbox.emulator.asked_actions import listening
from sandbox.emulator.aws.fields import PropertyValues, changed, same
from sandbox.emulator.aws.resource import AwsError, Call, ResourceType

_EMPTY_VALUES: Final[tuple[Any, ...]] = (None, False, "", [], {})


def reason_recorded(resource: ResourceType, inputs: Mapping[str, Any]) -> str:
    """The reason why the resource, or a part of it, is only recorded; empty when all of it is in moto."""
    parts = [
        f"{name}: {reason}" for name, reason in resource.recorded_parts.items() if inputs.get(name) not in _EMPTY_VALUES
    ]
    if resource.tagging and resource.tagging.recorded:
        parts.append(f"tags: {resource.tagging.recorded}")
    return resource.recorded or "; ".join(parts)


def create(call: Call) -> PropertyValues:
    """Create the resource, count it, and keep the inputs that moto does not; the computed outputs."""
    plugin_calls.before(call, "create")
    with listening() as made:
        try:
            call.id, computed = call.resource.create(call)
        except AwsError:
            if call.id and call.changed:
                call.session.records.add(call.key, reason_recorded(call.resource, call.inputs))
            raise
    _record(call)
    # It is there now, whatever its first read says.
    call.changed, call.state = True, {**call.state, **computed}
    plugin_calls.after(call, ["create"], made, computed)
    return computed


def read_half_made(call: Call) -> PropertyValues:
    """The values of a resource whose creation or update failed in the middle; empty when it cannot be read."""
    try:
        return read(call) or {}
    except AwsError:
        return {}


def resume(call: Call) -> PropertyValues:
    """Update a half-made resource to the inputs of the call, from its values in AWS; the computed outputs.

    The AWS plugin has no update for a type of which every change replaces: one that cannot be read stays as it is.
    """
    known = read(call)
    if known is None and call.resource.update is None:
        raise AwsError("InternalFailure", f"{call.resource.label} doesn't support update")
    values = known or {}
    call.old = call.resource.defaults | values
    call.state = {**call.state, **values, "tagsAll": values.get("tags", {})}
    names = (*call.resource.computed, *call.resource.compared_as_read)
    return {name: values.get(name) for name in names if name in values} | update(call)


def read(call: Call) -> PropertyValues | None:
    """The values as AWS has them, with those that only the records have; None when the resource is gone."""
    resource = call.resource
    with listening() as made:
        try:
            values = resource.read(call)
            if values is None:
                return None
            # Of an import the id alone is known: the ARN that has the tags is what was read.
            known = replace(call, state={**values, **call.state})
            tags = resource.tagging.read(known) if resource.tagging else {}
        except AwsError as error:
            if error.not_found:
                return None
            raise
    plugin_calls.after(call, ["read"], made, values)
    kept = {} if resource.recorded else call.session.records.get(call.key) or {}
    return {**values, **kept, "tags": tags} if resource.tagging else {**values, **kept}


def imported(resource: ResourceType, values: PropertyValues) -> PropertyValues:
    """The inputs of a resource of which only the id was known: those values that are properties of the type."""
    return {name: values[name] for name in resource.all_fields if values.get(name) is not None}


def refreshed(resource: ResourceType, inputs: PropertyValues, values: PropertyValues) -> PropertyValues:
    """The inputs with the values that AWS has; an input that means the same as AWS's value stays as it was written."""
    return {n: value if _is_same(resource, n, value, values) else values.get(n) for n, value in inputs.items()}


def _is_same(resource: ResourceType, name: str, value: Any, values: PropertyValues) -> bool:
    field = resource.all_fields.get(name)
    if name == "region" or field is None or field.local or (field.required and name not in values):
        return True
    return same(field, values.get(name), value)


def update(call: Call) -> PropertyValues:
    """Update the resource and its tags to the inputs of the call; the computed outputs that change."""
    resource = call.resource
    computed: PropertyValues = {}
    steps: list[PluginStep] = []
    if resource.update is not None and changed(resource.fields, call.old, call.inputs):
        steps.append("update")
    if resource.tagging and call.state.get("tagsAll") != call.tags:
        steps.append("tag")
    plugin_calls.before(call, *steps)
    with listening() as made:
        if resource.update is not None and "update" in steps:
            computed = resource.update(call) or {}
        if resource.tagging and "tag" in steps:
            resource.tagging.update(call)
    _record(call)
    plugin_calls.after(call, steps, made, computed)
    return computed


def delete(call: Call) -> None:
    """Delete the resource; one that is gone already counts as deleted."""
    plugin_calls.before(call, "delete")
    with listening() as made:
        try:
            call.resource.delete(call)
        except AwsError as error:
            if not error.not_found:
                raise
    plugin_calls.count(call, "delete", made)
    call.session.records.remove(call.key)


def _record(call: Call) -> None:
    records = call.session.records
    records.add(call.key, reason_recorded(call.resource, call.inputs))
    if not call.resource.recorded:
        records.keep(call.key, {name: call.inputs[name] for name in call.resource.remembered if name in call.inputs})
