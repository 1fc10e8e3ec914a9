"""Who reads which column while a deployment is under way: asked after every call, and where a call fails."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.access.lake import LakeDatabase, Lakes, LakeTable
from mesh.folder import PlannedMesh
from mesh.proof import written_labels
from mesh.proof.written_labels import WrittenLabels
from sandbox.emulator.asked_actions import Decides
from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsError, AwsSession
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.enforcement.live_lake import columns_of, live_lakes

Clearances = frozenset[str]
Readers = Mapping[str, Clearances]
"""Clearances that read a column, by `database.table.column`."""

Tables = Mapping[str, tuple[str, tuple[str, ...]]]
"""Tables of the mesh catalog, `database.table`: where each points, and the columns that it shows."""

UNLABELLED = "*"
"""In the place of a column, or of a table: one that nobody labelled."""

UNSEEN = frozenset({"PutObject", "PutEvents"})
"""Changes that no reader sees: the record of a product's publications, and what the function tells the bus."""

_READS = ("get_", "list_", "describe_", "head_", "search_")


class CatalogCall(NamedTuple):
    """A call that changes what is watched, with its parameters as a text."""

    operation: str
    parameters: str


Outcome = Literal["done", "refused", "answer lost"]
"""A call is done; or fails before AWS has it; or AWS has done it and the answer does not come."""

Fate = Callable[[int, CatalogCall], Outcome]
"""The outcome of a call of a run, by its number from 1 and by itself."""


def all_done(_number: int, _call: CatalogCall) -> Outcome:
    """Every call is done."""
    return "done"


def refused_from(first: int) -> Fate:
    """This call and every one behind it fail, as where AWS goes away: what is done is what came before."""
    return lambda number, _: "refused" if number >= first else "done"


def failed_at(number: int, outcome: Outcome) -> Fate:
    """The call of this number fails, and a run goes on with what does not wait for it."""
    return lambda made, _: outcome if made == number else "done"


def failed_alone(failed: CatalogCall, outcome: Outcome = "refused") -> Fate:
    """This one call fails, and a run goes on with what does not wait for it."""
    return lambda _, call: outcome if call == failed else "done"


def lost_at(lost: CatalogCall) -> Fate:
    """AWS goes away while it does this call."""
    return lambda _, call: "answer lost" if call == lost else "refused"


@dataclass
class WatchedOrganization:
    """An organisation that calls `watch` after every call that changes what is watched; `fate` lets calls fail."""

    organization: EmulatedOrganization
    watch: Callable[[str], None] = lambda _: None
    fate: Fate = all_done
    calls: list[CatalogCall] = field(default_factory=list[CatalogCall])
    services: tuple[str, ...] = ("glue", "lakeformation")
    lock: Lock = field(default_factory=Lock)

    def outcome(self, call: CatalogCall) -> Outcome:
        """The outcome of the next call; calls come from many threads."""
        with self.lock:
            self.calls.append(call)
            return self.fate(len(self.calls), call)

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        return WatchedSession(self.organization.assume(role_arn, through), self)


@dataclass(frozen=True)
class WatchedSession:
    """A session whose changes of some services are watched."""

    session: AwsSession
    watched: WatchedOrganization

    @property
    def account_id(self) -> str:
        return self.session.account_id

    @property
    def records(self) -> Records:
        return self.session.records

    @property
    def decides(self) -> Decides | None:
        return self.session.decides

    def call(self, service: str, region: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        if service not in self.watched.services or operation.startswith(_READS):
            return self.session.call(service, region, operation, parameters)
        made = CatalogCall(operation, json.dumps(parameters, sort_keys=True, default=str))
        outcome = self.watched.outcome(made)
        if outcome == "refused":
            raise AwsError("InternalServiceException", "the test lets this call fail")
        answer = self.session.call(service, region, operation, parameters)
        self.watched.watch(operation)
        if outcome == "answer lost":
            raise AwsError("InternalServiceException", "the test loses the answer of this call")
        return answer


# ---- what there is


def readers(organization: EmulatedOrganization, mesh: PlannedMesh) -> Readers:
    """Clearances that read each column that is there, in any domain, and what nobody labelled."""
    plan = mesh.plan
    hub = plan.perimeter.governance_id
    domains = [domain.access.account_id for domain in plan.domains.values()]
    stored = live_lakes(plan.perimeter.region, (hub, *domains), {})
    central = dataclasses.replace(stored.lakes[hub], databases=dict(_databases(organization, hub)))
    lakes = Lakes([central, *(stored.lakes[account] for account in domains)])
    accounts = {account.id: account for account in from_plan.accounts(plan)}
    found: dict[str, set[str]] = {}
    for domain in plan.domains.values():
        for name, role in domain.clearances.items():
            account = accounts[role.account_id]
            for place, read in _read(lakes, role.arn, account, hub, central.databases):
                found.setdefault(place, set()).update([name] if read else [])
    return {place: frozenset(clearances) for place, clearances in found.items()}


def published_tables(organization: EmulatedOrganization, hub: str) -> Tables:
    """The tables of the mesh catalog as readers find them."""
    glue = organization.client("glue", hub)
    return {
        f"{database['Name']}.{table['Name']}": (
            str((table.get("Parameters") or {}).get("metadata_location") or table["StorageDescriptor"]["Location"]),
            columns_of(table),
        )
        for database in glue.get_databases()["DatabaseList"]
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]
    }


