"""`mesh prove`: every invariant of the mesh holds, or here is what gets through."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

from cli.console import answer_json, counted, margin, say, screen
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import NotPossibleError, nearest
from mesh.folder import PlannedMesh

if TYPE_CHECKING:
    from mesh.proof.invariants import Invariant
    from mesh.proof.mutants import Mutant
    from mesh.proof.prove import InvariantResult
    from mesh.proof.verdicts import Explained

_T = TypeVar("_T")


def prove(
    directory: FolderOption = DEFAULT_FOLDER,
    invariant: Annotated[
        list[str] | None,
        typer.Option("--invariant", "-i", metavar="ID", help="Only this one, as I13; may be repeated."),
    ] = None,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Make each mistake that a person could make: does an invariant notice?"),
    ] = False,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            "--verdicts",
            metavar="FILE",
            help="File of verdicts: those that nothing changed stand, the others are replaced.",
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Decide every invariant of the mesh.

    Over the policies that the mesh emits, request by request; with z3 for all strings, too.

    Exit code 1 when one does not hold; with --mutate, when a mistake is neither noticed nor explained.
    """
    planned = read(directory, as_of)
    if mutate:
        if invariant:
            raise typer.BadParameter("a mistake may be noticed by any invariant", param_hint="--invariant")
        _mutate(planned, verdicts, as_json)
    elif verdicts:
        raise typer.BadParameter("verdicts are of mistakes: add --mutate", param_hint="--verdicts")
    else:
        _prove(planned, _chosen(invariant), as_json)


def _chosen(asked: list[str] | None) -> tuple[Invariant, ...]:
    from mesh.proof.invariants import INVARIANTS

    if not asked:
        return INVARIANTS
    known = {each.id: each for each in INVARIANTS}
    for name in asked:
        if name.upper() not in known:
            raise NotPossibleError(
                f"there is no invariant {name}{nearest(name, known) or ';'} there are {', '.join(known)}"
            )
    return tuple(known[name.upper()] for name in asked)


def _prove(planned: PlannedMesh, invariants: tuple[Invariant, ...], as_json: bool) -> None:
    from mesh.proof.prove import prove as proofs
    from mesh.proof.written_labels import read as read_labels

    started = time.perf_counter()
    results: list[InvariantResult] = []
    for result in _watched(
        proofs(planned.plan, read_labels(planned.directory, planned.mesh), invariants), len(invariants), "proving"
    ):
        results.append(result)
        if not as_json:
            _show(result)
    seconds, requests = time.perf_counter() - started, sum(result.checked for result in results)
    failed = [result for result in results if not result.holds]
    if as_json:
        everything = [result.as_json() for result in results]
        answer_json(
            {"invariants": everything, "requests": requests, "seconds": round(seconds, 2), "actions": _actions(results)}
        )
    else:
        _beyond(results)
        _for_all_strings(results)
        _of_all_actions(results)
        holds = f"{counted(len(results) - len(failed), 'invariant')} of {len(results)} hold"
        screen().print(f"\n{planned.plan.mesh}: {holds}; {requests:,} requests decided; {seconds:.1f} s", markup=False)
    _without_z3(invariants)
    if failed:
        raise typer.Exit(FINDINGS)


def _for_all_strings(results: Iterable[InvariantResult]) -> None:
    proofs = [result.symbolic for result in results if result.symbolic]
    if proofs:
        goals = sum(proof.obligations for proof in proofs)
        screen().print(
            f"\n∀ for all strings too, by z3: {counted(len(proofs), 'invariant')}, {goals:,} goals", markup=False
        )


def _of_all_actions(results: Iterable[InvariantResult]) -> None:
    from mesh.proof.invariants.every_action import UNIVERSE, count

    if any(result.invariant.id == UNIVERSE for result in results):
        screen().print(f"\n{count().text}", markup=False, soft_wrap=True)


def _actions(results: Iterable[InvariantResult]) -> dict[str, Any] | None:
    """Numbers of AWS's actions, for JSON; None where the universe was not asked."""
    from mesh.proof.invariants.every_action import UNIVERSE, count

    asked = any(result.invariant.id == UNIVERSE for result in results)
    return count().as_json() if asked else None


def _without_z3(invariants: Iterable[Invariant]) -> None:
    """A hint at the proofs for all strings; on standard error, for results are the same without them."""
    from mesh.proof import symbolic

    more = [invariant.id for invariant in invariants if invariant.id in symbolic.RANGES]
    if more and not symbolic.available():
        say(f"z3 would prove {', '.join(more)} for all strings too: pip install {symbolic.EXTRA}")


