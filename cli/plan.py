"""`mesh plan`: runs the program in preview on the embedded engine and shows every resource."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import answer, answer_json, counted, say, screen
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, StackOption, chosen, read
from cli.preview_failures import exit_on_failures
from cli.progress import Progress
from mesh.folder import PlannedMesh
from mesh.plan import Plan

if TYPE_CHECKING:
    from sandbox.runs.emitted_stacks import EmittedStack
    from sandbox.runs.stack_run import StackRun


SizesOption = Annotated[
    bool,
    typer.Option(
        "--sizes", help="Every document's share of its quota, the control policies of each node, and what AWS counts."
    ),
]
CostsOption = Annotated[
    bool, typer.Option("--costs", help="What it costs a month before anybody uses it, and what is paid by use.")
]
RemovalOption = Annotated[
    bool,
    typer.Option(
        "--removal",
        help="What deleting the stacks would come to: what is protected, what AWS keeps, and what it refuses.",
    ),
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Plan again what each saved file changes, and print it, until Ctrl-C.")
]
AgainstOption = Annotated[
    str | None,
    typer.Option("--against", metavar="REV", help="What changes since a revision or folder, as `mesh diff` says it."),
]


def plan(
    stack: StackOption = None,
    sizes: SizesOption = False,
    costs: CostsOption = False,
    removal: RemovalOption = False,
    against: AgainstOption = None,
    watched: WatchOption = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show every resource that would be made.

    Runs the Pulumi program in preview, without AWS, and says in which account each would be. What AWS would refuse of
    it, by its own models and pages, and what could not be compared with them, is said with status 1.
    """
    whole = {"--against": against is not None, "--sizes": sizes, "--costs": costs}
    _refuse_together({**whole, "--stack": bool(stack)})
    _refuse_together({**whole, "--removal": removal})
    if watched:
        whole["--removal"] = removal
        _refuse_together({"--watch": True, **whole, "--json": as_json})
        from cli import plan_watch

        plan_watch.watch(directory, as_of, stack)
        return
    if against is not None:
        from cli.diff import diff

        diff(old=against, directory=directory, as_of=as_of, as_json=as_json)
        return
    planned = read(directory, as_of)
    if sizes or costs:
        _show_sizes(planned, as_json) if sizes else _show_costs(planned.plan, as_json)
        return
    stacks = chosen(planned, stack)
    if removal:
        from cli import plan_removal

        plan_removal.show(_previewed(planned, stacks), as_json)
        return
    from mesh.acceptance import accept
    from sandbox.runs import emitted_stacks, preview

    # The processes are forked before the progress display has a thread.
    with preview.emitted_previews(planned, stacks) as each, Progress("planning", len(stacks)) as progress:
        made = each.runs(progress.step)
    exit_on_failures([each.run for each in made])
    document = emitted_stacks.document(planned.plan, made)
    accepted = accept.accept(document, whole=stack is None, own=(found for each in made for found in each.own))
    if as_json:
        answer_json(document)
    else:
        _show(made, stack is not None)
        answer(str(accepted))
    found = tuple(accepted.findings())
    for finding in found:
        say(finding)
    if found:
        raise typer.Exit(FINDINGS)


def _previewed(planned: PlannedMesh, stacks: list[str]) -> list[StackRun]:
    """The runs of the stacks; ends the command where one fails."""
    from sandbox.runs.preview import previews

    with previews(planned, stacks) as each, Progress("planning", len(stacks)) as progress:
        runs = each.runs(progress.step)
    exit_on_failures(runs)
    return runs


def _refuse_together(options: dict[str, bool]) -> None:
    """Sizes and costs are of the whole mesh, each shown alone; a removal is of the stacks that are named."""
    given = [name for name, is_given in options.items() if is_given]
    if len(given) > 1:
        raise typer.BadParameter(
            f"shows the whole mesh, alone: leave out {' and '.join(given[1:])}", param_hint=given[0]
        )


