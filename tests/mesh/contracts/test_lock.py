"""Ids stay with their columns, whatever becomes of the lines around them; labels are lost only on purpose."""

from __future__ import annotations

import pytest

from mesh.contracts.lock import following, is_current
from mesh.model import Lock
from tests.mesh.contracts.lock_cases import (
    Column,
    column,
    gone,
    ids,
    locked,
    renamed,
    shaped,
    step,
    table,
    texts,
)

BERTH = column("berth_id", required=True)
QUAY, DEPTH = column("quay"), column("depth")
TEXT = {"physicalType": "string"}
AGENT = column("agent", classification="pii")
DRAUGHT = column("draught", "struct<fore:int,aft:int>")
DAY = column("day", "date", partitioned=True, partitionKeyPosition=1)
PIER = column("pier", partitioned=True, partitionKeyPosition=2)


def swapped(one: Column, other: Column) -> tuple[Column, Column]:
    """Two partition columns with each other's position."""
    first, second = one["partitionKeyPosition"], other["partitionKeyPosition"]
    return {**one, "partitionKeyPosition": second}, {**other, "partitionKeyPosition": first}


# ---- ids


def test_the_first_lock_numbers_columns_in_order_and_then_what_is_nested_level_by_level() -> None:
    deep = column("deep", "map<string,struct<a:array<int>,b:int>>")
    assert list(ids(locked((deep, DRAUGHT, BERTH))).items()) == [
        ("deep", 1),
        ("draught", 2),
        ("berth_id", 3),
        ("deep.key", 4),
        ("deep.value", 5),
        ("deep.value.a", 6),
        ("deep.value.b", 7),
        ("deep.value.a.element", 8),
        ("draught.fore", 9),
        ("draught.aft", 10),
    ]


def test_a_column_that_is_inserted_gets_the_next_id() -> None:
    after = locked((BERTH, QUAY, AGENT), (BERTH, DEPTH, QUAY, AGENT))
    assert ids(after) == {"berth_id": 1, "depth": 4, "quay": 2, "agent": 3}


def test_a_column_after_a_struct_takes_no_id_of_a_nested_field() -> None:
    after = locked((BERTH, DRAUGHT), (BERTH, DRAUGHT, QUAY))
    assert ids(after) == {"berth_id": 1, "draught": 2, "draught.fore": 3, "draught.aft": 4, "quay": 5}


def test_the_id_of_a_removed_column_is_not_given_again_even_if_its_name_returns() -> None:
    removed = locked((BERTH, QUAY, AGENT), (BERTH, AGENT))
    assert (ids(removed), gone(removed)) == ({"berth_id": 1, "agent": 3}, {"quay": 2})
    returned = locked((BERTH, QUAY, AGENT), (BERTH, AGENT), (QUAY, BERTH, AGENT))
    assert (ids(returned)["quay"], gone(returned)) == (4, {"quay": 2})
    assert ids(locked((BERTH, QUAY), (BERTH,), (BERTH, DEPTH)))["depth"] == 3


def test_the_order_of_columns_and_tables_does_not_matter() -> None:
    first = step(None, table(BERTH, DRAUGHT, AGENT), table(QUAY, name="quays")).lock
    for tables in (
        (table(AGENT, BERTH, DRAUGHT), table(QUAY, name="quays")),
        (table(QUAY, name="quays"), table(DRAUGHT, AGENT, BERTH)),
    ):
        found = step(first, *tables)
        assert (found.lock, found.changes) == (first, [])


def test_a_field_that_is_nested_elsewhere_is_a_new_one() -> None:
    after = locked((BERTH, QUAY), (BERTH, column("place", "struct<quay:string>")))
    assert (ids(after), gone(after)) == ({"berth_id": 1, "place": 3, "place.quay": 4}, {"quay": 2})


def test_a_table_that_was_removed_keeps_its_ids_and_starts_behind_them() -> None:
    both = step(None, table(BERTH, DAY), table(QUAY, name="quays")).lock
    one = step(both, table(QUAY, name="quays"))
    assert texts(one.changes) == ["table 'berths' is gone"]
    assert not one.lock.tables["berths"].fields
    back = step(one.lock, table(BERTH, DAY), table(QUAY, name="quays"))
    assert texts(back.changes) == ["table 'berths' is back"]
    berths = back.lock.tables["berths"]
    assert (ids(berths), gone(berths)) == ({"berth_id": 3, "day": 4}, {"berth_id": 1, "day": 2})
    assert dict(berths.partitions) == {"identity(day)": 1001}


