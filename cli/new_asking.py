"""Answers to the questions of a beginning: from flags, from a person in a terminal, or as they are by default."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from cli.console import say
from mesh.beginnings.question import AnswerError, BeginningQuestion, GivenAnswers, Ground, UnansweredError
from mesh.findings import NotPossibleError, listed
from mesh.visible_text import visible_text

WIDTH = 80
"""Columns of a terminal that is narrow."""

MANY: Final = 40
"""Values that are shown one by one."""


def answered(
    questions: Iterable[BeginningQuestion], ground: Ground, given: Mapping[str, str], takes_defaults: bool
) -> GivenAnswers:
    """Answers to all questions; a person is asked in a terminal, unless defaults are taken.

    Raises NotPossibleError with a line for each flag that is wrong or missing.
    """
    is_asking = sys.stdin.isatty() and not takes_defaults
    answers, faults = GivenAnswers(), list[str]()
    for question in questions:
        try:
            if question.name in given:
                answers[question.name] = question.read(given[question.name], ground, answers)
            elif question.when(ground, answers):
                answers[question.name] = (
                    _asked(question, ground, answers)
                    if is_asking and question.asked
                    else _default(question, ground, answers, takes_defaults)
                )
        except AnswerError as error:
            answers.refused.add(question.name)
            first, *rest = str(error).splitlines()
            faults += [visible_text(line) for line in (f"{question.shown}: {first}", *map(_below, rest))]
        except UnansweredError:  # it hangs on an answer that was not taken, of which a line tells already
            if not faults:
                raise
        if faults and is_asking:
            break
    if faults:
        raise NotPossibleError("\n".join(faults))
    return answers


def _below(line: str) -> str:
    """A further line on an answer, below the first."""
    return line if line.startswith(" ") else f"  {line}"


def _default(question: BeginningQuestion, ground: Ground, answers: GivenAnswers, takes_defaults: bool) -> object:
    """The answer that is taken where nobody is asked; raises AnswerError where somebody has to say it."""
    default = question.default(ground, answers)
    if default is not None and (takes_defaults or not question.deliberate):
        return question.read(default, ground, answers)
    offered, remark = question.offered(ground, answers), question.remark(ground, answers)
    told = f" ({remark})" if remark else ""
    allowed = f"; allowed: {listed(offered)}" if offered else ""
    raise AnswerError(f"it is missing; {question.unsaid or question.text}{told}{allowed}")


def _asked(question: BeginningQuestion, ground: Ground, answers: GivenAnswers) -> object:
    """The answer of a person; one that is not taken is asked for again."""
    default = question.default(ground, answers)
    remark, offered = question.remark(ground, answers), question.offered(ground, answers)
    say("")
    for line in _wrapped(question.text):
        say(line)
    for line in _wrapped(remark):
        say(f"  {line}")
    for line in _wrapped(_choices(offered)):
        say(f"  {line}")
    while True:
        typed = _line(f"{question.name.lower()}{f' [{default}]' if default is not None else ''}: ", offered).strip()
        try:
            return question.read(typed or default or "", ground, answers)
        except AnswerError as error:
            for line in str(error).splitlines() if typed or default else ["nothing was said; there is no default"]:
                say(f"  {visible_text(line)}")


def _choices(offered: Sequence[str]) -> str:
    """The values to choose from; of very many, how they are found."""
    if len(offered) > MANY:
        return "Tab completes it, and a part of a name is answered with those that have it"
    return f"choices: {', '.join(offered)}" if offered else ""


def _line(prompt: str, offered: Sequence[str]) -> str:
    """A line that is typed, in which Tab completes what is offered; raises NotPossibleError where none comes."""
    with suppress(ImportError):
        readline: Any = importlib.import_module("readline")  # with it a line can be edited
        readline.set_completer_delims(" ,")
        readline.set_completer(_completer(offered))
        readline.parse_and_bind("tab: complete")
    try:
        if sys.stdout.isatty():
            return input(prompt)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
    except EOFError:
        line = ""
    if line:
        return line.rstrip("\n")
    say("")
    raise NotPossibleError("the answers ended here; nothing was written")


def _completer(offered: Sequence[str]) -> Callable[[str, int], str | None]:
    """A function for readline: the first, second, … value that begins as what is typed, None behind the last."""

    def complete(word: str, number: int) -> str | None:
        found = [each for each in offered if each.startswith(word)]
        return found[number] if number < len(found) else None

    return complete


def _wrapped(text: str) -> list[str]:
    """A text in lines of a narrow terminal, broken between words."""
    return textwrap.wrap(visible_text(text), WIDTH - 2, break_long_words=False, break_on_hyphens=False)
