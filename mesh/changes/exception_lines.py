"""Lines about exceptions from rules of the policy pack: new ones, those that go, say something else, or have ended."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import became, number_of
from mesh.folder import PlannedMesh
from mesh.model import GuardrailException, Mesh


def exception_section(before: PlannedMesh, after: PlannedMesh) -> ReportSection:
    """The section on exceptions; one of which a day is past is told as ended, whoever wrote what."""
    one, other = _written(before.mesh), _written(after.mesh)
    new, gone = [other[key] for key in other if key not in one], [one[key] for key in one if key not in other]
    ended = [
        other[key]
        for key in other
        if _is_past(other[key], after.as_of) and not (key in one and _is_past(one[key], before.as_of))
    ]
    changed = [(one[key], other[key]) for key in one if key in other and one[key] != other[key]]
    lines = (
        *(ReportLine(f"new: {_named(each)} until {each.expires}, by {each.owner}: {each.reason}") for each in new),
        *(ReportLine(f"removed: {_named(each)}; the rule holds again") for each in gone),
        *(line for pair in changed for line in _changed(*pair)),
        *(ReportLine(f"ended on {each.expires}: {_named(each)}; the rule holds again") for each in ended),
    )
    counts = ((len(new), "new"), (len(gone), "removed"), (len(changed), "changed"), (len(ended), "ended"))
    told = ", ".join(f"{number} {word}" for number, word in counts if number)
    return ReportSection(
        key="exceptions",
        title="Exceptions from the policy pack",
        summary=f"{told} of {number_of(len({*one, *other}), 'exception')}" if told else "no other exception",
        lines=lines,
        data=[
            *({"change": "new", **_data(each)} for each in new),
            *({"change": "removed", **_data(each)} for each in gone),
            *({"change": "changed", **_data(now), "before": _data(then)} for then, now in changed),
            *({"change": "ended", **_data(each)} for each in ended),
        ],
    )


def _written(mesh: Mesh) -> Mapping[tuple[str, str], GuardrailException]:
    return mesh.exceptions.by_rule_and_resource() if mesh.exceptions else {}


def _is_past(exception: GuardrailException, day: datetime.date) -> bool:
    return exception.expires < day


def _changed(then: GuardrailException, now: GuardrailException) -> Iterator[ReportLine]:
    for key in ("expires", "owner", "reason"):
        old, new = str(getattr(then, key)), str(getattr(now, key))
        if old != new:
            yield ReportLine(f"{_named(now)}: {key} {became(old, new)}")


def _named(exception: GuardrailException) -> str:
    return f"'{exception.rule}' does not hold for {exception.resource}"


def _data(exception: GuardrailException) -> dict[str, Any]:
    return exception.model_dump(mode="json", by_alias=True)
