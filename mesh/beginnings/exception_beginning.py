"""Beginning of an exception: one resource that one rule of the guardrails does not report, for a time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final

from mesh.beginnings import question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import AnswerError, BeginningQuestion, GivenAnswers, Ground, days_ahead
from mesh.beginnings.yaml_insertions import added
from mesh.findings import listed, near_names, nearest
from mesh.guardrail_rules import guardrails
from mesh.model.exceptions_file import EXCEPTIONS_FILE, LONGEST_EXCEPTION
from mesh.validation_messages import shorten

TEMPLATE: Final = "exception/entry.yaml.jinja"
MOST: Final = 6
"""Rules that are proposed for a name that is none."""

HEADER: Final = """\
# yaml-language-server: $schema=../schemas/exceptions.schema.json
# What rules of the policy pack do not hold for, each until a day (docs/policies.md).
"""


def _rules(_ground: Ground, _answers: GivenAnswers) -> list[str]:
    """Rules of the policy pack that accept exceptions."""
    return [name for name, rule in guardrails().items() if rule.accepts_exceptions]


def _rule(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    if answer in (rules := _rules(ground, answers)):
        return answer
    if rule := guardrails().get(answer):
        raise AnswerError(
            f"'{answer}' accepts no exception, as no rule of the theme '{rule.theme}' does; change the resource so "
            "that it keeps the rule"
        )
    part = re.sub(r"[^a-z0-9]+", "-", answer.lower()).strip("-")
    near = [name for name in rules if part and part in name] or near_names(answer, rules)
    told = f"; did you mean {_either(near[:MOST])}?" if near else "; docs/policies.md has them all"
    raise AnswerError(f"there is no rule '{shorten(answer)}'{told}")


def _either(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def _resource(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    stack, slash, pattern = answer.partition("/")
    stacks = ground.mesh.stacks()
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
        raise AnswerError(f"'{answers['RULE']}' is excepted for '{answer}' already: {ground.shown}/{EXCEPTIONS_FILE}")
    return answer


def _teams(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    return ground.mesh.teams()


def _owner(ground: Ground, answers: GivenAnswers) -> str:
    """The team that owns what the stack is of."""
    kind, _, name = str(answers["RESOURCE"]).partition("/")[0].partition("-")
    owned = ground.mesh.partners if kind == "partner" else ground.mesh.domains
    there = owned.get(name)
    return there.owner.team if there is not None else ground.mesh.file.owner.team


def _expires(answer: str, ground: Ground, answers: GivenAnswers) -> datetime.date:
    day = question.future_day(answer, ground, answers)
    latest = question.later(ground.today, LONGEST_EXCEPTION)
    if day > latest:
        raise AnswerError(f"{day} is more than {LONGEST_EXCEPTION} days ahead; give {latest} or an earlier day")
    return day


QUESTIONS: Final = (
    BeginningQuestion("RULE", "The rule, by its name or a part of it", _rule, offered=_rules),
    BeginningQuestion(
        "RESOURCE", "The resource, as <stack>/<name>; '*' in the name stands for some characters", _resource
    ),
    BeginningQuestion("reason", "Why it may be as it is", question.text),
    BeginningQuestion(
        "owner", "The team that answers for it", question.one_of("team", _teams), default=_owner, offered=_teams
    ),
    BeginningQuestion(
        "expires",
        f"The last day of the exception, {LONGEST_EXCEPTION} days ahead at the most",
        _expires,
        default=days_ahead(90),
    ),
)


def files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of exceptions with one more."""
    text = ground.text_of(EXCEPTIONS_FILE)
    values = {"rule": answers["RULE"], "resource": answers["RESOURCE"]}
    values |= {key: answers[key] for key in ("reason", "owner", "expires")}
    entry = ground.blueprints.entry(TEMPLATE, values)
    if text is None:
        lines = entry.value.rstrip("\n").split("\n")
        item = "".join(f"{'  - ' if number == 0 else '    '}{line}\n" for number, line in enumerate(lines))
        return NewFiles().with_file(EXCEPTIONS_FILE, f"{HEADER}exceptions:\n{item}", TEMPLATE)
    new = added(text, ("exceptions",), entry, f"{ground.shown}/{EXCEPTIONS_FILE}")
    return NewFiles().with_file(EXCEPTIONS_FILE, new, TEMPLATE)
