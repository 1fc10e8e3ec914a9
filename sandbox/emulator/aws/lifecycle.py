"""What every resource has in common, whatever its handler: reading back, refreshing, updating, being only recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.emulator.aws.fields import PropertyValues, changed, same
from sandbox.emulator.aws.resource import AwsError, Call, ResourceType

_NOTHING: Final[tuple[Any, ...]] = (None, False, "", [], {})


def reason_recorded(resource: ResourceType, inputs: Mapping[str, Any]) -> str:
    """Why the resource, or a part of it, is only recorded; empty when it is all in AWS."""
    parts = [
        f"{name}: {reason}" for name, reason in resource.recorded_parts.items() if inputs.get(name) not in _NOTHING
    ]
    if resource.tagging and resource.tagging.recorded:
        parts.append(f"tags: {resource.tagging.recorded}")
    return resource.recorded or "; ".join(parts)


def create(call: Call) -> PropertyValues:
    """Create the resource, count it, remember what moto will not tell; the computed outputs."""
    try:
        call.id, computed = call.resource.create(call)
    except AwsError:
        if call.id and call.changed:
            call.access.records.born(call.key, reason_recorded(call.resource, call.inputs))
        raise
    _remember(call)
    return computed


def found_half_made(call: Call) -> PropertyValues:
    """What there is of a resource whose creation or update did not come to its end; nothing where AWS does not say."""
    try:
        return read(call) or {}
    except AwsError:
        return {}


def resume(call: Call) -> PropertyValues:
    """Bring what is half made to the inputs of the call, from what there is of it; the computed outputs."""
    found = read(call) or {}
    call.old = call.resource.defaults | found
    call.state = {**call.state, **found, "tagsAll": found.get("tags", {})}
    return {name: found[name] for name in call.resource.computed if name in found} | update(call)


def read(call: Call) -> PropertyValues | None:
    """The values as AWS has them, with those that are only remembered; None when it is gone."""
    resource = call.resource
    try:
        found = resource.read(call)
        if found is None:
            return None
        tags = resource.tagging.read(call) if resource.tagging else {}
    except AwsError as error:
        if error.not_found:
            return None
        raise
    remembered = {} if resource.recorded else call.access.records.get(call.key) or {}
    return {**found, **remembered, "tags": tags} if resource.tagging else {**found, **remembered}


def imported(resource: ResourceType, found: PropertyValues) -> PropertyValues:
    """The inputs of a resource of which only the id was known."""
    return {name: found[name] for name in resource.all_fields if found.get(name) is not None}


def refreshed(resource: ResourceType, given: PropertyValues, found: PropertyValues) -> PropertyValues:
    """The inputs as AWS has them: only those given, in the form given where it means the same."""
    return {name: value if _holds(resource, name, value, found) else found.get(name) for name, value in given.items()}


def _holds(resource: ResourceType, name: str, value: Any, found: PropertyValues) -> bool:
    field = resource.all_fields.get(name)
    if name == "region" or field is None or field.local or (field.required and name not in found):
        return True
    return same(field, found.get(name), value)


def update(call: Call) -> PropertyValues:
    """Bring the resource and its tags to the inputs of the call; the computed outputs that change."""
    resource = call.resource
    computed: PropertyValues = {}
    if resource.update is not None and changed(resource.fields, call.old, call.inputs):
        computed = resource.update(call) or {}
    if resource.tagging and call.state.get("tagsAll") != call.tags:
        resource.tagging.update(call)
    _remember(call)
    return computed


def delete(call: Call) -> None:
    """Delete the resource; one that is gone already is deleted."""
    try:
        call.resource.delete(call)
    except AwsError as error:
        if not error.not_found:
            raise
    call.access.records.gone(call.key)


def _remember(call: Call) -> None:
    records = call.access.records
    records.born(call.key, reason_recorded(call.resource, call.inputs))
    if not call.resource.recorded:
        records.keep(call.key, {name: call.inputs[name] for name in call.resource.remembered if name in call.inputs})
