"""Questions of a beginning: what is asked, what is taken when nothing is said, and which answers fit.

An answer is checked as soon as it is given, against the mesh as it is; the whole is validated when it is written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mesh.beginnings.blueprint import Blueprints
from mesh.findings import NotPossibleError, listed, nearest
from mesh.model import Mesh
from mesh.model.base import EMAIL_PATTERN
from mesh.validation_messages import bad_name, is_name, shorten

NONE: Final = "-"
"""The answer that means none."""

LONGEST_TEXT: Final = 500


class AnswerError(ValueError):
    """An answer that is not taken; the sentence says what was found and what is allowed."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of a beginning: the mesh as it is, the text of each of its files, the templates, and the day.

    `text_of` gives the text of a file by its path in the mesh folder, None where there is none.
    """

    mesh: Mesh
    text_of: Callable[[str], str | None]
    blueprints: Blueprints
    today: datetime.date
    shown: str = "stacks"

    def text(self, file: str) -> str:
        """The text of a file that has to be there."""
        text = self.text_of(file)
        if text is None:
            raise NotPossibleError(f"{self.shown}/{file} is not there; write it first")
        return text


class UnansweredError(KeyError):
    """A question hangs on another one that has no answer."""


class GivenAnswers(dict[str, Any]):
    """Answers by the names of their questions; asking for one that is not there raises UnansweredError.

    `refused` are questions with an answer that was not taken.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        super().__init__(answers or {})
        self.refused: set[str] = set()

    def __missing__(self, key: str) -> Any:
        raise UnansweredError(key)


@dataclass(frozen=True)
class BeginningQuestion:
    """A question: its name is that of its flag, `--owner-email`, or of an argument in capitals, `NAME`.

    `default` is what Enter takes, None where something has to be said; `offered` are values to choose from. A question
    that is not `asked` is answered by its flag or its default alone. The default of a `deliberate` one is taken from
    nobody but a person who sees it, or who says `--yes`. `unsaid` is the text where flags say all.
    """

    name: str
    text: str
    read: Callable[[str, Ground, GivenAnswers], Any]
    default: Callable[[Ground, GivenAnswers], str | None] = field(default=lambda _ground, _answers: None)
    offered: Callable[[Ground, GivenAnswers], Sequence[str]] = field(default=lambda _ground, _answers: ())
    when: Callable[[Ground, GivenAnswers], bool] = field(default=lambda _ground, _answers: True)
    remark: Callable[[Ground, GivenAnswers], str] = field(default=lambda _ground, _answers: "")
    unsaid: str = ""
    asked: bool = True
    deliberate: bool = False

    @property
    def shown(self) -> str:
        """The name as it stands on a command line."""
        return self.name if self.name.isupper() else f"--{self.name}"


# ---- answers of some kind


def text(answer: str, _ground: Ground, _answers: GivenAnswers) -> str:
    """A text on one line, of at most 500 characters."""
    line = " ".join(answer.split())
    if not line:
        raise AnswerError("nothing was said; write a sentence")
    if len(line) > LONGEST_TEXT:
        raise AnswerError(f"the text has {len(line)} characters, and {LONGEST_TEXT} at the most are allowed")
    odd = next((one for one in line if not one.isprintable()), "")
    if odd:
        raise AnswerError(f"the text has the character U+{ord(odd):04X}, which nobody sees; leave it out")
    return line


def name(answer: str, _ground: Ground, _answers: GivenAnswers) -> str:
    """A name of a domain, a product, a group and the like."""
    if not is_name(answer):
        raise AnswerError(bad_name(answer))
    return answer


