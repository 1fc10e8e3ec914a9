"""Labels of new columns: proposed by their names, decided by a person, column by column.

A name is a hint and no proof. A column is without a label only where somebody said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import ryaml

from mesh.beginnings.blueprint import Blueprints
from mesh.beginnings.columns.given_columns import LOGICAL_OF, NewColumn, NewTable
from mesh.beginnings.question import NONE, AnswerError, BeginningQuestion, GivenAnswers, Ground
from mesh.contracts.labels import label_words, words
from mesh.findings import NotPossibleError, listed, nearest
from mesh.validation_messages import shorten

HINTS: Final = "labels.yaml"
"""The file among the blueprints with the words of column names by classification."""

NewLabels = dict[str, tuple[str, ...]]
"""Classifications by column, `<table>.<column>` where there are several tables; none for a column without a label."""


def hints(blueprints: Blueprints) -> Mapping[str, Sequence[str]]:
    """Words of column names by classification; raises NotPossibleError for a file that is not of that form."""
    written = blueprints.texts.get(HINTS, "{}")
    try:
        found: object = ryaml.loads(written)  # pyright: ignore[reportPrivateImportUsage] (ryaml has no __all__)
    except ValueError as error:
        raise NotPossibleError(f"{blueprints.path(HINTS)} is not YAML: {error}") from None
    is_fine = isinstance(found, dict) and all(
        isinstance(key, str)
        and isinstance(value, list)
        and all(isinstance(one, str) for one in cast("list[Any]", value))
        for key, value in cast("dict[Any, Any]", found).items()
    )
    if not is_fine:
        raise NotPossibleError(f"{blueprints.path(HINTS)}: expected lists of words by classification, as pii: [email]")
    return cast("Mapping[str, Sequence[str]]", found)


def columns(answers: GivenAnswers) -> Mapping[str, NewColumn]:
    """The new columns by the names that labels are given to."""
    tables = cast("Sequence[NewTable]", answers["columns"])
    return {
        f"{table.name}.{column.name}" if len(tables) > 1 else column.name: column
        for table in tables
        for column in table.columns
    }


def proposed(ground: Ground, answers: GivenAnswers) -> NewLabels:
    """Labels that the words of a source, or the names of columns, speak for; of those that the mesh knows."""
    known, by_word = label_words(ground.mesh.file), hints(ground.blueprints)
    found: NewLabels = {}
    for name, column in columns(answers).items():
        said = [word for word in words(column.classification or None) if not known.unknown(word)]
        labels = {label for word in said for label in known.labels(word)}
        labels |= {
            label
            for label, every in by_word.items()
            if label in known.classifications and any(_has(part, word) for part in column.names for word in every)
        }
        if labels:
            found[name] = tuple(sorted(labels))
    return found


def _has(name: str, word: str) -> bool:
    """Whether the parts of a name have those of a word among them, in their order: `billing_email` has `email`.

    An id has the words of ids alone: `payment_id` is no payment, and `device_id` is what it says.
    """
    if name.endswith("_id") and not word.endswith("id"):
        return False
    return re.search(rf"(?:^|_){re.escape(word)}s?(?:_|$|\d)", name) is not None


def _unsure(ground: Ground, answers: GivenAnswers) -> list[str]:
    """Columns of which nobody has said yet what they carry."""
    said: NewLabels = answers["label"] if "label" in {*answers, *answers.refused} or proposed(ground, answers) else {}
    return [name for name in columns(answers) if name not in said]


def _read_labels(answer: str, ground: Ground, answers: GivenAnswers) -> NewLabels:
    if answer.strip() == NONE:
        return {}
    labels, confirmed = _entries(answer, ground, answers)
    if confirmed:
        raise AnswerError(f"'{shorten(answer)}' is not column=label, with commas between them; {NONE} for none")
    return labels


def _read_rest(answer: str, ground: Ground, answers: GivenAnswers) -> NewLabels:
    labels, confirmed = _entries(answer, ground, answers)
    rest = [name for name in _unsure(ground, answers) if name not in labels]
    if rest and not confirmed:
        raise AnswerError(f"say 'yes' as well if {_counted(rest)} carry no label, or column=label for each")
    return {name: labels.get(name, ()) for name in _unsure(ground, answers)}


def _entries(answer: str, ground: Ground, answers: GivenAnswers) -> tuple[NewLabels, bool]:
    """Labels by column, as an answer has them, and whether a 'yes' is among them."""
    known, every = label_words(ground.mesh.file), columns(answers)
    labels: NewLabels = {}
    confirmed, last, faults = False, "", list[str]()
    for part in (part.strip() for part in answer.split(",")):
        column, equals, word = (piece.strip() for piece in part.partition("="))
        if not equals and part.lower() in ("yes", "y", "true"):
            confirmed = True
            continue
        if not equals and last and part:
            column, word = last, part  # email=pii, financial
        elif not equals:
            raise AnswerError(
                f"'{shorten(part)}' is not column=label, such as email=pii, nor a 'yes' to what is asked; "
                f"classifications: {listed(known.classifications)}"
            )
        if column not in every:
            near = nearest(column, every)
            faults.append(f"there is no column '{shorten(column)}'{near or '; there are ' + listed(every)}")
        if word != NONE and known.unknown(word):
            near = nearest(word, known.classifications)
            faults.append(
                f"there is no classification '{shorten(word)}'{near or ';'} allowed: {listed(known.classifications)}, "
                f"and {NONE} for none"
            )
            continue
        labels[column] = () if word == NONE else tuple(sorted({*labels.get(column, ()), *known.labels(word)}))
        last = column
    if faults:
        raise AnswerError("\n".join(faults))
    return labels, confirmed


def _counted(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12]) + (f", and {len(names) - 12} more" if len(names) > 12 else "")
    return f"{shown} ({len(names)} column{'s' if len(names) > 1 else ''})"


def _written(labels: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{name}={label}" for name, every in labels.items() for label in every)


def _names(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    return sorted(label_words(ground.mesh.file).classifications)


def _has_columns(answers: GivenAnswers) -> bool:
    return bool(answers["columns"])


QUESTIONS: Final = (
    BeginningQuestion(
        "label",
        "Labels that the names of columns speak for; Enter takes them, or write column=label, … (- for none)",
        _read_labels,
        default=lambda ground, answers: _written(proposed(ground, answers)) or NONE,
        offered=_names,
        when=lambda ground, answers: _has_columns(answers) and bool(proposed(ground, answers)),
        remark=lambda ground, answers: _written(proposed(ground, answers)),
        unsaid="say what they carry with --label COLUMN=LABEL, or take what their names speak for with --yes",
        deliberate=True,
    ),
    BeginningQuestion(
        "unlabelled",
        "Everyone with any clearance reads them: do these carry no label? 'yes', or column=label, …",
        _read_rest,
        offered=_names,
        when=lambda ground, answers: _has_columns(answers) and bool(_unsure(ground, answers)),
        remark=lambda ground, answers: _counted(_unsure(ground, answers)),
        unsaid="give --label COLUMN=LABEL for each that carries one, and --unlabelled if you looked at the others",
    ),
)


def decided(ground: Ground, answers: GivenAnswers) -> tuple[NewLabels, tuple[str, ...]]:
    """Labels of every new column, and sentences on those that carry none though their names speak for one."""
    labels: NewLabels = {**answers.get("label", {}), **answers.get("unlabelled", {})}
    silent = [name for name, every in proposed(ground, answers).items() if not labels.get(name) and every]
    return labels, tuple(
        f"column {name} carries no label, as you said, though its name speaks for one" for name in silent
    )


def rows(table: NewTable, labels: Mapping[str, Sequence[str]], is_alone: bool) -> Iterator[dict[str, Any]]:
    """Columns of a table as templates take them."""
    position = 0
    for column in table.columns:
        position += column.is_key
        name = column.name if is_alone else f"{table.name}.{column.name}"
        yield {
            "name": column.name,
            "logical": LOGICAL_OF[column.kind.name],
            "physical": str(column.kind),
            "map": [str(part.type) for part in column.kind.parts] if column.kind.name == "map" else [],
            "required": column.required or column.is_key,
            "key": position if column.is_key else 0,
            "description": column.description,
            "classification": ", ".join(labels.get(name, ())),
        }


def all_remarks(tables: Iterable[NewTable]) -> tuple[str, ...]:
    """Sentences of tables on what is another than in their source."""
    return tuple(remark for table in tables for remark in table.remarks)
