"""Requests in bulk: one JSON object a line in, one decision a line out, in the same order.

A line in has `principal`, `action`, `resource` and, when the request carries more, `context`. A line out is
`{"allowed", "layer", "because": [{"document", "sid"}]}`, with `"assumed"` when the mesh does not list something and the
worst was taken, or `{"error"}` for a line that cannot be decided. Every line has its answer, an empty one too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from mesh.evaluator.decide import Decision, Request, decide
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.facts import check_taken
from mesh.evaluator.world import World
from mesh.findings import nearest
from mesh.validation_messages import shorten

LineOutcome = Literal["decided", "bad", "fault"]
"""Outcome of a line: decided; bad, so that it cannot be decided; or a fault of this program, not of the line."""

_NEEDED: Final = ("principal", "action", "resource")
_KNOWN: Final = (*_NEEDED, "context")


class DecisionLine(NamedTuple):
    """A line out, with the outcome of the line in."""

    text: str
    outcome: LineOutcome


class BadLineError(ValueError):
    """A line that is no request; the sentence says why."""


class Decider:
    """Decisions line by line, over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        # Few different decisions come again and again: the JSON text of each is made once.
        self._written: dict[Decision, DecisionLine] = {}

    def answer(self, line: bytes) -> DecisionLine:
        """The answer to a line. Never raises."""
        try:
            asked = request(line)
            decision = decide(asked, self._world)
            if decision.allowed:  # a refusal stands, whatever the resource is
                check_taken(asked.action, asked.resource)
        except (BadLineError, UnknownError) as error:
            return DecisionLine(_error(str(error)), "bad")
        except Exception as error:  # noqa: BLE001 (one line must not take the answers to all others with it)
            return DecisionLine(_error(f"a fault of ours, please report it: {type(error).__name__}: {error}"), "fault")
        answer = self._written.get(decision)
        if answer is None:
            answer = DecisionLine(json.dumps(as_json(decision)), "decided")
            if len(self._written) < _MOST_WRITTEN:
                self._written[decision] = answer
        return answer


_MOST_WRITTEN: Final = 65_536


def as_json(decision: Decision) -> dict[str, Any]:
    """A decision as `mesh decide` prints it."""
    fields: dict[str, Any] = {
        "allowed": decision.allowed,
        "layer": decision.layer,
        "because": [cause._asdict() for cause in decision.because],
    }
    return {**fields, "assumed": list(decision.assumed)} if decision.assumed else fields


def request(line: bytes) -> Request:
    """A line as a request. Raises BadLineError."""
    value = _parsed(line)
    if not isinstance(value, dict):
        raise BadLineError(f"the line is {_kind(value)}; a request is an object with principal, action and resource")
    fields = cast("dict[str, Any]", value)
    try:
        principal, action, resource = fields["principal"], fields["action"], fields["resource"]
    except KeyError:
        raise BadLineError(_wrong_fields(fields)) from None
    context: Any = fields.get("context")
    if len(fields) > len(_NEEDED) + ("context" in fields):
        raise BadLineError(_wrong_fields(fields))
    if not (isinstance(principal, str) and isinstance(action, str) and isinstance(resource, str)):
        raise BadLineError(_wrong_type(fields))
    if context is None:
        return Request(principal, action, resource)
    if not isinstance(context, dict):
        raise BadLineError(f"'context' is {_kind(context)}; it is an object of condition keys and their values")
    return Request(principal, action, resource, cast("Mapping[str, Any]", context))


def _parsed(line: bytes) -> object:
    if not line.strip():
        raise BadLineError("the line is empty; every line is a request")
    try:
        return json.loads(line)
    except RecursionError:
        raise BadLineError("the line is nested too deeply") from None
    except UnicodeDecodeError:
        raise BadLineError("the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadLineError(f"the line is no JSON: {error.msg}, at character {error.pos + 1}") from None
    except ValueError as error:
        raise BadLineError(f"the line is no JSON: {error}") from None


def _wrong_fields(fields: Mapping[str, Any]) -> str:
    missing = [name for name in _NEEDED if name not in fields]
    strange = [name for name in fields if name not in _KNOWN]
    problems = [f"unknown field '{shorten(name)}'{nearest(name, _KNOWN)}" for name in strange]
    problems += [f"field '{name}' is missing" for name in missing]
    separator = "" if problems[0].endswith("?") else ";"
    return f"{problems[0]}{separator} a request has principal, action, resource and, if need be, context"


def _wrong_type(fields: Mapping[str, Any]) -> str:
    name = next(name for name in _NEEDED if not isinstance(fields[name], str))
    return f"'{name}' is {_kind(fields[name])}; it is a text"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _error(text: str) -> str:
    return json.dumps({"error": text})
