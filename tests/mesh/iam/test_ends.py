"""Ends of agreements in policies: one statement a day, and of several agreements with one writer the last counts."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.iam.ends import by_end, latest, undated, until
from mesh.iam.partner import inbox_bucket_policy, inbox_key_policy
from mesh.iam.roles.delivery import delivery_permissions
from mesh.plan import Plan

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2090, 1, 1))
NAMES = st.sampled_from(["a", "b", "c", "d"])
SOON, LATE = datetime.date(2028, 12, 31), datetime.date(2029, 3, 31)


def test_the_last_day_is_over_when_the_next_begins() -> None:
    condition = until(SOON)
    assert (condition.operator, condition.key) == ("DateLessThan", "aws:CurrentTime")
    assert condition.values == ("2029-01-01T00:00:00Z",)
    assert until(datetime.date(2028, 2, 28)).values == ("2028-02-29T00:00:00Z",)


@given(st.lists(st.tuples(NAMES, DAYS)))
def test_of_several_agreements_with_one_writer_the_last_counts(ends: list[tuple[str, datetime.date]]) -> None:
    assert latest(ends) == {name: max(day for each, day in ends if each == name) for name, _ in ends}


@given(st.dictionaries(NAMES, DAYS))
def test_a_name_ends_once_and_a_day_has_one_statement(ends: dict[str, datetime.date]) -> None:
    together = list(by_end(ends))
    assert [each.end for each in together] == sorted({each.end for each in together})
    assert {name: each.end for each in together for name in each.names} == ends
    assert sum(len(each.names) for each in together) == len(ends)
    assert len({each.mark for each in together}) == len(together)


def test_a_sid_without_its_day() -> None:
    assert undated("DeclaredWritersDeliverUntil20281231") == "DeclaredWritersDeliverUntil<day>"
    assert undated("UntilTomorrow") == "UntilTomorrow"


def test_documents_grow_with_the_days_and_not_with_the_writers_that_share_one(plan: Plan) -> None:
    perimeter, account = plan.perimeter, "410000000072"
    for make in (
        lambda ends: inbox_bucket_policy(perimeter, "inbox", account, ends),
        lambda ends: inbox_key_policy(perimeter, account, ends),
        lambda ends: delivery_permissions(perimeter, account, "ads", "impressions", ends),
    ):
        none, one, both = make({}), make({"arn:aws:a": SOON}), make({"arn:aws:a": SOON, "arn:aws:b": SOON})
        apart = make({"arn:aws:a": SOON, "arn:aws:b": LATE})
        assert len(none.statements) < len(one.statements) == len(both.statements) == len(apart.statements) - 1
        assert "CurrentTime" not in none.text()


@pytest.mark.parametrize(("day", "count"), [(LATE, 1), (SOON, 2)])
def test_the_role_encrypts_until_the_last_of_its_agreements_ends(plan: Plan, day: datetime.date, count: int) -> None:
    document = delivery_permissions(plan.perimeter, "310000000013", "ads", "impressions", {"x": day, "y": LATE})
    (encrypts,) = (each for each in document.statements if each.sid == "EncryptForThePartner")
    assert until(LATE) in encrypts.conditions
    assert sum(each.sid.startswith("WriteToTheInboxes") for each in document.statements) == count