# ---- renames


def test_an_id_and_its_label_follow_a_rename_and_what_is_left_of_it_does_no_harm() -> None:
    berth = column("dock", required=True, **renamed("berth_id"))
    after = locked((BERTH, AGENT), (AGENT, berth))
    assert ids(after) == {"dock": 1, "agent": 2}
    assert after.fields["dock"].was == ("berth_id",)
    assert locked((BERTH, AGENT), (AGENT, berth), (QUAY, berth, AGENT)).fields["dock"].id == 1
    without = locked((BERTH, AGENT), (AGENT, berth), (AGENT, column("dock", required=True)))
    assert without == after
    returned = locked((BERTH, AGENT), (AGENT, berth), (AGENT, berth, BERTH))
    assert ids(returned) == {"dock": 1, "agent": 2, "berth_id": 3}


def test_a_label_is_not_lost_by_a_rename() -> None:
    first = step(None, table(BERTH, AGENT)).lock
    found = step(first, table(BERTH, column("broker", **renamed("agent"))))
    assert texts(found.widened) == ["a widening of access: 'berths.broker' loses the label pii"]
    assert step(first, table(BERTH, column("broker", classification="pii", **renamed("agent")))).widened == []


def test_two_columns_that_swap_their_names_keep_their_ids_once() -> None:
    quay, depth = column("quay", **renamed("depth")), column("depth", **renamed("quay"))
    once = locked((QUAY, DEPTH), (quay, depth))
    assert ids(once) == {"quay": 2, "depth": 1}
    assert locked((QUAY, DEPTH), (quay, depth), (depth, quay), (quay, depth)) == once


def test_a_chain_of_renames_in_one_step() -> None:
    after = locked((QUAY, DEPTH), (column("depth", **renamed("quay")), column("metres", **renamed("depth"))))
    assert ids(after) == {"depth": 1, "metres": 2}


def test_a_rename_of_a_column_and_of_a_field_in_it() -> None:
    after = locked(
        (DRAUGHT,),
        (
            column(
                "hull",
                "struct<bow:int,aft:int>",
                **renamed("draught"),
                properties=[column("bow", "int", **renamed("fore")), column("aft", "int")],
            ),
        ),
    )
    assert ids(after) == {"hull": 1, "hull.bow": 2, "hull.aft": 3}
    assert gone(after) == {}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((BERTH, column("dock", **renamed("berth"))), "the lock has no 'berth'; did you mean 'berth_id'? It has"),
        ((BERTH, QUAY, column("dock", **renamed("quay"))), "'quay' is still a column, and only one goes on"),
        ((column("a", **renamed("quay")), column("b", **renamed("quay"))), "'b' is renamed from 'quay' too"),
        ((column("dock", **renamed(None)),), ""),
        ((column("dock", **renamed(True)),), "is the truth value true; expected its name before"),
        ((column("dock", **renamed("")),), "is an empty text; expected its name before"),
        ((column("dock", **renamed("depth")),), "'depth' was removed, and its id is not given again"),
    ],
)
def test_a_rename_that_names_nothing_or_too_much_is_refused(columns: tuple[Column, ...], message: str) -> None:
    first = step(step(None, table(BERTH, QUAY, DEPTH)).lock, table(BERTH, QUAY)).lock
    refused = texts(step(first, table(*columns)).refused)
    assert bool(refused) == bool(message)
    assert all(message in text or "'a' is renamed" in text for text in refused)


def test_a_contract_that_brings_a_rename_along_starts_with_it_made() -> None:
    first = step(None, table(BERTH, column("quay", **renamed("pier"))))
    assert (first.refused, ids(first.lock.tables["berths"])) == ([], {"berth_id": 1, "quay": 2})


def test_a_rename_within_the_text_of_a_column_of_json_takes_no_id_of_a_column() -> None:
    payload = column("payload", properties=[column("email", **renamed("agent"))])
    after = locked((BERTH, column("agent")), (BERTH, payload))
    assert (ids(after), gone(after)) == ({"berth_id": 1, "payload": 3}, {"agent": 2})


