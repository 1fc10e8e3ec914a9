"""The summary of `mesh up`: what was done per stack, what exists by type and what is only recorded, what to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mesh.cli.console import counted, screen
from mesh.plan import Plan

KINDS: Final = ("created", "in part", "recorded")

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

    kinds = _kinds(organization)
    table = Table(box=None, pad_edge=False)
    table.add_column("type")
    for name in KINDS:
        table.add_column(name, justify="right")
    totals = {token: sum(counts.values()) for token, counts in kinds.items()}
    for token in sorted(totals, key=lambda token: (-totals[token], token)):
        table.add_row(_short(token), *(str(kinds[token][name] or "") for name in KINDS))
    screen().print("")
    screen().print(table)
    reasons = organization.records.reasons()
    if reasons:
        screen().print("\nrecorded, or in part: kept as data where the emulator has no place for it; AWS would make it")
        for token, why in sorted(reasons.items()):
            screen().print(f"  {_short(token)}: {'; '.join(sorted(why))}", markup=False, soft_wrap=True)


def _kinds(organization: EmulatedOrganization) -> dict[str, Counter[str]]:
    """By type: how many exist in the emulator, exist there but for some properties, or are kept as data only."""
    from sandbox.aws import RECORDED_TYPES

    kinds: dict[str, Counter[str]] = {}
    for count in organization.counts():
        of_type = kinds.setdefault(count.type, Counter())
        of_type["recorded" if count.type in RECORDED_TYPES else "in part"] += count.recorded
        of_type["created"] += count.total - count.recorded
    return kinds


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
    total: Counter[str] = Counter()
    for kinds in _kinds(organization).values():
        total.update(kinds)
    accounts = len(organization.account_ids())
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
