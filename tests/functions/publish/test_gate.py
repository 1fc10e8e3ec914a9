"""The gate: rules about values, of the writer's counts where those tell, of Athena where they do not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import pytest
import quality_gate
from manifests import DataFile
from publish_settings import PromisedTable, product
from quality_gate import Answer, GateSubject, TableQuestion

from tests.functions.publish.organization import SHIPS, Harbour, contract, table
from tests.functions.publish.writers import Writer, ship

SHIPS_TABLE = "harbour.berths, table ships: "


@pytest.fixture
def subject() -> GateSubject:
    promised = product(json.dumps(contract(table(key=["ship"]))))
    return GateSubject(promised, promised.tables[0], 3, (DataFile("f", 0, 3, {1: 0}),), counts=True, source="t")


def with_table(subject: GateSubject, **values: object) -> GateSubject:
    changed: PromisedTable = dataclasses.replace(subject.table, **values)  # type: ignore[arg-type]
    return dataclasses.replace(subject, table=changed)


def test_too_few_rows(organization: Harbour) -> None:
    organization.configure(contract(table(rows={"at_least": 2})))
    writer = Writer(organization)
    writer.append(ship(1))
    organization.published()
    assert organization.sentences == [
        f"{SHIPS_TABLE}the draft has 1 rows, the contract asks for at least 2: write the missing ones"
    ]
    pointer = writer.append(ship(2))
    organization.published()
    assert organization.pointer() == pointer
    assert organization.queries == []


def test_a_primary_key_that_repeats(organization: Harbour) -> None:
    organization.configure(contract(table(key=["ship", "country"])))
    writer = Writer(organization)
    pointer = writer.append(ship(1), ship(1))
    number = writer.metadata()["current-snapshot-id"]
    organization.answers = [[1]]
    organization.published()
    assert organization.sentences == [
        f"{SHIPS_TABLE}the primary key (ship, country) is not unique, 1 rows repeat one: write each key once"
    ]
    assert organization.queries == [
        'SELECT count(*) - count(DISTINCT ROW("ship", "country")) AS q0 FROM "harbour__berths__draft"."ships" '
        f"FOR VERSION AS OF {number}"
    ]
    assert organization.pointer() != pointer


def test_rows_that_may_be_deleted_are_counted_by_athena(subject: GateSubject) -> None:
    few = with_table(dataclasses.replace(subject, counts=False), at_least=3)
    (question,) = quality_gate.enough_rows(few)
    assert isinstance(question, TableQuestion)
    assert question.expression == "count(*)"
    assert question.sentence(3) == ""
    assert "2 rows" in question.sentence(2)


@pytest.mark.parametrize("nulls", [None, {}, {2: 0}])
def test_nulls_that_the_writer_did_not_count_are_asked(subject: GateSubject, nulls: dict[int, int] | None) -> None:
    asked = dataclasses.replace(subject, files=(DataFile("f", 0, 1, nulls),))
    (question,) = quality_gate.no_null_where_required(asked)
    assert isinstance(question, TableQuestion)
    assert question.expression == 'count_if("ship" IS NULL)'
    assert question.sentence(0) == ""


def test_nulls_of_rows_that_may_be_deleted_are_asked(subject: GateSubject) -> None:
    asked = dataclasses.replace(subject, files=(DataFile("f", 0, 2, {1: 1}),), counts=False)
    (question,) = quality_gate.no_null_where_required(asked)
    assert isinstance(question, TableQuestion)


def test_a_column_that_a_contract_requires_of_late_is_looked_for_in_old_files_too(organization: Harbour) -> None:
    """They were checked against a contract that let it be null, and are not skipped under another one."""
    writer = Writer(organization)
    writer.append({**ship(1), "country": None})
    organization.published()
    organization.configure(contract(table(columns=[*SHIPS[:2], {**SHIPS[2], "required": True}, SHIPS[3]])))
    metadata = writer.metadata()
    metadata["schemas"][0]["fields"][2]["required"] = True
    writer.commit("ships", metadata)
    organization.published()
    assert organization.sentences[0].startswith(f"{SHIPS_TABLE}column 'country' is null in 1 rows, the contract says")


def test_one_query_has_all_questions(organization: Harbour) -> None:
    organization.configure(contract(table(key=["ship"])))
    writer = Writer(organization)
    with writer.table().transaction() as change:
        change.set_properties({"write.metadata.metrics.default": "none"})
    writer.append(ship(1))
    organization.published()
    assert len(organization.queries) == 1
    assert 'count_if("ship" IS NULL)' in organization.queries[0]
    assert "DISTINCT" in organization.queries[0]


def test_a_table_without_rows_is_asked_nothing(organization: Harbour) -> None:
    organization.configure(contract(table(key=["ship"])))
    Writer(organization)
    organization.published()
    assert organization.queries == []
    assert organization.pointer()


def test_a_later_rule_is_one_more_function(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heavy(subject: GateSubject) -> Iterator[Answer]:
        yield TableQuestion("max(tons)", lambda tons: f"a ship has {tons} tons" if tons > 100 else "")

    monkeypatch.setattr(quality_gate, "RULES", (*quality_gate.RULES, heavy))
    organization.answers = [[900]]
    writer.append(ship(1))
    organization.published()
    assert organization.sentences == [f"{SHIPS_TABLE}a ship has 900 tons"]


def test_files_that_athena_cannot_read_are_refused_and_its_own_faults_are_not(
    organization: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization.configure(contract(table(columns=SHIPS, key=["ship"])))
    Writer(organization).append(ship(1))
    answer = organization._athena

    def failing(category: int) -> object:
        status = {
            "State": "FAILED",
            "StateChangeReason": "ICEBERG_BAD_DATA",
            "AthenaError": {"ErrorCategory": category},
        }

        def answered(name: str, parameters: object) -> object:
            if name == "GetQueryExecution":
                return {"QueryExecution": {"Status": status}}
            return answer(name, parameters)  # type: ignore[arg-type]

        return answered

    monkeypatch.setattr(organization, "_athena", failing(1))
    assert organization.run() == ["0"]
    assert organization.told() == []
    monkeypatch.setattr(organization, "_athena", failing(2))
    organization.published()
    assert organization.sentences == [
        f"{SHIPS_TABLE}Athena could not read the draft: ICEBERG_BAD_DATA; mend the files that it names, or write them "
        "anew"
    ]
