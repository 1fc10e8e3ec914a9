"""The catalog as Athena sees it: what is refused is not there, and what could not be decided is an error of ours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.athena.query_errors import OF_THE_QUERY, OF_THE_SYSTEM, QueryError
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients, RoleSession
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.object_access import ObjectAccess
from sandbox.enforcement.query_catalog import CallersCatalog
from sandbox.enforcement.refusals import LAKE_REFUSAL, UNDECIDED

WORLD = cast("LiveWorld", SimpleNamespace(region="eu-west-1", organization="o-1"))
REFUSALS = [
    AwsError("EntityNotFoundException", "Table t not found."),
    AwsError("AccessDeniedException", "no identity policy allows it"),
    AwsError("403", "Forbidden"),
    AwsError("AccessDeniedException", f"{LAKE_REFUSAL}: it sees nothing"),
]
FAULTS = [
    AwsError("AccessDeniedException", f"glue:GetTable is {UNDECIDED}: no such key"),
    AwsError("AccessDeniedException", f"{UNDECIDED}: a grant on several things at once ({LAKE_REFUSAL})"),
    AwsError("InternalFailure", "moto failed with KeyError: 1"),
    AwsError("ThrottlingException", "Rate exceeded"),
]


class Answering:
    """A session, and a gate, that have one answer for everything."""

    credentials = SimpleNamespace(access_key="key")

    def __init__(self, answer: AwsError | str) -> None:
        self._answer = answer

    def call(self, *_: Any) -> Any:
        assert isinstance(self._answer, AwsError)
        raise self._answer

    def refusals(self, *_: Any) -> list[str]:
        return [str(self._answer)]


def catalog(answer: AwsError | str) -> CallersCatalog:
    found = CallersCatalog(WORLD, cast("Any", Answering(answer)), Clients(), "1", "key")
    object.__setattr__(found, "session", Answering(answer))
    return found


@pytest.mark.parametrize("error", REFUSALS, ids=str)
def test_what_is_refused_is_not_there(error: AwsError) -> None:
    assert catalog(error).described("db", "t") is None
    assert catalog(error).databases() == []


@pytest.mark.parametrize("error", FAULTS, ids=str)
def test_what_was_not_decided_is_not_said_to_be_absent(error: AwsError) -> None:
    for ask in (catalog(error).databases, lambda: catalog(error).described("db", "t")):
        with pytest.raises(AwsError) as told:
            ask()
        assert told.value is error


@pytest.mark.parametrize(
    ("refused", "category"),
    [("no identity policy allows it", OF_THE_QUERY), (f"lakeformation:GetDataAccess is {UNDECIDED}: x", OF_THE_SYSTEM)],
)
def test_credentials_that_were_not_decided_about_are_no_missing_permission(refused: str, category: int) -> None:
    with pytest.raises(QueryError) as told:
        catalog(refused)._as_location("1", "arn:aws:iam::1:role/r")
    assert told.value.category == category


def test_an_object_about_which_nothing_was_decided_is_none_that_may_not_be_read() -> None:
    undecided = AwsError("AccessDenied", f"s3:GetObject is {UNDECIDED}: no such key")
    for error, expected in ((AwsError("AccessDenied", "no"), PermissionError), (undecided, AwsError)):
        with pytest.raises(expected):
            ObjectAccess(cast("RoleSession", Answering(error)), "eu-west-1").size("s3://bucket/key")
