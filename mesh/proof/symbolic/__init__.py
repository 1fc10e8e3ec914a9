"""Proofs for all strings, with z3, an optional extra that nothing else needs.

Enumeration asks representatives: this outsider, that bucket. Where an invariant is about any of them, a theorem says
it of every request, in its own words; `encode` makes formulas of the emitted policies, `solve` asks z3.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from mesh.proof.claims import Witness
from mesh.proof.subject import Subject

EXTRA: Final = "z3-solver"
"""The package to install for z3."""

_ANY_CALLER: Final = "every caller, every resource"

RANGES: Final[Mapping[str, str]] = {
    "I1": "every organisation, caller and resource",
    "I2": "every source organisation, account and resource",
    "I3": "every organisation path, caller and resource",
    "I4": "every action, resource account and resource",
    "I5": _ANY_CALLER,
    "I6": "every action, caller, resource and organisation of it",
    "I7": f"{_ANY_CALLER}, every endpoint",
    "I8": "every caller, organisation path and organisation of a resource",
    "I9": "every age of a signature, every endpoint, network and address, every caller and action",
    "I10": f"{_ANY_CALLER}, every version of TLS",
    "I11": "every key, encryption and object",
    "I12": "every caller, account and service",
    "I13": "every clearance by its name, every account and object",
    "I14": _ANY_CALLER,
    "I15": "every caller, every key of a tag",
    "I16": _ANY_CALLER,
    "I17": f"{_ANY_CALLER}, every boundary",
    "I18": "every organisation, caller and object",
    "I19": f"{_ANY_CALLER}, everybody shared with",
    "I21": "every caller, every object",
    "I22": "every caller, name, region and age of a second factor",
    "I23": "every organisation path, caller, database and table",
    "I24": _ANY_CALLER,
    "I25": _ANY_CALLER,
    "M1": "every region, caller and resource",
    "M2": _ANY_CALLER,
    "M5": "every caller, every object",
    "M12": "every caller, service and source, at every trust policy",
    "M15": "every moment after the end, every object",
}
"""Range of each invariant's theorem, besides the actions that it names; an invariant that is not here has none."""


class Proof(NamedTuple):
    """The result of an invariant's theorem; `obligations` counts the questions put to z3."""

    over: str
    obligations: int
    failed: int
    witnesses: tuple[Witness, ...]


def available() -> bool:
    """Whether z3 can be imported."""
    try:
        importlib.import_module("z3")
    except ImportError:
        return False
    return True


def prove(invariant: str, subject: Subject) -> Proof | None:
    """The proof of an invariant's theorem; None when it has none. Needs z3."""
    if invariant not in RANGES:
        return None
    from mesh.proof.symbolic.theorems import THEOREMS

    obligations = tuple(THEOREMS[invariant](subject))
    witnesses = tuple(witness for obligation in obligations if (witness := obligation.check()))
    return Proof(RANGES[invariant], len(obligations), len(witnesses), witnesses)
