"""Expectations of the contracts in `cases/`: a row for each, as the standard and the services want it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

Weight = Literal["error", "warning", "note", "any"]
"""Severity of a finding; `any` where the mesh may stop or only tell."""


class Said(NamedTuple):
    """A finding: words on the line that it stands on, words of its message, and its severity."""

    line: str
    words: str
    weight: Weight = "error"


@dataclass(frozen=True)
class Case:
    """A contract's fate: all findings but notes, the notes to look for, and, when accepted, its types and labels.

    `types` and `labels` are by column: the type as Glue takes it, the labels separated by spaces; a column that is not
    among the labels has none. `more` allows further findings about the same fault.
    """

    said: tuple[Said, ...] = ()
    notes: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    more: bool = False


def accepted(**types: str) -> Case:
    return Case(types=types)


def labelled(column: str, labels: str, written: str) -> Case:
    return Case(types={column: written}, labels={column: labels})


def refused(line: str, words: str) -> Case:
    return Case((Said(line, words),))


def told(line: str, words: str, weight: Weight = "any", **types: str) -> Case:
    return Case((Said(line, words, weight),), types=types)


def each(*types: str) -> Mapping[str, str]:
    """The types of the columns c0, c1 and so on."""
    return {f"c{number}": written for number, written in enumerate(types)}


LABELS: Final = {
    "A01-label-in-an-object": labelled("observer", "pii", "struct<email:string,grade:string>"),
    "A02-label-two-objects-deep": labelled("observer", "pii", "struct<contact:struct<email:string,language:string>>"),
    "A03-label-on-items": labelled("phones", "pii", "array<string>"),
    "A04-label-in-an-object-of-an-array": labelled("visitors", "pii", "array<struct<surname:string,minutes:bigint>>"),
    "A05-unknown-label-in-an-object": refused("top-secret", "unknown classification 'top-secret'"),
    "A06-label-on-the-value-of-a-map": labelled("badges", "pii", "map<string,string>"),
    "A07-tag-named-like-a-label": told("tags: [pii]", "classification", "warning", email="string"),
    "A08-label-as-a-custom-property": told("property: pii", "classification", "warning", email="string"),
    "A09-label-on-the-key-of-a-map": labelled("hours_by_observer", "pii", "map<string,bigint>"),
    "A10-label-on-items-of-items": labelled("shifts", "pii", "array<array<string>>"),
    "A11-label-below-a-map-and-an-array": labelled(
        "teams", "pii", "map<string,array<struct<lens:string,person:struct<surname:string>>>>"
    ),
    "A12-unknown-label-on-items": refused("secretish", "unknown classification 'secretish'"),
    "A13-unknown-label-on-the-key-of-a-map": refused("secretish", "unknown classification 'secretish'"),
    "A14-tag-of-a-table-named-like-a-label": told("tags: [stars, pii]", "classification", "warning"),
    "A15-tag-of-a-contract-named-like-a-label": told("tags: [financial]", "classification", "warning"),
    "A16-tag-below-a-column-named-like-a-label": told("tags: [pii]", "classification", "warning"),
    "A17-custom-property-of-a-table-named-like-a-label": told("property: pii", "classification", "warning"),
    "A18-custom-property-of-items-named-like-a-label": told("property: pii", "classification", "warning"),
    "A19-two-labels-in-one-column": labelled("observer", "financial pii", "struct<email:string,wage:double>"),
    "A20-alias-below-a-column": labelled("observer", "pii", "struct<email:string>"),
    "A21-no-label-word-below-a-column": accepted(observer="struct<grade:string>"),
    "A22-label-on-an-object-and-in-it": labelled("observer", "financial pii", "struct<email:string>"),
    "A23-label-on-a-vector": labelled("face", "pii", "array<float>"),
    "A24-two-labels-in-one-text": labelled("wage_of", "financial pii", "string"),
    "A25-label-of-a-table": refused("classification: pii", "'classification'"),
    "A26-label-on-the-map-itself": labelled("badges", "pii", "map<string,string>"),
    "A27-custom-property-of-a-contract-named-like-a-label": told("property: financial", "classification", "warning"),
    "A28-label-beside-a-whole-type": labelled("visits", "pii", "array<struct<who:string,minutes:int>>"),
}
"""A column has the labels of all that is in it; words that look like labels, and are none, are told."""

FORMS: Final = {
    "C01-no-logical-type": accepted(lens="string"),
    "C02-no-status": accepted(lens="string"),
    "C03-rule-of-3.0": accepted(lens="string"),
    "C04-metric-in-place-of-a-rule": refused("rule: nullCheck", "metric"),
    "C05-object-with-properties": accepted(aim="struct<ra:double,dec:double>"),
    "C06-array-of-text": accepted(marks="array<string>"),
    "C07-array-of-objects": accepted(exposures="array<struct<seconds:float,filter:string>>"),
    "C08-map-of-3.2": accepted(dials="map<string,int>"),
    "C09-struct-without-its-fields": accepted(aim="struct<ra:double>"),
    "C10-array-without-its-element": accepted(marks="array<string>"),
    "C11-wide-struct": accepted(pixels=f"struct<{','.join(f'p{number}:array<int>' for number in range(33))}>"),
    "C12-nested-too-deep": refused("pixels", "nested"),
    "C13-no-status-before-3.2": refused("", "'status'"),
    "C14-enum-before-3.2": refused("enum:", "v3.2.0"),
    "C15-timestamp-before-3.1": refused("logicalType: timestamp", "v3.1.0"),
    "C16-date-and-timestamp-of-3.0": accepted(opened="timestamp"),
    "C17-version-that-does-not-exist": refused("apiVersion", "v3.2.0"),
    "C18-vector-of-3.2": accepted(colour="array<float>"),
    "C19-first-release-of-3": accepted(lens="string"),
    "C20-team-as-a-list": accepted(lens="string"),
    "C21-map-without-its-types": accepted(dials="map<string,array<date>>"),
    "C22-struct-in-a-map-see-below": accepted(sites="map<string,struct<hill:string,metres:double>>"),
    "C23-nothing-below-an-object": refused("name: aim", "properties"),
    "C24-nothing-below-an-array": refused("name: marks", "items"),
    "C25-whole-type-beside-the-fields": accepted(aim="struct<ra:double,dec:double>"),
    "C26-upper-case-words-of-nesting": accepted(visits="array<struct<who:string,count:bigint>>"),
}
"""Each version by its own rules; version 3.0 has one logical type for days and times, which is `date`."""

NAMES: Final = {
    "D01-varchar-and-char": Case(types=each(*["string"] * 5)),
    "D02-names-of-integers": Case(types=each("int", "int", "bigint", "bigint", "bigint")),
    "D03-decimals": refused('"decimal"', "decimal(p,s)"),
    "D04-timestamps": Case(types=each("timestamptz", "timestamptz", "timestamp", "timestamp")),
    "D05-arrays-of-other-engines": Case(
        types=each("array<string>", "array<string>", "array<string>", "array<struct<a:int,b:string>>")
    ),
    "D06-maps-and-rows-of-other-engines": Case(
        types=each("map<string,int>", "map<string,array<int>>", "struct<a:int,b:string>", "struct<a:bigint,b:string>")
    ),
    "D07-types-of-another-platform": Case(
        (
            Said("NUMBER(10,4)", "decimal(10,4)"),
            Said("VARIANT", "string"),
            Said("type: snowflake", "snowflake", "any"),
        )
    ),
    "D08-uuid-json-bytes": Case(types=each("string", "string", "binary")),
    "D09-names-of-floats": Case(types=each("float", "float", "double", "double", "double")),
    "D10-names-of-booleans-and-binaries": Case(types=each("boolean", "boolean", "binary", "binary")),
    "D11-time-of-day": refused('"time"', "time"),
    "D12-interval": refused('"interval"', "interval"),
    "D13-texts-of-other-engines": Case(types=each("string", "string", "string")),
    "D14-mistyped-name": refused("strng", "did you mean 'string'"),
    "D15-decimal-too-wide": Case((Said("decimal(39,2)", "38"), Said("decimal(4,6)", "scale"))),
    "D16-decimals-in-upper-case-with-spaces": Case(types=each("decimal(18,6)", "decimal(10,2)")),
    "D17-timestamps-in-other-spellings": Case(
        (Said("TIMESTAMP_NTZ(9)", "six", "any"),),
        types=each("timestamp", "timestamptz", "timestamptz", "timestamptz", "timestamp"),
    ),
    "D18-object-id-of-a-document": refused("objectId", "string"),
    "D19-type-that-ends-early": refused("array<string", "'>'"),
    "D20-type-with-a-word-too-many": refused("string not null", "not"),
}
"""Other engines' names of types; sources are those of the table of types."""

