"""Checks of rows against a contract as its file has it: nothing of the project's own reading is used."""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

Row = Mapping[str, Any]
Rows = Sequence[Row]
AllRows = Mapping[str, Mapping[str, Rows]]
"""Rows by file of the contract and by table."""

PYTHON: Final = {
    "string": str,
    "varchar": str,
    "char": str,
    "boolean": bool,
    "tinyint": int,
    "smallint": int,
    "int": int,
    "bigint": int,
    "float": float,
    "double": float,
    "decimal": Decimal,
    "date": datetime.date,
    "timestamp": datetime.datetime,
    "timestamptz": datetime.datetime,
    "binary": bytes,
    "array": list,
    "struct": dict,
    "map": list,
}
LOGICAL: Final = {
    "integer": "bigint",
    "number": "double",
    "object": "struct",
    "vector": "array",
}
UUID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
FORMATS: Final = {
    "uuid": UUID,
    "email": r"[a-z0-9.]+@example\.(com|org)",
    "ipv4": r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}",
    "uri": r"https://example\.(com|org)/.*",
}


def broken(contract: Any, tables: Mapping[str, Rows], asked: int, now: datetime.datetime) -> Iterator[str]:
    """Sentences on what rows do not hold of a contract; tables are by their names in the catalog."""
    for table in contract["schema"]:
        rows = tables[catalog(table)]
        yield from _counts(table, rows, asked)
        names = [catalog(column) for column in table["properties"]]
        keyed = [catalog(column) for column in table["properties"] if column.get("primaryKey")]
        groups = [keyed] if keyed else []
        for rule in table.get("quality", ()):
            if rule.get("metric") == "duplicateValues":
                groups.append(rule.get("arguments", {}).get("properties") or names)
        for group in groups:
            if len({tuple(repr(row[name]) for name in group) for row in rows}) < len(rows):
                yield f"{table['name']}: {group} repeats"
        for column in table["properties"]:
            yield from _column(f"{table['name']}.{column['name']}", column, [row[catalog(column)] for row in rows])
        if any(list(row) != names for row in rows):
            yield f"{table['name']}: other columns than {names}"
    yield from _fresh(contract, tables, now)


def catalog(element: Any) -> str:
    return element.get("physicalName") or element["name"]


def _counts(table: Any, rows: Rows, asked: int) -> Iterator[str]:
    limits = [rule for rule in table.get("quality", ()) if rule.get("metric") == "rowCount"]
    if not limits and len(rows) != asked:
        yield f"{table['name']}: {len(rows)} rows"
    for rule in limits:
        if not _holds(rule, len(rows), len(rows)) and rule.get("mustBeGreaterThan", 0) < 10_000:
            yield f"{table['name']}: {len(rows)} rows, {rule}"


def _holds(rule: Any, count: int, total: int) -> bool:
    value: Any = 100 * count / max(total, 1) if rule.get("unit") == "percent" else count
    checks = {
        "mustBe": lambda limit: value == limit,
        "mustBeLessThan": lambda limit: value < limit,
        "mustBeLessOrEqualTo": lambda limit: value <= limit,
        "mustBeGreaterThan": lambda limit: value > limit,
        "mustBeGreaterOrEqualTo": lambda limit: value >= limit,
        "mustBeBetween": lambda limit: limit[0] <= value <= limit[1],
    }
    return all(check(rule[key]) for key, check in checks.items() if key in rule)


def _column(name: str, column: Any, values: Sequence[Any]) -> Iterator[str]:
    filled = [value for value in values if value is not None]
    if (column.get("required") or column.get("primaryKey")) and len(filled) < len(values):
        yield f"{name}: has nulls"
    counts = {"nullValues": len(values) - len(filled), "missingValues": len(values) - len(filled)}
    if len({repr(value) for value in filled}) < len(filled):
        counts["duplicateValues"] = 1
        if column.get("unique"):
            yield f"{name}: repeats"
    for rule in column.get("quality", ()):
        if rule.get("metric") in ("nullValues", "missingValues", "duplicateValues") and "properties" not in str(rule):
            if not _holds(rule, counts.get(rule["metric"], 0), len(values)):
                yield f"{name}: {counts} of {len(values)}, {rule}"
            if any(value in rule.get("arguments", {}).get("missingValues", ()) for value in filled):
                yield f"{name}: has a missing value"
    for value in filled:
        yield from element(name, column, value)


