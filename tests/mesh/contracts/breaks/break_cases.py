"""Recorded changes of a contract: a patch of `base.odcs.yaml`, the verdicts, and the consumers that it hits.

A patch maps places to values: `schema/profiles/physicalName: other`; `.avatar/...` is short for a column of the table
`profiles`, a step into a list is an entry's name or number, `+` appends, and null takes away.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import yaml

from mesh.changes.broken_consumers import broken_consumers, readers_of
from mesh.contracts import elements, standard
from mesh.contracts.breaks import RULES, BreakRule, ContractChange, ContractSide, breaks_of, product_breaks_of
from mesh.contracts.labels import LabelWords
from mesh.load import load
from mesh.model import ClearanceFile, Contract, Domain, Mesh, Partner, Product

HERE: Final = Path(__file__).parent
WORDS: Final = LabelWords(frozenset({"pii", "financial"}), frozenset({"public"}), {"personal": ("pii",)})
NAMES: Final = ("name", "property", "server", "channel", "role", "metric")
OWNER: Final = {"team": "a-team", "email": "a@example.com"}
PRODUCT: Final = "identity.profiles"


class BreakCase(NamedTuple):
    """A change with what is expected of it: `verdict step rule columns` a line, and the consumers hit.

    `holds` is whether the document after holds the standard.
    """

    title: str
    before: Mapping[str, Any]
    change: Mapping[str, Any]
    holds: bool
    told: tuple[str, ...]
    hits: tuple[str, ...]


@cache
def base() -> dict[str, Any]:
    return yaml.safe_load((HERE / "base.odcs.yaml").read_text("utf-8"))


def patched(data: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document with a patch laid over it."""
    made = copy.deepcopy(dict(data))
    for place, value in patch.items():
        steps = place.split("/")
        if steps[0].startswith("."):
            steps = ["schema", "profiles", "properties", steps[0][1:], *steps[1:]]
        here: Any = made
        for step in steps[:-1]:
            here = _into(here, step)
        _put(here, steps[-1], copy.deepcopy(value))
    return made


def _into(here: Any, step: str) -> Any:
    if isinstance(here, list):
        entries = cast("list[Any]", here)
        return entries[_number(entries, step)]
    return here.setdefault(step, {})


def _number(entries: list[Any], step: str) -> int:
    for number, entry in enumerate(entries):
        if step in [entry.get(name) for name in NAMES]:
            return number
    return int(step)


def _put(here: Any, step: str, value: Any) -> None:
    if isinstance(here, dict):
        if value is None:
            del here[step]
        else:
            here[step] = value
    elif step == "+":
        here.append(value)
    elif value is None:
        del here[_number(here, step)]
    else:
        here[_number(here, step)] = value


def contract_of(data: Mapping[str, Any], holds: bool = True) -> Contract:
    """The contract of a document, which holds the standard unless it is said not to."""
    assert (
        not holds or [one.message for one in standard.problems("base.odcs.yaml", data) if one.severity == "error"] == []
    )
    return elements.read(data)


@cache
def cases() -> list[BreakCase]:
    """Every recorded change."""
    found: list[BreakCase] = []
    for file in sorted((HERE / "cases").glob("*.yaml")):
        for title, case in yaml.safe_load(file.read_text("utf-8")).items():
            told, hits = (tuple(case.get(key) or ()) for key in ("is", "hits"))
            found.append(
                BreakCase(title, case.get("before") or {}, case["change"], case.get("holds", True), told, hits)
            )
    return found


@cache
def surroundings() -> Mesh:
    """The mesh of `consumers.yaml`, without a contract."""
    written = yaml.safe_load((HERE / "consumers.yaml").read_text("utf-8"))
    tiny = load(HERE.parents[1] / "tiny").mesh
    assert tiny is not None
    domains = {
        name: Domain.model_validate({"owner": OWNER, "description": "A domain.", **data})
        for name, data in written["domains"].items()
    }
    clearances = {
        name: ClearanceFile.model_validate(
            {"description": "A clearance.", "reads": reads, "approvers": [OWNER["email"]]}
        )
        for name, reads in written["clearances"].items()
    }
    terms: dict[str, Any] = {"purpose": "A test.", "classifications": [], "expires": "2027-12-31"}
    partners = {
        name: Partner.model_validate(
            {
                "owner": OWNER,
                "description": "A partner.",
                "principals": ["people"],
                "agreements": [{"product": product, **terms} for product in products],
            }
        )
        for name, products in written["partners"].items()
    }
    return Mesh(tiny.file, None, domains, partners, clearances, {}, {})


def mesh_around(contract: Contract) -> Mesh:
    """A mesh in which the consumers of `consumers.yaml` read a contract."""
    return replace(surroundings(), contracts={PRODUCT: contract})


@cache
def sides(title: str) -> tuple[Contract, Contract]:
    """The contract before and after a case."""
    case = next(one for one in cases() if one.title == title)
    data = patched(base(), case.before)
    return contract_of(data), contract_of(patched(data, case.change), case.holds)


def judged(before: Contract, after: Contract, rules: tuple[BreakRule, ...] = RULES) -> tuple[ContractChange, ...]:
    """Every change of a contract, with `WORDS` on both sides and no lock."""
    return breaks_of(ContractSide(before, WORDS), ContractSide(after, WORDS), rules)


def verdicts(case: BreakCase, rules: tuple[BreakRule, ...] = RULES) -> tuple[str, ...]:
    """The verdicts of a case, a line each."""
    changes = judged(*sides(case.title), rules)
    return tuple(" ".join((one.verdict, one.step, one.rule, *one.columns)) for one in changes)


def hits(case: BreakCase) -> tuple[str, ...]:
    """The consumers that a case hits."""
    before, after = sides(case.title)
    hit = broken_consumers(readers_of(mesh_around(before), PRODUCT), judged(before, after))
    return tuple(str(one.reader) for one in hit)


class ProductCase(NamedTuple):
    """A change of a product in its domain's file, with the verdicts that are expected."""

    title: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    renamed: str
    told: tuple[str, ...]


def product_cases() -> list[ProductCase]:
    """Every recorded change of a product."""
    written = yaml.safe_load((HERE / "product_cases.yaml").read_text("utf-8"))
    return [
        ProductCase(title, case.get("before"), case.get("after"), case.get("renamed", ""), tuple(case["is"]))
        for title, case in written.items()
    ]


def product_verdicts(case: ProductCase, rules: tuple[BreakRule, ...] = RULES) -> tuple[str, ...]:
    """The verdicts of a case of a product, a line each; the mesh keeps old data for 400 days."""
    before, after = (None if one is None else Product.model_validate(one) for one in (case.before, case.after))
    changes = product_breaks_of("profiles", before, after, (400, 400), case.renamed, rules)
    return tuple(" ".join((one.verdict, one.step, one.rule)) for one in changes)
