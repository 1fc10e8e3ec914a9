"""`mesh plan --removal`: what a `mesh destroy` would come to: what is protected, what AWS keeps, what it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.console import answer, answer_json, counted
from cli.plugin_call_counts import short
from mesh.aws import plugin_notes

if TYPE_CHECKING:
    from sandbox.engine.state import ResourceState
    from sandbox.runs.stack_run import StackRun


def show(runs: Sequence[StackRun], as_json: bool) -> None:
    """Shows it of the stacks that were previewed, by type."""
    made = [one for run in runs for one in run.result.resources if one.type.startswith("aws:")]
    protected, kept = _by_type(made, "protect"), _by_type(made, "retain_on_delete")
    deleted = Counter(one.type for one in made if not (one.protect or one.retain_on_delete))
    if as_json:
        answer_json({"protected": protected, "kept": kept, "refused": _refused_as_json(deleted)})
        return
    answer(f"{counted(protected.total(), 'resource')} protected, until 'deletion-protection: false' is applied")
    _types(protected)
    answer(f"{counted(kept.total(), 'resource')} that AWS keeps, and `pulumi import` brings back")
    _types(kept)
    answer(f"{counted(deleted.total(), 'resource')} deleted; of these types AWS or the plugin has something to say:")
    for token, number in sorted(deleted.items()):
        refusal = plugin_notes.on_removal(token)
        if refusal:
            condition = f"refused while {refusal.condition}" if refusal.says else refusal.condition
            answer(f"  {number:>5}  {short(token)}: {condition}{f'; {refusal.do}' if refusal.do else ''}")


def _by_type(resources: Sequence[ResourceState], option: str) -> Counter[str]:
    """Numbers by type of those with an option; of what is kept those that can be brought back."""
    return Counter(
        one.type
        for one in resources
        if getattr(one, option) and (option == "protect" or (not one.protect and plugin_notes.is_imported(one.type)))
    )


def _types(numbers: Counter[str]) -> None:
    for token, number in sorted(numbers.items()):
        answer(f"  {number:>5}  {short(token)}")


def _refused_as_json(deleted: Counter[str]) -> dict[str, dict[str, object]]:
    refusals = {token: plugin_notes.on_removal(token) for token in sorted(deleted)}
    return {
        token: {"number": deleted[token], "while": refusal.condition, "says": refusal.says, "do": refusal.do}
        for token, refusal in refusals.items()
        if refusal
    }
