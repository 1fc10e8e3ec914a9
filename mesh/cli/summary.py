"""The summary of `mesh up`: per stack what was done, by type what exists and what is only recorded, what to try next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh.cli.console import counted, screen
from mesh.plan import Plan

if TYPE_CHECKING:
    from sandbox.organization import EmulatedOrganization
    from sandbox.rollout import StackRun


def show(plan: Plan, runs: Sequence[StackRun], organization: EmulatedOrganization, seconds: float) -> None:
    """Prints the summary of one run."""
    _stacks(plan, runs)
    _types(organization)
    _failures(runs)
    _last_words(plan, runs, organization, seconds)


def _stacks(plan: Plan, runs: Sequence[StackRun]) -> None:
    from rich.table import Table

    operations = [
        name for name in ("create", "update", "replace", "delete", "same") if any(name in r.operations for r in runs)
    ]
    table = Table(box=None, pad_edge=False)
    table.add_column("stack")
    table.add_column("account")
    for name in operations:
        table.add_column(name, justify="right")
    table.add_column("seconds", justify="right")
    for run in runs:
        counts = run.operations
        table.add_row(
            run.stack, run.account_id, *(str(counts.get(name, "")) for name in operations), f"{run.result.seconds:.1f}"
        )
    for stack in plan.stacks[len(runs) :]:
        table.add_row(stack, "", *("" for _ in operations), "not run")
    screen().print(table)


def _types(organization: EmulatedOrganization) -> None:
    from rich.table import Table

    total: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    for count in organization.counts():
        total[_short(count.type)] += count.total
        recorded[_short(count.type)] += count.recorded
    table = Table(box=None, pad_edge=False)
    for column, justify in (("type", "left"), ("created", "right"), ("recorded", "right")):
        table.add_column(column, justify=justify)  # pyright: ignore[reportArgumentType] (a literal by construction)
    for name, number in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, str(number - recorded[name] or ""), str(recorded[name] or ""))
    screen().print("")
    screen().print(table)
    reasons = organization.records.reasons()
    if reasons:
        screen().print("\n[bold]recorded[/bold]: kept as data, for the emulator lacks it; AWS would make it")
        for token, why in sorted(reasons.items()):
            screen().print(f"  {_short(token)}: {'; '.join(sorted(why))}", markup=False)


def _short(token: str) -> str:
    """`aws:s3/bucket:Bucket` as `s3.Bucket`."""
    package, _, name = token.rpartition(":")
    return f"{package.removeprefix('aws:').partition('/')[0]}.{name}"


def _failures(runs: Sequence[StackRun]) -> None:
    for run in runs:
        for failure in run.result.failures:
            screen().print(f"\n[bold red]failed[/bold red] {run.stack}: ", end="")
            screen().print(f"{failure.urn.rpartition('::')[2]}: {failure.message}\n{failure.trace}", markup=False)


def _last_words(plan: Plan, runs: Sequence[StackRun], organization: EmulatedOrganization, seconds: float) -> None:
    made = sum(count.total - count.recorded for count in organization.counts())
    kept = sum(count.recorded for count in organization.counts())
    accounts = len(organization.account_ids())
    products = sum(len(domain.products) for domain in plan.domains.values())
    screen().print(
        f"\n{plan.mesh}: {counted(len(plan.domains), 'domain')}, {counted(products, 'product')}, "
        f"{counted(len(plan.partners), 'partner')} in {counted(accounts, 'account')}; "
        f"{counted(made, 'resource')} created, {kept} recorded; {seconds:.1f} s",
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
