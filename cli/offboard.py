"""`mesh offboard`: a partner goes: what it was given is written down, and what remains to be done is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.console import answer, answer_json, counted, say
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh import offboarding
from mesh.findings import NotPossibleError, listed, nearest
from mesh.folder import PlannedMesh


def offboard(
    partner: Annotated[str, typer.Argument(help="The partner, by the name of its file.", metavar="PARTNER")],
    directory: FolderOption = DEFAULT_FOLDER,
    finish: Annotated[
        bool,
        typer.Option("--finish", help="Remove the partner's file: its stack is destroyed."),
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", help="Where the record goes; 'offboarded/PARTNER.json' in the mesh folder.", metavar="FILE"
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """End a partner's agreements, and record what it was given.

    Nothing is deployed. With --finish the file is removed, when the stack of the partner is destroyed; the account is
    let go, and keeps its control policies as long as its line in accounts.yaml. The record stays, as does the trail.
    """
    planned = read(directory, as_of)
    partners = planned.mesh.partners
    if partner not in partners:
        told = f"there is no partner '{partner}'{nearest(partner, partners)}"
        raise NotPossibleError(f"{told}; there are {listed(partners)}" if partners else told)
    file = directory / "partners" / f"{partner}.yaml"
    evidence = record or directory / "offboarded" / f"{partner}.json"
    steps = _finish(planned, partner, file) if finish else _begin(planned, partner, file, evidence)
    if as_json:
        answer_json({"partner": partner, "record": str(evidence), "steps": list(steps)})
        return
    for number, step in enumerate(steps, 1):
        answer(f"{number}. {step}")


def _begin(planned: PlannedMesh, partner: str, file: Path, evidence: Path) -> tuple[str, ...]:
    if offboarding.is_ended(planned, partner):
        say(f"{file} says already that the partner goes; {evidence} is the record of what it was given")
        return tuple(_after(partner, ("organization", f"partner-{partner}")))
    if evidence.exists():
        raise NotPossibleError(f"{evidence} is there: a record is evidence, and is not written over; move it first")
    text = offboarding.ended(file.read_text("utf-8"))
    told = offboarding.record(planned, partner)
    evidence.parent.mkdir(parents=True, exist_ok=True)
    evidence.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    file.write_text(text, "utf-8")
    say(f"{evidence}: {counted(len(told['agreements']), 'agreement')} as of {planned.as_of}")
    say(f"{file}: no agreement any more, and no protection")
    return tuple(_after(partner, offboarding.stacks(planned, partner)))


def _after(partner: str, stacks: tuple[str, ...]) -> Iterator[str]:
    """Steps behind the end of the agreements."""
    yield "mesh validate, and a pull request with both files: the partner's owner and the platform team are asked"
    yield f"mesh up {' '.join(f'--stack {each}' for each in stacks)} (on AWS: pulumi up -s STACK, in this order)"
    yield "copy what of the inbox has to be kept: the next step deletes it with its access logs"
    yield f"mesh destroy --stack partner-{partner} (on AWS: pulumi destroy)"
    yield f"mesh offboard {partner} --finish"


def _finish(planned: PlannedMesh, partner: str, file: Path) -> tuple[str, ...]:
    if not offboarding.is_ended(planned, partner):
        raise NotPossibleError(f"{file} has agreements, or is protected: `mesh offboard {partner}` comes first")
    account = planned.plan.partners[partner].access.account_id
    if left := _left(planned, account):
        raise NotPossibleError(
            f"there is still {left} in account {account}: `mesh destroy --stack partner-{partner}` first"
        )
    file.unlink()
    say(f"{file}: removed")
    return (
        "mesh validate",
        "mesh up --stack organization (on AWS: pulumi up -s organization): people lose the account, which is let go",
        f"a person closes account {account} when nothing in it is wanted any more (aws organizations close-account)",
        "when AWS has deleted it, its line in accounts.yaml goes, and with that the two control policies",
    )


def _left(planned: PlannedMesh, account: str) -> str:
    """The number of resources in an account of the organisation that is kept here; empty without one."""
    from sandbox.runs import served_organization

    served = served_organization.find(say)
    inventory = served.inventory() if served and served.organization == planned.plan.perimeter.organization else None
    left = sum(each.total for each in inventory.counts if each.account_id == account) if inventory else 0
    return counted(left, "resource") if left else ""
