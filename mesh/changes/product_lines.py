"""Lines about products and their contracts: new, removed, moved under another name, kept for longer or shorter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mesh.changes.decided_side import DecidedSide
from mesh.changes.fact_lines import WrittenFact
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, labelled, number_of
from mesh.plan.nodes import DataProductArgs


def product_section(before: DecidedSide, after: DecidedSide, facts: Sequence[WrittenFact]) -> ReportSection:
    """The section on products; `facts` are those of products, contracts and locks."""
    gone = [name for name in before.products if name not in after.products]
    new = [name for name in after.products if name not in before.products]
    kept = [fact for fact in facts if fact.subject.removeprefix("lock of ") not in {*gone, *new}]
    contracted = {fact.subject for fact in kept if fact.kind == "contract"}
    told = [fact for fact in kept if not (fact.kind == "lock" and fact.subject.removeprefix("lock of ") in contracted)]
    lines = [
        *(ReportLine(f"{name} is new: {_about(after, after.products[name])}") for name in new),
        *(ReportLine(f"{name} is removed: {_end(before.products[name])}{_users(before, name)}") for name in gone),
        *_renamed(before, after, gone, new),
        *_retained(before, after),
        *_protected(before, after),
        *(fact.line for fact in told if not _is_retention(fact)),
    ]
    changed = sorted({fact.subject.removeprefix("lock of ") for fact in told})
    texts = [
        *([f"{number_of(len(new), 'product')} new"] if new else []),
        *([f"{number_of(len(gone), 'product')} removed"] if gone else []),
        *([f"{number_of(len(changed), 'product')} changed"] if changed else []),
    ]
    return ReportSection(
        key="products",
        title="Products",
        summary=", ".join(texts) or ("kept for another time" if lines else "every product says what it said"),
        lines=tuple(lines),
        data={"new": new, "removed": gone, "changed": changed},
    )


def _about(side: DecidedSide, product: DataProductArgs) -> str:
    name = f"{product.domain}.{product.name}"
    columns = side.every_column(name, "table")
    ports = enumerated(side.ports(name))
    number = f", {number_of(len(columns), 'column')}" if columns else ""
    return f"{product.kind}, {ports}{number}{labelled(product.labels)}, kept {number_of(product.retention, 'day')}"


def _end(product: DataProductArgs) -> str:
    if product.deletion_protection:
        return (
            "its data is protected, and the deployment refuses to delete it until 'deletion-protection: false' was "
            "deployed before"
        )
    return "its data is deleted with its bucket, and its key after a waiting time"


def _users(side: DecidedSide, name: str) -> str:
    """Users of a product: domains that consumed it, pipelines that read it, partners that got copies."""
    mesh = side.planned.mesh
    domains = [f"domain {domain}" for domain, owner in mesh.domains.items() if name in owner.consumes]
    pipelines = [f"the pipeline of {key}" for key in side.machines if name in _reads(side, key)]
    partners = [
        f"partner {key}" for key, one in mesh.partners.items() if any(a.product == name for a in one.agreements)
    ]
    users = [*domains, *pipelines, *partners]
    return f"; used until now by {enumerated(users)}" if users else ""


def _reads(side: DecidedSide, reference: str) -> tuple[str, ...]:
    domain, _, product = reference.partition(".")
    return side.plan.domains[domain].pipelines[product].reads


def _renamed(before: DecidedSide, after: DecidedSide, gone: Sequence[str], new: Sequence[str]) -> Iterator[ReportLine]:
    """Lines on new products that have the contract's id, or the columns, of one that is removed."""
    for name in new:
        for other in gone:
            ids = [side.planned.mesh.contracts[key].data.get("id") for side, key in ((after, name), (before, other))]
            columns = [_columns(after, name), _columns(before, other)]
            if ids[0] == ids[1] or (columns[0] and columns[0] == columns[1]):
                yield ReportLine(
                    f"{name} looks like {other} under another name: a name is part of the bucket, the key and the "
                    "database, and no data moves with it",
                    1,
                )


def _columns(side: DecidedSide, name: str) -> list[str]:
    contract = side.planned.mesh.contracts[name]
    return sorted(column.name for table in contract.tables for column in table.columns)


def _retained(before: DecidedSide, after: DecidedSide) -> Iterator[ReportLine]:
    """Lines on products that are kept for another time, those alike together: a default is of many."""
    alike: dict[tuple[int, int], list[str]] = {}
    for name, product in after.products.items():
        then = before.products.get(name)
        if then and then.retention != product.retention:
            alike.setdefault((then.retention, product.retention), []).append(name)
    for (had, has), names in alike.items():
        loss = f"; what is older than {number_of(has, 'day')} is deleted and does not come back" if has < had else ""
        yield ReportLine(f"{enumerated(names)}: kept {had:,} → {number_of(has, 'day')}{loss}")


def _protected(before: DecidedSide, after: DecidedSide) -> Iterator[ReportLine]:
    """Lines on products whose data is protected no longer, or from now on."""
    changed: dict[bool, list[str]] = {}
    for name, product in after.products.items():
        then = before.products.get(name)
        if then and then.deletion_protection != product.deletion_protection:
            changed.setdefault(product.deletion_protection, []).append(name)
    for protected, names in changed.items():
        now = "protected from now on" if protected else "protected no longer: what is removed from the YAML is deleted"
        yield ReportLine(f"{enumerated(names)}: data is {now}")


def _is_retention(fact: WrittenFact) -> bool:
    return fact.kind == "product" and fact.path == ("retention",)


def product_facts(facts: Iterable[WrittenFact]) -> list[WrittenFact]:
    """Facts that belong to this section."""
    return [fact for fact in facts if fact.kind in ("product", "contract", "lock")]
