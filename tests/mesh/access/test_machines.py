"""Pipelines as readers: the matrix has their rows, `who` names them, `explain` asks as one."""

from __future__ import annotations

import datetime

import pytest

from mesh.access import references
from mesh.access.chains import DecidedReads
from mesh.access.explain import explain
from mesh.access.matrix import every_product, machine_rows
from mesh.access.who import who
from mesh.model import Mesh
from mesh.plan import Plan

DAY = datetime.date(2026, 12, 1)


@pytest.fixture(scope="module")
def access(plan: Plan) -> DecidedReads:
    return DecidedReads(plan)


def test_a_machine_has_a_row_for_each_port_of_what_its_yaml_names(access: DecidedReads, plan: Plan) -> None:
    rows = list(machine_rows(access, access.machines, tuple(every_product(plan)), ("table", "files")))
    assert [(row.pipeline, row.clearance, f"{row.domain}.{row.product}", row.port, row.allowed) for row in rows] == [
        ("identity.device-graph", "pii", "playback.sessions", "table", True),
        ("playback.viewing-hours", "pii", "content.titles", "table", True),
        ("playback.viewing-hours", "pii", "content.titles", "files", True),
        ("playback.viewing-hours", "pii", "playback.sessions", "table", True),
    ]
    assert "sessions.ip_address" in rows[0].columns
    assert rows[0].as_json()["pipeline"] == "identity.device-graph"


def test_a_machine_reads_nothing_that_its_yaml_does_not_name(access: DecidedReads, plan: Plan) -> None:
    (graph,) = (reader for reader in access.machines if reader.product == "device-graph")
    for product in every_product(plan):
        reference = f"{product.domain}.{product.name}"
        for port in ("table", "files"):
            if port in product.ports and reference not in ("playback.sessions", "identity.device-graph"):
                chain = access.read(graph, product, port)
                assert chain.broken is not None, f"{reference} by {port}"


def test_who_names_the_machines_that_read_and_counts_them_among_no_others(
    access: DecidedReads, sample: Mesh, plan: Plan
) -> None:
    found = who(access, sample, references.thing(sample, plan, "playback.sessions.ip_address"), DAY)
    assert [(each.pipeline, each.clearance, each.ports) for each in found.machines] == [
        ("identity.device-graph", "pii", ("table",)),
        ("playback.viewing-hours", "pii", ("table",)),
    ]
    assert not any("device-graph" in each.role for each in found.roles)
    elsewhere = who(access, sample, references.thing(sample, plan, "identity.profiles"), DAY)
    assert elsewhere.machines == ()


@pytest.mark.parametrize("text", ["identity.device-graph", "pipeline/pii/device-graph@identity"])
def test_a_machine_asks_by_its_product_or_its_role(access: DecidedReads, sample: Mesh, plan: Plan, text: str) -> None:
    asker = references.asker(access, text)
    assert asker.name == "pipeline/pii/device-graph@identity"
    read = explain(access, asker, references.thing(sample, plan, "playback.sessions.ip_address"), "table")
    assert read.allowed
    refused = explain(access, asker, references.thing(sample, plan, "identity.accounts"), "table")
    assert not refused.allowed
    assert refused.change == (
        "its pipeline reads what 'reads:' in domains/identity.yaml names, and this is not among it",
    )