def _show(result: InvariantResult) -> None:
    mark = "✓" if result.holds else "✗"
    proven = f"{result.checked:,}{'; ∀' if result.symbolic else ''}"
    line = f"{mark} {result.invariant.id:<4}{result.invariant.title}  ({proven})"
    screen().print(line, markup=False, soft_wrap=True, style=None if result.holds else "bold red")
    for witness in result.witnesses:
        screen().print(f"       {witness.text}", markup=False, soft_wrap=True)
    if result.failed > len(result.witnesses):
        screen().print(f"       and {result.failed - len(result.witnesses):,} more", markup=False)


def _beyond(results: Iterable[InvariantResult]) -> None:
    beyond = [result.invariant for result in results if result.invariant.beyond]
    if beyond:
        screen().print("\nwhat IAM does not carry, and what does:")
    for invariant in beyond:
        screen().print(f"  {invariant.id:<4}{invariant.beyond}", markup=False, soft_wrap=True)


# ---- mutation


def _mutate(planned: PlannedMesh, verdicts: Path | None, as_json: bool) -> None:
    from mesh.proof import verdicts as kept
    from mesh.proof.mutate import NONE_KNOWN, Mutation
    from mesh.proof.written_labels import read as read_labels

    written = read_labels(planned.directory, planned.mesh)
    started = time.perf_counter()
    say("collecting every claim of every invariant")
    known = kept.read(verdicts) if verdicts else NONE_KNOWN
    outcomes = list(_watched(Mutation(planned.plan, written).run(known), None, "document"))
    if verdicts:
        verdicts.write_text(kept.as_text(each.verdict for each in outcomes if not each.survivors), "utf-8")
    seconds = time.perf_counter() - started
    result = _MutationResult(
        documents=sum(each.verdict.alike for each in outcomes),
        forms=len(outcomes),
        standing=sum(known.get(each.verdict.document) is each.verdict for each in outcomes),
        noticed=sum(sum(each.verdict.noticed.values()) for each in outcomes),
        explained=tuple(each for outcome in outcomes for each in outcome.verdict.explained),
        survivors=tuple(mutant for outcome in outcomes for mutant in outcome.survivors),
        seconds=seconds,
    )
    if as_json:
        answer_json(result.as_json())
    else:
        _show_mutation(result)
    if result.survivors:
        raise typer.Exit(FINDINGS)


class _MutationResult(NamedTuple):
    """Numbers of the mutation; `standing` counts forms whose verdict was known and stands."""

    documents: int
    forms: int
    standing: int
    noticed: int
    explained: tuple[Explained, ...]
    survivors: tuple[Mutant, ...]
    seconds: float

    @property
    def mutants(self) -> int:
        return self.noticed + len(self.explained) + len(self.survivors)

    def as_json(self) -> dict[str, Any]:
        """The result as `mesh prove --mutate --json` prints it."""
        return {
            "documents": self.documents,
            "forms": self.forms,
            "standing": self.standing,
            "mutants": self.mutants,
            "noticed": self.noticed,
            "explained": [each._asdict() for each in self.explained],
            "survivors": [dataclasses.asdict(each) for each in self.survivors],
            "seconds": round(self.seconds, 2),
        }


def _show_mutation(result: _MutationResult) -> None:
    for mutant in result.survivors:
        screen().print(f"✗ nothing notices: {mutant}", markup=False, soft_wrap=True)
    by_reason = Counter(each.reason for each in result.explained)
    for reason, count in by_reason.most_common():
        screen().print(f"– {count} × {reason}", markup=False, soft_wrap=True)
    standing = f" ({result.standing} unchanged)" if result.standing else ""
    screen().print(
        f"\n{result.mutants:,} mistakes in {result.forms} kinds of the {result.documents} documents{standing}, "
        f"one at a time: {result.noticed:,} noticed, {len(result.explained):,} with a written reason, "
        f"{len(result.survivors)} unnoticed; {result.seconds:.1f} s",
        markup=False,
        soft_wrap=True,
    )


def _watched(things: Iterable[_T], total: int | None, verb: str) -> Iterator[_T]:
    """The same things, with a moving line on a terminal, which is gone while one of them is shown."""
    if not sys.stderr.isatty():
        yield from things
        return
    with margin().status(f"{verb} …") as status:
        for number, thing in enumerate(things, 1):
            status.update(f"{verb} {number}{f'/{total}' if total else ''}")
            status.stop()
            yield thing
            status.start()
