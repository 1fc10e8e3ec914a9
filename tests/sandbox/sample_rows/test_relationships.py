"""Values of columns that refer to others: in a table, in a contract, across domains, in chains."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sample_rows.raw_contract_checks import astray
from tests.sandbox.sample_rows.sample_contracts import beside, column, contract, refusals, rows_that_hold, table

KEY = {"primaryKey": True, "required": True}


def to(*places: str) -> dict[str, Any]:
    return {"relationships": [{"to": place} for place in places]}


def test_a_table_refers_to_itself() -> None:
    rows = rows_that_hold(
        {"d.p": contract(table("t", column("id", "string", **KEY), column("parent_id", "string", **to("t.id"))))}
    )["d.p"]["t"]
    parents = {row["parent_id"] for row in rows}
    assert None in parents
    assert len(parents) > 50


def test_a_chain_goes_through_three_domains() -> None:
    contracts = {
        "a.one": contract(table("x", column("x_id", "string", id="k", **KEY), id="t")),
        "b.two": contract(
            table("y", column("y_id", "string", id="k", **KEY | to(beside("../a/one", "t", "k"))), id="t"),
        ),
        "c.three": contract(
            table("z", column("n", "int", **KEY), column("z_id", "string", **to(beside("../b/two", "t", "k")))),
        ),
    }
    rows = rows_that_hold(contracts)
    assert {row["y_id"] for row in rows["b.two"]["y"]} == {row["x_id"] for row in rows["a.one"]["x"]}


def test_tables_that_refer_to_each_other_have_rows_where_no_column_is_in_a_circle() -> None:
    rows_that_hold(
        {
            "d.p": contract(
                table("orders", column("id", "int", **KEY), column("buyer", "int", **to("buyers.id"))),
                table("buyers", column("id", "int", **KEY), column("last_order", "int", **to("orders.id"))),
            )
        }
    )


def test_a_part_of_a_key_refers_to_a_part_of_another_key() -> None:
    small = {"enum": [{"value": value} for value in ("DE", "FR", "ES")]}
    contracts = {
        "d.p": contract(
            table("prices", column("plan", "string", **KEY), column("country", "string", **KEY, **small)),
            table(
                "offers",
                column("country", "string", **KEY, **to("prices.country")),
                column("plan", "string", **KEY, **to("prices.plan")),
            ),
        )
    }
    rows = rows_that_hold(contracts, 150)["d.p"]
    assert len({row["country"] for row in rows["offers"]}) == 3


def test_several_columns_refer_together() -> None:
    relation = {"from": ["t.a", "t.b"], "to": ["s.x", "s.y"]}
    contracts = {
        "d.p": contract(
            table("s", column("x", "int", **KEY), column("y", "date", **KEY)),
            table("t", column("a", "int"), column("b", "date"), column("n", "int"), relationships=[relation]),
            table("u", column("a", "int", **KEY), column("b", "date", **KEY), relationships=[_renamed(relation, "u")]),
        )
    }
    rows = rows_that_hold(contracts)["d.p"]
    assert len({tuple(row.values()) for row in rows["u"]}) == 200


def _renamed(relation: dict[str, Any], name: str) -> dict[str, Any]:
    return {**relation, "from": [one.replace("t.", f"{name}.") for one in relation["from"]]}


def test_what_is_nested_refers_too() -> None:
    contracts = {
        "d.p": contract(
            table("s", column("id", "string", **KEY), quality=[{"metric": "rowCount", "mustBe": 7}]),
            table("t", column("ids", "array", logicalType="array", items={"physicalType": "string", **to("s.id")})),
        )
    }
    rows = rows_that_hold(contracts)["d.p"]
    known = {row["id"] for row in rows["s"]}
    assert {one for row in rows["t"] for one in row["ids"] or ()} == known


NO_VALUE = (
    "schema.1.properties.0.relationships.0: column 'j' refers to d.p: s.i, and no row there has a value that holds its "
    "rules: make them agree"
)


def test_a_reference_holds_the_rules_of_both_columns() -> None:
    def referring(**options: int) -> dict[str, Any]:
        whole = {"logicalType": "integer", "logicalTypeOptions": options}
        known = {"logicalType": "integer", "logicalTypeOptions": {"minimum": 0, "maximum": 300}}
        first = table("s", column("i", "int", **KEY, **known))
        return {"d.p": contract(first, table("t", column("j", "bigint", **whole, **to("s.i"))))}

    rows_that_hold(referring(maximum=200))
    assert refusals(referring(minimum=400)) == [NO_VALUE]


def test_a_reference_to_an_empty_table_is_null() -> None:
    empty = table("s", column("i", "int", **KEY), quality=[{"metric": "rowCount", "mustBe": 0}])
    rows = rows_that_hold({"d.p": contract(empty, table("t", column("j", "int", **to("s.i"))))})["d.p"]["t"]
    assert {row["j"] for row in rows} == {None}
    refused = refusals({"d.p": contract(empty, table("t", column("j", "int", required=True, **to("s.i"))))})
    assert refused == [NO_VALUE]


def test_the_check_of_references_sees_a_value_that_nobody_has() -> None:
    one = contract(table("s", column("i", "int")), table("t", column("j", "int", **to("s.i"))))
    assert list(astray({"f": one}, {"f": {"s": [{"i": 1}], "t": [{"j": 2}]}})) == ["t.j: values that s.i does not have"]