ON_AWS: Final = {
    "E01-spaces-in-a-parquet-type": accepted(fee="decimal(18,6)", chip="struct<rows:int,columns:int>"),
    "E02-one-name-twice-in-a-struct": refused("chip", "'rows'"),
    "E03-a-bracket-as-a-name": refused("chip", "name"),
    "E04-a-number-as-a-name": refused("chip", "'7'"),
    "E05-array-as-the-key-of-a-parquet-map": refused("chip", "key"),
    "E06-time-zone-asked-for": accepted(opened="timestamptz"),
    "E07-precision-in-custom-properties": accepted(fee="decimal(12,2)"),
    "E08-type-and-fields-disagree": refused("name: columns", "struct<rows:int>"),
    "E09-logical-and-physical-disagree": Case(
        (
            Said("name: c0", "integer", "any"),
            Said("name: c1", "string", "any"),
            Said("name: c2", "date", "any"),
            Said("name: c3", "number", "any"),
        )
    ),
    "E10-type-and-items-disagree": refused("name: marks", "int"),
    "E11-partition-by-the-microsecond": told("opened", "partition", "warning", opened="timestamp"),
    "E12-partition-positions-tie": Case((Said("name: hall", "1"), Said("name: site", "partitionKeyPosition"))),
    "E13-integers-too-wide": Case((Said("u64", "u64"), Said("i128", "i128"))),
    "E14-float-of-32-bits": accepted(x="float"),
    "E15-no-time-zone-asked-for": accepted(opened="timestamp"),
    "E16-precision-as-text": accepted(fee="decimal(9,4)"),
    "E17-labelled-partition-column": refused("guest", "partition"),
    "E18-partition-by-a-struct": refused("", "partition"),
    "E19-struct-without-a-name": refused("chip", "name"),
    "E20-one-name-twice-among-fields": refused("rows", "'rows'"),
    "E21-integer-of-32-bits": accepted(frames="int"),
    "E22-field-with-a-space-in-its-name": refused("rows down", "rows down"),
    "E23-items-and-type-disagree-deeper": refused("name: minutes", "struct<who:string>"),
    "E24-labelled-below-a-partition-column": refused("guest", "partition"),
    "E25-map-keys-of-a-parquet-map-by-fields": refused("", "key"),
    "E26-partition-by-the-day": accepted(opened="timestamp"),
    "E27-partition-by-the-day-of-a-text": refused("opened", "day"),
    "E28-partition-by-the-fortnight": refused("opened", "fortnight"),
    "E29-partition-by-buckets": accepted(opened="string"),
}
"""Contracts whose table AWS would refuse or read wrongly."""

