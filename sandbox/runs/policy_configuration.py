"""Configuration of a policy pack: the file of `--policy-pack-config`, checked against what the pack says of itself.

As Pulumi reads it (`pkg/resource/analyzer/config.go`): JSON, a policy's name and its level, or an object with
`enforcementLevel` and parameters; `all` gives every policy a level. Pulumi takes a name that no policy has in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import jsonschema_rs
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from mesh import yamlfile
from mesh.findings import BadInputError, Finding, KeyPath, listed, nearest, unknown
from sandbox.engine.analysis import EnforcementLevel
from sandbox.runs.pack_analyzer import EVERY, LEVELS, PolicyConfiguration

LEVEL: Final = "enforcementLevel"
_NAMES: Final[Mapping[int, EnforcementLevel]] = {number: name for name, number in LEVELS.items()}
_Mistake = tuple[KeyPath, str]

WrittenConfiguration = Mapping[str, Any]
NOTHING_WRITTEN: Final[WrittenConfiguration] = MappingProxyType({})


def read_configuration(file: Path) -> tuple[yamlfile.Source, WrittenConfiguration]:
    """The source of a file, and its settings by policy; raises BadInputError for one that is no JSON object."""
    try:
        source = yamlfile.read_text(str(file), str(file))
        try:
            written = json.loads(source.text)
        except json.JSONDecodeError as error:
            message = f"this is no JSON, which a pack is configured with: {error.msg[:1].lower()}{error.msg[1:]}"
            raise BadInputError([Finding(str(file), error.lineno, error.colno, message)]) from error
        if not isinstance(written, dict):
            message = 'an object is expected here, such as {"no-default-provider": "advisory"}'
            raise BadInputError([Finding(str(file), 1, 1, message)])
        return source, yamlfile.parse(source)  # which has no key twice
    except yamlfile.UnreadableError as error:
        raise BadInputError(error.findings) from error


def levels(written: WrittenConfiguration) -> dict[str, EnforcementLevel]:
    """The levels that a file gives policies, as far as they are levels."""
    given = {name: _settings(value).get(LEVEL, value) for name, value in written.items()}
    return {name: level for name, level in given.items() if level in tuple(LEVELS)}


def _settings(value: object) -> Mapping[str, Any]:
    """The object that stands at a policy's name; none where that is a level alone."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else NOTHING_WRITTEN


def reconciled(
    info: analyzer_pb2.AnalyzerInfo, written: WrittenConfiguration, source: yamlfile.Source | None = None
) -> PolicyConfiguration:
    """The level and the parameters of every policy of a pack: its defaults, with what is written over them.

    Raises BadInputError with all that is wrong in the file.
    """
    policies = {one.name: one for one in info.policies}
    mistakes = list(_mistakes(policies, written))
    if mistakes and source is not None:
        placed = ((source.place(path, on_key=on_key), message) for (path, message), on_key in mistakes)
        raise BadInputError(sorted(Finding(source.file, *place, message) for place, message in placed))
    given = levels(written)
    result: dict[str, tuple[EnforcementLevel, Mapping[str, Any]]] = {}
    for name, policy in policies.items():
        level = given.get(name) or given.get(EVERY) or _NAMES[policy.enforcementLevel]
        parameters = {key: value for key, value in _settings(written.get(name)).items() if key != LEVEL}
        result[name] = (level, _defaults(policy) | parameters)
    return result


def _mistakes(
    policies: Mapping[str, analyzer_pb2.PolicyInfo], written: WrittenConfiguration
) -> Iterator[tuple[_Mistake, bool]]:
    """Mistakes with their places, and whether each is of a key or its value."""
    known = [name for name, policy in policies.items() if policy.severity] or list(policies)
    for name, value in written.items():
        if name not in policies and name != EVERY:
            yield ((name,), unknown("policy", name, [*known, EVERY])), True
            continue
        if isinstance(value, str):
            yield from _level_mistakes((name,), value)
        elif not isinstance(value, dict):
            message = f"'{name}' is {json.dumps(value)}; give it a level ({_levels()}) or an object with parameters"
            yield ((name,), message), False
        else:
            own = cast("dict[str, Any]", value)
            if LEVEL in own:
                yield from _level_mistakes((name, LEVEL), own[LEVEL])
            parameters = {key: one for key, one in own.items() if key != LEVEL}
            yield from _parameter_mistakes(name, policies.get(name), parameters)


def _level_mistakes(path: KeyPath, level: object) -> Iterator[tuple[_Mistake, bool]]:
    if level not in tuple(LEVELS):
        near = nearest(level, LEVELS) if isinstance(level, str) else ""
        allowed = f"{near} Levels: {_levels()}" if near else f"; levels: {_levels()}"
        yield (path, f"{json.dumps(level)} is no level of enforcement{allowed}"), False


def _levels() -> str:
    return listed(LEVELS)


def _parameter_mistakes(
    name: str, policy: analyzer_pb2.PolicyInfo | None, parameters: Mapping[str, Any]
) -> Iterator[tuple[_Mistake, bool]]:
    schemas = _schemas(policy) if policy else {}
    for key, value in parameters.items():
        if not schemas:
            message = f"'{name}' has no parameters; leave '{key}' out, and give it a level at the most ({LEVEL})"
            yield ((name, key), message), True
        elif key not in schemas:
            yield ((name, key), unknown(f"parameter of '{name}'", key, [*schemas, LEVEL])), True
        elif value not in (values := schemas[key].get("enum", [value])):
            near = nearest(value, values) if isinstance(value, str) else ""
            allowed = f"{near} Allowed" if near else "; allowed"
            message = f"'{key}' of '{name}': {json.dumps(value)} is not allowed{allowed}: {listed(values)}"
            yield ((name, key), _explained(message, schemas[key])), False
        else:
            for error in jsonschema_rs.validator_for(schemas[key]).iter_errors(value):
                yield ((name, key), _explained(f"'{key}' of '{name}': {error.message}", schemas[key])), False


def _explained(message: str, schema: Mapping[str, Any]) -> str:
    """A message, with what the parameter is where its schema says so."""
    about = schema.get("description", "")
    return f"{message}; it is: {about}" if about else message


def _schemas(policy: analyzer_pb2.PolicyInfo) -> dict[str, dict[str, Any]]:
    return json_format.MessageToDict(policy.configSchema).get("properties", {})


def _defaults(policy: analyzer_pb2.PolicyInfo) -> dict[str, Any]:
    return {key: schema["default"] for key, schema in _schemas(policy).items() if "default" in schema}
