"""Sample rows are the same for the same seed, and those of one product do not change with another."""

from __future__ import annotations

import datetime
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh.load import load
from sandbox.sample_rows.mesh_rows import derived, sample_rows
from tests.sandbox.sample_rows.raw_contract_checks import broken
from tests.sandbox.sample_rows.sample_contracts import NOW, column, contract, rows_that_hold, sampled, table

STACKS = Path(__file__).parents[3] / "stacks"


@pytest.fixture(scope="module")
def rows_of_the_sample() -> dict[str, dict[str, list[dict[str, Any]]]]:
    products = sample_rows(load(STACKS), 300, 11, NOW).products
    return {
        product: {name: [one.row(number) for number in range(one.rows)] for name, one in tables.items()}
        for product, tables in products.items()
    }


def test_rows_of_the_sample_hold_its_contracts(rows_of_the_sample: dict[str, Any]) -> None:
    files = sorted(STACKS.glob("contracts/*/*.odcs.yaml"))
    assert len(files) == len(rows_of_the_sample)
    for file in files:
        product = f"{file.parent.name}.{file.name.removesuffix('.odcs.yaml')}"
        told = list(broken(yaml.safe_load(file.read_text("utf-8")), rows_of_the_sample[product], 300, NOW))
        assert not told, (product, told[:5])


def test_tables_of_the_sample_that_share_an_id_can_be_joined(rows_of_the_sample: dict[str, Any]) -> None:
    titles = {row["title_id"] for row in rows_of_the_sample["content.titles"]["titles"]}
    seen = {row["title_id"] for row in rows_of_the_sample["playback.sessions"]["sessions"]}
    assert len(seen & titles) > len(seen) // 2


def test_products_that_read_others_are_derived() -> None:
    assert derived(load(STACKS).usable()) == {
        "identity.device-graph": ("playback.sessions",),
        "playback.viewing-hours": ("playback.sessions", "content.titles"),
    }


ONE = contract(
    table("t", column("id", "string", primaryKey=True), column("n", "double"), column("tags", "array<string>"))
)
OTHER = contract(table("u", column("id", "string", primaryKey=True), column("at", "timestamp")))


def test_the_same_seed_makes_the_same_rows_and_another_seed_others() -> None:
    first = sampled({"d.p": ONE, "e.q": OTHER}, seed=5)[0]
    assert first == sampled({"d.p": ONE, "e.q": OTHER}, seed=5)[0]
    assert first["d.p"] != sampled({"d.p": ONE}, seed=6)[0]["d.p"]


def test_rows_do_not_change_with_another_product_nor_with_the_order_of_columns() -> None:
    alone = sampled({"d.p": ONE})[0]["d.p"]
    assert sampled({"a.q": OTHER, "d.p": ONE})[0]["d.p"] == alone
    turned = contract(table("t", *reversed(ONE["schema"][0]["properties"])))
    assert sampled({"d.p": turned})[0]["d.p"] == alone


def test_a_moment_with_a_zone_is_the_same_as_that_of_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=5))
    moment = NOW.replace(tzinfo=datetime.UTC).astimezone(zone)
    assert sampled({"e.q": OTHER}, now=moment)[0] == sampled({"e.q": OTHER})[0]


@pytest.mark.long
@pytest.mark.slow
def test_many_rows_come_in_batches(capsys: pytest.CaptureFixture[str]) -> None:
    made = sample_rows(load(STACKS), 200_000, 3, NOW).products["identity.accounts"]["accounts"]
    start, rows, ids = time.monotonic(), 0, set[str]()
    for batch in made.batches():
        assert {len(values) for values in batch.values()} == {10_000}
        rows += 10_000
        ids.update(batch["account_id"])
    with capsys.disabled():
        sys.stdout.write(f" {rows} rows of accounts in {time.monotonic() - start:.1f} s ")
    assert rows == len(ids) == 200_000


# ---- random contracts

NAMES = st.sampled_from(["email", "country", "title_id", "price", "updated_at", "due_on", "note", "x", "ratio", "name"])


@st.composite
def _options(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Options that some value holds, of a type."""
    if kind in ("int", "smallint", "double", "decimal(20,4)"):
        low, span = draw(st.integers(-500, 500)), draw(st.integers(3, 5000))
        chosen = {
            "minimum": low,
            "maximum": low + span,
            "exclusiveMinimum": low,
            "multipleOf": draw(st.sampled_from([1, 2])),
        }
    elif kind == "string":
        least = draw(st.integers(0, 40))
        chosen = {"minLength": least, "maxLength": least + draw(st.integers(2, 40)), "pattern": "^[a-z]+[0-9]*$"}
        if chosen["maxLength"] < 4:
            chosen.pop("minLength")
    elif kind == "date":
        chosen = {"minimum": "2019-05-01", "maximum": draw(st.sampled_from(["2019-06-01", "2030-01-01"]))}
    else:
        return {}
    keys = draw(st.sets(st.sampled_from(sorted(chosen))))
    return {key: chosen[key] for key in keys}


LOGICAL = {
    "string": "string",
    "int": "integer",
    "smallint": "integer",
    "double": "number",
    "decimal(20,4)": "number",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


@st.composite
def _columns(draw: st.DrawFn) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=6, unique=True)):
        kind = draw(st.sampled_from(sorted(LOGICAL)))
        made = column(name, kind, logicalType=LOGICAL[kind], required=draw(st.booleans()))
        if options := draw(_options(kind)):
            made["logicalTypeOptions"] = options
        if draw(st.integers(0, 3)) == 0:
            limit = draw(st.integers(1, 100))
            made["quality"] = [{"metric": "nullValues", "mustBeLessThan": limit, "unit": "percent"}]
        columns.append(made)
    for key in draw(st.sets(st.sampled_from(range(len(columns))), max_size=3)):
        columns[key]["primaryKey"] = True
    if draw(st.booleans()):
        columns.append(
            column("m", "array<int>", logicalType="array", logicalTypeOptions={"minItems": 2, "uniqueItems": True})
        )
    return columns


@given(_columns(), st.integers(0, 2**32), st.integers(0, 40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rows_of_any_small_contract_hold_it_or_are_refused(columns: list[dict[str, Any]], seed: int, rows: int) -> None:
    whole = contract(table("t", *columns))
    problems = sampled({"d.p": whole}, rows, seed)[1]
    refused = [one.message for one in problems if one.severity == "error"]
    if refused:
        assert all("ask for at most" in one for one in refused), refused
        return
    rows_that_hold({"d.p": whole}, rows, seed)