def element(name: str, column: Any, value: Any) -> Iterator[str]:
    """Sentences on one value of a column or of what is nested in it."""
    kind = column.get("physicalType") or LOGICAL.get(column["logicalType"], column["logicalType"])
    word = kind.partition("<")[0]
    word, _, digits = word.partition("(")
    if column.get("logicalTypeOptions", {}).get("timezone"):
        word = "timestamptz"
    if type(value) is not PYTHON[word]:
        yield f"{name}: {value!r} is no {kind}"
        return
    bits = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}.get(word)
    if bits and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        yield f"{name}: {value} is wider than {bits} bits"
    if word == "decimal":
        precision, scale = map(int, digits.rstrip(")").split(","))
        units = Fraction(value) * 10**scale
        if units.denominator != 1 or abs(units) >= 10**precision or -value.as_tuple().exponent != scale:
            yield f"{name}: {value} is no {kind}"
    if word in ("timestamp", "timestamptz") and (value.tzinfo is not None) != (word == "timestamptz"):
        yield f"{name}: {value} and its zone"
    yield from _said(name, column, value)
    yield from _nested(name, column, word, value)


def _said(name: str, column: Any, value: Any) -> Iterator[str]:
    options = column.get("logicalTypeOptions", {})
    listed = [[entry["value"] for entry in column["enum"]]] if "enum" in column else []
    patterns = [options["pattern"]] if "pattern" in options else []
    for rule in column.get("quality", ()):
        arguments = rule.get("arguments", {})
        listed += [arguments["validValues"]] if "validValues" in arguments else []
        patterns += [arguments["pattern"]] if "pattern" in arguments else []
    comparable = float(value) if isinstance(value, Decimal) else value
    if any(str(value) not in map(str, one) and comparable not in one for one in listed):
        yield f"{name}: {value!r} is not in {listed}"
    if any(not re.search(pattern.replace("(?<", "(?P<"), str(value)) for pattern in patterns):
        yield f"{name}: {value!r} is not of {patterns}"
    if isinstance(value, str) and not options.get("minLength", 0) <= len(value) <= options.get("maxLength", len(value)):
        yield f"{name}: {value!r} has {len(value)} characters"
    sized = re.fullmatch(r"(?:var)?char\((\d+)\)", column.get("physicalType", ""))
    if sized and len(value) > int(sized[1]):
        yield f"{name}: {value!r} is longer than {sized[1]}"
    wanted = FORMATS.get(options.get("format"), ".*")
    if isinstance(value, str) and not re.fullmatch(wanted, value, re.DOTALL):
        yield f"{name}: {value!r} is no {options['format']}"
    if isinstance(value, (int, float, Decimal, datetime.date)) and not isinstance(value, bool):
        yield from _bounds(name, options, value)


def _bounds(name: str, options: Any, value: Any) -> Iterator[str]:
    def limit(key: str) -> Any:
        if isinstance(value, datetime.datetime):
            made = datetime.datetime.fromisoformat(options[key])
            return made.replace(tzinfo=made.tzinfo or value.tzinfo)
        if isinstance(value, datetime.date):
            return datetime.date.fromisoformat(options[key])
        return Fraction(str(options[key]))

    number = value if isinstance(value, datetime.date) else Fraction(str(value))
    fine = {
        "minimum": lambda key: number >= limit(key),
        "maximum": lambda key: number <= limit(key),
        "exclusiveMinimum": lambda key: number > limit(key),
        "exclusiveMaximum": lambda key: number < limit(key),
        "multipleOf": lambda key: number % limit(key) == 0,
    }
    for key, holds in fine.items():
        if key in options and not holds(key):
            yield f"{name}: {value} and its {key} {options[key]}"