def test_what_is_nested_in_a_new_column_can_bring_a_rename_along() -> None:
    captain = column("captain", "struct<email:string>", properties=[column("email", **renamed("mail"))])
    after = locked((BERTH,), (BERTH, captain), (BERTH, captain, QUAY))
    assert ids(after) == {"berth_id": 1, "captain": 2, "captain.email": 3, "quay": 4}
    captain["properties"] = [column("email", **renamed(True))]
    (message,) = texts(step(step(None, table(BERTH)).lock, table(BERTH, captain)).refused)
    assert "'berths.captain.email' is the truth value true" in message


def test_a_table_that_is_back_can_have_what_is_left_of_a_rename() -> None:
    dock, quays = column("dock", **renamed("berth_id")), table(QUAY, name="quays")
    lock = step(step(None, table(BERTH), quays).lock, table(dock), quays).lock
    back = step(step(lock, quays).lock, table(dock), quays)
    assert (back.refused, ids(back.lock.tables["berths"])) == ([], {"dock": 2})


# ---- types, numbers of schemas and of partition specs


@pytest.mark.parametrize(
    ("before", "after"),
    [("int", "bigint"), ("smallint", "int"), ("float", "double"), ("decimal(9,2)", "decimal(18,2)")],
)
def test_a_wider_type_keeps_the_id(before: str, after: str) -> None:
    assert ids(locked((column("n", before),), (QUAY, column("n", after)))) == {"n": 1, "quay": 2}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bigint", "int"),
        ("double", "float"),
        ("int", "string"),
        ("decimal(9,2)", "decimal(9,3)"),
        ("decimal(9,2)", "decimal(8,2)"),
        ("struct<a:int>", "string"),
        ("array<string>", "array<int>"),
        ("map<string,bigint>", "map<string,int>"),
    ],
)
def test_a_type_that_data_is_not_read_as_is_refused(before: str, after: str) -> None:
    first = step(None, table(column("n", before))).lock
    (message,) = texts(step(first, table(column("n", after))).refused)
    assert "'berths.n" in message
    assert "it gets a new id" in message


def test_the_number_of_the_schema_grows_with_names_types_keys_and_what_is_required_and_with_nothing_else() -> None:
    versions: list[tuple[Column, ...]] = [(BERTH, column("n", "int"))]
    numbers = [locked(*versions).schema_id]
    for columns in (
        (BERTH, column("n", "bigint")),
        (column("n", "bigint"), BERTH),
        (column("n", "bigint", description="How many.", classification="pii"), BERTH),
        (column("n", "bigint", classification="pii", required=True), BERTH),
        (column("n", "bigint", classification="pii", required=True, primaryKey=True), BERTH),
        ({**BERTH, "classification": "pii"},),
    ):
        versions.append(columns)
        numbers.append(locked(*versions).schema_id)
    assert numbers == [0, 1, 1, 1, 2, 3, 4]


def test_partition_fields_keep_their_ids_and_a_new_order_is_a_new_spec() -> None:
    first = locked((BERTH, DAY, PIER))
    assert (dict(first.partitions), first.spec_id) == ({"identity(day)": 1000, "identity(pier)": 1001}, 0)
    after = locked((BERTH, DAY, PIER), (BERTH, *swapped(DAY, PIER)))
    assert list(after.partitions.items()) == [("identity(pier)", 1001), ("identity(day)", 1000)]
    assert after.spec_id == 1
    assert after.schema_id == 0


def test_a_partition_field_that_returns_gets_its_id_again_if_its_column_is_the_same() -> None:
    plain = column("pier")
    again = locked((BERTH, DAY, PIER), (BERTH, DAY, plain), (BERTH, DAY, PIER))
    assert (dict(again.partitions), again.spec_id) == ({"identity(day)": 1000, "identity(pier)": 1001}, 2)
    assert again.removed_partitions == ()
    other = locked((BERTH, DAY, PIER), (BERTH, DAY), (BERTH, DAY, PIER))
    assert dict(other.partitions) == {"identity(day)": 1000, "identity(pier)": 1002}
    assert [(one.text, one.source, one.id) for one in other.removed_partitions] == [("identity(pier)", 3, 1001)]


def test_a_table_does_not_lose_its_last_partition_field() -> None:
    plain = column("day", "date")
    first = step(None, table(BERTH, DAY))
    (message,) = texts(step(first.lock, table(BERTH, plain)).refused)
    assert message.startswith("table 'berths' was partitioned, and cannot be without partition fields")
    never = step(step(None, table(BERTH, plain)).lock, table(BERTH, plain, PIER))
    assert never.refused == []
    assert step(first.lock, table(BERTH, plain, PIER)).refused == []


