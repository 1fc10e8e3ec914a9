"""Reads of a sample by people and partners, each held against the files that people wrote, and the rows written.

What a clearance covers and which labels a column has is read from the YAML by a parser apart from the plan's
(`mesh/proof/written_labels.py`); what the emulated Athena returns went through grants, LF-tags and policies.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# PyArrow has no types to report.

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mesh import names
from mesh.folder import PlannedMesh
from mesh.proof import written_labels
from mesh.proof.written_agreements import WrittenAgreement
from mesh.proof.written_labels import WrittenLabels
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.filling.arrow_rows import for_a_partner
from sandbox.filling.athena_reads import TableReader, WholeTable
from sandbox.filling.expected_rows import difference
from sandbox.filling.filled import Filled, Received, RefusalReason, RefusedRead
from sandbox.rehearsal.credentials import named

TableKey = tuple[str, str]
"""A product, `<domain>.<product>`, and a table."""


class WrittenFile(NamedTuple):
    """A file of Parquet below `files/`, and the rows that it is to have."""

    bucket: str
    key: str
    rows: pa.Table


class ReadChecks:
    """The reads of a mesh that was filled; what differs and what was counted goes to `filled`."""

    def __init__(self, organization: EnforcedOrganization, mesh: PlannedMesh, filled: Filled) -> None:
        self._organization, self._mesh, self._plan, self._filled = organization, mesh, mesh.plan, filled
        self._written: Final[WrittenLabels] = written_labels.read(mesh.directory, mesh.mesh)
        self._readers: dict[str, TableReader] = {}

    def people(self, tables: Mapping[TableKey, pa.Table]) -> None:
        """Have people read every table, once for each set of columns of it that clearances read.

        Every clearance reads in every home; people of one home see the tables of their domain and those that it
        consumes. A table of every product is asked for in a home that does not, and by every clearance.
        """
        asked = set[str]()
        for clearance, home, key in self._covering(list(tables)):
            reader = self._person(clearance, home)
            asked.add(reader.who)
            answer = reader.whole(*_place(key))
            visible = self._visible(key, self._written.clearances[clearance])
            if not visible:
                self._unseen(reader, key, answer, _place(key), "clearance")
                continue
            self._compare(reader, key, answer, visible, tables[key])
            self._filled.withheld_columns += len(self._columns(key)) - len(visible)
        for clearance, home, key in self._strangers(list(tables)):
            reader = self._person(clearance, home)
            asked.add(reader.who)
            self._unseen(reader, key, reader.whole(*_place(key)), _place(key), "home")
        self._filled.people += len(asked)

    def files(self, files: Mapping[TableKey, WrittenFile]) -> None:
        """Have who covers all labels of a product read its files, and who covers the most of the others be refused."""
        homes = list(self._plan.domains)
        reads = self._written.clearances
        by_size = sorted(reads, key=lambda name: (len(reads[name]), name))
        for number, (key, file) in enumerate(files.items()):
            labels = self._written.contracts[key[0]].labels
            covering = [name for name in by_size if labels <= reads[name]][:1]
            others = [name for name in by_size if not labels <= reads[name]][-1:]
            for turn, clearance in enumerate([*covering, *others]):
                reader = self._person(clearance, homes[(number + turn) % len(homes)])
                body = reader.object(file.bucket, file.key)
                if clearance in others:
                    self._refused(reader, key, body is None, "files", "labels")
                elif body is None:
                    self._differs(reader, key, "it covers all labels, and is refused its file")
                else:
                    self._filled.files_read += 1
                    if pq.read_table(io.BytesIO(body)) != file.rows:
                        self._differs(reader, key, "its file has other rows than were written")

    def partners(self, tables: Mapping[TableKey, pa.Table], files: Mapping[TableKey, WrittenFile]) -> None:
        """Have each partner's people read what its agreements bring, as rows and as files, and something else."""
        for agreement in self._written.agreements:
            if agreement.expires >= self._plan.as_of:
                for key in tables:
                    if key[0] == agreement.product:
                        self._agreed(agreement, key, tables[key])
        for number, partner in enumerate(self._plan.partners):
            reader = self._reader(f"partner:{partner}", names.WORKGROUP)
            agreed = {each.product for each in self._written.agreements if each.partner == partner}
            others = [key for key in tables if key[0] not in agreed]
            for key in others[number : number + 1] or others[:1]:
                self._unseen(reader, key, reader.whole(*_place(key)), _place(key), "agreement")
            for key in [key for key in files if key[0] not in agreed][:1]:
                body = reader.object(files[key].bucket, files[key].key)
                self._refused(reader, key, body is None, "files", "agreement")

    def _agreed(self, agreement: WrittenAgreement, key: TableKey, rows: pa.Table) -> None:
        """A table of an agreement, which the partner reads in its own catalog and its inbox."""
        visible = self._visible(key, agreement.classifications)
        if not visible:
            return
        reader = self._reader(f"partner:{agreement.partner}", names.WORKGROUP)
        given = self._plan.partners[agreement.partner].tables.get(agreement.product)
        table = next((each for each in given.tables if each.name == key[1]), None) if given else None
        if given is None or table is None:
            self._differs(reader, key, "its agreement is written, and the partner has no such table")
            return
        brought = {column.name: str(column.type) for column in table.columns}
        expected = for_a_partner(rows, brought) if {*visible} <= {*brought} else rows
        answer = reader.whole(given.database, given.name(table))
        self._compare(reader, key, answer, visible, expected)
        bucket, _, prefix = given.location(table).removeprefix("s3://").partition("/")
        found = len(reader.keys(bucket, prefix))
        self._filled.received.append(Received(agreement.partner, *key, found, answer.rows.total()))

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

    def _strangers(self, tables: list[TableKey]) -> Iterator[tuple[str, str, TableKey]]:
        """Clearances by turns, each at least once, and homes by turns that do not consume a product, with a table."""
        found = {key[0]: (key, homes) for key in reversed(tables) if (homes := self._others(key[0]))}
        asked, clearances = list(found.values()), list(self._written.clearances)
        for number in range(max(len(asked), len(clearances)) if asked else 0):
            key, homes = asked[number % len(asked)]
            yield clearances[number % len(clearances)], homes[number % len(homes)], key

    def _least_clearances(self, key: TableKey) -> list[str]:
        """Least clearances: of those that read the same columns of a table, the one that reads least besides."""
        reads = self._written.clearances
        found: dict[frozenset[str], str] = {}
        for clearance in sorted(reads, key=lambda name: (len(reads[name]), name)):
            found.setdefault(frozenset(self._visible(key, reads[clearance])), clearance)
        return list(found.values())

    def _columns(self, key: TableKey) -> Mapping[str, frozenset[str]]:
        """The columns of a table with their labels."""
        return self._written.contracts[key[0]].tables[key[1]]

    def _visible(self, key: TableKey, reads: frozenset[str]) -> list[str]:
        """The columns of a table whose labels are covered."""
        return [name for name, labels in self._columns(key).items() if labels <= reads]

    def _homes(self, reference: str) -> list[str]:
        """Domains whose people read a product's tables, by what is written: its own, and those that consume it."""
        domain, written = reference.partition(".")[0], self._mesh.mesh.domains
        return [name for name, each in written.items() if name == domain or reference in each.consumes]

    def _others(self, reference: str) -> list[str]:
        homes = self._homes(reference)
        return [name for name in self._mesh.mesh.domains if name not in homes]

    def _person(self, clearance: str, home: str) -> TableReader:
        return self._reader(f"clearance:{clearance}@{home}", names.workgroup(clearance))

    def _reader(self, who: str, workgroup: str) -> TableReader:
        if who not in self._readers:
            persona = named(self._plan, who)
            self._readers[who] = TableReader(self._organization, self._plan.perimeter.region, persona, workgroup)
        return self._readers[who]

    # ---- what differs

    def _compare(
        self, reader: TableReader, key: TableKey, answer: WholeTable, visible: list[str], rows: pa.Table
    ) -> None:
        self._filled.queries += 1
        self._filled.rows_read += answer.rows.total()
        if otherwise := difference(answer, visible, rows):
            self._differs(reader, key, otherwise)

    def _unseen(
        self, reader: TableReader, key: TableKey, answer: WholeTable, place: tuple[str, str], reason: RefusalReason
    ) -> None:
        """A table that is not there for who asks, in Athena's words for one that nobody has."""
        refused = answer.error.startswith("TABLE_NOT_FOUND: ") and answer.error.endswith(
            f"Table 'awsdatacatalog.{'.'.join(place)}' does not exist"
        )
        if answer.error and not refused:
            self._differs(reader, key, f"no column is for it to read, and it was told otherwise: {answer.error}")
        else:
            self._refused(reader, key, refused, "table", reason, ", ".join(answer.columns))

    def _refused(
        self,
        reader: TableReader,
        key: TableKey,
        refused: bool,
        port: Literal["table", "files"],
        reason: RefusalReason,
        read: str = "its file",
    ) -> None:
        if refused:
            self._filled.refused_reads.append(RefusedRead(reader.who, *key, port, reason))
        else:
            self._differs(
                reader, key, f"{'no column' if port == 'table' else 'no file'} is for it to read, and it read {read}"
            )

    def _differs(self, reader: TableReader, key: TableKey, otherwise: str) -> None:
        self._filled.differences.append(f"{reader.who}: {key[0]}, table {key[1]}: {otherwise}")


def _place(key: TableKey) -> tuple[str, str]:
    """The database and the name of a table of the mesh."""
    domain, _, product = key[0].partition(".")
    return names.database(domain, product), key[1]