def _nested(name: str, column: Any, word: str, value: Any) -> Iterator[str]:
    if word == "array":
        yield from _list(name, column, value)
    elif word == "map" and "map" in column:
        if len({repr(key) for key, _ in value}) < len(value):
            yield f"{name}: keys repeat"
        for key, inner in value:
            yield from element(f"{name}.key", column["map"]["key"], key)
            yield from element(f"{name}.value", column["map"]["value"], inner)
    elif word == "struct" and "properties" in column:
        if list(value) != [catalog(field) for field in column["properties"]]:
            yield f"{name}: other fields: {value}"
        for field in column["properties"]:
            if value[catalog(field)] is not None:
                yield from element(f"{name}.{field['name']}", field, value[catalog(field)])
            elif field.get("required"):
                yield f"{name}.{field['name']}: is null"


def _list(name: str, column: Any, value: Any) -> Iterator[str]:
    options = column.get("logicalTypeOptions", {})
    if not options.get("minItems", 0) <= len(value) <= options.get("maxItems", len(value)):
        yield f"{name}: {len(value)} items"
    if options.get("uniqueItems") and len({repr(one) for one in value}) < len(value):
        yield f"{name}: items repeat"
    if "dimensions" in options and len(value) != options["dimensions"]:
        yield f"{name}: {len(value)} dimensions"
    for one in value if "items" in column else ():
        yield from element(f"{name}[]", column["items"], one)


def _fresh(contract: Any, tables: Mapping[str, Rows], now: datetime.datetime) -> Iterator[str]:
    for level in contract.get("slaProperties", ()):
        if level["property"] not in ("freshness", "latency") or "element" not in level:
            continue
        table, column = level["element"].split(".")
        values = [row[column] for row in tables[table] if row[column] is not None]
        age = datetime.timedelta(**{{"h": "hours", "d": "days", "m": "minutes"}[level["unit"]]: level["value"]})
        for value in values:
            moment = (
                value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
            )
            if moment.replace(tzinfo=None) > now:
                yield f"{table}.{column}: {value} is later than now"
        if values and isinstance(values[0], datetime.datetime) and now - max(values).replace(tzinfo=None) > age:
            yield f"{table}.{column}: {max(values)} is older than {age}"


def _place(contracts: Mapping[str, Any], file: str, to: str) -> tuple[str, str, str]:
    """File, table and column of a reference: `table.column`, or a file and ids."""
    if "#" not in to:
        table, column = to.split(".")
        return file, table, column
    path, _, ids = to.partition("#/schema/")
    other = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    table_id, _, column_id = ids.split("/")
    found = next(one for one in contracts[other]["schema"] if one.get("id") == table_id)
    within = next(one for one in found["properties"] if one.get("id") == column_id)
    return other, catalog(found), catalog(within)


def astray(contracts: Mapping[str, Any], rows: AllRows) -> Iterator[str]:
    """Sentences on references of columns (`table.column`, or behind `#` of another file) to values that nobody has."""
    for file, contract in contracts.items():
        for table in contract["schema"]:
            for column in table["properties"]:
                for relation in column.get("relationships", ()):
                    to = relation["to"]
                    other, target, wanted = _place(contracts, file, to)
                    known = {repr(row[wanted]) for row in rows[other][target]}
                    values = [row[catalog(column)] for row in rows[file][catalog(table)]]
                    if any(value is not None and repr(value) not in known for value in values):
                        yield f"{table['name']}.{column['name']}: values that {to} does not have"
            for relation in table.get("relationships", ()):
                ends = [[one.split(".") for one in relation[end]] for end in ("from", "to")]
                known = {tuple(row[c] for _, c in ends[1]) for row in rows[file][ends[1][0][0]]}
                for row in rows[file][catalog(table)]:
                    values = tuple(row[c] for _, c in ends[0])
                    if None not in values and values not in known:
                        yield f"{table['name']}: {values} is not in {relation['to']}"
