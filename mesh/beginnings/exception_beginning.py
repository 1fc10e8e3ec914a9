"""Beginning of an exception: one resource that one rule of the guardrails does not report, for a time."""

from __future__ import annotations

import datetime
import re
from typing import Final

from mesh.beginnings import question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import AnswerError, BeginningQuestion, GivenAnswers, Ground, days_ahead
from mesh.beginnings.yaml_insertions import added
from mesh.findings import listed, nearest
from mesh.guardrail_rules import guardrails
from mesh.validation_messages import shorten

FILE: Final = "exceptions.yaml"
TEMPLATE: Final = "exception/entry.yaml.jinja"
LONGEST: Final = 180
"""Days that an exception lasts at the most."""

HEADER: Final = """\
# yaml-language-server: $schema=../schemas/exceptions.schema.json
# What rules of the policy pack do not hold for, each until a day (docs/policies.md).
"""


def _rule(answer: str, _ground: Ground, _answers: GivenAnswers) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", answer) or len(answer) > 100:
        raise AnswerError(f"'{shorten(answer)}' is not the name of a rule: lower-case words joined by hyphens")
    rule = guardrails().get(answer)
    if rule is None:
        near = nearest(answer, guardrails())
        raise AnswerError(f"the policy pack has no rule '{answer}'{near or ';'} docs/policies.md lists its rules")
    if not rule.accepts_exceptions:
        raise AnswerError(
            f"'{answer}' accepts no exception, as no rule of the theme '{rule.theme}' does; change the resource so "
            "that it keeps the rule"
        )
    return answer


def _stacks(ground: Ground) -> list[str]:
    """The stacks of the mesh."""
    mesh = ground.mesh
    of_domains = [f"{kind}-{name}" for name in mesh.domains for kind in ("access", "domain")]
    return ["organization", "governance", *(f"partner-{name}" for name in mesh.partners), *of_domains]


def _resource(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    stack, slash, pattern = answer.partition("/")
    stacks = _stacks(ground)
    if not slash or not re.fullmatch(r"[A-Za-z0-9._:@ *?-]+", pattern) or len(answer) > 200:
        raise AnswerError(
            f"'{shorten(answer)}' is not <stack>/<name of a resource>, such as {stacks[-1]}/logs; '*' in the name "
            "stands for some characters"
        )
    if not re.search(r"[A-Za-z0-9]", pattern):
        raise AnswerError(f"'{shorten(answer)}' is every resource of the stack; name the one that is meant")
    if stack not in stacks:
        near = nearest(stack, stacks)
        told = f"{near} Stacks: {listed(stacks)}" if near else f"; there are {listed(stacks)}"
        raise AnswerError(f"there is no stack '{shorten(stack)}'{told}")
    there = ground.mesh.exceptions.exceptions if ground.mesh.exceptions else ()
    if any((each.rule, each.resource) == (answers.get("RULE"), answer) for each in there):
        raise AnswerError(f"'{answers['RULE']}' is excepted for '{answer}' already: {ground.shown}/{FILE}")
    return answer


def _teams(ground: Ground, _answers: GivenAnswers) -> list[str]:
    """Teams that own the mesh, a domain or a partner."""
    mesh = ground.mesh
    owners = [mesh.file.owner, *(each.owner for each in (*mesh.domains.values(), *mesh.partners.values()))]
    return list(dict.fromkeys(owner.team for owner in owners))


def _owner(ground: Ground, answers: GivenAnswers) -> str:
    """The team that owns what the stack is of."""
    kind, _, name = str(answers["RESOURCE"]).partition("/")[0].partition("-")
    owned = ground.mesh.partners if kind == "partner" else ground.mesh.domains
    there = owned.get(name)
    return there.owner.team if there is not None else ground.mesh.file.owner.team


def _expires(answer: str, ground: Ground, answers: GivenAnswers) -> datetime.date:
    day = question.future_day(answer, ground, answers)
    latest = question.later(ground.today, LONGEST)
    if day > latest:
        raise AnswerError(f"{day} is more than {LONGEST} days ahead; give {latest} or an earlier day")
    return day


QUESTIONS: Final = (
    BeginningQuestion("RULE", "The rule, by its name", _rule),
    BeginningQuestion(
        "RESOURCE", "The resource, as <stack>/<name>; '*' in the name stands for some characters", _resource
    ),
    BeginningQuestion("reason", "Why it may be as it is", question.text),
    BeginningQuestion(
        "owner", "The team that answers for it", question.one_of("team", _teams), default=_owner, offered=_teams
    ),
    BeginningQuestion(
        "expires", "The last day of the exception, 180 days ahead at the most", _expires, default=days_ahead(90)
    ),
)


def files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of exceptions with one more."""
    text = ground.text_of(FILE)
    values = {"rule": answers["RULE"], "resource": answers["RESOURCE"]}
    values |= {key: answers[key] for key in ("reason", "owner", "expires")}
    entry = ground.blueprints.entry(TEMPLATE, values)
    if text is None:
        lines = entry.value.rstrip("\n").split("\n")
        item = "".join(f"{'  - ' if number == 0 else '    '}{line}\n" for number, line in enumerate(lines))
        return NewFiles().with_file(FILE, f"{HEADER}exceptions:\n{item}", TEMPLATE)
    new = added(text, ("exceptions",), entry, f"{ground.shown}/{FILE}")
    return NewFiles().with_file(FILE, new, TEMPLATE)
