"""`mesh access explain`: one question, link by link and layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import answer, answer_json, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read

if TYPE_CHECKING:
    from mesh.access.explain import ExplainedLink, Explanation
    from mesh.access.references import Asker, Thing
    from mesh.evaluator.layers import LayerVerdict


def explain(
    asker: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="ROLE",
            help="CLEARANCE@HOME, as pii@ads; DOMAIN.PRODUCT for its pipeline; or an ARN, a service, anonymous.",
        ),
    ],
    thing: Annotated[str, typer.Option("--read", metavar="DOMAIN.PRODUCT[.COLUMN]", help="What is read.")],
    port: Annotated[
        str | None, typer.Option("--port", metavar="PORT", help="table or files; all that the product has if left out.")
    ] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a role reads a product or a column, or why not, and what would have to change.

    A read is a chain of requests; each has to be allowed by every layer that binds it. A refusal is an answer: exit
    code 0.
    """
    planned = read(directory, as_of)
    from mesh.access import references
    from mesh.access.chains import DecidedReads
    from mesh.access.explain import explain as explained

    access = DecidedReads(planned.plan)
    what = references.thing(planned.mesh, planned.plan, thing)
    who = references.asker(access, asker)
    answers = [explained(access, who, what, each, planned.mesh) for each in references.ports(what.product, port)]
    if as_json:
        answer_json(
            {
                "as": who.name,
                "principal": who.principal,
                "read": what.name,
                "labels": sorted(what.labels),
                "allowed": any(each.allowed for each in answers),
                "ports": [each.as_json() for each in answers],
            }
        )
        return
    for each in answers:
        _show(who, what, each)


def _show(who: Asker, what: Thing, found: Explanation) -> None:
    from rich.markup import escape

    verb = "[bold green]reads[/bold green]" if found.allowed else "[bold red]does not read[/bold red]"
    screen().print(f"[bold]{escape(who.name)}[/bold] {verb} [bold]{escape(what.name)}[/bold] by port {found.port}")
    for sentence in found.why:
        answer(f"  {sentence}")
    for number, sentence in enumerate(found.change):
        answer(f"  {'to change it: ' if not number else '              '}{sentence}")
    answer("")
    for step in found.steps:
        _show_step(step)
    answer("")


def _show_step(step: ExplainedLink) -> None:
    link = step.link
    mark = "[green]✓[/green]" if link.decision.allowed else "[red]✗[/red]"
    request = f"[dim]{link.request.action} on {link.request.resource}[/dim]" if link.request else ""
    screen().print(f"  {mark} {link.purpose}  {request}", soft_wrap=True)
    said = [_said(verdict) for verdict in step.layers if verdict.says != "silent"]
    screen().print(f"      {' · '.join(said)}", soft_wrap=True)


def _said(verdict: LayerVerdict) -> str:
    """A layer and its statements; documents are named where they refuse and where they are not the role's own."""
    if verdict.says == "lacks":
        return f"[red]{verdict.layer}: nothing allows it[/red]"
    if verdict.says == "denies":
        statements = ", ".join(f"{sid} of {document}" for document, sid in verdict.because)
        return f"[red]{verdict.layer}: {statements} denies[/red]"
    statements = ", ".join(
        f"{sid} of {document}" if verdict.layer == "lake-formation" else sid for document, sid in verdict.because
    )
    return f"[dim]{verdict.layer}:[/dim] {statements}"