DROPPED: Final = {
    "F01-quality-rules": Case((Said("no_such_column", "no_such_column", "any"),), ("2 quality rules",)),
    "F02-freshness-of-nothing": told("no_such_column", "no_such_column"),
    "F03-rules-that-nothing-watches": Case(notes=("1 quality rule", "1 service level"), types={"lens": "string"}),
    "F04-not-a-table": told("physicalType: topic", "topic"),
    "F05-retired": told("status: retired", "retired", "warning", lens="string"),
    "F06-relationship-to-nobody": told("to: lenses.lens", "lenses"),
    "F07-server-elsewhere": Case((Said("999999999999", "", "any"),), more=True),
    "F08-primary-key": accepted(lens="string"),
    "F09-required-and-told-below-a-column": accepted(aim="struct<ra:double,dec:double>"),
    "F11-a-view": told("physicalType: view", "view"),
    "F12-id-of-another-product": told("id: orders.parcels", "orders.parcels"),
    "F13-rule-on-a-column-that-is-not-there": Case((Said("no_such_column", "no_such_column", "any"),)),
    "F14-service-level-of-a-column-that-is-there": Case(notes=("1 service level",), types={"lens": "string"}),
    "F15-relationship-between-two-tables": accepted(lens="string"),
    "F16-columns-of-a-composite-key": told("nights.dome", "dome"),
    "F17-service-level-of-a-table-that-is-not-there": told("no_such_table", "no_such_table"),
    "F18-server-of-another-platform": told("type: postgres", "postgres"),
    "F19-text-rule-only": Case(notes=("1 quality rule",), types={"lens": "string"}),
}
"""What a contract promises, and nothing keeps, is told."""

