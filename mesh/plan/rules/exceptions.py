"""Rules of exceptions from the policy pack: what they are from and for, who answers for them, and until when."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, nearest, unknown
from mesh.guardrail_rules import guardrails
from mesh.model.exceptions_file import EXCEPTIONS_FILE, LONGEST_EXCEPTION, GuardrailException
from mesh.plan.rules.context import CrossFileRule, RuleContext


def exceptions_name_rules(context: RuleContext) -> Iterator[Problem]:
    """Exceptions are from a rule of the policy pack."""
    for number, exception in _every(context, "rule"):
        if exception.rule not in guardrails():
            near = nearest(exception.rule, guardrails())
            message = (
                f"the policy pack has no rule '{exception.rule}'{near or ';'} docs/policies.md lists its rules; name "
                "one of them, or remove this entry"
            )
            yield _problem(number, "rule", message)


def exceptions_are_from_rules_that_take_some(context: RuleContext) -> Iterator[Problem]:
    """Exceptions are from no rule on the perimeter or on partners: what leaves there is of every domain."""
    for number, exception in _every(context, "rule"):
        rule = guardrails().get(exception.rule)
        if rule is not None and not rule.accepts_exceptions:
            message = (
                f"'{exception.rule}' accepts no exception, as no rule of the theme '{rule.theme}' does; "
                "change the resource so that it keeps the rule, and remove this entry"
            )
            yield _problem(number, "rule", message)


def exceptions_are_in_a_stack(context: RuleContext) -> Iterator[Problem]:
    """Exceptions are for resources of a stack that the mesh has."""
    if {"domains", "partners"} & context.mesh.unread:
        return
    stacks = context.mesh.stacks()
    for number, exception in _every(context, "resource"):
        stack = exception.resource.partition("/")[0]
        kind, _, name = stack.partition("-")
        folder = {"partner": "partners", "domain": "domains", "access": "domains"}.get(kind, "")
        if stack not in stacks and not context.mesh.is_unread(folder, name):
            yield _problem(number, "resource", unknown("stack", stack, stacks))


def exceptions_have_an_owner(context: RuleContext) -> Iterator[Problem]:
    """Exceptions are owned by a team that owns the mesh, a domain or a partner."""
    mesh = context.mesh
    files = ["mesh.yaml", *(f"domains/{name}.yaml" for name in mesh.domains)]
    files += [f"partners/{name}.yaml" for name in mesh.partners]
    if any(file.startswith(("domains", "partners")) for file in mesh.unread) or any(
        mesh.touches(file, "owner") for file in files
    ):
        return
    teams = mesh.teams()
    for number, exception in _every(context, "owner"):
        if exception.owner not in teams:
            yield _problem(number, "owner", unknown("team", exception.owner, teams))


def exceptions_last_half_a_year_at_the_most(context: RuleContext) -> Iterator[Problem]:
    """Exceptions end within 180 days, on which somebody looks again."""
    days = datetime.timedelta(LONGEST_EXCEPTION)
    latest = context.as_of + min(days, datetime.date.max - context.as_of)
    for number, exception in _every(context, "expires"):
        if exception.expires > latest:
            message = (
                f"{_named(exception)} lasts until {exception.expires}, more than {LONGEST_EXCEPTION} days ahead of "
                f"{context.as_of}; choose a day until {latest}, and look at it again by then"
            )
            yield _problem(number, "expires", message)


def exceptions_have_not_ended(context: RuleContext) -> Iterator[Problem]:
    """Exceptions have not expired; from one that has the rule holds again."""
    for number, exception in _every(context, "expires"):
        if exception.expires < context.as_of:
            message = (
                f"{_named(exception)} ended on {exception.expires}, it is {context.as_of}, and the rule holds; mend "
                "the resource and remove the entry, or have another day approved"
            )
            yield Problem(EXCEPTIONS_FILE, ("exceptions", number, "expires"), message, "lapse")


def exceptions_stand_once(context: RuleContext) -> Iterator[Problem]:
    """Exceptions stand once: a rule and a pattern are one entry."""
    pairs: set[tuple[str, str]] = set()
    for number, exception in _every(context, "rule", "resource"):
        pair = (exception.rule, exception.resource)
        if pair in pairs:
            message = f"'{exception.rule}' is excepted for '{exception.resource}' already; keep one entry"
            yield _problem(number, "resource", message)
        pairs.add(pair)


def _every(context: RuleContext, *keys: str) -> Iterator[tuple[int, GuardrailException]]:
    """Position and exception of each whose values at some keys could be read."""
    written = context.mesh.exceptions
    for number, exception in enumerate(written.exceptions if written else ()):
        if not any(context.mesh.is_uncertain(EXCEPTIONS_FILE, "exceptions", number, key) for key in keys):
            yield number, exception


def _problem(number: int, key: str, message: str) -> Problem:
    return Problem(EXCEPTIONS_FILE, ("exceptions", number, key), message)


def _named(exception: GuardrailException) -> str:
    return f"the exception from '{exception.rule}' for '{exception.resource}'"


RULES: Final[tuple[CrossFileRule, ...]] = (
    exceptions_name_rules,
    exceptions_are_from_rules_that_take_some,
    exceptions_are_in_a_stack,
    exceptions_have_an_owner,
    exceptions_last_half_a_year_at_the_most,
    exceptions_have_not_ended,
    exceptions_stand_once,
)
