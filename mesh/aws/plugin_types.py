"""Resource types as the AWS plugin keeps them: each call that it makes, on what, and what its reads give back.

`plugin/<service>.yaml` says it, from the source of hashicorp/terraform-provider-aws, which Pulumi's plugin wraps.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

import ryaml

PluginStep = Literal["create", "read", "update", "delete", "tag"]
"""A thing that the plugin does with a resource."""

STEPS: Final[tuple[PluginStep, ...]] = get_args(PluginStep)

_OF_THE_PROVIDER: Final = "provider.yaml"
_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9.]*)\}")
_CONDITION: Final = re.compile(r"(!?)([A-Za-z][A-Za-z0-9.]*)(?: (!?\^?=) (\S+))?")
_OF_A_FILE: Final = {"source", "types"}
_OF_A_SOURCE: Final = {"repository", "commit", "version", "read"}
_OF_A_CALL: Final = {"call", "on", "when", "keys", "forgiven", "source"}
_OF_A_TYPE: Final = {
    *STEPS,
    *("file", "import", "replaces", "keeps", "reads-back", "refuses-deletion", "waits", "bugs", "defaults"),
}


class MalformedPluginError(ValueError):
    """A file of the table that is not as it must be; the text says which file, where in it, and what there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginCall:
    """A call that the plugin makes, as the IAM action that AWS asks for it.

    `on` has the resources, as templates. `when` says of the inputs when it is made, `forgiven` what the plugin does
    where AWS refuses it, and `source` AWS's page, where the plugin's code does not show that AWS asks it.
    """

    action: str
    on: tuple[str, ...] = ("*",)
    when: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    forgiven: str = ""
    source: str = ""

    def made(self, inputs: Mapping[str, Any]) -> bool:
        """Whether a resource with these inputs has it made. Tags are those of the resource and of the provider."""
        return all(_holds(condition, inputs) for condition in self.when)

    @property
    def names(self) -> frozenset[str]:
        """Properties that the templates and the condition name, and what is no property (`account`, `region`, …)."""
        templates = (*self.on, *self.keys.values())
        placed = {name for template in templates for name in _PLACEHOLDER.findall(template)}
        return frozenset(placed | {_condition(each)[1] for condition in self.when for each in _choices(condition)})


