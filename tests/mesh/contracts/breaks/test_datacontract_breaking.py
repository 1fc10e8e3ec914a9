"""`datacontract breaking` on every recorded change: what it calls breaking is breaking here, or has a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from datacontract.data_contract import DataContract

from tests.mesh.contracts.breaks.break_cases import BreakCase, base, cases, patched

PAGE = Path(__file__).parents[4] / "docs" / "breaks.md"


def reasons() -> set[str]:
    """Rules with a written reason to judge otherwise."""
    return set(re.findall(r"^\| `([a-z-]+)` \| ", PAGE.read_text("utf-8").partition("## Beside")[2], re.MULTILINE))


def is_breaking(case: BreakCase) -> bool:
    """Whether `datacontract breaking` says so, as a consumer sees it."""
    before = patched(base(), case.before)
    texts = (yaml.safe_dump(data) for data in (before, patched(before, case.change)))
    one, other = (DataContract(data_contract_str=text) for text in texts)
    return one.breaking(other).is_breaking


def objections() -> Iterator[tuple[BreakCase, set[str]]]:
    """Changes that it alone calls breaking, with the rules that judged them here."""
    for case in cases():
        told = [line.split() for line in case.told]
        if case.holds and all(line[0] != "breaking" for line in told) and is_breaking(case):
            yield case, {line[2] for line in told}


@pytest.mark.long
def test_what_datacontract_calls_breaking_is_breaking_or_has_a_reason() -> None:
    found = list(objections())
    known = reasons()
    assert [case.title for case, rules in found if not rules & known] == []
    assert known == {rule for _, rules in found for rule in rules & known}
