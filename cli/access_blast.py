"""`mesh access blast`: what whoever steals a role reads, writes, enters and loosens, and by which path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import answer, answer_json, counted, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import NotPossibleError, nearest

if TYPE_CHECKING:
    from mesh.proof.reachability.adversaries import Adversaries
    from mesh.proof.reachability.blast import BlastRadius
    from mesh.proof.reachability.classes import PrincipalNode


def blast(
    principal: Annotated[
        str | None,
        typer.Argument(
            metavar="[PRINCIPAL]",
            help="Who is stolen: an ARN, deploy@ads, clearance/pii@ads, pipeline/none/impressions@ads, "
            "group/ads-finance, pull-request@ads, administrator@ads. Without it one of each class, in a table.",
            show_default=False,
        ),
    ] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a stolen principal comes to: products, labels, accounts and guardrails, with the path to each.

    Every step is decided over the policies that the mesh emits: who may assume whom, change, pass, start, grant.
    """
    planned = read(directory, as_of)
    from mesh.proof.reachability.adversaries import Adversaries
    from mesh.proof.subject import Subject
    from mesh.proof.written_labels import read as read_labels

    adversaries = Adversaries(Subject(planned.plan, read_labels(planned.directory, planned.mesh)))
    if principal is None:
        _every_class(adversaries, as_json=as_json)
        return
    radius = adversaries.radius(_known(adversaries, principal))
    if as_json:
        answer_json(_as_json(adversaries, radius))
    else:
        _show(radius, _bound(adversaries, radius))


def _known(adversaries: Adversaries, text: str) -> PrincipalNode:
    """The principal of that name or ARN; raises NotPossibleError when there is none."""
    nodes = adversaries.graph.nodes
    named = {node.name: node for node in nodes.values()}
    node = nodes.get(text) or named.get(text)
    if node is None:
        raise NotPossibleError(
            f"'{text}' is no principal of the mesh{nearest(text, named)} `mesh access blast` lists one of each class"
        )
    return node


def _bound(adversaries: Adversaries, radius: BlastRadius) -> str:
    """The bound of a principal's class in the proofs, with its reason, and whether it is kept."""
    from mesh.proof.reachability.blast_bounds import BOUNDS, within
    from mesh.proof.reachability.classes import bound_to

    bound = BOUNDS.get(bound_to(radius.start))
    if bound is None:
        return "no bound"
    if bound.unbounded:
        return f"everything: {bound.why}"
    if within(adversaries.graph, radius):
        return f"within: {bound.why}"
    return f"beyond: {bound.why}"


def _as_json(adversaries: Adversaries, radius: BlastRadius) -> dict[str, Any]:
    alike = adversaries.alike(radius.start)
    return {**radius.as_json(), "name": radius.start.name, "alike": alike, "bound": _bound(adversaries, radius)}


def _every_class(adversaries: Adversaries, *, as_json: bool) -> None:
    radii = [adversaries.radius(start) for start in adversaries.first_of_each]
    if as_json:
        answer_json([_as_json(adversaries, radius) for radius in radii])
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("stolen", "alike", "becomes", "enters", "reads", "labels", "writes", "loosens", "bound"):
        # Of a line that is too long the name is folded; a number that is cut short would be another number.
        table.add_column(title, no_wrap=title != "stolen", overflow="fold")
    for radius in radii:
        reads = sum("." in name for name in radius.reads)
        numbers = (len(radius.becomes), len(radius.accounts), reads)
        table.add_row(
            escape(radius.start.name),
            str(adversaries.alike(radius.start)),
            *(str(number or "–") for number in numbers),
            ", ".join(radius.labels) or "–",
            *(str(number or "–") for number in (len(radius.writes), len(radius.loosens))),
            _bound(adversaries, radius).partition(":")[0],
        )
    screen().print(table)
    answer(f"\n{counted(len(radii), 'class', 'classes')} of principals. Why: mesh access blast PRINCIPAL")


def _show(radius: BlastRadius, bound: str) -> None:
    answer(f"{radius.start.who} ({radius.start.name}), if stolen")
    answer(f"bound     {bound}\n")
    products = [name for name in radius.reads if "." in name]
    labels = ", ".join(radius.labels) or "none"
    answer(f"becomes   {counted(len(radius.becomes), 'principal')}")
    answer(f"enters    {', '.join(radius.accounts) or 'no account'}")
    answer(f"reads     {', '.join(products) or 'no product'}; labels: {labels}")
    answer(f"writes    {', '.join(radius.writes) or 'no product'}")
    answer(f"loosens   {', '.join(radius.loosens) or 'no guardrail'}\n")
    for harm in radius.harms:
        steps = [*map(str, harm.path), str(harm.gain)]
        for number, step in enumerate(steps):
            answer(f"{'  ' * number}{'' if number == 0 else '└ '}{step}")
