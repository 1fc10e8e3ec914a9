"""Quality gate: the rules about values that a draft has to keep before readers see it.

A rule is a function of a `GateSubject` that yields sentences, or `TableQuestion`s where what the writer counted is not
enough; all questions about a table are asked in one query of Athena, as the check role, of the very snapshot that is
checked. A later rule (the contract's `quality`, say) is one more function in `RULES`:

    def fresh(subject: GateSubject) -> Iterator[str | TableQuestion]:
        old = "date_diff('hour', max(written), now())"
        yield TableQuestion(old, lambda hours: f"{hours} h old, allowed are 24: run it" if hours > 24 else "")

and a field of `PromisedTable` if the contract has to say how much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from athena_query import ask
from manifests import DataFile
from publish_settings import PromisedColumn, PromisedProduct, PromisedTable, PublishSettings
from reading_limits import ReadingLimits
from sql_text import quoted


@dataclass(frozen=True)
class GateSubject:
    """A draft whose schema and places are in order. `source` is the table in SQL, as of what is checked.

    `rows` and the nulls of `files` are the writer's counts; `rows` is None, or `counts` False, where they do not tell.
    `source` is None where there is no row to ask about, or no table that Athena could be asked of.
    """

    product: PromisedProduct
    table: PromisedTable
    rows: int | None
    files: Sequence[DataFile]
    counts: bool
    source: str | None


@dataclass(frozen=True)
class TableQuestion:
    """An aggregate in Athena's SQL that gives one number, and the sentence that a number means; empty if it is fine."""

    expression: str
    sentence: Callable[[int], str]


Answer = str | TableQuestion
GateRule = Callable[[GateSubject], Iterator[Answer]]


def enough_rows(subject: GateSubject) -> Iterator[Answer]:
    """The rule that a table has the fewest rows that its contract says."""
    least = subject.table.at_least
    if least is None:
        return

    def sentence(rows: int) -> str:
        if rows >= least:
            return ""
        return f"the draft has {rows:,} rows, the contract asks for at least {least:,}: write the missing ones"

    if subject.rows is not None and subject.counts:
        yield sentence(subject.rows)
    else:
        yield TableQuestion("count(*)", sentence)


def no_null_where_required(subject: GateSubject) -> Iterator[Answer]:
    """The rule that a required column has no null; nested fields are the writer's business, who refuses them."""
    for column in subject.table.data_columns:
        if not column.required:
            continue
        nulls = _nulls(subject, column)
        if nulls is None:
            yield TableQuestion(f"count_if({quoted(column.name)} IS NULL)", _null_sentence(column))
        else:
            yield _null_sentence(column)(nulls)


def _nulls(subject: GateSubject, column: PromisedColumn) -> int | None:
    key = column.name if column.id is None else column.id
    counted = [None if file.nulls is None else file.nulls.get(key) for file in subject.files if file.rows]
    known = [each for each in counted if each is not None]
    if len(known) < len(counted) or (sum(known) and not subject.counts):
        return None
    return sum(known)


def _null_sentence(column: PromisedColumn) -> Callable[[int], str]:
    def sentence(nulls: int) -> str:
        if not nulls:
            return ""
        return (
            f"column '{column.name}' is null in {nulls:,} rows, the contract says it is required: write values there, "
            "or let the contract say `required: false`"
        )

    return sentence


def unique_key(subject: GateSubject) -> Iterator[Answer]:
    """The rule that no two rows have the same primary key."""
    if not subject.table.key:
        return
    names = ", ".join(quoted(name) for name in subject.table.key)

    def sentence(rows: int) -> str:
        if not rows:
            return ""
        return (
            f"the primary key ({', '.join(subject.table.key)}) is not unique, {rows:,} rows repeat one: write each key "
            "once"
        )

    yield TableQuestion(f"count(*) - count(DISTINCT ROW({names}))", sentence)


RULES: Final[tuple[GateRule, ...]] = (enough_rows, no_null_where_required, unique_key)


def gate_findings(subject: GateSubject, athena: Any, settings: PublishSettings, limits: ReadingLimits) -> Iterator[str]:
    """Sentences of all rules; what they ask is asked in one query, and only if nothing was found without it."""
    answers = [answer for rule in RULES for answer in rule(subject)]
    found = [answer for answer in answers if isinstance(answer, str) and answer]
    yield from found
    questions = [answer for answer in answers if isinstance(answer, TableQuestion)]
    if found or not questions or subject.source is None:
        return
    select = ", ".join(f"{each.expression} AS q{number}" for number, each in enumerate(questions))
    query = f"SELECT {select} FROM {subject.source}"  # noqa: S608 - names of the contract, quoted
    answered = ask(athena, settings.workgroup, subject.product.draft, query, limits)
    if isinstance(answered, str):
        yield f"Athena could not read the draft: {answered}; mend the files that it names, or write them anew"
        return
    for question, number in zip(questions, answered, strict=True):
        sentence = question.sentence(number)
        if sentence:
            yield sentence