def test_a_lock_of_a_table_that_lost_its_partition_fields_is_refused_though_nothing_changes() -> None:
    lost = locked((BERTH, DAY), (BERTH, DAY, PIER))._replace(partitions={})
    wanted = shaped(table(BERTH, column("day", "date"), column("pier")))
    assert not is_current(Lock({"berths": lost}), wanted)
    assert len(following(Lock({"berths": lost}), wanted).refused) == 1


def test_a_partition_field_follows_the_rename_of_its_column() -> None:
    after = locked((BERTH, DAY), (BERTH, {**DAY, "name": "moored_on", **renamed("day")}))
    assert dict(after.partitions) == {"identity(moored_on)": 1000}
    assert after.spec_id == 1


# ---- keys


def test_the_primary_key_identifies_rows() -> None:
    both = (column("a", required=True, primaryKey=True), column("b", "int", required=True, primaryKey=True))
    assert locked((QUAY, *reversed(both))).key == ("a", "b")


@pytest.mark.parametrize(
    ("unfit", "message"),
    [
        (column("a", primaryKey=True), "not every row has a value; add 'required: true'"),
        (column("a", "double", required=True, primaryKey=True), "Iceberg takes no double for one"),
        (column("a", "array<int>", required=True, primaryKey=True), "Iceberg takes no list for one"),
        (
            column("a", "struct<b:int>", properties=[column("b", "int", required=True, primaryKey=True)]),
            "it is nested in what repeats or may be missing",
        ),
        (
            column(
                "a", "array<int>", required=True, items={"physicalType": "int", "required": True, "primaryKey": True}
            ),
            "it is nested in what repeats or may be missing",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_told_and_no_part_of_it_is_used(unfit: Column, message: str) -> None:
    (shape,) = shaped(table(column("c", required=True, primaryKey=True), unfit))
    assert shape.key == ()
    ((_, told),) = shape.unfit
    assert message in told


# ---- labels


def lost(before: tuple[Column, ...], after: tuple[Column, ...], parquet: bool = False) -> list[str]:
    first = step(None, table(*before, parquet=parquet)).lock
    return texts(step(first, table(*after, parquet=parquet)).widened)


CAPTAIN = "struct<email:string,rank:string>"


def captain(**email: str) -> Column:
    return column("captain", CAPTAIN, properties=[column("email", **email), column("rank")])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AGENT, column("agent")),
        (column("agent", classification="pii, financial"), AGENT),
        (column("captain", CAPTAIN, classification="pii"), column("captain", CAPTAIN)),
        (captain(classification="pii"), captain()),
        (
            column("phones", "array<string>", items={"physicalType": "string", "classification": "pii"}),
            column("phones", "array<string>"),
        ),
        (
            column("m", "map<string,string>", map={"key": TEXT, "value": {**TEXT, "classification": "pii"}}),
            column("m", "map<string,string>"),
        ),
    ],
)
@pytest.mark.parametrize("parquet", [False, True])
def test_a_column_that_loses_a_label_is_a_widening(before: Column, after: Column, parquet: bool) -> None:
    (message,) = lost((BERTH, before), (BERTH, after), parquet)
    word = "financial" if "financial" in str(before) else "pii"
    assert message == f"a widening of access: 'berths.{before['name']}' loses the label {word}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((BERTH, AGENT), (BERTH,)),
        ((BERTH, AGENT), (BERTH, column("broker"))),
        ((BERTH, captain(classification="pii")), (BERTH, column("captain", CAPTAIN, classification="pii"))),
        (
            (BERTH, captain(classification="pii")),
            (BERTH, column("captain", "struct<rank:string>", properties=[column("rank")])),
        ),
        ((BERTH, AGENT), (BERTH, column("contact", "struct<agent:string>"))),
        ((BERTH, column("agent")), (BERTH, AGENT)),
    ],
)
@pytest.mark.parametrize("parquet", [False, True])
def test_what_is_removed_or_labelled_higher_up_is_no_widening(
    before: tuple[Column, ...], after: tuple[Column, ...], parquet: bool
) -> None:
    other = column("owner", classification="pii")
    assert lost((*before, other), (*after, other), parquet) == []


