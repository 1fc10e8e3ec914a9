"""Beginning of an exception: one resource that one rule of the guardrails does not report, for a time."""

from __future__ import annotations

import datetime
import re
from typing import Final

from mesh.beginnings import question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import AnswerError, Answers, Ground, Question, days_ahead
from mesh.beginnings.yaml_insertions import added
from mesh.validation_messages import shorten

FILE: Final = "exceptions.yaml"
TEMPLATE: Final = "exception/entry.yaml.jinja"
LONGEST: Final = 180
"""Days that an exception lasts at the most."""

HEADER: Final = "# Resources that a rule of the guardrails does not report, each for a time (docs/policies.md).\n"


def _rule(answer: str, ground: Ground, answers: Answers) -> str:
    return question.name(answer, ground, answers) if len(answer) <= 40 else _long_rule(answer)


def _long_rule(answer: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", answer) or len(answer) > 100:
        raise AnswerError(f"'{shorten(answer)}' is not the name of a rule: lower-case words joined by hyphens")
    return answer


def _resource(answer: str, ground: Ground, _answers: Answers) -> str:
    stack, slash, pattern = answer.partition("/")
    if not slash or not pattern or not re.fullmatch(r"[a-z][a-z0-9-]*", stack) or not answer.isprintable():
        raise AnswerError(
            f"'{shorten(answer)}' is not <stack>/<name of a resource>, such as "
            f"domain-{next(iter(ground.mesh.domains), 'sales')}/logs; '*' in the name stands for any characters"
        )
    if not pattern.strip("*?"):
        raise AnswerError(f"'{shorten(answer)}' is every resource of the stack; name the one that is meant")
    return answer


def _expires(answer: str, ground: Ground, answers: Answers) -> datetime.date:
    day = question.future_day(answer, ground, answers)
    latest = ground.today + datetime.timedelta(days=LONGEST)
    if day > latest:
        raise AnswerError(f"{day} is more than {LONGEST} days ahead; give {latest} or an earlier day")
    return day


QUESTIONS: Final = (
    Question("RULE", "The rule, by its name", _rule),
    Question("RESOURCE", "The resource, as <stack>/<name>; '*' in the name stands for any characters", _resource),
    Question("reason", "Why it may be as it is", question.text),
    Question(
        "owner",
        "Who answers for it: a team's address",
        question.email,
        default=lambda ground, _answers: ground.mesh.file.owner.email,
    ),
    Question("expires", "The last day of the exception, 180 days ahead at the most", _expires, default=days_ahead(90)),
)


def files(ground: Ground, answers: Answers) -> NewFiles:
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
