"""Breaks of what identifies and orders rows: primary keys, unique columns, references, partitions, the grain."""

from __future__ import annotations

import re
from typing import Final

from mesh.contracts.breaks.break_rule import BreakRule, in_words, values
from mesh.contracts.breaks.paired_documents import ContractDifference


def _of_table(one: ContractDifference, key: str) -> bool:
    return one.place == "schema" and one.key == key


def _key_gone(one: ContractDifference) -> str:
    if not _of_table(one, "primaryKey") or not one.is_gone:
        return ""
    return f"{one.subject} has no primary key any more: it {values(one)}"


def _key_new(one: ContractDifference) -> str:
    if not _of_table(one, "primaryKey") or not one.is_new:
        return ""
    return f"{one.subject} has a primary key: it {values(one)}"


def _key_other(one: ContractDifference) -> str:
    if not _of_table(one, "primaryKey") or one.is_new or one.is_gone:
        return ""
    return f"the primary key of {one.subject} {values(one)}: a row is found by other columns"


def _key_said(one: ContractDifference) -> str:
    said = one.key in ("said primaryKey", "said primaryKeyPosition")
    if not said and not _of_table(one, "key order"):
        return ""
    return f"the primary key of {one.subject} is written otherwise, and of the same columns"


def _unique_gone(one: ContractDifference) -> str:
    if (one.place, one.key) not in _UNIQUE or not one.before:
        return ""
    return f"values of {one.subject} may repeat, and did not"


def _unique_new(one: ContractDifference) -> str:
    if (one.place, one.key) not in _UNIQUE or not one.after:
        return ""
    return f"values of {one.subject} do not repeat any more"


def _unique_said(one: ContractDifference) -> str:
    if (one.place, one.key) not in _UNIQUE or one.before or one.after:
        return ""
    return f"'{one.key}' of {one.subject} is said otherwise, and was off before"


_UNIQUE: Final = (("properties", "unique"), ("logicalTypeOptions", "uniqueItems"))


def _reference_gone(one: ContractDifference) -> str:
    if one.place != "relationships" or one.key or not one.is_gone:
        return ""
    return f"{one.subject} is gone: what it names may be missing there"


def _reference_new(one: ContractDifference) -> str:
    return f"{one.subject} is new" if one.place == "relationships" and not one.key and one.is_new else ""


def _reference_other(one: ContractDifference) -> str:
    return f"'{one.key}' of {one.subject} {values(one)}" if one.place == "relationships" and one.key == "type" else ""


# ---- partitions and the grain


def _parquet_partitions(one: ContractDifference) -> str:
    if not _of_table(one, "partitions") or not _is_parquet(one):
        return ""
    return f"{_partitioned(one)}: files lie under other paths"


def _iceberg_partitions(one: ContractDifference) -> str:
    if not _of_table(one, "partitions") or _is_parquet(one):
        return ""
    return f"{_partitioned(one)}: queries go on, and may read much more or much less"


def _partitioned(one: ContractDifference) -> str:
    before, after = (in_words(value) if value else "nothing" for value in (one.before, one.after))
    return f"{one.subject} was partitioned by {before}, and is by {after}"


def _is_parquet(one: ContractDifference) -> bool:
    every = [*(one.old.get("customProperties") or ()), *(one.new.get("customProperties") or ())]
    return any(
        re.sub("[_-]", "", str(entry.get("property"))).casefold() == "tableformat" and entry.get("value") == "parquet"
        for entry in every
    )


def _partitions_said(one: ContractDifference) -> str:
    said = one.key in ("said partitioned", "said partitionKeyPosition")
    transform = one.place == "customProperties" and one.key == "partitiontransform"
    return (
        f"partitions of {one.subject} are written otherwise; they are judged for the whole table"
        if said or transform
        else ""
    )


def _plain(text: object) -> str:
    return " ".join(re.findall(r"\w+", str(text or "").casefold()))


def _grain_same(one: ContractDifference) -> str:
    if not _of_table(one, "dataGranularityDescription") or _plain(one.before) != _plain(one.after):
        return ""
    return f"the grain of {one.subject} has the same words"


def _grain_new(one: ContractDifference) -> str:
    if not _of_table(one, "dataGranularityDescription") or _plain(one.before):
        return ""
    return f"the grain of {one.subject} is said: {one.after}"


def _grain_other(one: ContractDifference) -> str:
    if not _of_table(one, "dataGranularityDescription"):
        return ""
    return f"the grain of {one.subject} {values(one)}: counts and joins come out otherwise"


RULES: Final = (
    BreakRule("key-dropped", "keys", "breaking", "major", "A table has no primary key any more.", _key_gone),
    BreakRule("key-added", "keys", "safe", "minor", "A table without a primary key got one.", _key_new),
    BreakRule(
        "key-changed", "keys", "breaking", "major", "A primary key is of other columns, more or fewer.", _key_other
    ),
    BreakRule("key-reworded", "keys", "safe", "patch", "The same key, with other positions or words.", _key_said),
    BreakRule("unique-dropped", "keys", "breaking", "major", "`unique` or `uniqueItems` is dropped.", _unique_gone),
    BreakRule("unique-added", "keys", "safe", "minor", "`unique` or `uniqueItems` is new.", _unique_new),
    BreakRule("unique-reworded", "keys", "safe", "patch", "`unique: false` or no key.", _unique_said),
    BreakRule(
        "reference-dropped",
        "keys",
        "breaking",
        "major",
        "A relationship is gone, or names something else.",
        _reference_gone,
    ),
    BreakRule("reference-added", "keys", "safe", "minor", "A relationship is new.", _reference_new),
    BreakRule(
        "reference-changed", "keys", "risky", "minor", "The kind of a relationship is another.", _reference_other
    ),
    BreakRule(
        "file-partitions-changed",
        "partitions",
        "breaking",
        "major",
        "Partitions of a Parquet table are others: files lie under other paths.",
        _parquet_partitions,
    ),
    BreakRule(
        "partitions-changed",
        "partitions",
        "risky",
        "minor",
        "Partitions of an Iceberg table are others: its readers name none, and pay for what they read.",
        _iceberg_partitions,
    ),
    BreakRule(
        "partitions-reworded",
        "partitions",
        "safe",
        "patch",
        "The same partitions, written otherwise.",
        _partitions_said,
    ),
    BreakRule("grain-reworded", "grain", "safe", "patch", "The grain has the same words.", _grain_same),
    BreakRule("grain-added", "grain", "safe", "minor", "The grain is said, and was not.", _grain_new),
    BreakRule(
        "grain-changed",
        "grain",
        "breaking",
        "major",
        "`dataGranularityDescription` has other words, or is gone: no rule can tell that they mean the same.",
        _grain_other,
    ),
)