def _read(
    lakes: Lakes, role: str, account: Any, hub: str, databases: Mapping[str, LakeDatabase]
) -> Iterator[tuple[str, bool]]:
    for database, entry in databases.items():
        yield f"{database}.{UNLABELLED}.{UNLABELLED}", bool(lakes.unlabelled(role, account, hub, database))
        for table, described in entry.tables.items():
            unlabelled = lakes.unlabelled(role, account, hub, database, table)
            yield f"{database}.{table}.{UNLABELLED}", bool(unlabelled)
            read = lakes.readable(role, account, hub, database, table)
            yield from ((f"{database}.{table}.{column}", column in read) for column in described.columns)


def _databases(organization: EmulatedOrganization, hub: str) -> Iterator[tuple[str, LakeDatabase]]:
    """The databases of the mesh catalog with their labels, as the APIs of Glue and Lake Formation answer."""
    glue, lake = (organization.client(service, hub) for service in ("glue", "lakeformation"))
    for database in glue.get_databases()["DatabaseList"]:
        name = database["Name"]
        tables: dict[str, LakeTable] = {}
        for table in glue.get_tables(DatabaseName=name)["TableList"]:
            place, columns = {"DatabaseName": name, "Name": table["Name"]}, columns_of(table)
            of_table = lake.get_resource_lf_tags(Resource={"Table": place})
            of_columns = lake.get_resource_lf_tags(
                Resource={"TableWithColumns": {**place, "ColumnNames": [*columns]}}
            ).get("LFTagsOnColumns", [])
            tables[table["Name"]] = LakeTable(
                location="",
                columns=columns,
                labels=_labels(of_table.get("LFTagsOnTable", [])),
                column_labels={column["Name"]: _labels(column["LFTags"]) for column in of_columns},
            )
        tags = lake.get_resource_lf_tags(Resource={"Database": {"Name": name}}).get("LFTagOnDatabase", [])
        yield name, LakeDatabase(creator=None, labels=_labels(tags), tables=tables)


def _labels(tags: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValues"][0] for tag in tags}


class Kept:
    """The catalog of an organisation as it was, to go back to: moto's stores of Glue and Lake Formation."""

    def __init__(self, region: str, account: str) -> None:
        from moto.glue.models import glue_backends
        from moto.lakeformation.models import lakeformation_backends

        self._backends = [backends[account][region] for backends in (glue_backends, lakeformation_backends)]
        self._values = [copy.deepcopy(vars(backend)) for backend in self._backends]

    def back(self) -> None:
        """Goes back to it."""
        for backend, values in zip(self._backends, self._values, strict=True):
            vars(backend).update(copy.deepcopy(values))


# ---- what may be read


@dataclass(frozen=True)
class Bound:
    """Who may read what while one mesh becomes another, by the contracts as they are written.

    **The bound**: at every moment the readers of a column are such as the contract of before allows, or such as that
    of after allows, and no mixture. Nothing is opened to anybody new before everything is closed that closes. What no
    contract has, and what nobody labelled, is read by who holds every label.
    """

    before: Mapping[str, frozenset[str]]
    after: Mapping[str, frozenset[str]]
    clearances: Mapping[str, frozenset[str]]
    every: frozenset[str]

    @staticmethod
    def of(before: PlannedMesh | None, after: PlannedMesh) -> Bound:
        """The bound of a change, from the folders of both."""
        written = written_labels.read(after.directory, after.mesh)
        labels = _written(before, written_labels.read(before.directory, before.mesh)) if before else {}
        return Bound(labels, _written(after, written), written.clearances, written.classifications)

    def allowed(self, labels: Mapping[str, frozenset[str]], column: str) -> Clearances:
        """Clearances that a contract lets read a column; for one that it does not have, those that cover all."""
        wanted = labels.get(column, self.every)
        return frozenset(name for name, reads in self.clearances.items() if wanted <= reads)

    def broken(self, now: Readers) -> list[str]:
        """What is read against the bound."""
        wrong: list[str] = []
        opened: list[str] = []
        late: list[str] = []
        for column, found in now.items():
            old, new = self.allowed(self.before, column), self.allowed(self.after, column)
            if not found <= old and not found <= new:
                wrong.append(f"{column} is read by {', '.join(sorted(found))}")
            opened += [] if found <= old else [column]
            late += [] if found <= new else [column]
        if opened and late:
            wrong.append(f"{', '.join(opened)} opened before {', '.join(late)} closed")
        return wrong

    def unfinished(self, now: Readers) -> list[str]:
        """What is not as the contract of after has it, at the end."""
        there = {column for column in now if not column.endswith(UNLABELLED)}
        missing = [f"{column} is not there" for column in sorted(self.after.keys() - there)]
        wrong = [
            f"{column} is read by {', '.join(sorted(found)) or 'nobody'}"
            for column, found in now.items()
            if found != self.allowed(self.after, column)
        ]
        return [*missing, *wrong]


def _written(mesh: PlannedMesh, labels: WrittenLabels) -> dict[str, frozenset[str]]:
    tabled = {f"{name}.{product}" for name, domain in mesh.plan.domains.items() for product in domain.catalog}
    return {
        f"{names.database(*product.split('.'))}.{table}.{column}": of_column
        for product, contract in labels.contracts.items()
        if product in tabled
        for table, columns in contract.tables.items()
        for column, of_column in columns.items()
    }
