"""The summary of a run: per stack what was done, by type what exists and what is only recorded, what to try next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cli import filled_lines, live_checks, plugin_call_counts, policy_lines
from cli.console import counted, screen
from cli.plugin_call_counts import short
from cli.protected_failures import DELETED, is_of_protection, told_failures
from mesh.aws import plugin_notes
from mesh.aws.troubles import troubles_in
from mesh.plan import Plan

KINDS: Final = ("created", "in part", "recorded")
OPERATIONS: Final = ("create", "update", "replace", "delete", "same")
FEW: Final = 5
ENDED: Final = "the organisation does not answer any more: when its terminal has ended, so has everything in it"

if TYPE_CHECKING:
    from sandbox.emulator.aws.records import Inventory, PluginCallCount
    from sandbox.engine.steps import Step
    from sandbox.filling.filled import Filled
    from sandbox.rehearsal.check import Report
    from sandbox.runs.asked_policies import AskedPolicies
    from sandbox.runs.stack_run import StackRun


def show(
    plan: Plan,
    stacks: Sequence[str],
    runs: Sequence[StackRun],
    inventory: Inventory | None,
    seconds: float,
    checked: Report | None = None,
    plugin_calls: Sequence[PluginCallCount] = (),
    filled: Filled | None = None,
    asked: AskedPolicies | None = None,
) -> None:
    """Prints the summary of one run over these stacks, of the AWS plugin's calls, and of all that was asked."""
    _stacks(stacks, runs)
    if inventory:
        _types(inventory)
    plugin_call_counts.show(plugin_calls)
    _kept(runs)
    _failures(runs)
    if asked:
        policy_lines.show(asked)
    if filled:
        filled_lines.show(filled)
    if checked:
        live_checks.show(checked)
    if inventory:
        _last_words(plan, runs, inventory, seconds)
    else:
        screen().print(f"\n{ENDED}; {seconds:.1f} s", markup=False, soft_wrap=True)


def drifted(runs: Sequence[StackRun]) -> list[tuple[StackRun, Step]]:
    """Drift: steps of runs that read what is there, where it is not as the states had it."""
    return [(run, step) for run in runs for step in run.result.steps if step.operation in ("update", "delete")]


def show_refreshed(stacks: Sequence[str], runs: Sequence[StackRun], seconds: float) -> None:
    """Prints what is not as the states say it was left; all of it is in the states now."""
    _stacks(stacks, runs, {"update": "changed", "delete": "gone", "same": "same"})
    found = drifted(runs)
    for run, step in found:
        what = "gone" if step.operation == "delete" else ", ".join(step.keys)
        screen().print(f"  {run.stack}: {short(step.type)} {step.name}: {what}", markup=False, soft_wrap=True)
        for note in plugin_notes.on_drift(step.type, step.keys):
            screen().print(f"    the plugin reads back {note}", markup=False, soft_wrap=True)
    _failures(runs)
    drift = f"{counted(len(found), 'resource')} changed outside" if found else "no drift"
    screen().print(f"\n{drift}; {seconds:.1f} s", markup=False)
    if found:
        screen().print("mesh up brings them back to what the files say", markup=False)


def show_destroyed(
    runs: Sequence[StackRun], stacks: Sequence[str], inventory: Inventory | None, seconds: float
) -> None:
    """Prints what was deleted, what refused, and what is left."""
    _stacks(stacks, runs)
    refused = [failure for run in runs for failure in run.result.failures]
    protected = [failure for failure in refused if DELETED in failure.message]
    if protected and len(protected) == len(refused):
        for failure in protected[:FEW]:
            screen().print(f"  protected: {failure.urn.rpartition('::')[2]} ({_type(failure.urn)})", markup=False)
        screen().print(
            f"\nstopped at {runs[-1].stack}: what is protected cannot be deleted, and nothing of this stack was.\n"
            "To lift the protection set 'deletion-protection: false' in the file of the domain or partner (or for the "
            "whole mesh in the 'defaults' of mesh.yaml), then mesh up, mesh destroy",
            markup=False,
            soft_wrap=True,
        )
    else:
        _failures(runs)
    _kept(runs)
    deleted = sum(run.operations.get("delete", 0) for run in runs if not run.preview)
    left = f"left: {_left(inventory)}" if inventory else ENDED
    said = f"{counted(deleted, 'resource')} gone from the states; {left}; {seconds:.1f} s"
    screen().print(f"\n{said}", markup=False, soft_wrap=True)


def _kept(runs: Sequence[StackRun]) -> None:
    """Prints what left the states and AWS keeps, each as `pulumi import` takes it."""
    kept = [(run.stack, step) for run in runs if not run.preview for step in run.result.steps if step.kept]
    back = [(stack, step) for stack, step in kept if plugin_notes.is_imported(step.type)]
    if not back:
        return
    screen().print("\nAWS keeps, and the states have no more; each is imported before its stack makes it again:")
    for stack, step in back:
        screen().print(f"  {stack}: {step.type} {step.name} {step.kept}", markup=False, soft_wrap=True)


