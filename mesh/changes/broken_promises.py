"""Broken promises: for each product that a change of a mesh touches, verdicts, version, refusals and consumers hit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mesh.changes.broken_consumers import BrokenConsumer, broken_consumers, broken_consumers_as_json, readers_of
from mesh.contracts.breaks import (
    ContractChange,
    ContractSide,
    VersionStep,
    breaks_of,
    contract_side,
    demanded_step,
    product_breaks_of,
)
from mesh.contracts.breaks.break_notice import BreakRefusal, refusals, version_made
from mesh.contracts.breaks.renamed_products import renamed_products
from mesh.findings import Problem
from mesh.model import Defaults, Mesh, contract_file

ORDER: Final = ("breaking", "risky", "safe")


@dataclass(frozen=True, slots=True)
class ProductBreaks:
    """Changes of a product's contract and of its lines in the domain's file, with what they demand and whom they hit.

    `file` is the contract's after, or before where the product is gone; the versions are empty where there is none.
    """

    product: str
    file: str
    versions: tuple[str, str]
    changes: tuple[ContractChange, ...]
    made: VersionStep | None
    refused: tuple[BreakRefusal, ...]
    hit: tuple[BrokenConsumer, ...]

    @property
    def demanded(self) -> VersionStep | None:
        """The step of the version that the changes demand together."""
        return demanded_step(self.changes)

    def problems(self) -> Iterator[Problem]:
        """A problem for each reason to refuse the changes, at its place in the contract after."""
        for refusal in self.refused:
            yield Problem(self.file, refusal.path, refusal.sentence)

    def as_json(self) -> dict[str, Any]:
        """The breaks of a product for `--json`."""
        return {
            "product": self.product,
            "file": self.file,
            "versions": {"before": self.versions[0], "after": self.versions[1]},
            "step": {"made": self.made, "demanded": self.demanded},
            "changes": [{**change._asdict(), "columns": list(change.columns)} for change in _by_verdict(self.changes)],
            "refused": [{"missing": one.missing, "sentence": one.sentence} for one in self.refused],
            "consumers": broken_consumers_as_json(self.hit),
        }


def broken_promises(before: Mesh, after: Mesh, as_of: datetime.date) -> tuple[ProductBreaks, ...]:
    """Every product whose contract or lines changed between two meshes, by name; consumers are those of before.

    What a mistake in a file leaves open breaks nothing: nobody knows what will stand there.
    """
    renamed = renamed_products(before, after, by_columns=False)
    unplaced = before.unplaced(after) | after.unplaced(before)
    found: list[ProductBreaks] = []
    for name in sorted({*before.products(), *after.products()} - set(renamed.values())):
        if f"domains/{name.partition('.')[0]}.yaml" in unplaced or any(
            _is_unsaid(mesh, name) for mesh in (before, after)
        ):
            continue
        one = _of_product(before, after, name, renamed.get(name, name), as_of)
        if one.changes:
            found.append(one)
    return tuple(found)


def _is_unsaid(mesh: Mesh, product: str) -> bool:
    """Whether the lines of a product, its contract or what labels mean cannot be told, for a file is wrong there."""
    domain, _, name = product.partition(".")
    declared = mesh.product(product)
    places: list[tuple[str, ...]] = [(f"domains/{domain}.yaml", "products", name)]
    places += [(contract_file(domain, name, declared),)] if declared else []
    places += [("mesh.yaml", "classifications"), ("mesh.yaml", "classification-aliases")]
    return mesh.is_unread("domains", domain) or any(mesh.touches(*place) for place in places)


def _told(before: Mesh, after: Mesh, key: str) -> list[Defaults]:
    """The defaults of both meshes; one of which a mistake leaves a key open is taken for the other."""
    told = [mesh.file.defaults for mesh in (before, after) if not mesh.touches("mesh.yaml", "defaults", key)]
    return told * 2 if len(told) == 1 else told or [before.file.defaults] * 2


def _of_product(before: Mesh, after: Mesh, name: str, name_after: str, as_of: datetime.date) -> ProductBreaks:
    old, new = contract_side(before, name), contract_side(after, name_after)
    one, other = _told(before, after, "retention")
    retention = one.retention, other.retention
    renamed = name_after if name_after != name else ""
    products = before.product(name), after.product(name_after)
    changes = list(product_breaks_of(name, *products, retention, renamed))
    made, refused = None, tuple[BreakRefusal, ...]()
    if old is not None and new is not None:
        changes += () if old.says_the_same(new) else breaks_of(old, new)
        made = version_made(old.contract, new.contract)
    if old is not None:
        # A notice that is shorter from this change on was promised longer until now.
        notice = max(side.break_notice for side in _told(before, after, "break-notice"))
        refused = refusals(old.contract, new and new.contract, changes, as_of, notice)
    mesh, of = (after, name_after) if products[1] is not None else (before, name)
    product = mesh.product(of)
    assert product is not None, of
    return ProductBreaks(
        name,
        contract_file(of.partition(".")[0], of.partition(".")[2], product),
        (_version(old), _version(new)),
        tuple(changes),
        made,
        refused,
        broken_consumers(readers_of(before, name), changes) if changes else (),
    )


def _version(side: ContractSide | None) -> str:
    return side.contract.version if side else ""


def _by_verdict(changes: Sequence[ContractChange]) -> list[ContractChange]:
    return sorted(changes, key=lambda change: ORDER.index(change.verdict))


# ---- in words


def break_lines(one: ProductBreaks, with_safe: bool = False) -> Iterator[tuple[str, int]]:
    """Lines on a product, each with its depth: verdicts, the version, what is missing, and who is hit."""
    counts = [(verdict, sum(change.verdict == verdict for change in one.changes)) for verdict in ORDER]
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    yield f"{one.product} {_versions(one)}: {told}", 0
    for change in _by_verdict(one.changes):
        if with_safe or change.verdict != "safe":
            yield f"{change.verdict}: {change.sentence} ({change.rule})", 1
    for refusal in one.refused:
        yield f"refused: {refusal.sentence}", 1
    for consumer in one.hit:
        of = f", in {', '.join(consumer.columns)}" if consumer.columns else ""
        yield f"hits {consumer.reader}{of}", 1


def _versions(one: ProductBreaks) -> str:
    before, after = one.versions
    if before == after:
        return before or "without a contract"
    return f"{before or 'new'} to {after or 'gone'}"