@pytest.mark.parametrize("parquet", [False, True])
@pytest.mark.parametrize(
    "after", [(BERTH,), (BERTH, column("broker")), (BERTH, column("phone", classification="internal"))]
)
def test_a_product_loses_a_label_with_its_last_column(after: tuple[Column, ...], parquet: bool) -> None:
    """Files that were written before have the column, and are read by who may read the product."""
    why = "no column has the label pii any more, and files that were written before hold such data"
    assert lost((BERTH, AGENT), after, parquet) == [f"a widening of access: {why}"]
    both = (BERTH, column("agent", classification="pii, financial"), column("broker", classification="pii"))
    told = lost(both, (BERTH, column("broker")), parquet)
    assert told[0] == "a widening of access: 'berths.broker' loses the label pii"
    assert told[1:] == [f"a widening of access: {why.replace('pii', 'financial')}"]


def open_name(*versions: tuple[Column, ...], parquet: bool = False) -> list[str]:
    """What the last of several versions is refused for."""
    lock = step(None, table(*versions[0], parquet=parquet)).lock
    for columns in versions[1:-1]:
        lock = step(lock, table(*columns, parquet=parquet)).lock
    return texts(step(lock, table(*versions[-1], parquet=parquet)).refused)


def left_open(name: str, labels: str) -> list[str]:
    why = "and another column had that name without: its tags may be left, and open this one for a while"
    return [f"'berths.{name}' has the {labels}, {why}; give it a name that no column had"]


OPEN, RENAMED_AGENT = column("agent"), column("broker", **renamed("agent"))


@pytest.mark.parametrize("parquet", [False, True])
def test_a_labelled_column_does_not_take_the_name_of_one_without_the_label(parquet: bool) -> None:
    secret = column("broker", classification="pii, financial")
    before = (BERTH, OPEN, secret)
    taken = column("agent", classification="pii, financial", **renamed("broker"))
    assert open_name(before, (BERTH, taken), parquet=parquet) == left_open("agent", "labels financial and pii")
    swapped = column("broker", **renamed("agent"))
    assert open_name(before, (BERTH, taken, swapped), parquet=parquet) == left_open("agent", "labels financial and pii")
    half = column("agent", classification="financial")
    found = open_name((BERTH, half, secret), (BERTH, taken), parquet=parquet)
    assert found == left_open("agent", "label pii")
    other = column("factor", classification="pii, financial", **renamed("broker"))
    assert open_name(before, (BERTH, OPEN, other), parquet=parquet) == []


@pytest.mark.parametrize("parquet", [False, True])
def test_a_labelled_field_is_not_nested_into_a_column_without_the_label(parquet: bool) -> None:
    before = (BERTH, column("captain", "struct<rank:string>", properties=[column("rank")]))
    found = open_name(before, (BERTH, captain(classification="pii")), parquet=parquet)
    why = "and 'captain', which has been without, is open until its tags are set"
    what = f"'berths.captain.email' has the label pii, {why}"
    assert found == [f"{what}: label 'captain' first, deploy that, then add the field"]
    labelled = (BERTH, column("captain", "struct<rank:string>", properties=[column("rank")], classification="pii"))
    after = (BERTH, column("captain", CAPTAIN, properties=captain(classification="pii")["properties"]))
    assert open_name(before, labelled, after, parquet=parquet) == []
    # A column that is new is closed by its table, and a field that was there is labelled like any other.
    assert open_name((BERTH,), (BERTH, captain(classification="pii")), parquet=parquet) == []
    assert open_name((BERTH, captain()), (BERTH, captain(classification="pii")), parquet=parquet) == []


def test_a_labelled_column_does_not_take_the_name_of_one_that_was_removed_or_renamed_away() -> None:
    assert open_name((BERTH, OPEN), (BERTH,), (BERTH, AGENT)) == left_open("agent", "label pii")
    assert open_name((BERTH, OPEN), (BERTH, RENAMED_AGENT), (BERTH, RENAMED_AGENT, OPEN)) == []
    found = open_name((BERTH, OPEN), (BERTH, RENAMED_AGENT), (BERTH, column("broker"), AGENT))
    assert found == left_open("agent", "label pii")
    # The last column of the name counts, with what was nested in it.
    versions = [(BERTH, OPEN), (BERTH, AGENT), (BERTH,)]
    assert open_name(*versions, (BERTH, AGENT)) == []
    nested = captain(classification="pii")
    assert open_name((BERTH, nested), (BERTH,), (BERTH, column("captain", classification="pii"))) == []
    assert open_name((BERTH, column("captain")), (BERTH,), (BERTH, nested)) == left_open("captain", "label pii")
    for one in (OPEN, column("captain"), nested):
        assert open_name((BERTH, one), (BERTH,), (BERTH, column(one["name"]))) == []


