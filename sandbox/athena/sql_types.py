"""Types of the values in a query, where they can be known before it runs; Trino's rules where they are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from sandbox.athena.named_tables import OF_CATALOG, WITHIN
from sandbox.athena.seen_tables import SeenColumn, TableName
from sandbox.athena.sql_functions import ALLOWED
from sandbox.athena.statements import EngineThree

NUMBER: Final = "n"
"""Key of a node's number in `meta`, which is the same in a copy of the tree."""

_DIGITS: Final = {exp.DType.TINYINT: 3, exp.DType.SMALLINT: 5, exp.DType.INT: 10, exp.DType.BIGINT: 19}
_RULES: Final = "EXPRESSION_METADATA"
_NO_TABLE: Final = TableName("", "")
WHOLE: Final = frozenset(_DIGITS)
TEXT: Final = frozenset({exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR})
FLOATING: Final = frozenset({exp.DType.FLOAT, exp.DType.DOUBLE})
MOMENT: Final = frozenset({exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ})


def kind(type_: exp.DataType | None) -> exp.DType | None:
    """The type without its parameters; None where it is not known."""
    found = type_.this if isinstance(type_, exp.DataType) else None
    return None if found in {exp.DType.UNKNOWN, exp.DType.NULL} else found


def digits(type_: exp.DataType | None) -> tuple[int, int] | None:
    """Precision and scale of a decimal, of a whole number those of the decimal that it becomes in arithmetic (Trino,
    "Decimal functions and operators")."""
    if type_ is None or kind(type_) not in {*WHOLE, exp.DType.DECIMAL}:
        return None
    if type_.this in _DIGITS:
        return _DIGITS[type_.this], 0
    given = [int(part.name) for part in type_.expressions]
    return (given[0] if given else 38), (given[1] if len(given) > 1 else 0)


def decimal(precision: int, scale: int) -> exp.DataType:
    """DECIMAL(p, s), at most 38 digits."""
    return exp.DataType.build(f"DECIMAL({min(38, max(precision, scale, 1))}, {scale})")


def types(tree: exp.Expr, columns: Mapping[TableName, Sequence[SeenColumn]]) -> dict[int, exp.DataType]:
    """The type of each numbered node of a tree whose tables are marked; what is not there is not known."""
    for number, node in enumerate(tree.walk()):
        node.meta[NUMBER] = number
    copy = tree.copy()
    names = {name: f"_t{number}" for number, name in enumerate(columns)}
    for node in list(copy.walk()):
        if isinstance(node, exp.Identifier):
            node.set("this", node.name.lower())
            node.set("quoted", True)
    for table in list(copy.find_all(exp.Table)):
        name = names.get(table.meta.get(OF_CATALOG, _NO_TABLE)) or table.meta.get(WITHIN) or ""
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", None)
        table.set("catalog", None)
    for cte in copy.find_all(exp.CTE):
        cte.args["alias"].set("this", exp.to_identifier(cte.meta[WITHIN], quoted=True))
    schema: dict[str, object] = {
        names[name]: {column.name: exp.DataType.build(column.type, dialect="hive") for column in listed}
        for name, listed in columns.items()
        if listed
    }
    try:
        copy = qualify(copy, schema=schema, dialect=EngineThree, validate_qualify_columns=False, identify=False)
        copy = annotate_types(copy, schema=schema, expression_metadata=_metadata(), dialect=EngineThree)
    except (SqlglotError, ValueError, KeyError):
        return {}
    known: dict[int, exp.DataType] = {}
    for node in copy.walk():
        named = node.expression if isinstance(node, exp.Dot) and NUMBER not in node.meta else node
        if NUMBER in named.meta and isinstance(node.type, exp.DataType) and kind(node.type):
            known[named.meta[NUMBER]] = node.type
    return known


def type_of(node: exp.Expr, known: Mapping[int, exp.DataType]) -> exp.DataType | None:
    """The type of a node; a field of a ROW, written like a column, has it at its name."""
    found = known.get(node.meta.get(NUMBER, -1))
    if found is None and isinstance(node, exp.Column):
        found = known.get(node.this.meta.get(NUMBER, -1))
    return found


def common(given: Iterable[exp.DataType | None]) -> exp.DataType | None:
    """The type to which values of several types are brought, of COALESCE and CASE."""
    known = [type_ for type_ in given if type_ is None or type_.this is not exp.DType.NULL]
    if not known or any(kind(type_) is None for type_ in known):
        return None
    kinds = {kind(type_) for type_ in known}
    if kinds & FLOATING and kinds <= FLOATING | WHOLE | {exp.DType.DECIMAL}:
        return exp.DataType.build("DOUBLE")
    if exp.DType.DECIMAL in kinds and kinds <= WHOLE | {exp.DType.DECIMAL}:
        parts = [part for type_ in known if (part := digits(type_))]
        scale = max(part[1] for part in parts)
        return decimal(max(part[0] - part[1] for part in parts) + scale, scale)
    if kinds <= WHOLE:
        return max((type_ for type_ in known if type_), key=lambda type_: _DIGITS[type_.this])
    if kinds <= TEXT:
        return exp.DataType.build("VARCHAR")
    return known[0] if len(kinds) == 1 else None


