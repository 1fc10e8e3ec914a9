"""JSON Schemas of what people write, for editors and `check-jsonschema`: `python -m mesh.schemas` writes `schemas/`.

They are generated from the models, so an editor refuses what `mesh validate` refuses file by file.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel

from mesh.model import AccountsFile, Domain, MeshFile, Partner
from mesh.model.base import DAYS_PATTERN

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TITLES: Final[dict[str, tuple[type[BaseModel], str]]] = {
    "mesh": (MeshFile, "The mesh as a whole (mesh.yaml)"),
    "accounts": (AccountsFile, "Ids that AWS gave (accounts.yaml)"),
    "domain": (Domain, "A domain (domains/<domain>.yaml)"),
    "partner": (Partner, "A partner (partners/<partner>.yaml)"),
}
FOLDER: Final = "schemas"


def schemas() -> dict[str, str]:
    """Text of every schema by file name."""
    written = {f"{name}.schema.json": _text(_schema(name)) for name in TITLES}
    standard = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    return {**written, "odcs.schema.json": standard}


def write(folder: Path) -> list[str]:
    """Writes the schemas that are missing or stale; returns the names of the files written."""
    folder.mkdir(exist_ok=True)
    texts, missing = schemas(), stale(folder)
    for name in missing:
        (folder / name).write_text(texts[name], "utf-8")
    return missing


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(name: str) -> dict[str, Any]:
    model, title = TITLES[name]
    generated = cast("dict[str, Any]", _as_written(model.model_json_schema()))
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
    default = schema.get("default", "")
    if default is None or isinstance(default, dict):
        del schema["default"]
    elif schema.get("pattern") == DAYS_PATTERN and isinstance(default, int):
        schema["default"] = f"{default} days"
    return schema


def stale(folder: Path) -> list[str]:
    """Names of the files that are missing or not as the models have them."""
    return [name for name, text in schemas().items() if _read(folder / name) != text]


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        old = stale(Path(FOLDER))
        sys.exit(f"not as the models have them: {', '.join(old)}; run `make schemas`" if old else 0)
    written = write(Path(FOLDER))
    sys.stderr.write(f"written: {', '.join(written) or 'nothing, all schemas are up to date'}\n")
