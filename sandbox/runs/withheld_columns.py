"""Columns of a query's tables that who asks does not see: their labels, and the grants that would open them.

Told of tables of which something is seen, as the live catalog and the live Lake Formation have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mesh.access.lake import Lakes, LakeTable
from mesh.folder import PlannedMesh
from mesh.plan.nodes import ClearanceRoleArgs
from sandbox.athena.seen_tables import TableName
from sandbox.emulator.clients import RoleSession
from sandbox.emulator.moto_transport import in_turn
from sandbox.enforcement.gate import Gate
from sandbox.enforcement.query_catalog import WithheldColumns
from sandbox.rehearsal.personas import Persona


def withheld_columns(
    mesh: PlannedMesh, gate: Gate, persona: Persona, session: RoleSession, tables: Sequence[TableName]
) -> dict[str, Any]:
    """By table `{"of": 14, "columns": [{"name", "labels", "opened_by": [{"grant", "to", "held_by"}]}]}`.

    `to` is a clearance in the caller's domain, `pii@ads`; none that reads all that another of them does, and more.
    """
    catalog = gate.queries.catalog(persona.account, session.credentials.access_key)
    found: dict[str, Any] = {}
    for name in dict.fromkeys(table for table in tables if not table.special):
        withheld = catalog.withheld(name)
        if withheld is not None:
            with in_turn():
                columns = list(_columns(mesh, gate, persona, withheld))
            found[str(name)] = {"of": withheld.of, "columns": columns}
    return found


def _columns(mesh: PlannedMesh, gate: Gate, persona: Persona, withheld: WithheldColumns) -> Iterator[Mapping[str, Any]]:
    lakes = gate.catalogs.lakes(withheld.catalog, persona.account)
    place = (withheld.catalog, withheld.database, withheld.table)
    parent_and_table = lakes.table(*place)
    if parent_and_table is None:
        return
    parent, table = parent_and_table
    readers = _readers(mesh, gate, persona, lakes, place)
    for column in withheld.columns:
        yield {
            "name": column,
            "labels": _labels({**parent.labels, **table.labels}, table, column),
            "opened_by": [
                _opener(mesh, persona, role) for role in _least(r for r, reads in readers if column in reads)
            ],
        }


def _readers(
    mesh: PlannedMesh, gate: Gate, persona: Persona, lakes: Lakes, place: tuple[str, str, str]
) -> list[tuple[ClearanceRoleArgs, frozenset[str]]]:
    """The clearances in the caller's domain, each with the columns of a table that it reads."""
    domain = mesh.plan.domains.get(persona.home)
    account = gate.world.account(persona.account)
    return [
        (role, frozenset(lakes.readable(role.arn, account, *place)))
        for role in (domain.clearances.values() if domain else ())
    ]


def _least(roles: Iterable[ClearanceRoleArgs]) -> list[ClearanceRoleArgs]:
    every = list(roles)
    return [role for role in every if not any(each.clearance.reads < role.clearance.reads for each in every)]


def _labels(inherited: Mapping[str, str], table: LakeTable, column: str) -> list[str]:
    labels = {**inherited, **table.column_labels.get(column, {})}
    return sorted(key for key, value in labels.items() if value == "true")


def _opener(mesh: PlannedMesh, persona: Persona, role: ClearanceRoleArgs) -> dict[str, Any]:
    clearance = role.clearance.name
    grant = next((each.name for each in role.grants if "SELECT" in each.permissions), "")
    members = mesh.mesh.clearances[clearance].members
    held_by = [member.group for member in members if member.domain == persona.home]
    return {"grant": grant, "to": f"{clearance}@{persona.home}", "held_by": held_by}
