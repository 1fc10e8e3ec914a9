"""Notes of the plugin's table on what a person meets: a failure, a drift, a removal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import DeletionRefusal, PluginType
from mesh.aws.troubles import Trouble, troubles_in

TIMED_OUT: Final = "timeout while waiting for"
"""The plugin's words for all that it waits for (internal/retry, TimeoutError)."""
NOT_IMPORTED: Final = "none"
"""Word of the table, in the place of an import's id, for a type that the plugin does not import."""


def on_failure(token: str, message: str) -> Iterator[str]:
    """Notes on a failure of a type's resource: how long it is waited for, what refuses its deletion, known bugs."""
    each, told = plugin_types().get(token), troubles_in([message])
    if each is None:
        return
    if each.waits and TIMED_OUT in message:
        yield f"the plugin waits {each.waits}"
    refusal = each.refuses_deletion
    if refusal and _is_of(refusal.says, told):
        yield f"AWS deletes it not while {refusal.condition}: {refusal.do}"
    for bug in each.bugs:
        if _is_of(bug.stops, told):
            yield f"known ({bug.issue}, {bug.state}): {bug.what}"


def _is_of(words: str, told: Iterable[Trouble]) -> bool:
    return bool(words) and not set(troubles_in([words])).isdisjoint(told)


def on_drift(token: str, keys: Iterable[str]) -> Iterator[str]:
    """Notes on properties that came out otherwise than they were written, by what the plugin reads back."""
    each = plugin_types().get(token)
    for name in dict.fromkeys(key.partition(".")[0].partition("[")[0] for key in keys):
        if each and name in each.reads_back:
            yield f"{name}: {each.reads_back[name]}"


def on_removal(token: str) -> DeletionRefusal | None:
    """Refusal of the deletion of a type's resources."""
    each = plugin_types().get(token)
    return each.refuses_deletion if each else None


def is_imported(token: str) -> bool:
    """Whether what is left of a type can be brought back into a state."""
    each: PluginType | None = plugin_types().get(token)
    return each is not None and each.import_id != NOT_IMPORTED