MESSAGES: Final = {
    "G01-empty-description": refused("description: }", "'description'"),
    "G02-two-operators": refused("mustBeLessThan", "one operator"),
    "G03-another-standard": refused("dataContractSpecification", "Data Contract Specification"),
    "G04-version-2-of-the-standard": refused("", "version 2"),
    "G05-table-without-columns": refused("name: nights", "no columns"),
    "G06-public-and-internal": accepted(lens="string", seconds="int"),
    "G07-classification-in-capitals": refused("PII", "did you mean 'pii'"),
    "G08-empty-custom-properties": refused("customProperties: }", "'customProperties'"),
    "G09-column-without-a-type": refused("name: lens", "'physicalType'"),
    "G10-list-that-lost-its-dash": refused("", "'-'"),
    "G11-merge-conflict": refused("<<<<<<<", "merge conflict"),
    "G12-properties-of-dbt": refused("", "dbt"),
    "G13-openapi-document": refused("", "OpenAPI"),
    "G14-json-schema": refused("", "JSON Schema"),
    "G15-empty-tags": refused("tags: }", "'tags'"),
    "G16-empty-quality": refused("quality: }", "'quality'"),
    "G17-empty-physical-type": refused("physicalType: }", "'physicalType'"),
    "G18-empty-items": refused("items: }", "'items'"),
    "G19-empty-classification": refused("classification: }", "'classification'"),
    "G20-empty-schema": refused("schema:", "'schema'"),
    "G21-mistyped-key": refused("clasification", "did you mean 'classification'"),
    "G22-key-in-capitals": refused("Classification", "did you mean 'classification'"),
    "G23-unknown-metric": refused("nullCount", "nullValues"),
    "G24-mistyped-classification": refused("classification: pi}", "did you mean 'pii'"),
    "G25-tab-in-the-indentation": refused("\t", "tab"),
    "G26-column-without-a-name": refused("- {logicalType", "'name'"),
    "G27-columns-without-dashes": refused("", "list"),
    "G28-required-as-a-text": refused("required: 'yes'", "true or false"),
    "G29-word-with-a-capital": refused("Public", "did you mean 'public'"),
    "G30-unknown-classification": refused("eyes-only", "no-label"),
    "G31-logical-type-of-a-database": refused("logicalType: varchar", "varchar"),
    "G32-version-as-a-number": refused("version: 1.0", "quotes"),
    "G33-a-shape-error-and-a-reference-error": Case(
        (Said("name: lens", "'description'"), Said("eyes-only", "unknown classification 'eyes-only'"))
    ),
    "G34-two-columns-of-a-name": refused("name: lens", "twice"),
    "G35-schema-without-its-dash": refused("", "'-'"),
    "G36-kind-in-small-letters": refused("kind: dataContract", "DataContract"),
}
"""One finding a fault, at its place, in words that help."""

CASES: Final = {**LABELS, **FORMS, **NAMES, **ON_AWS, **DROPPED, **MESSAGES}


class Edit(NamedTuple):
    """An edit of a contract that is deployed: the elements whose id stays, and those that get one never given before.

    `renamed` is the old and the new name of an element; `keys` are the columns whose partition field keeps its id.
    """

    stay: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    renamed: tuple[str, str] = ("", "")
    keys: tuple[str, ...] = ()


EDITS: Final = {
    "B01-insert-a-column": Edit(("night_id", "filter", "guest"), ("weather",)),
    "B02-append-behind-a-struct": Edit(("seeing", "seeing.start", "seeing.stop"), ("note",)),
    "B03-sort-two-columns": Edit(("guest", "filter")),
    "B04-remove-a-column": Edit(("guest",), ("weather",)),
    "B05-insert-a-nested-field": Edit(("seeing.start", "seeing.stop", "note"), ("seeing.worst",)),
    "B06-swap-partition-keys": Edit(("day", "dome"), keys=("day", "dome")),
    "B07-sort-nested-fields": Edit(("seeing.start", "seeing.stop")),
    "B08-bring-a-column-back": Edit(("guest",), ("filter",)),
    "B09-rename-a-column": Edit(("filter",), renamed=("guest", "visitor")),
    "B10-widen-a-column": Edit(("frames", "note")),
    "B11-insert-an-object-into-an-object": Edit(("seeing.start", "note"), ("seeing.site", "seeing.site.hill")),
    "B12-a-partition-key-more": Edit(("day", "dome"), keys=("day",)),
    "B13-rename-without-saying-so": Edit(("filter",), ("visitor",)),
}
"""Edits by the name of their files, which end in `-before`, `-after` and, for a third version, `-later`."""
