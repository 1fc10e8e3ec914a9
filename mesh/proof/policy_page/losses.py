"""Losses of statements, as the mutation found them: the invariants that fail without each, kept in a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mesh.iam.ends import undated
from mesh.proof.invariants import INVARIANTS
from mesh.proof.mutate import Mutation, MutationOutcome
from mesh.proof.policy_page.policy_kinds import KINDS, kind_of


class Loss(NamedTuple):
    """Loss of the statements of one Sid, from the documents of a kind.

    `fails` are the invariants that fail; `unnoticed` the reasons that are written for its conditions, and for the
    statement itself (""), where no invariant fails without them in any document.
    """

    fails: tuple[str, ...]
    unnoticed: Mapping[str, str]


Losses = Mapping[str, Mapping[str, Loss]]
"""Losses by title of the kind of policy, and by Sid."""


def measured(mutation: Mutation) -> Losses:
    """Every loss of a statement, and the reasons written for what nothing notices; of one document of each form."""
    fails: dict[str, dict[str, set[str]]] = {kind.title: {} for kind in KINDS}
    for mutant, failing in mutation.of_statements():
        fails[kind_of(mutant.document).title].setdefault(undated(mutant.sid), set()).update(failing)
    reasons = _unnoticed(each for policy in mutation.policies for each in mutation.of_policy(policy, whole=True))
    return {
        title: {
            sid: Loss(tuple(each.id for each in INVARIANTS if each.id in ids), reasons.get((title, sid), {}))
            for sid, ids in by_sid.items()
        }
        for title, by_sid in fails.items()
    }


def _unnoticed(outcomes: Iterable[MutationOutcome]) -> dict[tuple[str, str], dict[str, str]]:
    reasons: dict[tuple[str, str], dict[str, str]] = {}
    noticed: set[tuple[str, str, str]] = set()
    for outcome in outcomes:
        mutant = outcome.mutant
        title = kind_of(mutant.document).title
        if outcome.reason:
            reasons.setdefault((title, undated(mutant.sid)), {})[mutant.change] = outcome.reason
        else:
            noticed.add((title, undated(mutant.sid), mutant.change))
    return {
        place: {condition: why for condition, why in found.items() if (*place, condition) not in noticed}
        for place, found in reasons.items()
    }


def as_text(losses: Losses) -> str:
    """JSON, a line for each Sid."""
    kinds = (f"  {json.dumps(title)}: {{\n{_lines(by_sid)}\n  }}" for title, by_sid in losses.items())
    return "{\n" + ",\n".join(kinds) + "\n}\n"


def _lines(by_sid: Mapping[str, Loss]) -> str:
    return ",\n".join(f"    {json.dumps(sid)}: {json.dumps(loss._asdict())}" for sid, loss in by_sid.items())


def read(file: Path) -> Losses:
    """The losses as they were written; none when there is no file."""
    written: dict[str, dict[str, dict[str, Any]]] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {
        title: {sid: Loss(tuple(loss["fails"]), loss["unnoticed"]) for sid, loss in by_sid.items()}
        for title, by_sid in written.items()
    }
