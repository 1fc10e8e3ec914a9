"""Reads of a sample by people and partners, each held against the files that people wrote, and the rows written.

What a clearance covers and which labels a column has is read from the YAML by a parser apart from the plan's
(`mesh/proof/written_labels.py`); what the emulated Athena returns went through grants, LF-tags and policies.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from mesh import names
from mesh.folder import PlannedMesh
from mesh.proof import written_labels
from mesh.proof.written_labels import WrittenLabels
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.filling.athena_reads import TableReader, WholeTable
from sandbox.filling.filled import Filled, Received
from sandbox.rehearsal.credentials import named

TableKey = tuple[str, str]
"""A product, `<domain>.<product>`, and a table."""

MOST: Final = 3
"""Values of a column that a difference tells."""


class ReadChecks:
    """The reads of a mesh that was filled; what differs and what was counted goes to `filled`."""

    def __init__(self, organization: EnforcedOrganization, mesh: PlannedMesh, filled: Filled) -> None:
        self._organization, self._plan, self._filled = organization, mesh.plan, filled
        self._written: Final[WrittenLabels] = written_labels.read(mesh.directory, mesh.mesh)
        self._readers: dict[str, TableReader] = {}

    def people(self, tables: Mapping[TableKey, pa.Table]) -> None:
        """Have people read every table, once for each set of columns of it that clearances read.

        Every clearance reads in every home; people of one home see the tables of their domain and those that it
        consumes.
        """
        asked = set[str]()
        for clearance, home, key in self._covering(list(tables)):
            reader = self._reader(f"clearance:{clearance}@{home}", names.workgroup(clearance))
            asked.add(reader.who)
            domain, _, product = key[0].partition(".")
            answer = reader.whole(names.database(domain, product), key[1])
            visible = self._visible(key, self._written.clearances[clearance])
            self._compare(f"{reader.who}: {key[0]}, table {key[1]}", answer, visible, tables[key])
            every = self._written.contracts[key[0]].tables[key[1]]
            self._filled.withheld_columns += len(every) - len(visible) if visible else 0
            self._filled.withheld_tables += not visible
        self._filled.people += len(asked)

    def partners(self, tables: Mapping[TableKey, pa.Table]) -> None:
        """Have each partner's people read what its agreements bring, as rows and as files."""
        for agreement in self._written.agreements:
            partner, reference = agreement.partner, agreement.product
            given = self._plan.partners[partner].tables.get(reference)
            if given is None or agreement.expires < self._plan.as_of:
                continue
            reader = self._reader(f"partner:{partner}", names.WORKGROUP)
            for table in given.tables:
                if (reference, table.name) not in tables:
                    continue
                rows = tables[reference, table.name]
                visible = self._visible((reference, table.name), agreement.classifications)
                answer = reader.whole(given.database, given.name(table))
                self._compare(f"{reader.who}: {reference}, table {table.name}", answer, visible, rows)
                bucket, _, prefix = given.location(table).removeprefix("s3://").partition("/")
                files = len(reader.keys(bucket, prefix))
                self._filled.received.append(Received(partner, reference, table.name, files, answer.rows))

    # ---- who asks

    def _covering(self, tables: list[TableKey]) -> Iterator[tuple[str, str, TableKey]]:
        """Clearances, homes by turns, and tables."""
        homes = {key: self._homes(key[0]) for key in tables}
        missing = {
            (clearance, home): key
            for key in reversed(tables)
            for clearance in self._written.clearances
            for home in homes[key]
        }
        for number, key in enumerate(tables):
            for turn, clearance in enumerate(self._least_clearances(key)):
                home = homes[key][(number + turn) % len(homes[key])]
                missing.pop((clearance, home), None)
                yield clearance, home, key
        for (clearance, home), key in missing.items():
            yield clearance, home, key

    def _least_clearances(self, key: TableKey) -> list[str]:
        """Least clearances: of those that read the same columns of a table, the one that reads least besides."""
        reads = self._written.clearances
        found: dict[frozenset[str], str] = {}
        for clearance in sorted(reads, key=lambda name: (len(reads[name]), name)):
            found.setdefault(frozenset(self._visible(key, reads[clearance])), clearance)
        return list(found.values())

    def _visible(self, key: TableKey, reads: frozenset[str]) -> list[str]:
        """The columns of a table whose labels are covered."""
        return [name for name, labels in self._written.contracts[key[0]].tables[key[1]].items() if labels <= reads]

    def _homes(self, reference: str) -> list[str]:
        domain = reference.partition(".")[0]
        return [name for name, each in self._plan.domains.items() if name == domain or reference in each.links]

    def _reader(self, who: str, workgroup: str) -> TableReader:
        if who not in self._readers:
            persona = named(self._plan, who)
            self._readers[who] = TableReader(self._organization, self._plan.perimeter.region, persona, workgroup)
        return self._readers[who]

    # ---- what differs

    def _compare(self, label: str, answer: WholeTable, visible: list[str], rows: pa.Table) -> None:
        self._filled.queries += 1
        self._filled.rows_read += answer.rows
        if difference := _difference(answer, visible, rows):
            self._filled.differences.append(f"{label}: {difference}")


def _difference(answer: WholeTable, visible: list[str], rows: pa.Table) -> str:
    """A difference of an answer: what it has otherwise than the files say; empty where nothing differs."""
    if not visible:
        return "" if answer.error else f"no column is for it to read, and it read {', '.join(answer.columns)}"
    if answer.error:
        return f"it reads {len(visible)} columns by the files, and was answered: {answer.error}"
    if too_many := sorted({*answer.columns} - {*visible}):
        return f"it read {', '.join(too_many)}, which the files do not open to it"
    if too_few := sorted({*visible} - {*answer.columns}):
        return f"it did not read {', '.join(too_few)}, which the files open to it"
    if answer.rows != rows.num_rows:
        return f"it read {answer.rows:,} rows, and {rows.num_rows:,} were written"
    for column in visible:
        written = _texts(rows[column])
        read = (answer.values or {})[column]
        if written is not None and written != read:
            more = sorted(str(each) for each in (read - written))[:MOST]
            return f"column {column} has other values than were written: {', '.join(more) or 'some are missing'}"
    return ""


def _texts(column: Any) -> Counter[str | None] | None:
    """Counts of values: how often each is in a column, as Athena writes it; None for types that have several texts."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return Counter(None if value is None else str(value).lower() for value in column.to_pylist())
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind):
        return Counter(None if value is None else str(value) for value in column.to_pylist())
    return None
