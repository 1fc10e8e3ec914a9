"""What an editor sees of a file with the written JSON Schemas, without the rest of the mesh."""

from __future__ import annotations

import json
from collections.abc import Mapping

import jsonschema_rs


def validator(texts: Mapping[str, str], name: str) -> jsonschema_rs.Validator:
    """The validator of one of the written schemas, which refer to each other by file name."""
    resources = {f"file:///{other}": {**json.loads(text), "$id": f"file:///{other}"} for other, text in texts.items()}
    registry = jsonschema_rs.Registry(list(resources.items()))
    return jsonschema_rs.validator_for(resources[f"file:///{name}"], registry=registry, validate_formats=True)
