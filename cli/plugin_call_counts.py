"""Calls of the AWS plugin behind `mesh up`: how many reached the emulator, and which it could not make, by type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cli.console import counted, screen

if TYPE_CHECKING:
    from sandbox.emulator.aws.records import Inventory, PluginCallCount


def of_the_run(before: Inventory | None, behind: Inventory | None) -> list[PluginCallCount]:
    """The counts of what was done between two inventories of one organisation."""
    from sandbox.emulator.aws.records import PluginCallCount

    earlier = {count[:2]: count[2:] for count in before.plugin_calls} if before else {}
    counts: list[PluginCallCount] = []
    for count in behind.plugin_calls if behind else ():
        subtracted = zip(count[2:], earlier.get(count[:2], (0,) * 5), strict=True)
        numbers = [int(now) - int(then) for now, then in subtracted]
        if any(numbers):
            counts.append(PluginCallCount(*count[:2], *numbers))
    return counts


def show(counts: Sequence[PluginCallCount]) -> None:
    """Prints the numbers in five kinds, and what the emulator could not make."""
    if not counts:
        return
    made, along = sum(count.made for count in counts), sum(count.along for count in counts)
    unread, spared = sum(count.unread for count in counts), sum(count.spared for count in counts)
    impossible = sum(count.impossible for count in counts)
    total = made + along + unread + spared + impossible
    lines = [
        f"{counted(total, 'call')} of the AWS plugin, each decided by the policies: "
        f"{made:,} made, {along:,} asked along with those,",
        f"{unread:,} reads whose answers nobody waits for here, {spared:,} changes that another call stands for, and",
        f"{impossible:,} that the emulator could not make: decided as all others are, without what AWS would have done",
    ]
    lines += [f"  {token}: {', '.join(actions)}" for token, actions in _impossible(counts).items()]
    screen().print("\n" + "\n".join(lines), markup=False, soft_wrap=True)


def as_json(counts: Sequence[PluginCallCount]) -> list[dict[str, Any]]:
    """The counts as `mesh up --json` has them."""
    return [count._asdict() for count in counts]


def _impossible(counts: Sequence[PluginCallCount]) -> dict[str, list[str]]:
    """By type in short (`s3.Bucket`), the actions that the emulator could not make, each with its number."""
    of_type: dict[str, Counter[str]] = {}
    for count in counts:
        if count.impossible:
            of_type.setdefault(short(count.type), Counter())[count.action] += count.impossible
    return {
        token: [f"{action} {number:,}" for action, number in sorted(actions.items())]
        for token, actions in sorted(of_type.items())
    }


def short(token: str) -> str:
    """`aws:s3/bucket:Bucket` as `s3.Bucket`."""
    package, _, name = token.rpartition(":")
    return f"{package.removeprefix('aws:').partition('/')[0]}.{name}"
