"""The report of two planned meshes, put together section by section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from mesh.changes.access_lines import access_section
from mesh.changes.blast_lines import blast_section
from mesh.changes.decided_side import DecidedSide
from mesh.changes.exception_lines import exception_section
from mesh.changes.fact_lines import WrittenFact, facts
from mesh.changes.link_lines import LinkChange, link_changes, link_remark, link_section
from mesh.changes.other_ids import other_ids, with_other_ids
from mesh.changes.partner_lines import partner_section, told_ids
from mesh.changes.people_lines import holder_changes, people_section
from mesh.changes.pipeline_lines import pipeline_section
from mesh.changes.product_lines import product_facts, product_section
from mesh.changes.read_changes import read_changes
from mesh.changes.report import ChangeReport, ReportSection
from mesh.changes.sentences import enumerated, number_of
from mesh.changes.statement_lines import statement_section
from mesh.changes.written_changes import WrittenChange, written_changes
from mesh.folder import PlannedMesh
from mesh.model import Mesh, Product, contract_file, lock_file

SAME: Final = "Nothing in the mesh changes."
NO_ACCESS: Final = (
    "Nobody gains or loses access: no clearance, group, pipeline or partner reads more or less than before."
)


def report(before: PlannedMesh, after: PlannedMesh, names: tuple[str, str]) -> ChangeReport:
    """The report on what a change does; `names` are those of its sides."""
    written = written_changes(before.mesh, after.mesh)
    if not written and before.as_of == after.as_of:
        return ChangeReport(before=names[0], after=names[1], remark=SAME)
    one, other = DecidedSide(before), DecidedSide(after)
    reads = read_changes(one, other)
    every = tuple(facts(written, before.mesh, after.mesh))
    access = (
        access_section(one, other, reads),
        with_other_ids(people_section(one, other, reads), one, other),
        partner_section(before, after, [fact for fact in every if fact.kind == "partner"]),
        pipeline_section(one, other, reads, [fact for fact in every if fact.kind in ("pipeline", "script")]),
    )
    links = link_changes(one, other)
    sections = (*access, link_section(links), product_section(one, other, product_facts(every)))
    ids = frozenset(each.path for each in other_ids(before, after)) | told_ids(before, after)
    rest = _left(every, sections, ids)
    holders = holder_changes(one, other, reads)
    made = (
        *sections,
        _other_section(rest, written),
        *([excepted] if (excepted := exception_section(before, after)).is_change else []),
        statement_section(one, other),
        blast_section(one, other, holders, reads),
    )
    remark, named = _remark(access, written, links)
    return ChangeReport(before=names[0], after=names[1], remark=remark, names=named, sections=made)


def report_of_files(
    before: Mesh | None, after: Mesh | None, names: tuple[str, str], faulty: Sequence[str]
) -> ChangeReport:
    """The report where a side has errors: on the files that both sides could read.

    `faulty` are the names of the sides with errors.
    """
    faults = " and ".join(["{}"] * len(faulty))
    head = f"{faults} cannot be planned, and who reads what is not compared until that is mended."
    told = ChangeReport(before=names[0], after=names[1], remark=head, names=tuple(faulty), is_whole=False)
    if before is None or after is None:
        there = [(name, mesh) for name, mesh in zip(names, (before, after), strict=True) if mesh is not None]
        said = [f"{{}} has {_size(mesh)}." for _, mesh in there]
        return replace(told, remark=" ".join([head, *said]), names=(*faulty, *(name for name, _ in there)))
    unread = sorted(_unread(before) | _unread(after))
    unplaced = {*before.unplaced(after), *after.unplaced(before)}
    unknown = {*unread, *unplaced, *_unread_locks(before), *_unread_locks(after)}
    written = [change for change in written_changes(before, after) if not _is_of(change.file, unknown)]
    rest = list(facts(written, before, after))
    left_out = f" Left out: {enumerated(['{}'] * len(unread))}." if unread else ""
    same = "" if rest else " The files that both sides could read say what they said."
    sections = (_other_section(rest, written),)
    return replace(told, remark=f"{head}{left_out}{same}", names=(*faulty, *unread), sections=sections)


def _size(mesh: Mesh) -> str:
    return f"{number_of(len(mesh.domains), 'domain')} and {number_of(len(mesh.products()), 'product')}"


def _unread(mesh: Mesh) -> set[str]:
    """Files, and folders, that could not be read, or in part; of a product without a contract the file of that."""
    return {*mesh.unread, *mesh.partial, *(contract_file(*each) for each in _without_contract(mesh))}


def _unread_locks(mesh: Mesh) -> set[str]:
    """Locks beside contracts that could not be read: nobody knows what they hold."""
    return {lock_file(domain, name) for domain, name, _ in _without_contract(mesh)}


def _without_contract(mesh: Mesh) -> Iterator[tuple[str, str, Product]]:
    for domain, owner in mesh.domains.items():
        for name, product in owner.products.items():
            if f"{domain}.{name}" not in mesh.contracts:
                yield domain, name, product


def _is_of(file: str, unread: set[str]) -> bool:
    """Whether a file could not be read, or belongs to a domain whose file could not be."""
    parts = file.split("/")
    owner = f"domains/{parts[1]}.yaml" if parts[0] == "contracts" and len(parts) > 2 else ""
    in_folder = bool(owner) and "domains" in unread
    return file in unread or parts[0] in unread or owner in unread or in_folder


def _left(
    every: Iterable[WrittenFact], sections: Sequence[ReportSection], ids: frozenset[tuple[str, ...]]
) -> list[WrittenFact]:
    """Facts that no section has a line on: those of members, too, where nobody holds anything else."""
    people = next(section for section in sections if section.key == "people")
    told = {
        "exception",
        "partner",
        "pipeline",
        "script",
        "product",
        "contract",
        "lock",
        *(["member"] if people.lines else []),
    }
    return [fact for fact in every if fact.kind not in told and not _is_told_id(fact.change, ids)]


def _is_told_id(change: WrittenChange, ids: frozenset[tuple[str, ...]]) -> bool:
    return change.file == "accounts.yaml" and change.path in ids


def _other_section(rest: Sequence[WrittenFact], written: Sequence[WrittenChange]) -> ReportSection:
    """The section on all else that is written: owners, descriptions, settings, approvers."""
    return ReportSection(
        key="other",
        title="Written besides",
        summary=number_of(len(rest), "other fact") if rest else "nothing else",
        lines=tuple(fact.line for fact in rest),
        data=[change.as_json() for change in written],
    )


def _remark(
    access: Iterable[ReportSection], written: Sequence[WrittenChange], links: Sequence[LinkChange]
) -> tuple[str, tuple[str, ...]]:
    """The head of a report, and the names in it: where nobody reads anything else also what is queried elsewhere."""
    files = number_of(len({change.file for change in written}), "file says", "files say")
    head = f"{files} something else." if written else "The day alone differs."
    if any(_gives(section) for section in access):
        return head, ()
    linked, names = link_remark(links)
    return " ".join(filter(None, (head, NO_ACCESS, linked))), names


def _gives(section: ReportSection) -> bool:
    """Whether a section on access has anybody who reads more, less or something else, or gets copies."""
    return bool(section.data or (section.key == "access" and section.lines))