def of_arithmetic(node: exp.Expr, left: exp.DataType | None, right: exp.DataType | None) -> exp.DataType | None:
    """The type of `+ - * / %` (Trino, "Decimal functions and operators", "Date and time operators")."""
    one, two = kind(left), kind(right)
    if exp.DType.INTERVAL in {one, two} and isinstance(node, exp.Add | exp.Sub):
        return left if two is exp.DType.INTERVAL else right
    if one is None or two is None or not {one, two} <= FLOATING | WHOLE | {exp.DType.DECIMAL}:
        return None
    if one in FLOATING or two in FLOATING:
        return exp.DataType.build("DOUBLE")
    if exp.DType.DECIMAL not in {one, two}:
        return common([left, right])
    (p1, s1), (p2, s2) = digits(left) or (38, 0), digits(right) or (38, 0)
    scale = max(s1, s2)
    if isinstance(node, exp.Mul):
        return decimal(p1 + p2, s1 + s2)
    if isinstance(node, exp.Div):
        return decimal(p1 + s2 + max(s2 - s1, 0), scale)
    if isinstance(node, exp.Mod):
        return decimal(min(p1 - s1, p2 - s2) + scale, scale)
    return decimal(max(p1 - s1, p2 - s2) + scale + 1, scale)


def of_call(name: str, given: Sequence[exp.DataType | None]) -> exp.DataType | None:
    """The type of a function's result."""
    told = ALLOWED[name].type if name in ALLOWED else ""
    if told[:1] in {"=", "[", "]"}:
        place = int(told[1:])
        inner = given[place] if place < len(given) else None
        if told[0] == "=" or inner is None:
            return inner
        if told[0] == "[":
            return exp.DataType(this=exp.DType.ARRAY, expressions=[inner.copy()], nested=True)
        return _element(inner)
    if told == "@":
        return _decided(name, given)
    return exp.DataType.build(told, dialect=EngineThree) if told else None


def _decided(name: str, given: Sequence[exp.DataType | None]) -> exp.DataType | None:
    first = given[0] if given else None
    parts = digits(first)
    match name:
        case "sum" | "avg" if parts and kind(first) is exp.DType.DECIMAL:
            return decimal(38 if name == "sum" else parts[0], parts[1])
        case "sum":
            return exp.DataType.build("BIGINT") if kind(first) in WHOLE else first
        case "avg":
            return exp.DataType.build("DOUBLE") if kind(first) in WHOLE | FLOATING else None
        case "ceil" | "ceiling" | "floor" | "truncate" if parts and kind(first) is exp.DType.DECIMAL:
            return decimal(parts[0] - parts[1] + 1, 0)
        case "round" if parts and kind(first) is exp.DType.DECIMAL:
            return decimal(parts[0] + 1 - (parts[1] if len(given) == 1 else 0), parts[1] if len(given) > 1 else 0)
        case "ceil" | "ceiling" | "floor" | "truncate" | "round":
            return first
        case "mod":
            return of_arithmetic(exp.Mod(), first, given[1])
        case "greatest" | "least" | "coalesce":
            return common(given)
        case "at_timezone":
            return exp.DataType.build("TIMESTAMPTZ")
        case _:
            return _collected(name, given)


def _collected(name: str, given: Sequence[exp.DataType | None]) -> exp.DataType | None:
    """The type of an array, a map or a row that a function makes."""
    first = given[0] if given else None
    match name:
        case "sequence" if first is not None:
            return exp.DataType(this=exp.DType.ARRAY, expressions=[first.copy()], nested=True)
        case "map_keys" | "map_values" if first is not None and kind(first) is exp.DType.MAP and first.expressions:
            inner = first.expressions[0 if name == "map_keys" else -1].copy()
            return exp.DataType(this=exp.DType.ARRAY, expressions=[inner], nested=True)
        case "map_agg" if all(given):
            both = [type_.copy() for type_ in given if type_]
            return exp.DataType(this=exp.DType.MAP, expressions=both, nested=True)
        case "map_entries" if first is not None and kind(first) is exp.DType.MAP and first.expressions:
            entry = exp.DataType(this=exp.DType.STRUCT, expressions=[part.copy() for part in first.expressions])
            return exp.DataType(this=exp.DType.ARRAY, expressions=[entry], nested=True)
        case "map_from_entries" if (entry := _element(first)) is not None and len(entry.expressions) == 2:
            both = [part.args.get("kind") if isinstance(part, exp.ColumnDef) else part for part in entry.expressions]
            return exp.DataType(this=exp.DType.MAP, expressions=[part.copy() for part in both if part], nested=True)
        case "map" if all(type_ is not None and type_.expressions for type_ in given):
            both = [type_.expressions[0].copy() for type_ in given if type_]
            return exp.DataType(this=exp.DType.MAP, expressions=both, nested=True)
        case "row":
            return exp.DataType(
                this=exp.DType.STRUCT, expressions=[type_.copy() for type_ in given if type_], nested=True
            )
        case _:
            return None