def _left(inventory: Inventory) -> str:
    left: Counter[str] = Counter()
    for count in inventory.counts:
        left[short(count.type)] += count.total
    if len(left) > FEW:
        return counted(left.total(), "resource")
    return ", ".join(f"{number} {token}" for token, number in sorted(left.items())) or "nothing"


def _type(urn: str) -> str:
    return short(_type_of(urn))


def _type_of(urn: str) -> str:
    """The token of the type of a URN; nothing of a failure that is of no resource."""
    return urn.split("::")[2].rpartition("$")[2] if urn else ""


def _stacks(stacks: Sequence[str], runs: Sequence[StackRun], names: Mapping[str, str] | None = None) -> None:
    from rich.table import Table

    names = names or {name: name for name in OPERATIONS}
    operations = [name for name in names if any(name in r.operations for r in runs if not r.preview)]
    table = Table(box=None, pad_edge=False)
    table.add_column("stack")
    table.add_column("account")
    for name in operations:
        table.add_column(names[name], justify="right")
    table.add_column("seconds", justify="right")
    for run in runs:
        counts = {} if run.preview else run.operations
        table.add_row(
            run.stack, run.account_id, *(str(counts.get(name, "")) for name in operations), f"{run.result.seconds:.1f}"
        )
    for stack in stacks[len(runs) :]:
        table.add_row(stack, "", *("" for _ in operations), "not run")
    screen().print(table)


def _types(inventory: Inventory) -> None:
    from rich.table import Table

    kinds = _kinds(inventory)
    table = Table(box=None, pad_edge=False)
    table.add_column("type")
    for name in KINDS:
        table.add_column(name, justify="right")
    totals = {token: sum(counts.values()) for token, counts in kinds.items()}
    for token in sorted(totals, key=lambda token: (-totals[token], token)):
        table.add_row(short(token), *(str(kinds[token][name] or "") for name in KINDS))
    screen().print("")
    screen().print(table)
    reasons = inventory.reasons
    if reasons:
        screen().print("\nrecorded, or in part: kept as data where the emulator has no place for it; AWS would make it")
        for token, why in sorted(reasons.items()):
            screen().print(f"  {short(token)}: {'; '.join(sorted(why))}", markup=False, soft_wrap=True)


def _kinds(inventory: Inventory) -> dict[str, Counter[str]]:
    """By type: how many exist in the emulator, exist there but for some properties, or are kept as data only."""
    from sandbox.emulator.aws import RECORDED_TYPES

    kinds: dict[str, Counter[str]] = {}
    for count in inventory.counts:
        of_type = kinds.setdefault(count.type, Counter())
        of_type["recorded" if count.type in RECORDED_TYPES else "in part"] += count.recorded
        of_type["created"] += count.total - count.recorded
    return kinds


def _failures(runs: Sequence[StackRun]) -> None:
    for run in runs:
        for failure in (each for each in run.result.failures if not is_of_protection(each.message)):
            screen().print(f"\n[bold red]failed[/bold red] {run.stack}: ", end="")
            whose = f"{failure.urn.rpartition('::')[2]}: " if failure.urn else ""
            screen().print(f"{whose}{failure.message}\n{failure.trace}", markup=False, soft_wrap=True)
            for note in plugin_notes.on_failure(_type_of(failure.urn), failure.message):
                screen().print(f"  {note}", markup=False, soft_wrap=True)
    for line in told_failures(runs):
        screen().print(line, markup=False, soft_wrap=True)
    for trouble in troubles_in(failure.message for run in runs for failure in run.result.failures):
        screen().print(f"\n{trouble.title}: {trouble.means} {trouble.do}", markup=False, soft_wrap=True)


def _last_words(plan: Plan, runs: Sequence[StackRun], inventory: Inventory, seconds: float) -> None:
    total: Counter[str] = Counter()
    for counts in _kinds(inventory).values():
        total.update(counts)
    accounts = len(inventory.accounts)
    products = sum(len(domain.products) for domain in plan.domains.values())
    screen().print(
        f"\n{plan.mesh}: {counted(len(plan.domains), 'domain')}, {counted(products, 'product')}, "
        f"{counted(len(plan.partners), 'partner')} in {counted(accounts, 'account')}; "
        f"{counted(total['created'], 'resource')} created, {total['in part']} in part, {total['recorded']} recorded; "
        f"{seconds:.1f} s",
        markup=False,
    )
    if any(run.result.failures for run in runs):
        return
    domain = next(iter(plan.domains), "")
    screen().print(
        "\nTry next:\n"
        f"  mesh plan --stack domain-{domain}    every resource of one stack\n"
        "  mesh up --serve              keep the organisation and look around with the AWS CLI\n"
        "  mesh accounts                whose account is which\n"
        "  mesh validate                after you changed a file under stacks/",
        markup=False,
    )
