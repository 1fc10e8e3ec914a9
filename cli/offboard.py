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
    file = directory / "partners" / f"{partner}.yaml"
    usual = directory / "offboarded" / f"{partner}.json"
    found = next((each for each in (record, usual) if each and offboarding.recorded(each, partner)), None)
    if partner not in planned.mesh.partners:
        steps = _gone(planned, partner, file, found)
    elif finish:
        steps = _finish(planned, partner, file)
    elif offboarding.is_ended(planned, partner):
        steps = _again(planned, partner, file, record or usual, found)
    else:
        found = record or usual
        steps = _begin(planned, partner, file, found)
    if as_json:
        answer_json({"partner": partner, "record": str(found) if found else None, "steps": list(steps)})
        return
    for number, step in enumerate(steps, 1):
        answer(f"{number}. {step}")


def _begin(planned: PlannedMesh, partner: str, file: Path, evidence: Path) -> tuple[str, ...]:
    """Writes the record, then ends the agreements; a run that ended between the two goes on with its record."""
    told = offboarding.record(planned, partner)
    written = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    if evidence.exists() and (not evidence.is_file() or evidence.read_bytes() != written.encode()):
        raise NotPossibleError(f"{evidence} is there: a record is evidence, and is not written over; move it first")
    text = offboarding.ended(file.read_text("utf-8"))
    if not evidence.exists():
        evidence.parent.mkdir(parents=True, exist_ok=True)
        evidence.write_text(written, "utf-8")
    file.write_text(text, "utf-8")
    say(f"{evidence}: {counted(len(told['agreements']), 'agreement')} as of {planned.as_of}")
    say(f"{file}: no agreement any more, and no protection")
    return tuple(_after(planned, partner, offboarding.domains_of(offboarding.products_of(told))))


def _again(planned: PlannedMesh, partner: str, file: Path, evidence: Path, found: Path | None) -> tuple[str, ...]:
    """Steps of a partner whose agreements have ended: its record knows which domains delivered to it."""
    told = offboarding.recorded(found, partner) if found else None
    if told is not None:
        say(f"{file} says already that the partner goes; {found} is the record of what it was given")
        return tuple(_after(planned, partner, offboarding.domains_of(offboarding.products_of(told))))
    say(f"{file} says already that the partner goes; {_lost(partner, evidence)}")
    say("without it nobody knows which domains delivered, and the steps name all; one that did not has no change")
    return tuple(_after(planned, partner, tuple(planned.mesh.domains)))


def _lost(partner: str, evidence: Path) -> str:
    """Says what to do about a record that is not there, or that is none."""
    what = f"{evidence} is no record of '{partner}'" if evidence.exists() else f"its record {evidence} is not there"
    return f"{what}: name where it went with --record, or take it out of version control again, for it is evidence"


def _after(planned: PlannedMesh, partner: str, domains: tuple[str, ...]) -> Iterator[str]:
    """Steps behind the end of the agreements that are still left, as far as it can be told."""
    is_destroyed = _resources(planned, planned.plan.partners[partner].access.account_id) == 0
    stacks = offboarding.stacks(planned, partner, domains, is_destroyed)
    yield "mesh validate, and a pull request with both files: the partner's owner and the platform team are asked"
    yield f"mesh up {' '.join(f'--stack {each}' for each in stacks)} (on AWS: pulumi up -s STACK, in this order)"
    if not is_destroyed:
        yield "copy what of the inbox has to be kept: the next step deletes it with its access logs"
        yield f"mesh destroy --stack partner-{partner} (on AWS: pulumi destroy)"
    yield f"mesh offboard {partner} --finish"


def _gone(planned: PlannedMesh, partner: str, file: Path, found: Path | None) -> tuple[str, ...]:
    """Steps of a partner whose file is removed: those of its account, as long as it has a line."""
    partners = planned.mesh.partners
    account = planned.mesh.accounts.partners.get(partner) if planned.mesh.accounts else None
    if account is None and found is None:
        near = nearest(partner, partners)
        raise NotPossibleError(f"there is no partner '{partner}'{near or ';'} partners: {listed(partners)}")
    say(f"{file} is removed{f'; {found} is the record of what the partner was given' if found else ''}")
    if account is None:
        return ("mesh up --stack organization (on AWS: pulumi up -s organization): the two control policies go",)
    return _last(account)


def _finish(planned: PlannedMesh, partner: str, file: Path) -> tuple[str, ...]:
    if not offboarding.is_ended(planned, partner):
        raise NotPossibleError(f"{file} has agreements, or is protected: `mesh offboard {partner}` comes first")
    account = planned.plan.partners[partner].access.account_id
    if left := _resources(planned, account):
        raise NotPossibleError(
            f"there is still {counted(left, 'resource')} in account {account}: "
            f"`mesh destroy --stack partner-{partner}` first"
        )
    file.unlink()
    say(f"{file}: removed")
    return _last(account)


def _last(account: str) -> tuple[str, ...]:
    """Steps behind the removal of a partner's file."""
    return (
        "mesh validate",
        "mesh up --stack organization (on AWS: pulumi up -s organization): people lose the account, which is let go",
        f"a person closes account {account} when nothing in it is wanted any more (aws organizations close-account)",
        "when AWS has deleted it, its line in accounts.yaml goes, and with that the two control policies",
    )


def _resources(planned: PlannedMesh, account: str) -> int | None:
    """Number of resources in an account of the organisation that is kept here; None where none is kept."""
    from sandbox.runs import served_organization

    served = served_organization.find(say)
    inventory = served.inventory() if served and served.organization == planned.plan.perimeter.organization else None
    return sum(each.total for each in inventory.counts if each.account_id == account) if inventory else None
