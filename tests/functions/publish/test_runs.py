"""Names of runs, values of their partitions, and runs that were published under another contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from partition_values import NoValueError, partition_value
from publish_settings import product

from tests.functions.publish.organization import DRAFT, Harbour, column, contract, harbour, table
from tests.functions.publish.test_parquet import (
    BY_DAY,
    CALLS,
    COLUMNS,
    DAY,
    SAID,
    batch,
    days,
    parquet,
    place,
    put,
    ready,
    run,
)

DAILY: Final = parquet(*BY_DAY, columns=[*COLUMNS, DAY])
TAKEN_BACK: Final = "and put an empty `_WITHDRAWN` into this one"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path, parquet(key=["ship"])) as made:
        yield ready(made)


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[Harbour]:
    with harbour(tmp_path, DAILY) as made:
        yield ready(made, [{"Name": "day", "Type": "string"}])


# ---- names


@pytest.mark.parametrize(
    "name",
    ["z' AND 1=0 --", "_", "%", "a%2F..", "a b", "ü", "-a", ".a", "_a", "a" * 129, "x?y", "a'b", "a:b", "a=b", ""],
)
def test_a_name_of_a_run_has_an_alphabet(plain: Harbour, name: str) -> None:
    run(plain, name)
    plain.published()
    assert place(plain) is None
    assert plain.queries == []
    assert plain.sentences == [
        f"{SAID}a run is called '{name}', allowed are letters of ASCII, digits, '.', '-' and '_', 128 at the most, the "
        f"first a letter or digit: write a new run so, {TAKEN_BACK}"
    ]
    put(plain, f"run={name}/_WITHDRAWN")
    run(plain, "good")
    plain.published()
    assert place(plain) == f"{CALLS}run=good/"


@pytest.mark.parametrize("name", ["rolled-back", "Rolled-Back"])
def test_the_place_of_a_rollback_is_no_name_of_a_run(daily: Harbour, name: str) -> None:
    run(daily, name, "day=1/")
    daily.published()
    assert daily.hub_table("calls") is None
    assert daily.sentences[0].startswith(f"{SAID}no run may be called '{name}', for a rollback uses that name: write a")


def test_names_of_writers_are_names(plain: Harbour) -> None:
    for name in ("a", "2026-01-01T080000.5Z", "jr_0a", "6b0f5c1e-7b1a-4d3e-9a2b-0f4c8d1e2a3b", "a" * 128):
        run(plain, name)
        plain.published()
        assert place(plain) == f"{CALLS}run={name}/"


def test_wildcards_in_a_name_mean_themselves(plain: Harbour) -> None:
    run(plain, "a_1")
    plain.published()
    (query,) = plain.queries
    assert query.endswith(f"WHERE \"$path\" LIKE '{CALLS}run=a!_1/%' ESCAPE '!'")
    sqlglot.parse_one(query, dialect="trino")


def test_a_draft_elsewhere_is_refused_for_athena_would_count_other_rows(plain: Harbour) -> None:
    stored = plain.glue.get_table(DatabaseName=DRAFT, Name="calls")["Table"]["StorageDescriptor"]
    made: Any = {"Name": "calls", "StorageDescriptor": {**stored, "Location": f"{CALLS}empty/"}}
    plain.glue.update_table(DatabaseName=DRAFT, TableInput=made)
    run(plain, "a")
    plain.published()
    assert place(plain) is None
    assert plain.sentences[0].startswith(f"{SAID}the draft table {DRAFT}.calls lies at '{CALLS}empty/'")


# ---- rollbacks


def test_nothing_is_rolled_back_to_a_place_with_files(daily: Harbour) -> None:
    put(daily, "run=rolled-back/x.parquet", b"unchecked")
    run(daily, "a", "day=1/")
    daily.published()
    run(daily, "b", "day=2/")
    daily.published()
    to = daily.record["history"][0]["id"]
    daily.run(daily.request("rollback", to))
    assert days(daily) == {"1": "run=a/day=1/", "2": "run=b/day=2/"}
    assert daily.sentences == [
        f"harbour.berths, rollback to {to}: table calls: '{CALLS}run=rolled-back/x.parquet' lies where a rollback "
        "points partitions that it takes away, and nothing may lie there, for readers would see what nobody checked: "
        "have the owners of the bucket delete it, then roll back again"
    ]


# ---- values


VALUES: Final[Mapping[str, tuple[list[str], list[str]]]] = {
    "string": (
        ["x", "a b", "a%20b", "A%2F7", "é", "%C3%A9", "a+b", "__HIVE_DEFAULT_PARTITION__", "x" * 1024],
        [
            "",
            "%78",
            "%2f",
            "%",
            "%2",
            "%ZZ",
            "%FF",
            "a%0Ab",
            "%00",
            "a\u0085b",
            "\u007f",
            "%7F",
            "x" * 1025,
            "%41",
            "%5F",
        ],
    ),
    "date": (
        ["2026-01-31", "2024-02-29"],
        ["2026-13-77", "2026-02-29", "20260131", "2026-1-1", "2026-01-31 ", "x", ""],
    ),
    "int": (
        ["0", "7", "-7", "2147483647", "-2147483648"],
        ["+1", "01", " 1", "1 ", "-0", "1.0", "1e3", "2147483648", "-2147483649", "٣", "1_0", "", "9" * 500],
    ),
    "tinyint": (["127", "-128"], ["128", "-129"]),
    "bigint": (["9223372036854775807"], ["9223372036854775808", "00"]),
    "boolean": (["true", "false"], ["True", "1", "t", "TRUE", ""]),
    "decimal(5,2)": (["1.50", "-999.99", "0.00"], ["1.5", "1", "1.500", "01.50", "-0.00", "1000.00", "+1.50", "1,50"]),
    "decimal(5,0)": (["1", "-99999"], ["1.0", "1.", "100000"]),
    "double": (
        ["1.5", "-0.25", "0.1", "100.0", "0.0"],
        ["1", "1.50", "nan", "NaN", "inf", "-0.0", "1e5", "1.0E10", ""],
    ),
    "float": (["0.1", "1.5"], ["0.10000000149011612", "1e50"]),
    "timestamp": (
        [
            "2026-01-31 08:00:00",
            "2026-01-31 08%3A00%3A00",
            "2026-01-31%2008%3A00%3A00.25",
            "2026-01-31 08:00:00.000001",
        ],
        [
            "2026-01-31",
            "2026-01-31T08:00:00",
            "2026-01-31 08:00:00.0",
            "2026-01-31 08:00:00.250",
            "2026-01-31 25:00:00",
        ],
    ),
}


@pytest.mark.parametrize("type_", VALUES)
def test_a_value_has_one_text_of_its_type(type_: str) -> None:
    promised = product(json.dumps(contract(table(columns=[column(None, "c", type_)], format="parquet")))).tables[0]
    right, wrong = VALUES[type_]
    assert [partition_value(promised.columns[0], text) for text in right]
    taken: list[str] = []
    for text in wrong:
        try:
            taken.append(f"{text} is {partition_value(promised.columns[0], text)}")
        except NoValueError as error:
            assert str(error)  # noqa: PT017 - each has a sentence
    assert taken == []


@pytest.mark.parametrize("folder", ["day=/", "day=%78/", "day=__HIVE_DEFAULT_PARTITION__/", "day=%0A/"])
def test_a_bad_value_is_refused_and_the_next_run_published(daily: Harbour, folder: str) -> None:
    run(daily, "a", "day=1/")
    daily.published()
    run(daily, "b", folder)
    daily.published()
    assert days(daily) == {"1": "run=a/day=1/"}
    assert daily.sentences[0].startswith(f"{SAID}run b has files in '{folder[:-1]}', which says no value: ")
    assert daily.sentences[0].endswith(f"; write a new run so, {TAKEN_BACK}")
    assert daily.record["intent"] is None
    put(daily, "run=b/_WITHDRAWN")
    run(daily, "c", "day=2/")
    daily.published()
    assert days(daily) == {"1": "run=a/day=1/", "2": "run=c/day=2/"}


def test_two_folders_of_one_value_are_one_partition(daily: Harbour) -> None:
    run(daily, "a", "day=a b/", "day=a%20b/")
    daily.published()
    assert daily.sentences[0].startswith(
        f"{SAID}run a has files in 'day=a b' and in 'day=a%20b', which are one partition"
    )
    put(daily, "run=a/_WITHDRAWN")
    for name, folder in (("b", "day=a b/"), ("c", "day=a%20b/"), ("d", "day=a b/")):
        run(daily, name, folder)
        daily.published()
        assert days(daily) == {"a b": f"run={name}/{folder}"}
        assert len(daily.record["published"]["tables"]["calls"]["partitions"]) == 1


def test_a_partition_column_that_is_not_required_may_be_null(tmp_path: Path) -> None:
    with harbour(tmp_path, parquet(*BY_DAY, columns=[*COLUMNS, {**DAY, "required": False}])) as organization:
        ready(organization, [{"Name": "day", "Type": "string"}])
        run(organization, "a", "day=__HIVE_DEFAULT_PARTITION__/")
        organization.published()
        assert list(days(organization)) == ["__HIVE_DEFAULT_PARTITION__"]


def test_nulls_that_nobody_counted_in_a_partition_are_refused(daily: Harbour) -> None:
    body = BytesIO()
    rows = pa.table({"ship": pa.array([None, 1], pa.int64()), "note": ["n", "n"]})
    pq.write_table(rows, body, write_statistics=False)
    run(daily, "a", "day=1/", body=body.getvalue())
    daily.published()
    assert daily.sentences == [
        f"{SAID}column 'ship' of '{CALLS}run=a/day=1/1.parquet' is required, and its writer counted no nulls: write "
        "the run with statistics, or the column as one that takes no null"
    ]


# ---- runs of another contract


def evolve(organization: Harbour, *columns: dict[str, Any], **more: Any) -> None:
    """Deploy a contract with other columns, and bring the draft to it."""
    keys = [each["name"] for each in organization.contract["tables"][0]["partitions"]]
    made = [*columns, DAY] if keys else [*columns]
    organization.configure({**parquet(*(BY_DAY if keys else ()), columns=made, **more), "version": "2.0.0"})
    storage = {"Location": CALLS, "Columns": [{"Name": each["name"], "Type": each["type"]} for each in columns]}
    partitions = [{"Name": name, "Type": "string"} for name in keys]
    said: Any = {"Name": "calls", "StorageDescriptor": storage, "PartitionKeys": partitions}
    organization.glue.update_table(DatabaseName=DRAFT, TableInput=said)


def hub_types(organization: Harbour) -> dict[str, str]:
    stored = organization.hub_table("calls")
    assert stored is not None
    return {each["Name"]: each["Type"] for each in stored["StorageDescriptor"]["Columns"]}


TEXTUAL: Final = column(None, "ship", "string", required=True)


def test_a_standing_run_is_checked_against_a_new_contract(plain: Harbour) -> None:
    run(plain, "a")
    plain.published()
    evolve(plain, TEXTUAL, COLUMNS[1])
    plain.published()
    assert hub_types(plain) == {"ship": "bigint", "note": "string"}
    assert plain.sentences == [
        f"{SAID}run a, which was published, does not fit version 2.0.0, write it anew: column 'ship' of "
        f"'{CALLS}run=a/1.parquet' is INT64, the contract says string, which is BYTE_ARRAY: write the run so"
    ]
    body = BytesIO()
    pq.write_table(pa.table({"ship": ["1"], "note": ["n"]}), body)
    run(plain, "b", body=body.getvalue())
    plain.published()
    assert hub_types(plain) == {"ship": "string", "note": "string"}
    to = plain.record["history"][0]["id"]
    plain.run(plain.request("rollback", to))
    assert place(plain) == f"{CALLS}run=b/"
    assert plain.sentences[0].startswith(
        f"harbour.berths, rollback to {to}: table calls: run a, which was published, does not fit version 2.0.0"
    )


def test_each_standing_partition_is_checked_until_a_run_replaces_it(daily: Harbour) -> None:
    run(daily, "a", "day=1/", "day=2/")
    daily.published()
    evolve(daily, TEXTUAL, COLUMNS[1])
    daily.published()
    assert hub_types(daily) == {"ship": "bigint", "note": "string"}
    body = BytesIO()
    pq.write_table(pa.table({"ship": ["1"], "note": ["n"]}), body)
    run(daily, "b", "day=1/", body=body.getvalue())
    daily.published()
    assert days(daily)["1"] == "run=a/day=1/"
    assert "day=2" in daily.sentences[0]
    assert "day=1" not in daily.sentences[0]
    run(daily, "c", "day=2/", body=body.getvalue())
    daily.published()
    assert days(daily) == {"1": "run=b/day=1/", "2": "run=c/day=2/"}
    assert hub_types(daily) == {"ship": "string", "note": "string"}


def test_a_standing_run_may_lack_a_column_that_may_be_null(plain: Harbour) -> None:
    run(plain, "a")
    plain.published()
    evolve(plain, *COLUMNS, column(None, "more"))
    plain.published()
    assert list(hub_types(plain)) == ["ship", "note", "more"]
    evolve(plain, *COLUMNS, column(None, "most", required=True))
    plain.published()
    assert list(hub_types(plain)) == ["ship", "note", "more"]
    assert "column 'most' (string) is missing" in plain.sentences[0]


def test_a_standing_run_has_to_keep_new_rules_about_values(plain: Harbour) -> None:
    run(plain, "a", body=batch(1, 2))
    plain.published()
    plain.queries.clear()
    evolve(plain, *COLUMNS, key=["note"])
    plain.answers = [[1]]
    plain.published()
    (query,) = plain.queries
    assert query.endswith(f"WHERE \"$path\" LIKE '{CALLS}run=a/%'")
    assert "the primary key (note) is not unique" in plain.sentences[0]
    evolve(plain, *COLUMNS, rows={"at_least": 3})
    plain.published()
    assert "the draft has 2 rows, the contract asks for at least 3" in plain.sentences[0]


def test_a_contract_that_promises_the_same_of_files_reads_none(plain: Harbour) -> None:
    run(plain, "a")
    plain.published()
    evolve(plain, COLUMNS[0], {**COLUMNS[1], "comment": "Another."}, key=["ship"])
    plain.s3.delete_object(Bucket="mesh-harbour--berths", Key="tables/calls/run=a/1.parquet")
    plain.published()
    assert plain.told() == ["product published", "product published"]


def test_a_name_that_goes_over_to_another_column_takes_no_old_values_along(plain: Harbour) -> None:
    """`note` had personal data and is called `remark` now; what is called `note` since is open."""
    run(plain, "a")
    plain.published()
    evolve(plain, COLUMNS[0], column(None, "remark", labels=["pii"]), column(None, "note"))
    plain.published()
    assert plain.sentences == [
        f"{SAID}column 'note' had the label pii in runs that were published, and a new column may have taken its name: "
        "write those runs anew, or take the label away in a version that changes nothing else"
    ]
    assert list(hub_types(plain)) == ["ship", "note"]
    assert plain.labels("calls")["note"]["pii"] == "true"
    run(plain, "b", body=batch(1, remark=pa.array(["n"])))
    plain.published()
    assert place(plain) == f"{CALLS}run=b/"
    assert plain.labels("calls")["note"]["pii"] == "false"
    plain.run(plain.request("rollback", plain.record["history"][0]["id"]))
    assert place(plain) == f"{CALLS}run=b/"
    assert "had the label pii" in plain.sentences[0]
