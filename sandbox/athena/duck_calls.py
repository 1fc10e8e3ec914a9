"""Functions, arithmetic and subscripts of a query with Trino's meaning in DuckDB's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlglot import exp

from sandbox.athena.duck_casts import add, cast, divide, exact, mismatch, not_known
from sandbox.athena.duck_text import DuckText, put
from sandbox.athena.duck_times import AS_LOCAL, DECIDED_TIMES, date_part, of_times
from sandbox.athena.duck_unnest import unnest
from sandbox.athena.named_tables import place
from sandbox.athena.query_errors import QueryError
from sandbox.athena.sql_functions import ALLOWED, SUBSTRING, sequence_end
from sandbox.athena.sql_types import FLOATING, MOMENT, TEXT, WHOLE, digits, kind, type_of
from sandbox.athena.sql_words import json_path, replacement

_AROUND: Final = (exp.Filter, exp.Window, exp.IgnoreNulls, exp.RespectNulls)
_AFTER: Final = "after"
_MEAN: Final = "mean"
"""Marks of a call in `meta`: what is put around it and its FILTER and OVER; precision and scale of a decimal mean."""
_COMPARED: Final[dict[type[exp.Binary], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_SPACES: Final = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"

_DECIDED: Final = {
    ("count", 0): "count(*)",
    ("count", 1): "count({0})",
    ("replace", 2): "replace({0}, {1}, '')",
    ("replace", 3): "replace({0}, {1}, {2})",
    ("reduce", 4): "list_transform([list_reduce({0}, {2}, {1})], {3})[1]",
    ("map_agg", 2): "(map_from_entries(list(struct_pack(k := {0}, v := {1})) FILTER ({0} IS NOT NULL)))",
}
"""Functions by their number of arguments."""


class Calls:
    """One query's translation. `known` are the types of its nodes by their numbers, `now` is its clock."""

    def __init__(self, known: Mapping[int, exp.DataType], now: datetime) -> None:
        self.known = known
        self.now = now.astimezone(UTC)
        self._rules: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
            exp.Anonymous: self._call,
            exp.Cast: lambda node: cast(node, known),
            exp.TryCast: lambda node: cast(node, known),
            exp.Div: lambda node: divide(node, known),
            exp.Add: lambda node: add(node, known),
            exp.Sub: lambda node: add(node, known),
            exp.DPipe: self._joined,
            exp.Bracket: self._subscript,
            exp.Unnest: lambda node: unnest(node, known),
            exp.Extract: lambda node: date_part(node.this.name, node.expression, node),
            exp.AtTimeZone: lambda node: self._zoned(node, node.this, node.args["zone"]),
            exp.StrPosition: lambda node: put("strpos({0}, {1})", node.this, node.args["substr"], of=node),
            exp.Substring: lambda node: self._substring(
                node, [part for key in ("this", "start", "length") if (part := node.args.get(key))]
            ),
            exp.ParseJSON: lambda node: put("json({0})", node.this, of=node),
            exp.Trim: self._trimmed,
            exp.GroupConcat: self._listed,
            exp.IgnoreNulls: self._without_nulls,
            exp.CurrentDate: lambda node: put(f"CAST('{self.now:%Y-%m-%d}' AS DATE)", of=node),
            exp.CurrentTimestamp: self._clock,
            exp.Localtimestamp: lambda node: put(f"CAST('{self.now:%Y-%m-%d %H:%M:%S.%f}' AS TIMESTAMP)", of=node),
            exp.Case: self._alike,
            exp.If: self._alike,
            exp.Where: self._condition,
            exp.Having: self._condition,
            exp.In: self._within,
            exp.Between: self._within,
            **dict.fromkeys(_COMPARED, self._compared),
        }

        self._deciding: tuple[tuple[frozenset[str], Callable[[str, exp.Anonymous], exp.Expr]], ...] = (
            (DECIDED_TIMES, lambda name, node: of_times(name, node, known)),
            (frozenset({"now"}), lambda _, node: self._clock(node)),
            (frozenset({"at_timezone"}), lambda _, node: self._zoned(node, *node.expressions)),
            (frozenset({"substr", "substring"}), lambda _, node: self._substring(node, node.expressions)),
            (frozenset({"concat"}), lambda _, node: self._joined(node)),
            (frozenset({"array_join"}), self._elements),
            (frozenset({"sequence"}), lambda _, node: self._sequence(node)),
            (frozenset({"reverse", "cardinality", "element_at"}), self._collection),
            (frozenset({"regexp_extract", "regexp_replace", "json_extract", "json_extract_scalar"}), self._text),
            (
                frozenset("ceil ceiling floor truncate round sign mod greatest least".split()),
                self._number,
            ),
        )

    def rewritten(self, node: exp.Expr) -> exp.Expr:
        """A tree with Trino's meaning, from its leaves up."""
        for child in list(node.iter_expressions()):
            changed = self.rewritten(child)
            if changed is not child:
                child.replace(changed)
        parent = node.parent
        rule = self._rules.get(type(node))
        changed = rule(node) if rule else node
        if isinstance(node, _AROUND):
            for mark in (_AFTER, _MEAN):
                changed.meta[mark] = node.this.meta.get(mark)
        if isinstance(parent, _AROUND) and parent.this is node:
            return changed
        if mean := changed.meta.get(_MEAN):
            return self._mean(changed, *mean)
        after = changed.meta.get(_AFTER)
        return put(after, changed, of=node) if after else changed

    def _mean(self, node: exp.Expr, precision: int, scale: int) -> exp.Expr:
        """A mean of decimals, of their scale and rounded half up; DuckDB has only that of DOUBLE."""
        parts: list[exp.Expr] = []
        for word in ("sum({0})", "count({0})"):
            part = node.copy()
            inner = next(found for found in part.find_all(DuckText) if found.this == "avg({0})")
            inner.set("this", word)
            parts.append(part)
        count = put("nullif({0}, 0)", parts[1])
        quotient = exact(38, scale, 19, 0, scale)
        return put(f"CAST({quotient} AS DECIMAL({precision}, {scale}))", parts[0], count, of=node)

    def _kind(self, node: exp.Expr) -> exp.DType | None:
        return kind(type_of(node, self.known))

    def _clock(self, node: exp.Expr) -> exp.Expr:
        return put(f"CAST('{self.now:%Y-%m-%d %H:%M:%S.%f}+00' AS TIMESTAMPTZ)", of=node)

    def _call(self, node: exp.Anonymous) -> exp.Expr:
        name, given = node.name.lower(), node.expressions
        function = ALLOWED[name]
        pattern = function.text
        if name in {"coalesce", "nullif", "greatest", "least"}:
            self._alike(node)
        built = put(pattern, *given, of=node) if pattern != "@" else self._decided(name, node)
        around = node.parent if isinstance(node.parent, _AROUND) and node.parent.this is node else None
        if around is not None and isinstance(built, DuckText) and not built.args.get("call"):
            raise QueryError(f"NOT_SUPPORTED: {place(node)}: {name} with FILTER or OVER cannot be run here")
        first = type_of(given[0], self.known) if given else None
        if name == "sum" and kind(first) in WHOLE:
            built.meta[_AFTER] = "CAST({0} AS BIGINT)"
        elif name in {"sum", "avg"} and kind(first) is None:
            raise not_known(node, name)
        elif name == "avg" and kind(first) is exp.DType.DECIMAL:
            precision, scale = digits(first) or (38, 0)
            built.meta[_MEAN] = (precision, scale)
        return built

    def _decided(self, name: str, node: exp.Anonymous) -> exp.Expr:
        """A function whose words depend on the types or literals that it is given."""
        for names, rule in self._deciding:
            if name in names:
                return rule(name, node)
        return put(_DECIDED[name, len(node.expressions)], *node.expressions, of=node)

    def _elements(self, _name: str, node: exp.Anonymous) -> exp.Expr:
        """array_join: what it writes is what CAST to VARCHAR writes."""
        given = node.expressions
        if kind_of_elements(type_of(given[0], self.known)) in {None, *FLOATING, *MOMENT}:
            raise not_known(node, "array_join")
        listed = "list_transform({0}, lambda _e: coalesce(CAST(_e AS VARCHAR), {2}))" if len(given) > 2 else "{0}"
        return put(f"array_to_string({listed}, {{1}})", *given, of=node)

    def _text(self, name: str, node: exp.Anonymous) -> exp.Expr:
        given = node.expressions
        if name == "regexp_extract":
            return put("CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({*}) END", *given, of=node)
        if name == "regexp_replace":
            new = replacement(given[2], node) if len(given) > 2 else exp.Literal.string("")
            return put("regexp_replace({0}, {1}, {2}, 'g')", given[0], given[1], new, of=node)
        path = exp.Literal.string(json_path(given[1], node))
        if name == "json_extract":
            return put("CASE WHEN json_valid({0}) THEN json_extract({0}, {1}) END", given[0], path, of=node)
        return put(
            "CASE WHEN json_valid({0}) THEN CASE WHEN json_type({0}, {1}) NOT IN ('OBJECT', 'ARRAY') "
            "THEN json_extract_string({0}, {1}) END END",
            given[0],
            path,
            of=node,
        )

    def _number(self, name: str, node: exp.Anonymous) -> exp.Expr:
        given = node.expressions
        first = type_of(given[0], self.known)
        of = kind(first)
        if name in {"greatest", "least"}:
            nulls = " OR ".join(f"{{{place_}}} IS NULL" for place_ in range(len(given)))
            return put(f"CASE WHEN {nulls} THEN NULL ELSE {name}({{*}}) END", *given, of=node)
        if of is None or of not in {*WHOLE, *FLOATING, exp.DType.DECIMAL}:
            raise not_known(node, name)
        if name == "mod":
            return put("{0} % {1}", *given, of=node)
        if name == "sign":
            return put(f"CAST(sign({{0}}) AS {'DOUBLE' if of in FLOATING else 'BIGINT'})", *given, of=node)
        word = {"ceiling": "ceil", "truncate": "trunc"}.get(name, name)
        if len(given) > 1 and of is exp.DType.DECIMAL:
            precision, scale = digits(first) or (38, 0)
            return put(f"CAST(round({{0}}, {{1}}) AS DECIMAL({min(38, precision + 1)}, {scale}))", *given, of=node)
        if of in WHOLE and len(given) == 1:
            return put("{0}", *given, of=node)
        return put(f"{word}({{*}})", *given, of=node)

    def _collection(self, name: str, node: exp.Anonymous) -> exp.Expr:
        given = node.expressions
        of = self._kind(given[0])
        if of is None:
            raise not_known(node, name)
        listed = of is exp.DType.ARRAY
        if name == "reverse":
            return put("list_reverse({0})" if listed else "reverse({0})", *given, of=node)
        if name == "cardinality":
            return put("len({0})" if listed else "CAST(cardinality({0}) AS BIGINT)", *given, of=node)
        if not listed:
            return put("{0}[{1}]", *given, of=node)
        zero = "error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')"
        return put(f"CASE WHEN {{1}} = 0 THEN {zero} ELSE {{0}}[{{1}}] END", *given, of=node)

    def _sequence(self, node: exp.Anonymous) -> exp.Expr:
        given = node.expressions
        of = self._kind(given[0])
        if of is exp.DType.DATE:
            step = "{2}" if len(given) > 2 else "INTERVAL 1 DAY"
            stop = sequence_end(f"86400 * abs(CAST({{1}} AS DATE) - CAST({{0}} AS DATE)) / abs(epoch({step}))")
            return put(
                f"list_transform(generate_series({{0}}, {stop}, {step}), lambda _e: CAST(_e AS DATE))", *given, of=node
            )
        if of in WHOLE:
            step = "{2}" if len(given) > 2 else "CASE WHEN {1} < {0} THEN -1 ELSE 1 END"
            stop = sequence_end(f"abs(CAST({{1}} AS DOUBLE) - {{0}}) / abs({step})")
            return put(f"generate_series({{0}}, {stop}, {step})", *given, of=node)
        raise not_known(node, "sequence")

    def _substring(self, node: exp.Expr, given: list[exp.Expr]) -> exp.Expr:
        return put(SUBSTRING[len(given)], *given, of=node)

    def _trimmed(self, node: exp.Trim) -> exp.Expr:
        word = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
        if node.expression:
            return put(f"{word}({{0}}, {{1}})", node.this, node.expression, of=node)
        return put(f"{word}({{0}}, {_SPACES})", node.this, of=node)

    def _listed(self, node: exp.GroupConcat) -> exp.Expr:
        value, ordered = node.this, []
        if isinstance(value, exp.Order):
            value, ordered = value.this, value.expressions
        order = " ORDER BY " + ", ".join(f"{{{place_ + 2}}}" for place_ in range(len(ordered))) if ordered else ""
        separator = node.args.get("separator") or exp.Literal.string("")
        return put(f"string_agg({{0}}, {{1}}{order})", value, separator, *ordered, of=node)

    def _without_nulls(self, node: exp.IgnoreNulls) -> exp.Expr:
        inner = node.this
        if not isinstance(inner, DuckText) or not inner.args.get("call"):
            raise QueryError(f"NOT_SUPPORTED: {place(node)}: IGNORE NULLS cannot be run here")
        return put(f"{str(inner.this)[:-1]} IGNORE NULLS)", *inner.expressions, of=node)

    def _joined(self, node: exp.Expr) -> exp.Expr:
        """`||` and concat: NULL where a part is NULL, of texts or of arrays."""
        parts = node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.expression]
        kinds = {self._kind(part) for part in parts}
        wrong = kinds - {None, *TEXT, exp.DType.ARRAY, exp.DType.VARBINARY}
        if wrong and exp.DType.ARRAY not in kinds:
            if isinstance(node, exp.DPipe):
                raise mismatch(node, "||", *(type_of(part, self.known) for part in parts))
            raise QueryError(f"TYPE_MISMATCH: {place(node)}: Unexpected parameters for function concat")
        joined = " || ".join(f"{{{place_}}}" for place_ in range(len(parts)))
        if kinds <= TEXT:
            return put(joined, *parts, of=node)
        nulls = " OR ".join(f"{{{place_}}} IS NULL" for place_ in range(len(parts)))
        return put(f"CASE WHEN {nulls} THEN NULL ELSE {joined} END", *parts, of=node)

    def _subscript(self, node: exp.Bracket) -> exp.Expr:
        if len(node.expressions) != 1:
            raise QueryError("line 1:1: mismatched input '['")
        of, index = self._kind(node.this), node.expressions[0]
        if of is exp.DType.MAP:
            told = "error('INVALID_FUNCTION_ARGUMENT: Key not present in map')"
            return put(
                f"CASE WHEN {{0}} IS NULL OR map_contains({{0}}, {{1}}) THEN {{0}}[{{1}}] ELSE {told} END",
                node.this,
                index,
                of=node,
            )
        if of is not exp.DType.ARRAY:
            raise not_known(node, "a subscript")
        told = "error('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: '"
        low = "error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')"
        return put(
            f"CASE WHEN {{1}} < 1 THEN {low} WHEN {{1}} > len({{0}}) THEN {told} || {{1}} || ' > ' || len({{0}})) "
            f"ELSE {{0}}[{{1}}] END",
            node.this,
            index,
            of=node,
        )

    def _zoned(self, node: exp.Expr, value: exp.Expr, zone: exp.Expr) -> exp.Expr:
        """AT TIME ZONE: the same moment, shown elsewhere. DuckDB's moments have no zone of their own, so a zone counts
        only where the clock there is asked for."""
        of = self._kind(value)
        if of is None:
            raise not_known(node, "AT TIME ZONE")
        if zone.name.upper() == "UTC":
            return put("CAST({0} AS TIMESTAMPTZ)", value, of=node)
        parent = node.parent
        local = isinstance(parent, exp.Extract) or (
            isinstance(parent, exp.Anonymous) and parent.name.lower() in AS_LOCAL
        )
        if isinstance(parent, exp.Cast) and parent.to.this in {exp.DType.DATE, exp.DType.TIMESTAMP}:
            local = True
        if not local:
            raise QueryError(
                f"NOT_SUPPORTED: {place(node)}: a timestamp shown in a time zone cannot be run here; cast it"
            )
        return put("timezone({1}, CAST({0} AS TIMESTAMPTZ))", value, zone, of=node)

    def _compared(self, node: exp.Binary) -> exp.Expr:
        left, right = type_of(node.this, self.known), type_of(node.expression, self.known)
        if _sort(left) and _sort(right) and _sort(left) != _sort(right):
            raise mismatch(node, _COMPARED[type(node)], left, right)
        return node

    def _alike(self, node: exp.Expr) -> exp.Expr:
        """Values of which one is taken are of one type (Trino, "Conditional expressions")."""
        if isinstance(node, exp.Anonymous):
            word, parts = node.name.upper(), node.expressions
        elif isinstance(node, exp.If):
            if isinstance(node.parent, exp.Case):
                return node
            word, parts = "IF", [node.args["true"], node.args.get("false")]
        else:
            word, parts = "CASE", [*(part.args["true"] for part in node.args["ifs"]), node.args.get("default")]
        kinds = {_sort(type_of(part, self.known)) for part in parts if part is not None} - {""}
        if len(kinds) > 1:
            raise QueryError(f"TYPE_MISMATCH: {place(node)}: All {word} operands must be the same type")
        return node

    def _condition(self, node: exp.Expr) -> exp.Expr:
        type_ = type_of(node.this, self.known)
        if kind(type_) not in {None, exp.DType.BOOLEAN}:
            word = "WHERE" if isinstance(node, exp.Where) else "HAVING"
            shown = type_.sql("trino").lower() if type_ else ""
            raise QueryError(
                f"TYPE_MISMATCH: {place(node)}: {word} clause must evaluate to a boolean: actual type {shown}"
            )
        return node

    def _within(self, node: exp.Expr) -> exp.Expr:
        left = type_of(node.this, self.known)
        given = node.expressions if isinstance(node, exp.In) else [node.args["low"], node.args["high"]]
        for part in given:
            right = type_of(part, self.known)
            if _sort(left) and _sort(right) and _sort(left) != _sort(right):
                sign = "IN" if isinstance(node, exp.In) else "BETWEEN"
                raise mismatch(exp.EQ(this=node.this.copy(), expression=part.copy()), sign, left, right)
        return node


def kind_of_elements(type_: exp.DataType | None) -> exp.DType | None:
    """The kind of an array's elements; None where it is not known."""
    return kind(type_.expressions[-1]) if type_ is not None and type_.expressions else None


def _sort(type_: exp.DataType | None) -> str:
    """Types that compare with each other."""
    of = kind(type_)
    if of in {*WHOLE, *FLOATING, exp.DType.DECIMAL}:
        return "number"
    if of in TEXT:
        return "text"
    if of in {exp.DType.DATE, *MOMENT}:
        return "time"
    return "boolean" if of is exp.DType.BOOLEAN else ""