def _parameters(name: str, given: Sequence[exp.Expr]) -> list[exp.DataType | None]:
    """Types of what a function hands to the lambdas that it is given."""
    element = _element(given[0].type)
    return [given[1].type, element] if name == "reduce" else [element]


def _call_type(annotating: Any, node: exp.Expr) -> exp.Expr:
    """Types a call, and before it the bodies of its lambdas, whose parameters are known only here."""
    name, given, rules = node.name.lower(), node.expressions, _metadata()
    for function in (part for part in given if isinstance(part, exp.Lambda)):
        handed = _parameters(name, given) if function is not given[0] else []
        if name == "reduce" and function is given[-1]:
            handed = handed[:1]
        named = dict(zip((part.name for part in function.expressions), handed, strict=False))
        for part in reversed(list(function.this.walk())):
            if isinstance(part, exp.Identifier) and named.get(part.name) is not None:
                part.type = named[part.name]
            elif "annotator" in (rule := rules.get(type(part), {})):
                rule["annotator"](annotating, part)
    told = of_call(name, [part.type for part in given])
    if name == "transform" and isinstance(given[-1], exp.Lambda) and kind(given[-1].this.type):
        told = exp.DataType(this=exp.DType.ARRAY, expressions=[given[-1].this.type.copy()], nested=True)
    annotating._set_type(node, told or exp.DType.UNKNOWN)
    return node


def _metadata() -> Any:
    """Rules of types for the nodes for which sqlglot's own are not Trino's."""

    def told(rule: Callable[[Any], Any]) -> dict[str, Any]:
        def annotator(annotating: Any, node: exp.Expr) -> exp.Expr:
            annotating._set_type(node, rule(node) or exp.DType.UNKNOWN)
            return node

        return {"annotator": annotator}

    def number(node: exp.Expr) -> exp.DataType:
        text = node.name
        if node.is_string:
            return exp.DataType.build("VARCHAR")
        if "e" in text.lower():
            return exp.DataType.build("DOUBLE")
        if "." in text:
            before, after = text.split(".")
            return decimal(len(before.lstrip("0")) + len(after), len(after))
        return exp.DataType.build("INT" if int(text) < 2**31 else "BIGINT")

    arithmetic = told(lambda node: of_arithmetic(node, node.this.type, node.expression.type))
    theirs: Mapping[Any, Any] = getattr(EngineThree, _RULES)
    return {
        **theirs,
        exp.Literal: told(number),
        exp.Anonymous: {"annotator": _call_type},
        exp.Case: told(lambda node: common([*(part.args["true"].type for part in node.args["ifs"]), _else(node)])),
        exp.If: told(lambda node: common([node.args["true"].type, _else(node, "false")])),
        exp.Bracket: told(lambda node: _element(node.this.type)),
        exp.Neg: told(lambda node: node.this.type),
        exp.Paren: told(lambda node: node.this.type),
        exp.Window: told(lambda node: node.this.type),
        exp.Filter: told(lambda node: node.this.type),
        exp.IgnoreNulls: told(lambda node: node.this.type),
        exp.Distinct: told(lambda node: node.expressions[0].type if node.expressions else None),
        exp.Order: told(lambda node: node.this.type if isinstance(node.this, exp.Expr) else None),
        exp.AtTimeZone: told(lambda _: exp.DataType.build("TIMESTAMPTZ")),
        exp.Interval: told(lambda _: exp.DataType.build("INTERVAL")),
        exp.CurrentDate: told(lambda _: exp.DataType.build("DATE")),
        exp.CurrentTimestamp: told(lambda _: exp.DataType.build("TIMESTAMPTZ")),
        exp.Extract: told(lambda _: exp.DataType.build("BIGINT")),
        **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), arithmetic),
    }


def _element(type_: exp.DataType | None) -> exp.DataType | None:
    """The type of an array's elements or a map's values."""
    if type_ is None or kind(type_) not in {exp.DType.ARRAY, exp.DType.MAP} or not type_.expressions:
        return None
    inner = type_.expressions[-1]
    return inner if isinstance(inner, exp.DataType) else None


def _else(node: exp.Expr, key: str = "default") -> exp.DataType | None:
    """The type of what stands behind ELSE; nothing is NULL."""
    value = node.args.get(key)
    return value.type if value is not None else exp.DataType.build("NULL")
