"""`mesh prove`: every invariant of the mesh holds, or here is what gets through."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.console import answer_json, counted, margin, say, screen
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, Json, read
from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh

if TYPE_CHECKING:
    from mesh.proof.invariants import Invariant
    from mesh.proof.mutate import MutationOutcome
    from mesh.proof.prove import InvariantResult

_T = TypeVar("_T")


def prove(
    directory: FolderOption = DEFAULT_FOLDER,
    invariant: Annotated[
        list[str] | None, typer.Option("--invariant", "-i", help="Only this one, as I13; may be repeated.")
    ] = None,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Drop each statement, condition and grant in turn: does an invariant notice?"),
    ] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Decide every invariant of the mesh.

    Over the policies that the mesh emits, request by request; with z3 for all strings, too.

    Exit code 1 when one does not hold; with --mutate, when a loss is neither noticed nor explained.
    """
    planned = read(directory, as_of)
    if mutate:
        if invariant:
            raise typer.BadParameter("a loss may be noticed by any invariant", param_hint="--invariant")
        _mutate(planned, as_json)
    else:
        _prove(planned, _chosen(invariant), as_json)


def _chosen(asked: list[str] | None) -> tuple[Invariant, ...]:
    from mesh.proof.invariants import INVARIANTS

    if not asked:
        return INVARIANTS
    known = {each.id: each for each in INVARIANTS}
    for name in asked:
        if name.upper() not in known:
            raise NotPossibleError(f"there is no invariant {name}; there are {', '.join(known)}")
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


def _mutate(planned: PlannedMesh, as_json: bool) -> None:
    from mesh.proof.mutate import Mutation
    from mesh.proof.written_labels import read as read_labels

    written = read_labels(planned.directory, planned.mesh)
    started = time.perf_counter()
    say("collecting every claim of every invariant")
    outcomes = list(_watched(Mutation(planned.plan, written).run(), None, "dropping"))
    survivors = [outcome for outcome in outcomes if outcome.survives]
    explained = [outcome for outcome in outcomes if outcome.reason]
    seconds = time.perf_counter() - started
    if as_json:
        answer_json(
            {
                "mutants": len(outcomes),
                "noticed": len(outcomes) - len(survivors) - len(explained),
                "explained": [_as_json(outcome) for outcome in explained],
                "survivors": [_as_json(outcome) for outcome in survivors],
                "seconds": round(seconds, 2),
            }
        )
    else:
        _show_losses(outcomes, survivors, explained, seconds)
    if survivors:
        raise typer.Exit(FINDINGS)


def _as_json(outcome: MutationOutcome) -> dict[str, Any]:
    mutant = outcome.mutant
    loss = {"document": mutant.document, "sid": mutant.sid, "condition": mutant.condition or None}
    return {**loss, "reason": outcome.reason} if outcome.reason else loss


def _show_losses(
    outcomes: list[MutationOutcome], survivors: list[MutationOutcome], explained: list[MutationOutcome], seconds: float
) -> None:
    for outcome in survivors:
        screen().print(f"✗ nothing notices the loss of {outcome.mutant}", markup=False, soft_wrap=True)
    by_reason: dict[str, list[MutationOutcome]] = {}
    for outcome in explained:
        by_reason.setdefault(str(outcome.reason), []).append(outcome)
    for reason, losses in by_reason.items():
        sids = sorted({f"{each.mutant.condition} of {each.mutant.sid}" for each in losses})
        screen().print(f"– {len(losses)} × {'; '.join(sids)}: {reason}", markup=False, soft_wrap=True)
    noticed = len(outcomes) - len(survivors) - len(explained)
    screen().print(
        f"\n{len(outcomes):,} statements, conditions and grants dropped, one at a time: {noticed:,} noticed, "
        f"{len(explained)} with a written reason, {len(survivors)} unnoticed; {seconds:.1f} s",
        markup=False,
        soft_wrap=True,
    )


def _watched(things: Iterable[_T], total: int | None, verb: str) -> Iterator[_T]:
    """The same things, with a moving line on a terminal."""
    with _status(verb) as tell:
        for number, thing in enumerate(things, 1):
            tell(f"{verb} {number}{f'/{total}' if total else ''}")
            yield thing


def _silent(_: str) -> None:
    """Nobody watches."""


@contextmanager
def _status(verb: str) -> Generator[Callable[[str], None]]:
    if not sys.stderr.isatty():
        yield _silent
        return
    with margin().status(f"{verb} …") as status:
        yield status.update