def test_a_column_that_stays_may_get_a_label() -> None:
    assert open_name((BERTH, OPEN), (BERTH, AGENT)) == []


def test_a_name_that_returns_without_its_label_widens_a_parquet_table_and_not_an_iceberg_one() -> None:
    for parquet, widened in ((False, []), (True, ["a widening of access: 'berths.agent' loses the label pii"])):
        first = step(None, table(BERTH, AGENT, parquet=parquet)).lock
        without = step(first, table(BERTH, parquet=parquet)).lock
        assert texts(step(without, table(BERTH, column("agent"), parquet=parquet)).widened) == widened


def test_a_table_that_becomes_parquet_is_compared_by_names_and_one_that_becomes_iceberg_again_repeats_no_id() -> None:
    first = step(step(None, table(BERTH, AGENT)).lock, table(BERTH)).lock
    parquet = step(first, table(BERTH, column("agent"), parquet=True))
    assert texts(parquet.widened) == ["a widening of access: 'berths.agent' loses the label pii"]
    assert gone(parquet.lock.tables["berths"]) == {"berth_id": 1, "agent": 2}
    again = step(parquet.lock, table(BERTH, column("agent"))).lock.tables["berths"]
    assert ids(again) == {"berth_id": 3, "agent": 4}


def test_labels_are_those_that_words_of_the_contract_stand_for() -> None:
    assert locked((AGENT, column("x", classification="financial , pii"))).fields["x"].labels == ("financial", "pii")


# ---- what is told


def test_changes_are_told_in_words() -> None:
    first = step(None, table(BERTH, QUAY, column("n", "int"), DAY)).lock
    changed = table(
        column("berth_id", primaryKey=True, required=True),
        column("pier", **renamed("quay")),
        column("n", "bigint", required=True, classification="pii"),
        DEPTH,
    )
    assert texts(step(first, changed).changes) == [
        "'berths.pier' was called 'quay'",
        "'berths.n' is long instead of int",
        "'berths.n' is required now",
        "the labels of 'berths.n' are pii instead of none",
        "'berths.depth' is new",
        "'berths.day' is gone",
        "the key of 'berths' is berth_id instead of none",
        "the partition fields of 'berths' are none instead of identity(day)",
    ]
    assert texts(step(Lock({}), table(BERTH)).changes) == ["table 'berths' is new"]


def test_a_rename_into_another_column_is_refused_before_data_is_lost() -> None:
    first = step(None, table(BERTH, QUAY)).lock
    inside = {"name": "where", **TEXT, **renamed("quay")}
    moved = {"name": "o", "logicalType": "object", "properties": [inside]}
    refused = step(first, table(BERTH, moved)).refused
    assert ["its data does not move into another column" in text for text in texts(refused)] == [True]


def test_two_renames_of_one_column_are_refused() -> None:
    first = step(None, table(BERTH, QUAY, DEPTH)).lock
    both = {"customProperties": [*renamed("quay")["customProperties"], *renamed("depth")["customProperties"]]}
    refused = step(first, table(BERTH, {**column("x"), **both})).refused
    assert any("expected its name before" in text for text in texts(refused))


def test_a_rename_is_one_in_any_spelling_of_its_key() -> None:
    first = step(None, table(BERTH, QUAY)).lock
    told = {"customProperties": [{"property": "renamed_from", "value": "quay"}]}
    assert ids(step(first, table(BERTH, {**column("pier"), **told})).lock.tables["berths"])["pier"] == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("map<int,string>", "map<bigint,string>"),
        ("map<struct<a:int>,string>", "map<struct<a:int,b:int>,string>"),
        ("map<struct<a:int,b:int>,string>", "map<struct<a:int>,string>"),
    ],
)
def test_the_key_of_a_map_does_not_change(before: str, after: str) -> None:
    first = step(None, table(BERTH, column("m", before))).lock
    assert any(
        "has other keys than before" in text for text in texts(step(first, table(BERTH, column("m", after))).refused)
    )
    assert not step(first, table(BERTH, column("m", before))).refused
