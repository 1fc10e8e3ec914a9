"""Rules of exceptions: themes that take none, and silence where the files that would tell could not be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mesh.guardrail_rules import GuardrailRule
from mesh.plan.rules import exceptions

Findings = Callable[[Path], list[str]]
TEXT = (
    "exceptions:\n"
    "  - {rule: no-grant, resource: domain-shopp/clicks, reason: A site., owner: shops, expires: 2027-05-01}\n"
)


@pytest.fixture
def written(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny mesh with an exception from a rule on partners, in an unknown stack and of an unknown team."""
    (tiny / "exceptions.yaml").write_text(TEXT, "utf-8")
    rules = {"no-grant": GuardrailRule("partners", "critical", accepts_exceptions=False)}
    monkeypatch.setattr(exceptions, "guardrails", lambda: rules)
    return tiny


def test_a_rule_on_the_perimeter_or_on_partners_takes_no_exception(written: Path, findings: Findings) -> None:
    assert findings(written)[0] == (
        "exceptions.yaml:2:12: 'no-grant' accepts no exception, as no rule of the theme 'partners' does; change the "
        "resource so that it keeps the rule, and remove this entry"
    )
    assert len(findings(written)) == 3


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "stacks", "teams"),
    [
        ("domains/shop.yaml", "owner: {team: shop,", "owner: {team: Shop,", True, False),
        ("mesh.yaml", "owner: {team: platform,", "owner: {team: Platform,", True, False),
        ("domains/orders.yaml", "owner:", "- owner:", True, False),
        ("domains/orders.yaml", "description:", "describtion:", True, True),
    ],
)
def test_of_what_could_not_be_read_nothing_is_told_as_unknown(
    written: Path, findings: Findings, file: str, old: str, new: str, stacks: bool, teams: bool
) -> None:
    swap(written / file, old, new)
    told = [line for line in findings(written) if line.startswith("exceptions.yaml")]
    assert any("unknown stack" in line for line in told) is stacks
    assert any("unknown team" in line for line in told) is teams


def test_the_stack_of_a_domain_whose_file_cannot_be_read_is_not_unknown(written: Path, findings: Findings) -> None:
    swap(written / "exceptions.yaml", "domain-shopp", "domain-shop")
    swap(written / "domains" / "shop.yaml", "owner:", "- owner:")
    assert not any("unknown stack" in line for line in findings(written))


@pytest.mark.parametrize(("key", "value"), [("resource", "clicks"), ("owner", "The Shop"), ("expires", "soon")])
def test_a_value_that_is_wrong_by_itself_is_told_once_and_hides_no_other(
    written: Path, findings: Findings, key: str, value: str
) -> None:
    text = (written / "exceptions.yaml").read_text("utf-8")
    start = text.index(f"{key}: ") + len(key) + 2
    end = min(place for mark in (",", "}") if (place := text.find(mark, start)) > 0)
    (written / "exceptions.yaml").write_text(f"{text[:start]}{value}{text[end:]}", "utf-8")
    told = findings(written)
    assert len([line for line in told if f"'{key}' is the text '{value}'" in line]) == 1
    assert len(told) == (4 if key == "expires" else 3), told


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-12-31", "ended on 2026-12-31"),
        ("2027-01-01", ""),
        ("2027-06-30", ""),
        ("2027-07-01", "more than 180 days"),
    ],
)
def test_the_first_and_the_last_day_that_an_exception_may_have(
    written: Path, findings: Findings, day: str, told: str
) -> None:
    swap(written / "exceptions.yaml", "2027-05-01", day)
    about = [line for line in findings(written) if "ended on" in line or "more than 180 days" in line]
    assert [told in line for line in about] == ([True] if told else [])
