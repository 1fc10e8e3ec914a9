"""JSON Schemas of what people write, for editors and `check-jsonschema`, with the words of one mesh.

They are generated from the models, from the rules that look at one file, and from the standard's own schemas: an editor
refuses what `mesh validate` refuses file by file, and proposes the names that the mesh has.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel

from mesh import names
from mesh.aws.aws_regions import region_table
from mesh.contracts import versions
from mesh.guardrail_rules import guardrails
from mesh.model import AccountsFile, ClearanceFile, Domain, ExceptionsFile, Mesh, MeshFile, Partner
from mesh.model.base import DAYS_PATTERN
from mesh.model.continuous_integration import ci_stacks
from mesh.model.mesh_file import FEWEST_ZONES, MOST_ZONES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TITLES: Final[dict[str, tuple[type[BaseModel], str]]] = {
    "mesh": (MeshFile, "The mesh as a whole (mesh.yaml)"),
    "accounts": (AccountsFile, "Ids that AWS gave (accounts.yaml)"),
    "domain": (Domain, "A domain (domains/<domain>.yaml)"),
    "clearance": (ClearanceFile, "A clearance (clearances/<clearance>.yaml)"),
    "partner": (Partner, "A partner (partners/<partner>.yaml)"),
    "exceptions": (ExceptionsFile, "Exceptions from rules of the policy pack (exceptions.yaml)"),
}
JsonObject = dict[str, Any]

IDENTIFIER: Final = "^[a-z_][a-z0-9_]{0,127}$"
SENTENCE: Final = r"\S"
VERSION: Final = "^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$"
PLAIN_PATH: Final = r"^(?!/)(?!(.*/)?\.{1,2}(/|$))(?!.*//).*[^/]$"
RESERVED_CLEARANCES: Final = (
    "access",
    names.CHECK,
    "deploy",
    "deploy-access",
    "forward",
    "preview",
    "publisher",
    *names.STAFF,
)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a mesh that its files name: each a list to choose from."""

    domains: tuple[str, ...]
    products: tuple[str, ...]
    consumable: tuple[str, ...]
    classifications: tuple[str, ...]
    label_words: tuple[str, ...]
    clearances: tuple[str, ...]
    partners: tuple[str, ...]
    groups: tuple[str, ...]
    teams: tuple[str, ...]


def vocabulary(mesh: Mesh) -> Vocabulary:
    """The words of a mesh."""
    file, center = mesh.file, mesh.accounts.identity_center if mesh.accounts else None
    products = [name for name in mesh.products() if (product := mesh.product(name)) and product.kind != "internal"]
    return Vocabulary(
        tuple(sorted(mesh.domains)),
        tuple(sorted(mesh.products())),
        tuple(sorted(products)),
        tuple(sorted(file.classifications)),
        (*sorted(file.classifications), *file.no_label, *sorted(file.classification_aliases)),
        tuple(mesh.clearances),
        tuple(sorted(mesh.partners)),
        tuple(sorted(center.groups)) if center else (),
        mesh.teams(),
    )


def schemas(mesh: Mesh) -> dict[str, str]:
    """Text of every schema of a mesh by file name."""
    words = vocabulary(mesh)
    files: dict[str, str] = {}
    written = {f"{name}.schema.json": _text(_schema(name, words)) for name in TITLES}
    contracts: dict[str, JsonObject] = {}
    for version in versions.PATCHES:
        schema = _contract_schema(version, words)
        file = next((name for name, other in contracts.items() if other == schema), f"odcs-{version}.schema.json")
        contracts.setdefault(file, schema)
        files[version] = file
    whole = {name: _text({**schema, "$id": name}) for name, schema in contracts.items()}
    return {**written, "odcs.schema.json": _text(_by_version(files)), **whole}