def names(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    """Names with commas between them; `-` for none."""
    every = [name(part, ground, answers) for part in parts(answer)]
    if len(set(every)) < len(every):
        raise AnswerError(f"'{shorten(answer)}' has a name twice; name it once")
    return every


def parts(answer: str) -> list[str]:
    """Parts of an answer that commas separate; none for `-`."""
    return [] if answer.strip() == NONE else [part.strip() for part in answer.split(",") if part.strip()]


def email(answer: str, _ground: Ground, _answers: GivenAnswers) -> str:
    """An e-mail address."""
    if not re.fullmatch(EMAIL_PATTERN, answer) or len(answer) > 254:
        raise AnswerError(f"'{shorten(answer)}' is not an e-mail address, such as team@company.example")
    return answer


def handle(answer: str, _ground: Ground, _answers: GivenAnswers) -> str | None:
    """A team or user of GitHub; `-` for none."""
    if answer == NONE:
        return None
    if not re.fullmatch(r"@[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9][A-Za-z0-9._-]*)?", answer):
        raise AnswerError(f"'{shorten(answer)}' is not a team or user of GitHub, such as @org/team; {NONE} for none")
    return answer


def number(answer: str, _ground: Ground, _answers: GivenAnswers) -> int:
    """A whole number above 0."""
    if not re.fullmatch(r"[1-9][0-9]{0,6}", answer):
        raise AnswerError(f"'{shorten(answer)}' is not a whole number from 1 to 9999999")
    return int(answer)


def days(answer: str, _ground: Ground, _answers: GivenAnswers) -> str:
    """A length of time, as mesh files have it."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})( days?)?", answer)
    if not found:
        raise AnswerError(f"'{shorten(answer)}' is not a length of time, 1 to 99999 days, such as '400 days'")
    return f"{found[1]} days"


def future_day(answer: str, ground: Ground, _answers: GivenAnswers) -> datetime.date:
    """A day that is not past."""
    try:
        day = datetime.date.fromisoformat(answer if re.fullmatch(r"\d{4}-\d\d-\d\d", answer) else "")
    except ValueError:
        raise AnswerError(
            f"'{shorten(answer)}' is not a day that exists, written year-month-day, such as {later(ground.today, 365)}"
        ) from None
    if day < ground.today:
        raise AnswerError(f"{day} is past: give {ground.today} or a later day")
    return day


def later(day: datetime.date, by: int) -> datetime.date:
    """The day that comes some days after another, or the last of the calendar."""
    return day + min(datetime.timedelta(days=by), datetime.date.max - day)


def days_ahead(by: int) -> Callable[[Ground, GivenAnswers], str]:
    """The default of a day: some days from today."""
    return lambda ground, _answers: str(later(ground.today, by))


def one_of(
    what: str, known: Callable[[Ground, GivenAnswers], Sequence[str]]
) -> Callable[[str, Ground, GivenAnswers], str]:
    """A value out of those that are known."""

    def read(answer: str, ground: Ground, answers: GivenAnswers) -> str:
        values = list(known(ground, answers))
        if answer not in values:
            near = nearest(answer, values)
            allowed = f"allowed: {listed(values)}"
            told = f"{near} A{allowed[1:]}" if near else f"; {allowed}"
            raise AnswerError(f"there is no {what} '{shorten(answer)}'{told}")
        return answer

    return read


def several_of(
    what: str, known: Callable[[Ground, GivenAnswers], Sequence[str]], fewest: int = 0
) -> Callable[[str, Ground, GivenAnswers], list[str]]:
    """Values out of those that are known, with commas between them."""
    one = one_of(what, known)

    def read(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
        every = [one(part, ground, answers) for part in parts(answer)]
        if len(every) < fewest:
            raise AnswerError(f"give {fewest} at the least; allowed: {listed(known(ground, answers))}")
        return list(dict.fromkeys(every))

    return read


def always(value: str) -> Callable[[Ground, GivenAnswers], str]:
    """A default that is the same for every mesh."""
    return lambda _ground, _answers: value


def taken(kind: str, answer: str, file: str, known: Sequence[str]) -> AnswerError:
    """The error of a name that is taken."""
    others = f"; taken are {listed(known)}" if len(known) > 1 else ""
    return AnswerError(f"the {kind} '{answer}' is there already: {file}; choose another name{others}")
