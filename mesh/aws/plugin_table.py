"""Table of the plugin: the types of `plugin/<service>.yaml`; what is wrong in a file is said with its place.

The files are written from the source of hashicorp/terraform-provider-aws, which Pulumi's plugin wraps.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, cast

from mesh.aws.call_templates import alternatives, is_condition
from mesh.aws.packaged import InvalidYamlError, packaged_texts, parsed
from mesh.aws.plugin_types import STEPS, DeletionRefusal, PluginBug, PluginCall, PluginType

_FOLDER: Final = "plugin"
_OF_THE_PROVIDER: Final = "provider.yaml"
_OF_THE_PROVIDER_FILE: Final = {"source", "enter", "read", "package"}
_OF_A_FILE: Final = {"source", "types"}
_OF_A_SOURCE: Final = {"repository", "commit", "version", "read"}
_OF_A_CALL: Final = {"call", "on", "when", "keys", "forgiven", "along", "source"}
_OF_A_TYPE: Final = {
    *STEPS,
    *("file", "import", "replaces", "keeps", "reads-back", "refuses-deletion", "waits", "bugs", "defaults"),
}


class MalformedPluginError(ValueError):
    """A file of the table that is not as it must be; the text says which file, where in it, and what there may be."""


@cache
def plugin_types() -> Mapping[str, PluginType]:
    """Every type of the table by its token, in order. Raises MalformedPluginError."""
    types: dict[str, PluginType] = {}
    for name, text in packaged_texts(_FOLDER):
        if name == _OF_THE_PROVIDER:
            continue
        for token, each in types_of(text, f"mesh/aws/plugin/{name}").items():
            if token in types:
                raise MalformedPluginError(
                    f"mesh/aws/plugin/{name}: types.{token}: it stands in {types[token].file} too"
                )
            types[token] = each
    return MappingProxyType(dict(sorted(types.items())))


@cache
def provider_calls() -> Mapping[str, tuple[PluginCall, ...]]:
    """Calls of the provider itself: `enter`, by which it becomes its role, and `read`, before it does anything."""
    text = dict(packaged_texts(_FOLDER))[_OF_THE_PROVIDER]
    where = f"mesh/aws/plugin/{_OF_THE_PROVIDER}"
    body = _mapping(_parsed(text, where), where, _OF_THE_PROVIDER_FILE)
    return {step: _calls(body.get(step, []), f"{where}: {step}") for step in ("enter", "read")}


@cache
def reads_by_type() -> Mapping[str, tuple[str, ...]]:
    """Actions that the plugin asks when it reads a resource, by the type of the resource."""
    return {token: tuple(sorted({call.action for call in each.read})) for token, each in plugin_types().items()}


@cache
def plugin_reads() -> frozenset[str]:
    """All actions that a refresh asks: those of every type, and of the provider itself before it reads any."""
    return frozenset(call.action for call in provider_calls()["read"]).union(*reads_by_type().values())


def types_of(text: str, where: str) -> Mapping[str, PluginType]:
    """The types of one file; `where` names the file in errors. Raises MalformedPluginError."""
    body = _mapping(_parsed(text, where), where, _OF_A_FILE)
    _mapping(body.get("source"), f"{where}: source", _OF_A_SOURCE)
    types = _mapping(body.get("types"), f"{where}: types", None)
    return {token: _type(token, value, f"{where}: types.{token}") for token, value in types.items()}


# ---- one type


def _type(token: str, value: Any, where: str) -> PluginType:
    body = _mapping(value, where, _OF_A_TYPE)
    steps = {step: _calls(body.get(step, []), f"{where}.{step}") for step in STEPS}
    return PluginType(
        token=token,
        file=_text(body.get("file"), f"{where}.file"),
        **steps,
        import_id=_text(body.get("import"), f"{where}.import"),
        replaces=_texts(body.get("replaces", []), f"{where}.replaces"),
        keeps=_named_texts(body.get("keeps", {}), f"{where}.keeps"),
        reads_back=_named_texts(body.get("reads-back", {}), f"{where}.reads-back"),
        refuses_deletion=_refusal(body["refuses-deletion"], f"{where}.refuses-deletion")
        if "refuses-deletion" in body
        else None,
        waits=str(body.get("waits", "")),
        bugs=tuple(_bug(each, f"{where}.bugs") for each in body.get("bugs", [])),
        defaults=_named_texts(body.get("defaults", {}), f"{where}.defaults"),
    )


def _bug(value: Any, where: str) -> PluginBug:
    body = _mapping(value, where, {"issue", "state", "what", "stops"})
    issue, state, what = (_text(body.get(key), f"{where}.{key}") for key in ("issue", "state", "what"))
    bug = PluginBug(issue, state, what, str(body.get("stops", "")))
    if bug.mended == bool(bug.stops):
        raise MalformedPluginError(
            f"{where}.stops: the words with which it stops a run, or nothing; of an open bug alone"
        )
    return bug


def _refusal(value: Any, where: str) -> DeletionRefusal:
    body = _mapping(value, where, {"while", "says", "do"})
    refusal = DeletionRefusal(
        _text(body.get("while"), f"{where}.while"), str(body.get("says", "")), str(body.get("do", ""))
    )
    if refusal.says and not refusal.do:
        raise MalformedPluginError(f"{where}.do: what is done about a refusal")
    return refusal


def _calls(value: Any, where: str) -> tuple[PluginCall, ...]:
    if not isinstance(value, list):
        raise MalformedPluginError(f"{where}: a list of calls")
    calls = tuple(_call(each, f"{where}[{number}]") for number, each in enumerate(cast("list[Any]", value)))
    if calls and all(each.along for each in calls):
        raise MalformedPluginError(f"{where}: all calls are asked along, and there is none along with which they are")
    return calls


def _call(value: Any, where: str) -> PluginCall:
    if isinstance(value, str):
        return PluginCall(action=_action(value, where))
    body = _mapping(value, where, _OF_A_CALL)
    when = _texts(body.get("when", []), f"{where}.when")
    for text in itertools.chain.from_iterable(map(alternatives, when)):
        if not is_condition(text):
            raise MalformedPluginError(
                f"{where}.when: {text!r} is `property`, `!property`, or one with `= x`, `!= x`, `^= x`"
            )
    along, source = body.get("along", False), str(body.get("source", ""))
    if not isinstance(along, bool):
        raise MalformedPluginError(f"{where}.along: true, or it is left out")
    if along and not source:
        raise MalformedPluginError(f"{where}.source: AWS's page that says that it is asked along with another call")
    return PluginCall(
        action=_action(body.get("call"), f"{where}.call"),
        on=_texts(body.get("on", "*"), f"{where}.on"),
        when=when,
        keys=_named_texts(body.get("keys", {}), f"{where}.keys"),
        forgiven=str(body.get("forgiven", "")),
        along=along,
        source=source,
    )


def _action(value: Any, where: str) -> str:
    action = _text(value, where)
    if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action):
        raise MalformedPluginError(f"{where}: {action!r} is no action; one is `service:Name`")
    return action


# ---- YAML


def _parsed(text: str, where: str) -> Any:
    try:
        return parsed(text)
    except InvalidYamlError as error:
        raise MalformedPluginError(f"{where}: {error}") from error


def _mapping(value: Any, where: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MalformedPluginError(f"{where}: it is a map of names")
    body = cast("dict[str, Any]", value)
    strange = sorted(set(body) - known) if known is not None else []
    if strange:
        raise MalformedPluginError(f"{where}: {strange[0]!r} is unknown; there are {', '.join(sorted(known or ()))}")
    return body


def _named_texts(value: Any, where: str) -> Mapping[str, str]:
    return {name: _text(text, f"{where}.{name}") for name, text in _mapping(value, where, None).items()}


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedPluginError(f"{where}: a text, and not empty")
    return value.strip()


def _texts(value: Any, where: str) -> tuple[str, ...]:
    """One text or a list of them."""
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    return tuple(_text(item, where) for item in items)