def write(folder: Path, mesh: Mesh) -> list[str]:
    """Writes the schemas that are missing or stale; returns the names of the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    texts, missing = schemas(mesh), stale(folder, mesh)
    for name in missing:
        (folder / name).write_text(texts[name], "utf-8")
    return missing


def stale(folder: Path, mesh: Mesh) -> list[str]:
    """Names of the files that are missing or not those of the mesh."""
    return [name for name, text in schemas(mesh).items() if _read(folder / name) != text]


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


def _text(schema: JsonObject) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


# ---- our own files


def _schema(name: str, words: Vocabulary) -> JsonObject:
    model, title = TITLES[name]
    generated = cast("JsonObject", _as_written(model.model_json_schema()))
    _NARROW[name](generated, words)
    head = {"$schema": DIALECT, "$id": f"{name}.schema.json", "title": title}
    return {**head, **{key: value for key, value in generated.items() if key != "title"}}


def _as_written(here: object) -> object:
    """A schema with defaults as people write them (`400 days`, not 400), without generated titles and nulls."""
    if isinstance(here, list):
        return [_as_written(item) for item in cast("list[object]", here)]
    if not isinstance(here, dict):
        return here
    schema = {key: _as_written(value) for key, value in cast("dict[str, object]", here).items()}
    choices = schema.pop("anyOf", None)
    if isinstance(choices, list):
        others = [choice for choice in cast("list[object]", choices) if choice != {"type": "null"}]
        schema |= cast("dict[str, object]", others[0]) if len(others) == 1 else {"anyOf": others}
    if isinstance(schema.get("title"), str):
        del schema["title"]
    # The pattern of a mapping's keys, as pydantic writes it, does not refuse keys that do not match.
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    if schema.get("maxLength") == LONGEST_TEXT and "pattern" not in schema:
        schema["pattern"] = SENTENCE  # the models take the spaces around a text away
    default = schema.get("default", "")
    if default is None or isinstance(default, dict):
        del schema["default"]
    elif schema.get("pattern") == DAYS_PATTERN and isinstance(default, int):
        schema["default"] = f"{default} days"
    return schema


LONGEST_TEXT: Final = 500


def _narrow_mesh(schema: JsonObject, words: Vocabulary) -> None:
    """The names that are made in `mesh.yaml` are free: no list of those that it had would let a new one be used."""
    of = schema["properties"]
    of["name"]["not"] = {"const": "sthree"}
    of["region"]["enum"] = list(region_table().taken)
    of["zones"] |= {"uniqueItems": True, "minItems": FEWEST_ZONES, "maxItems": MOST_ZONES}
    of["no-label"]["uniqueItems"] = True
    for lists in of["classification-aliases"]["patternProperties"].values():
        lists |= {"uniqueItems": True, "minItems": 1}
    _groups(of["auditors"], words)
    ci = schema["$defs"]["ContinuousIntegration"]["properties"]
    for key in ("environments", "repositories"):
        _names_of(ci[key])["enum"] = list(ci_stacks(words.domains))


def _narrow_accounts(schema: JsonObject, words: Vocabulary) -> None:
    for key, known in (("domains", words.domains), ("partners", words.partners)):
        _names_of(schema["properties"][key])["enum"] = list(known)


def _narrow_domain(schema: JsonObject, words: Vocabulary) -> None:
    product = schema["$defs"]["Product"]
    ports = product["properties"]["ports"]
    ports["uniqueItems"] = True
    product["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": {"ports": {"contains": {"const": port}}}},
        }
        for kind, port in (("analytics", "table"), ("ml", "files"))
    ]
    product["properties"]["contract"]["pattern"] = PLAIN_PATH
    # A product and a clearance each have a role, and those of an account all have different names.
    _names_of(schema["properties"]["products"])["not"] = {"enum": [*RESERVED_CLEARANCES, *words.clearances]}
    schema["properties"]["consumes"]["uniqueItems"] = True
    for staff in ("engineers", "owners"):
        _groups(schema["properties"][staff], words)
    # A consumption is a product, or a product with columns.
    reference = schema["$defs"]["Consumption"]["properties"]["product"]
    _choose(reference, words.consumable)
    plain = {key: value for key, value in reference.items() if key != "description"}
    schema["properties"]["consumes"]["items"] = {"anyOf": [plain, schema["properties"]["consumes"]["items"]]}
    schema["$defs"]["Consumption"]["properties"]["columns"]["uniqueItems"] = True
    pipeline = schema["$defs"]["ProductPipeline"]["properties"]
    for once in ("reads", "secrets"):
        pipeline[once]["uniqueItems"] = True
    _choose(pipeline["clearance"], words.clearances)


def _narrow_clearance(schema: JsonObject, words: Vocabulary) -> None:
    of, member = schema["properties"], schema["$defs"]["Member"]["properties"]
    of["reads"]["uniqueItems"] = True
    _choose(of["reads"]["items"], words.classifications)
    # An approver is an address, or an address with a team.
    approver = schema["$defs"]["Approver"]
    of["approvers"]["items"] = {"anyOf": [approver["properties"]["email"], of["approvers"]["items"]]}
    _choose(member["group"], words.groups)
    _choose(member["domain"], words.domains)
    _choose(schema["$defs"]["ClearedPipeline"]["properties"]["product"], words.products)


def _narrow_partner(schema: JsonObject, words: Vocabulary) -> None:
    agreement = schema["$defs"]["Agreement"]["properties"]
    _choose(agreement["product"], words.consumable)
    _choose(agreement["classifications"]["items"], words.classifications)
    agreement["classifications"]["uniqueItems"] = True
    # No day follows on this one, so that nothing could close the agreement.
    agreement["expires"]["not"] = {"const": f"{datetime.date.max}"}
    _groups(schema["properties"]["principals"], words)


def _narrow_exceptions(schema: JsonObject, words: Vocabulary) -> None:
    """Rules that accept exceptions, and teams; a day is not in a schema, for a schema does not know today."""
    of = schema["$defs"]["GuardrailException"]["properties"]
    of["rule"]["enum"] = [name for name, rule in guardrails().items() if rule.accepts_exceptions]
    _choose(of["owner"], words.teams)


_NARROW: Final = {
    "mesh": _narrow_mesh,
    "accounts": _narrow_accounts,
    "domain": _narrow_domain,
    "clearance": _narrow_clearance,
    "partner": _narrow_partner,
    "exceptions": _narrow_exceptions,
}


def _names_of(schema: JsonObject) -> JsonObject:
    """Schema of the keys of a mapping, to add to."""
    return schema.setdefault("propertyNames", {})


def _groups(schema: JsonObject, words: Vocabulary) -> None:
    """A list of groups, each once."""
    schema["uniqueItems"] = True
    _choose(schema["items"], words.groups)


def _choose(schema: JsonObject, known: tuple[str, ...]) -> None:
    """One of some names; any, while the mesh has none."""
    if known:
        schema["enum"] = list(known)


# ---- contracts


def _by_version(files: Mapping[str, str]) -> JsonObject:
    """The schema of a contract: that of the version of the standard which it says, by file."""
    return {
        "$schema": DIALECT,
        "$id": "odcs.schema.json",
        "title": "A data contract (contracts/<domain>/<product>.odcs.yaml)",
        "type": "object",
        "properties": {
            "apiVersion": {"enum": list(files), "description": "Version of the Open Data Contract Standard."}
        },
        "required": ["apiVersion"],
        "allOf": [
            {
                "if": {"properties": {"apiVersion": {"const": version}}, "required": ["apiVersion"]},
                "then": {"$ref": file},
            }
            for version, file in files.items()
        ],
    }


def _contract_schema(version: str, words: Vocabulary) -> JsonObject:
    """The standard's schema of a version, with what every contract of the mesh has to say, and its words."""
    standard = cast("JsonObject", json.loads(json.dumps(versions.schema(version))))
    asked = {
        "properties": {
            "description": {"properties": {"purpose": {"pattern": SENTENCE}}, "required": ["purpose"]},
            "domain": {"enum": list(words.domains)} if words.domains else {},
            "schema": {"minItems": 1},
            "version": {"pattern": VERSION},
        },
        "required": ["description", "schema"],
    }
    definitions = standard["$defs"]
    table, column, element = (definitions[name] for name in ("SchemaObject", "SchemaProperty", "SchemaBaseProperty"))
    table["allOf"] = [*table.get("allOf", ()), _TABLE, _NAMED]
    column["allOf"] = [*column.get("allOf", ()), _NAMED]
    element["properties"]["classification"] |= _label(words.label_words)
    return {
        **{key: value for key, value in standard.items() if key != "allOf"},
        "allOf": [*standard.get("allOf", ()), asked],
    }


_NAMED: Final = {
    "if": {"required": ["physicalName"]},
    "then": {"properties": {"physicalName": {"pattern": IDENTIFIER}}},
    "else": {"properties": {"name": {"pattern": IDENTIFIER}}},
}
"""A name as the catalog takes it: lower-case letters, digits and '_'."""

_TABLE: Final = {
    "required": ["properties"],
    "properties": {
        "properties": {"minItems": 1},
        "customProperties": {
            "items": {
                "if": {"properties": {"property": {"const": "tableFormat"}}, "required": ["property"]},
                "then": {"properties": {"value": {"enum": ["iceberg", "parquet"]}}},
            }
        },
    },
}
"""A table has columns, and one of the formats."""


def _label(words: Iterable[str]) -> JsonObject:
    """A classification: one word of the mesh, which an editor proposes, or several with commas between them."""
    known = list(words)
    word = "|".join(re.escape(one) for one in known)
    return {"anyOf": [{"enum": known}, {"pattern": rf"^\s*({word})(\s*,\s*({word}))*\s*$"}]}
