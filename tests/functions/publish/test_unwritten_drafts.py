"""Drafts as the platform made them: neither refused nor behind, and not shown where the contract asks for rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functions.publish.organization import DOMAIN, PUBLICATIONS, SHIPS, Harbour, column, contract, table
from tests.functions.publish.writers import Writer, ship

TWO_ROWS: dict[str, Any] = {"at_least": 2}


def fresh(organization: Harbour, *tables: dict[str, Any]) -> Writer:
    organization.configure(contract(*tables))
    return Writer(organization)


def calm(organization: Harbour, *unwritten: str) -> None:
    record = organization.record
    assert (record["refused"], record["behind"], record["failed"]) == (None, None, None)
    assert record["unwritten"] == list(unwritten)


def test_a_fresh_draft_is_not_refused_for_its_rows(organization: Harbour) -> None:
    writer = fresh(organization, table(rows=TWO_ROWS))
    for _ in range(2):
        organization.published()
    assert organization.pointer() is None
    assert organization.told() == []
    calm(organization, "ships")
    assert "s3:PutObject" not in organization.calls
    writer.append(ship(1))
    organization.published()
    assert "has 1 rows, the contract asks for at least 2" in organization.sentences[0]
    assert organization.record["behind"]
    pointer = writer.append(ship(2))
    organization.published()
    assert organization.pointer() == pointer
    calm(organization)


def test_a_refusal_of_before_ends_by_itself(organization: Harbour) -> None:
    fresh(organization, table(rows=TWO_ROWS))
    organization.published()
    record = organization.record
    old = {"id": "x", "at": "2026-11-01T00:00:00+00:00", "drafts": "y", "sentences": ["0 rows"], "tables": {}}
    del record["unwritten"]
    body = json.dumps({**record, "refused": old, "behind": old["at"]})
    organization.hub_s3.put_object(Bucket=PUBLICATIONS, Key=f"{DOMAIN}/berths.json", Body=body)
    organization.published()
    calm(organization, "ships")


def test_a_table_that_is_written_is_published_beside_one_that_is_not(organization: Harbour) -> None:
    writer = fresh(organization, table("ships"), table("docks", rows=TWO_ROWS))
    for number in range(2):
        pointer = writer.append(ship(number), name="ships")
        organization.published()
        assert (organization.pointer("ships"), organization.hub_table("docks")) == (pointer, None)
        calm(organization, "docks")
    pointer = writer.append(ship(1), ship(2), name="docks")
    organization.published()
    assert organization.pointer("docks") == pointer
    calm(organization)


def test_a_contract_that_gains_a_table_makes_nothing_late(organization: Harbour) -> None:
    writer = fresh(organization, table("ships", rows=TWO_ROWS))
    pointer = writer.append(ship(1), ship(2), name="ships")
    organization.published()
    docks = table("docks", rows=TWO_ROWS)
    organization.configure(contract(table("ships", rows=TWO_ROWS), docks, version="1.1.0"))
    writer.make(docks)
    organization.published()
    assert organization.pointer("ships") == pointer
    calm(organization, "docks")


def test_a_rule_that_a_contract_gains_refuses_no_table_that_nobody_has_written_to(organization: Harbour) -> None:
    fresh(organization, table())
    organization.published()
    empty = organization.pointer()
    organization.configure(contract(table(rows=TWO_ROWS), version="1.1.0"))
    organization.published()
    assert organization.pointer() == empty
    calm(organization)


def test_a_table_that_had_rows_and_was_made_anew_is_refused(organization: Harbour) -> None:
    """Readers have rows, and the contract says so: to have none again is a change of what they see."""
    writer = fresh(organization, table(rows=TWO_ROWS))
    pointer = writer.append(ship(1), ship(2))
    organization.published()
    writer.make(table(rows=TWO_ROWS))
    organization.published()
    assert organization.pointer() == pointer
    assert organization.told()[-1] == "publication refused"


def test_rows_that_were_deleted_are_a_commit(organization: Harbour) -> None:
    writer = fresh(organization, table(rows=TWO_ROWS))
    writer.append(ship(1))
    writer.table().delete("ship == 1")
    organization.published()
    assert organization.told() == ["publication refused"]
    assert organization.record["behind"]


@pytest.mark.parametrize("rows", [{"at_least": None}, {"at_least": 0}])
def test_without_a_rule_about_rows_a_table_is_published_empty(organization: Harbour, rows: dict[str, Any]) -> None:
    writer = fresh(organization, table(rows=rows))
    organization.published()
    assert organization.pointer() == writer.pointer()
    calm(organization)


def test_a_schema_that_is_wrong_is_refused_without_a_row_too(organization: Harbour) -> None:
    writer = fresh(organization, table(rows=TWO_ROWS))
    metadata = writer.metadata()
    metadata["schemas"][0]["fields"][1]["name"] = "email"
    writer.commit("ships", metadata)
    organization.published()
    organization.published()
    assert organization.told() == ["publication refused"]
    assert organization.record["refused"]
    assert not any("rows" in sentence for sentence in organization.sentences)


def test_a_draft_that_lags_behind_its_contract_is_refused_once(organization: Harbour) -> None:
    fresh(organization, table(rows=TWO_ROWS))
    more = table(columns=[*SHIPS, column(5, "email", labels=["pii"])], rows=TWO_ROWS)
    organization.configure(contract(more, version="1.1.0"))
    for _ in range(2):
        organization.published()
    assert organization.told() == ["publication refused"]
