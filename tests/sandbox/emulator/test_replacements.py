"""What replaces a resource: the emulator, and the table that was read from the AWS plugin's source, say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import PluginType
from sandbox.emulator.aws import RESOURCES
from sandbox.emulator.aws.fields import Field, Fields, forces_replacement, many, one, text
from sandbox.emulator.aws.resource import ResourceType

REPLACED_HERE: Final = {
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"routeTableId"},
    "aws:iam/group:Group": {"name"},
}
"""What the plugin updates by giving the resource another id, for which Pulumi's answer to an update has no place.

Their Update in terraform-provider-aws calls SetId; in pulumi-aws#3911 the association was gone from the state after it.
"""

BOTH: Final = sorted(RESOURCES.keys() & plugin_types().keys())


def properties(fields: Fields, before: str = "") -> Iterator[tuple[str, Field]]:
    """Properties and those inside them, as `outer.inner`."""
    for name, field in fields.items():
        yield before + name, field
        yield from properties(field.of or {}, f"{before}{name}.")


def replacing(kind: ResourceType) -> set[str]:
    """Properties that replace a resource in the emulator."""
    return {name for name, field in properties(kind.all_fields) if field.replaces} | kind.never_updated


def replacing_in_plugin(kind: PluginType, known: Fields) -> set[str]:
    """Properties that replace a resource in the plugin, of those that the emulator knows."""
    return set(kind.replaces) & dict(properties(known)).keys()


@pytest.mark.parametrize("token", BOTH)
def test_what_replaces_in_the_plugin_replaces_in_the_emulator_and_nothing_else(token: str) -> None:
    kind = RESOURCES[token]
    in_the_plugin = replacing_in_plugin(plugin_types()[token], kind.all_fields)
    assert replacing(kind) - in_the_plugin == REPLACED_HERE.get(token, set())
    assert in_the_plugin - replacing(kind) == set()


@pytest.mark.parametrize("token", BOTH)
def test_a_change_that_the_plugin_takes_without_a_replacement_is_taken_by_the_emulator(token: str) -> None:
    fields = dict(properties(RESOURCES[token].all_fields))
    kept = {name: [" to ".join(change) for change in field.keeps] for name, field in fields.items() if field.keeps}
    assert kept == {name: [change] for name, change in plugin_types()[token].keeps.items()}


def test_most_types_of_the_emulator_are_in_the_table() -> None:
    assert len(BOTH) > 50
    assert REPLACED_HERE.keys() <= set(BOTH)


# ---- one change


TENANCY: Final = text(default="default", replaces=True, keeps=(("dedicated", "default"),))


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [("dedicated", None, False), ("dedicated", "default", False), (None, "dedicated", True), (None, "default", False)],
)
def test_a_change_that_is_kept_replaces_in_one_direction(old: str | None, new: str | None, replaced: bool) -> None:
    assert forces_replacement(TENANCY, old, new) is replaced


def test_a_part_that_replaces_does_so_by_its_own_change_alone() -> None:
    table = one({"iceberg": one({"version": text(replaces=True), "location": text()})})
    first = {"iceberg": {"version": "2", "location": "s3://a/"}}
    assert not forces_replacement(table, first, {"iceberg": {"version": "2", "location": "s3://b/"}})
    assert forces_replacement(table, first, {"iceberg": {"version": "3", "location": "s3://a/"}})
    assert forces_replacement(table, None, first)


def test_a_part_that_replaces_does_so_inside_a_list_too() -> None:
    items = many({"name": text(replaces=True), "size": text()})
    assert not forces_replacement(items, [{"name": "a", "size": "1"}], [{"name": "a", "size": "2"}])
    assert forces_replacement(items, [{"name": "a"}], [{"name": "b"}])
    assert forces_replacement(items, [{"name": "a"}], [{"name": "a"}, {"name": "b"}])