@dataclass(frozen=True, slots=True)
class PluginBug:
    """A bug of the plugin or of AWS: where it is reported, whether it is open, and what a mesh sees of it."""

    issue: str
    state: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginType:
    """A resource type as the plugin keeps it; `defaults` has what a placeholder is where no input says it.

    A change of what `replaces` names replaces the resource, but for those that `keeps` says (`from to to`).
    """

    token: str
    file: str
    create: tuple[PluginCall, ...]
    read: tuple[PluginCall, ...]
    update: tuple[PluginCall, ...]
    delete: tuple[PluginCall, ...]
    tag: tuple[PluginCall, ...]
    import_id: str
    replaces: tuple[str, ...]
    keeps: Mapping[str, str]
    reads_back: Mapping[str, str]
    refuses_deletion: str
    waits: str
    bugs: tuple[PluginBug, ...]
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])

    def calls(self, step: PluginStep) -> tuple[PluginCall, ...]:
        """The calls of a step in order; after a creation and an update the plugin reads what came of it."""
        of_the_step: tuple[PluginCall, ...] = getattr(self, step)
        return (*of_the_step, *self.read) if step in {"create", "update"} else of_the_step

    @property
    def every_call(self) -> tuple[PluginCall, ...]:
        """All calls of all steps, each as often as it stands in the file."""
        return tuple(itertools.chain.from_iterable(getattr(self, step) for step in STEPS))

    def resources(self, call: PluginCall, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Resources on which a call is asked, for these inputs and what is no input. Raises KeyError for what lacks.

        A property with several values makes several resources.
        """
        return tuple(dict.fromkeys(each for template in call.on for each in _filled(template, values, self.defaults)))

    def keys(self, call: PluginCall, values: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
        """Condition keys that a call sends: once for each value of a property with several, else once.

        A key whose property is not set is not sent.
        """
        sent: list[list[tuple[str, str]]] = []
        for key, template in call.keys.items():
            if all(_values(name, values, self.defaults) for name in _PLACEHOLDER.findall(template)):
                sent.append([(key, each) for each in _filled(template, values, self.defaults)])
        return tuple(dict(each) for each in itertools.product(*sent))


@cache
def plugin_types() -> Mapping[str, PluginType]:
    """Every type of the table by its token, in order. Raises MalformedPluginError."""
    types: dict[str, PluginType] = {}
    for name, text in _files():
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
    text = dict(_files())[_OF_THE_PROVIDER]
    where = f"mesh/aws/plugin/{_OF_THE_PROVIDER}"
    body = _mapping(_parsed(text, where), where, {"source", "enter", "read"})
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
        refuses_deletion=str(body.get("refuses-deletion", "")),
        waits=str(body.get("waits", "")),
        bugs=tuple(_bug(each, f"{where}.bugs") for each in body.get("bugs", [])),
        defaults=_named_texts(body.get("defaults", {}), f"{where}.defaults"),
    )


def _bug(value: Any, where: str) -> PluginBug:
    body = _mapping(value, where, {"issue", "state", "what"})
    return PluginBug(*(_text(body.get(key), f"{where}.{key}") for key in ("issue", "state", "what")))


def _calls(value: Any, where: str) -> tuple[PluginCall, ...]:
    if not isinstance(value, list):
        raise MalformedPluginError(f"{where}: a list of calls")
    return tuple(_call(each, f"{where}[{number}]") for number, each in enumerate(cast("list[Any]", value)))


def _call(value: Any, where: str) -> PluginCall:
    if isinstance(value, str):
        return PluginCall(action=_action(value, where))
    body = _mapping(value, where, _OF_A_CALL)
    when = _texts(body.get("when", []), f"{where}.when")
    for condition in itertools.chain.from_iterable(map(_choices, when)):
        if not _CONDITION.fullmatch(condition):
            raise MalformedPluginError(
                f"{where}.when: {condition!r} is `property`, `!property`, or one with `= x`, `!= x`, `^= x`"
            )
    return PluginCall(
        action=_action(body.get("call"), f"{where}.call"),
        on=_texts(body.get("on", "*"), f"{where}.on"),
        when=when,
        keys=_named_texts(body.get("keys", {}), f"{where}.keys"),
        forgiven=str(body.get("forgiven", "")),
        source=str(body.get("source", "")),
    )


def _action(value: Any, where: str) -> str:
    action = _text(value, where)
    if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action):
        raise MalformedPluginError(f"{where}: {action!r} is no action; one is `service:Name`")
    return action


# ---- templates and conditions


def _filled(template: str, values: Mapping[str, Any], defaults: Mapping[str, str]) -> Iterator[str]:
    """Texts of a template: one for each value of what it names. Raises KeyError for a name without any."""
    parts = _PLACEHOLDER.split(template)
    choices: list[tuple[str, ...]] = []
    for number, part in enumerate(parts):
        found = _values(part, values, defaults) if number % 2 else (part,)
        if not found:
            raise KeyError(part)
        choices.append(found)
    for chosen in itertools.product(*choices):
        yield "".join(chosen)


def _values(name: str, values: Mapping[str, Any], defaults: Mapping[str, str]) -> tuple[str, ...]:
    """Values of a name: those of the inputs, else its default, which is a template itself."""
    found = tuple(_as_text(each) for each in _inside(values, name.split(".")))
    if found:
        return found
    return tuple(_filled(defaults[name], values, {})) if name in defaults else ()


def _inside(value: Any, path: list[str]) -> Iterator[Any]:
    """Values at a path inside nested maps and lists; of a list, in each of its items. None where it is empty."""
    if isinstance(value, (list, tuple)):
        for each in cast("list[Any]", value):
            yield from _inside(each, path)
    elif path:
        if isinstance(value, Mapping):
            yield from _inside(cast("Mapping[str, Any]", value).get(path[0]), path[1:])
    elif value not in (None, "", {}):
        yield value


def _choices(condition: str) -> list[str]:
    return condition.split(" or ")


def _condition(text: str) -> tuple[bool, str, str, str]:
    """Parts of a condition: whether it is turned round, its property, how that is compared, and with what."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise MalformedPluginError(f"{text!r} is no condition")
    compared = found[3] or ""
    return bool(found[1]) != compared.startswith("!"), found[2], compared.removeprefix("!"), found[4] or ""


def _holds(condition: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a condition holds: a property that is set and not false, or that is, is not, or begins as said.

    Several conditions with `or` between them hold where one does.
    """
    return any(_holds_alone(each, inputs) for each in _choices(condition))


def _holds_alone(condition: str, inputs: Mapping[str, Any]) -> bool:
    turned, name, compared, value = _condition(condition)
    found = {_as_text(each) for each in _inside(inputs, name.split("."))}
    if not compared:
        holds = bool(found - {"false"})
    elif compared == "=":
        holds = value in found
    else:
        holds = any(each.startswith(value) for each in found)
    return holds != turned


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# ---- YAML


def _files() -> Iterator[tuple[str, str]]:
    folder = files("mesh.aws").joinpath("plugin")
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.name.endswith(".yaml"):
            yield each.name, each.read_text("utf-8")


def _parsed(text: str, where: str) -> Any:
    try:
        return ryaml.loads(text)  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)
    except ryaml.InvalidYamlError as error:  # pyright: ignore[reportPrivateImportUsage] (as above)
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
