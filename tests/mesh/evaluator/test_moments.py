"""Moments: how a date is read and written, and the time of a request."""

from __future__ import annotations

import datetime
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesh.evaluator import moments
from mesh.evaluator.decide import Request, decide
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import compiled
from mesh.evaluator.world import Account, Role, World

ACCOUNT, ROLE = "310000000013", "arn:aws:iam::310000000013:role/clerk"
UNTIL = "2029-01-01T00:00:00Z"
SECONDS = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(9000, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=datetime.UTC)
)


def world(operator: str, key: str, value: str, now: datetime.datetime | None = None) -> World:
    """One role that may read until a moment."""
    statement = {"Sid": "Until", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = compiled(
        "own", {"Version": "2012-10-17", "Statement": [statement | {"Condition": {operator: {key: value}}}]}
    )
    accounts, roles = [Account(ACCOUNT, None)], [Role(ROLE, (policy,))]
    return World("o-1", "eu-west-1", accounts, roles, now=now)


def allowed(world: World, **context: str | int) -> bool:
    keys = {f"aws:{name}": value for name, value in context.items()}
    return decide(Request(ROLE, "sqs:SendMessage", "*", keys), world).allowed


@example(datetime.datetime(1973, 1, 1, tzinfo=datetime.UTC))
@given(SECONDS)
def test_a_moment_is_read_as_it_was_written(moment: datetime.datetime) -> None:
    keys, since = moments.time_keys(moment), int(moment.timestamp())
    assert moments.seconds(keys[moments.CURRENT_TIME][0]) == since
    if re.fullmatch("[0-9]{4}|[0-9]{8}", f"{since}"):  # of 1970 to 1973: also a year, or a day
        with pytest.raises(UnknownError, match="is a year or a day"):
            moments.seconds(keys[moments.EPOCH_TIME][0])
    else:
        assert moments.seconds(keys[moments.EPOCH_TIME][0]) == since


def test_a_moment_in_another_zone_is_written_in_utc() -> None:
    east = datetime.timezone(datetime.timedelta(hours=9))
    assert moments.written(datetime.datetime(2029, 1, 1, 8, tzinfo=east)) == "2028-12-31T23:00:00Z"


@pytest.mark.parametrize("text", ["soon", "2029-13-01", "2029-01-01T25:00:00Z", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UnknownError, match="is no date"):
        moments.seconds(text)


def test_a_world_without_a_clock_does_not_decide_what_hangs_on_the_time() -> None:
    with pytest.raises(UnknownError, match="AWS sends aws:currenttime"):
        allowed(world("DateLessThan", "aws:CurrentTime", UNTIL))


@pytest.mark.parametrize(
    ("operator", "key", "bound"),
    [
        ("DateLessThan", "aws:CurrentTime", UNTIL),
        ("DateLessThan", "aws:EpochTime", UNTIL),
        ("NumericLessThan", "aws:EpochTime", "1861920000"),
    ],
)
def test_the_clock_of_the_world_is_the_time_of_a_request(operator: str, key: str, bound: str) -> None:
    clock = world(operator, key, bound, datetime.datetime(2028, 12, 31, 23, 59, 59, tzinfo=datetime.UTC))
    assert allowed(clock)
    clock.now = datetime.datetime(2029, 1, 1, tzinfo=datetime.UTC)
    assert not allowed(clock)


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime"])
def test_a_request_that_says_another_time_says_it_with_either_key(key: str) -> None:
    late = world("DateLessThan", key, UNTIL, moments.midday(datetime.date(2030, 1, 1)))
    assert not allowed(late)
    assert allowed(late, CurrentTime="2028-12-31T23:59:59Z")
    assert allowed(late, EpochTime=1861919999)
    assert not allowed(late, EpochTime=1861920000)
    assert not allowed(late, CurrentTime="2029-01-01T00:00:00Z")


def test_a_request_is_made_at_one_time() -> None:
    clock = world("DateLessThan", "aws:CurrentTime", UNTIL, moments.midday(datetime.date(2028, 1, 1)))
    assert allowed(clock, CurrentTime="2028-12-31T23:59:59Z", EpochTime="1861919999")
    with pytest.raises(UnknownError, match="made at two times"):
        allowed(clock, CurrentTime="2028-12-31T23:59:59Z", EpochTime="1861920000")


@given(SECONDS, SECONDS)
def test_an_end_that_has_passed_never_opens_again(end: datetime.datetime, later: datetime.datetime) -> None:
    clock = world("DateLessThan", "aws:CurrentTime", moments.written(end), later)
    assert allowed(clock) == (later < end)
