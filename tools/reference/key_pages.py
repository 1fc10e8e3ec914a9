"""Page of the keys of the YAML files, from their JSON Schemas: type, what is allowed, default and meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mesh.load import load
from mesh.schemas import Vocabulary, vocabulary
from tools.reference.markdown_text import GENERATED, code, plain, table

ROOT: Final = Path(__file__).resolve().parents[2]
Schema = Mapping[str, Any]
MANY: Final = 12
"""Values that are listed one by one; of more the first is given as an example."""
OF_A_STANDARD: Final = "odcs"
"""The schemas of contracts begin so: their keys are those of the Open Data Contract Standard."""
WORDS: Final = {
    "domains": "a domain of the mesh",
    "partners": "a partner of the mesh",
    "clearances": "a clearance of the mesh",
    "classifications": "a classification of the mesh",
    "groups": "a group of `identity-center`",
    "products": "a product of the mesh",
    "consumable": "a product of the mesh that is not internal",
}


def keys_page() -> str:
    """The page: a section for each kind of file, a table for each object in it."""
    mesh = load(ROOT / "stacks").usable()
    lines = ["# Keys of the YAML files", "", GENERATED, ""]
    lines += [
        "A key that stands in no table is refused. **Bold** keys are required. Contracts follow the"
        " [Open Data Contract Standard](https://bitol.io), of which `schemas/odcs.schema.json` is the schema;"
        " [types](../types.md) has those of columns.",
        "",
    ]
    for file in sorted((ROOT / "schemas").glob("*.schema.json")):
        if not file.name.startswith(OF_A_STANDARD):
            lines += _File(json.loads(file.read_text("utf-8")), vocabulary(mesh)).section()
    return "\n".join(lines).rstrip() + "\n"


class _File:
    """A kind of file; its names of the sample mesh are told as what they are."""

    def __init__(self, schema: Schema, words: Vocabulary) -> None:
        self.schema, self.words = schema, words
        self.name = str(schema["$id"]).partition(".")[0]
        self.objects: Mapping[str, Schema] = schema.get("$defs", {})

    def section(self) -> Iterator[str]:
        """The lines of the section."""
        what, _, place = self.schema["title"].partition(" (")
        # Who forms anchors takes `<…>` for a tag, or does not: GitHub and the site differ.
        files = re.sub(r"<[^>]+>", "*", place.removesuffix(")"))
        yield from (f"## {what}: {code(files)}", "", plain(self.schema.get("description", "")), "")
        yield from self._table(self.schema)
        for name, of in self.objects.items():
            if "properties" in of:
                yield from (f"### {self.name}: {name}", "", plain(of.get("description", "")), "")
                yield from self._table(of)

    def _table(self, of: Schema) -> list[str]:
        required = of.get("required", ())
        rows = [
            (
                f"**{code(key)}**" if key in required else code(key),
                self._kind(value),
                self._allowed(value),
                code(_yaml(value["default"])) if "default" in value else "",
                plain(value.get("description", "")),
            )
            for key, value in of.get("properties", {}).items()
        ]
        return table(("key", "type", "allowed", "default", "meaning"), rows)

    def _kind(self, value: Schema) -> str:
        if "$ref" in value:
            name = str(value["$ref"]).rpartition("/")[2]
            target = self.objects.get(name, {})
            if "properties" in target:
                return f"[{name}](#{self.name}-{name.lower()})"
            return self._kind(target)
        if "anyOf" in value:
            return " or ".join(dict.fromkeys(self._kind(each) for each in value["anyOf"]))
        kind = value.get("type", "any")
        if kind == "array":
            return f"list of {self._kind(value.get('items', {}))}"
        if kind == "object" and "patternProperties" in value:
            return f"names, each with {self._kind(next(iter(value['patternProperties'].values())))}"
        return {"string": "text", "integer": "whole number", "object": "object", "boolean": "`true`, `false`"}.get(
            str(kind), plain(str(kind))
        )

    def _allowed(self, value: Schema) -> str:
        if "anyOf" in value:
            return "; ".join(filter(None, dict.fromkeys(self._allowed(each) for each in value["anyOf"])))
        if "$ref" in value:
            target = self.objects.get(str(value["$ref"]).rpartition("/")[2], {})
            return "" if "properties" in target else self._allowed(target)
        parts = [self._values(value.get("enum", [value["const"]] if "const" in value else []))]
        parts += [_bounds(value, "minimum", "maximum", ""), _bounds(value, "minItems", "maxItems", " of them")]
        parts += ["each once" if value.get("uniqueItems") else ""]
        parts += [code(value["pattern"]) if value.get("type") == "string" and _says(value) else ""]
        for inner in (value.get("items"), *value.get("patternProperties", {}).values()):
            parts.append(self._allowed(inner) if inner else "")
        return "; ".join(filter(None, parts))

    def _values(self, values: list[Any]) -> str:
        for name, told in WORDS.items():
            if values and set(map(str, values)) == set(getattr(self.words, name)):
                return told
        if len(values) > MANY:
            return f"{len(values)} values, as {code(str(values[0]))}"
        return ", ".join(code(_yaml(each)) for each in values)


def _says(value: Schema) -> bool:
    """Whether the pattern says more than that a text is not empty, and no list of values says it."""
    return value.get("pattern", r"\S") != r"\S" and "enum" not in value


def _bounds(value: Schema, low: str, high: str, what: str) -> str:
    if low in value and high in value:
        return f"{value[low]:,} to {value[high]:,}{what}"
    if low in value:
        return f"{value[low]:,} or more{what}"
    return f"at most {value[high]:,}{what}" if high in value else ""


def _yaml(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