def _show_sizes(planned: PlannedMesh, as_json: bool) -> None:
    from mesh.access.sizes import largest, sizes
    from mesh.plan.control_policies import policy_nodes
    from mesh.plan.counts import counts

    plan = planned.plan
    nodes = [*policy_nodes(plan.organization.args.policies, planned.mesh.file.policies_of_others)]
    every = sorted(sizes(plan), key=lambda size: -size.share)
    if as_json:
        documents = [size._asdict() | {"share": round(size.share, 4)} for size in every]
        of_nodes = [node._asdict() | {"kind": node.kind, "room": node.room} for node in nodes]
        answer_json({"documents": documents, "nodes": of_nodes, "counts": [each._asdict() for each in counts(plan)]})
        return
    number, most = Counter(size.kind for size in every), largest(every)
    for size in every:
        # Control policies bind everybody and stand one by one; of the others the largest says what there is to know.
        if size.kind.endswith("control policy") or size is most[size.kind]:
            is_one_of_many = number[size.kind] > 1 and size is most[size.kind]
            others = f" (the largest of {number[size.kind]:,})" if is_one_of_many else ""
            answer(
                f"{size.share:5.0%}  {size.characters:>6,} of {size.quota:>6,}  {size.kind}: {size.document}{others}"
            )
    answer("")
    for node in nodes:
        others = f", {node.others} of others" if node.others else ""
        tower = f", {node.control_tower} of Control Tower" if node.control_tower else ""
        answer(
            f"{node.room:>5} free of {node.quota:>2}  {node.kind} at {node.node}: {node.mesh} of the mesh, "
            f"{node.of_aws} of AWS{others}{tower}"
        )
    answer("")
    for each in counts(plan):
        full = "  raise it first (docs/on-aws.md)" if each.share >= 1 else ""
        answer(f"{each.share:5.0%}  {each.number:>6,} of {each.quota:>7,}  {each.what} in {each.place}{full}")


def _show_costs(plan: Plan, as_json: bool) -> None:
    from mesh.plan.costs import costs

    known = costs(plan)
    if as_json:
        fixed = [asdict(cost.price) | {"number": cost.number, "month": round(cost.month, 2)} for cost in known.fixed]
        used = [asdict(price) | {"number": number} for price, number in known.used]
        answer_json({"currency": "USD", "region": "us-east-1", "fixed": fixed, "used": used})
        return
    for cost in known.fixed:
        answer(
            f"{cost.month:>10,.2f}  {cost.number:>5,} × {cost.price.month:.2f}  {cost.price.what} ({cost.price.note})"
        )
    answer(f"{known.month:>10,.2f}  US dollars a month before anybody uses it, by us-east-1's list; then by use:")
    for price, number in known.used:
        answer(f"{number:>19,}  {price.what}: {price.use}")


def _show(stacks: list[EmittedStack], detail: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("stack", "account"):
        table.add_column(column)
    table.add_column("resources", justify="right")
    table.add_column("mostly")
    for each in stacks:
        kinds = Counter(one["type"].rpartition(":")[2] for one in each.resources if one["type"].startswith("aws:"))
        # Resources come in the order in which the program registers them, which is another one in each run.
        most = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))[:4]
        mostly = ", ".join(f"{number} {kind}" for kind, number in most)
        table.add_row(each.run.stack, each.run.account_id, str(sum(kinds.values())), mostly)
    screen().print(table)
    if detail:
        for each in stacks:
            _show_resources(each)
    else:
        total = sum(each.created for each in stacks)
        answer(f"\n{counted(total, 'resource')} in {counted(len(stacks), 'stack')}")
        answer(f"One stack in full: mesh plan --stack {stacks[-1].run.stack}")


def _show_resources(stack: EmittedStack) -> None:
    answer("")
    of_aws = [(one["type"].rpartition(":")[2], one) for one in stack.resources if one["type"].startswith("aws:")]
    for kind, one in sorted(of_aws, key=lambda each: (each[0], each[1]["name"], each[1]["urn"])):
        protected = "  [protected]" if one["protect"] else ""
        answer(f"  + {kind:42} {one['name']}{protected}")
