"""Every invariant holds of the sample mesh, checks something, and none of the list is left out in silence."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark import ParameterSet

from mesh import example
from mesh.load import load
from mesh.plan import Plan, build
from mesh.proof import written_labels
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants import INVARIANTS, Invariant
from mesh.proof.prove import SHOWN, prove
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

ASK_MOST: Final = ("I4", "U1")


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def _long(invariant: Invariant) -> ParameterSet:
    """The invariant; those that ask most run with the long tests, which run `mesh prove` as well."""
    return pytest.param(invariant, id=invariant.id, marks=[pytest.mark.long] if invariant.id in ASK_MOST else [])


@pytest.mark.parametrize("invariant", [_long(each) for each in INVARIANTS])
def test_the_invariant_holds_of_the_sample_mesh_and_checks_at_least_one_thing(
    subject: Subject, invariant: Invariant
) -> None:
    found = [claim.check(subject) for claim in invariant.claims(subject)]
    assert found
    assert [witness.text for witness in found if witness][:SHOWN] == []


@pytest.mark.long
def test_the_invariants_hold_of_a_mesh_of_one_domain(tmp_path: Path) -> None:
    """No other domain is there to be asked, and every domain is a partner's writer."""
    day = datetime.date(2027, 1, 1)
    example.write(tmp_path, domains=1, products=2, partners=1, as_of=day)
    mesh = load(tmp_path).usable()
    results = prove(build(mesh, day), written_labels.read(tmp_path, mesh), INVARIANTS)
    assert [result.invariant.id for result in results if not result.holds] == []


def test_every_invariant_of_the_list_is_there() -> None:
    identifiers = [invariant.id for invariant in INVARIANTS]
    assert len(identifiers) == len(set(identifiers))
    listed = {f"I{number}" for number in (*range(1, 28), 31, 32)}
    assert {each for each in identifiers if each.startswith("I")} == listed


def test_titles_are_sentences_of_their_own() -> None:
    titles = [invariant.title for invariant in INVARIANTS]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title) < 30 or not title.endswith(".") or not title[0].isupper()] == []


def test_titles_do_not_depend_on_docstrings() -> None:
    """`python -OO` has none."""
    code = "from mesh.proof.invariants import INVARIANTS; print(*(i.title for i in INVARIANTS), sep='\\n')"
    stripped = subprocess.run([sys.executable, "-OO", "-c", code], check=True, capture_output=True, text=True)
    assert stripped.stdout.splitlines() == [invariant.title for invariant in INVARIANTS]


def test_what_carries_an_invariant_beyond_iam_is_something_that_users_have() -> None:
    """The folder `tests` is not in the wheel."""
    assert [invariant.id for invariant in INVARIANTS if "tests/" in (invariant.beyond or "")] == []


def test_an_invariant_without_a_claim_does_not_hold(plan: Plan, written: WrittenLabels) -> None:
    empty = Invariant("X1", "Nothing is claimed.", lambda _: iter(()))
    (result,) = prove(plan, written, (empty,))
    assert not result.holds


def test_a_result_shows_how_many_failed_and_a_few_of_them(plan: Plan, written: WrittenLabels) -> None:
    def false(subject: Subject) -> Iterator[AnyClaim]:
        for claim in BY_ID["I18"].claims(subject):
            assert isinstance(claim, Claim)
            yield Claim(claim.who, claim.request, allowed=True)

    (result,) = prove(plan, written, (Invariant("X2", "Every bucket is public.", false),))
    assert result.failed == result.checked > len(result.witnesses) == SHOWN
    witness = result.as_json()["witness"]
    assert (witness["principal"], witness["action"]) == ("anonymous", "s3:GetObject")
    assert "is refused" in witness["text"]


BY_ID: Final = {invariant.id: invariant for invariant in INVARIANTS}
