"""A function that ends in the middle, at each of its calls, before AWS has it or with its answer lost."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from handler import Batch
from publish_settings import PublishDocuments

from tests.functions.publish.organization import SWEEP, DiedError, Harbour, contract, table
from tests.functions.publish.writers import Writer, ship


def dying(organization: Harbour, moment: int, answered: bool) -> None:
    def died(number: int, _: str) -> None:
        if number == moment:
            raise DiedError

    ignored = (lambda *_: None, died) if answered else (died, lambda *_: None)
    organization.before_call, organization.after_call = ignored


every_call = pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.long)], ids=["some", "every"])
"""At each call, and in the fast tests at one of six."""
either = pytest.mark.parametrize(
    "answered", [pytest.param(False, marks=pytest.mark.long), True], ids=["before AWS has it", "answer lost"]
)
"""Before AWS has a call, and after it; in the fast tests after it, where more has been done that is not told."""


@every_call
@either
def test_two_tables_are_published_by_the_next_run_wherever_one_died(
    organization: Harbour, answered: bool, step: int
) -> None:
    organization.configure(contract(table("ships"), table("docks")))
    writer = Writer(organization)
    organization.published()
    moment, died = 0, True
    while died:
        before = [organization.pointer(name) for name in ("ships", "docks")]
        new = [writer.append(ship(moment), name=name) for name in ("ships", "docks")]
        dying(organization, moment, answered)
        try:
            organization.run(SWEEP)
            died = False
        except DiedError:
            moment += step
        for name, old, now in zip(("ships", "docks"), before, new, strict=True):
            assert organization.pointer(name) in (old, now)
        dying(organization, -1, answered)
        organization.published()
        assert [organization.pointer(name) for name in ("ships", "docks")] == new
        assert organization.record["intent"] is None
        assert organization.labels("docks")["captain"] == {"pii": "true", "financial": "false"}
    assert moment > 20
    assert organization.told().count("product published") >= moment // step


@pytest.mark.parametrize("answered", [False, True], ids=["before AWS has it", "answer lost"])
def test_the_owner_is_told_wherever_a_refusal_died(organization: Harbour, writer: Writer, answered: bool) -> None:
    organization.published()
    moment, died = 0, True
    while died:
        writer.point("ships", f"s3://elsewhere/{moment}.metadata.json")
        dying(organization, moment, answered)
        try:
            organization.run(SWEEP)
            died = False
        except DiedError:
            moment += 1
        dying(organization, -1, answered)
        organization.published()
        assert f"/{moment - died}.metadata.json" in organization.sentences[0]
        assert organization.record["untold"] == []
    assert moment >= 5


def test_an_intent_is_finished_with_the_pointers_that_were_checked(organization: Harbour, writer: Writer) -> None:
    """A commit that came after the check is not what the intent is about."""
    organization.published()
    checked = writer.append(ship(1))

    def died(_: int, name: str) -> None:
        if name == "UpdateTable":
            raise DiedError

    organization.before_call = died
    with pytest.raises(DiedError):
        organization.run(SWEEP)
    organization.before_call = lambda *_: None
    writer.point("ships", "s3://elsewhere/bad.metadata.json")
    organization.published()
    assert organization.pointer() == checked
    assert organization.told()[-2:] == ["product published", "publication refused"]


def test_a_bus_that_takes_no_event_gets_it_from_the_next_run(organization: Harbour, writer: Writer) -> None:
    real = organization.call

    def refusing(made: object, client: object, name: str, parameters: object) -> object:
        if name == "PutEvents":
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        return real(made, client, name, parameters)  # type: ignore[arg-type]

    organization.call = refusing  # type: ignore[method-assign, assignment]
    assert organization.run(SWEEP) == ["0"]
    assert organization.told() == []
    organization.call = real  # type: ignore[method-assign]
    organization.published()
    assert organization.told() == ["product published"]


def test_a_product_that_fails_does_not_hold_up_the_others(organization: Harbour, writer: Writer) -> None:
    folder = organization.folder / "contracts" / "harbour"
    other = {**organization.contract, "product": "aaa", "account_id": "444444444444", "draft": "harbour__aaa__draft"}
    (folder / "aaa.json").write_text(json.dumps(other))

    def failed(number: int, name: str) -> None:
        if number == 0:
            raise ClientError({"Error": {"Code": "InternalError", "Message": "try again"}}, name)

    organization.before_call = failed
    assert organization.run(SWEEP) == ["0"]
    assert organization.pointer() is not None


def test_a_sweep_ends_before_its_time_and_a_request_for_which_there_is_none_comes_again(
    organization: Harbour, writer: Writer
) -> None:
    """What a sweep leaves is the next one's, which begins elsewhere; it is no failure."""
    late = Batch(PublishDocuments(organization.folder), organization.sessions, left=lambda: 60_000)
    event = {"Records": [{"messageId": "1", "body": json.dumps(SWEEP)}]}
    assert late.answer(event) == {"batchItemFailures": []}
    assert organization.pointer() is None
    event = {"Records": [{"messageId": "1", "body": json.dumps(organization.request("retry"))}]}
    assert late.answer(event) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert (organization.pointer(), organization.sentences) == (None, [])


def test_what_people_ask_comes_before_the_sweep_of_the_same_batch(organization: Harbour, writer: Writer) -> None:
    organization.published()
    first = organization.record["published"]["id"]
    writer.append(ship(1))
    organization.published()
    writer.append(ship(2))
    organization.run(SWEEP, organization.request("rollback", first))
    assert organization.record["pinned"] == first


def test_a_request_that_another_run_overtakes_is_answered_in_the_same_turn(
    organization: Harbour, writer: Writer
) -> None:
    """The queue would try again much later."""
    organization.published()
    first = organization.record["published"]["id"]
    writer.append(ship(1))
    organization.published()
    overtaken: list[int] = []

    def sweep(number: int, name: str) -> None:
        if name == "PutObject" and organization.depth == 1 and not overtaken:
            overtaken.append(number)
            writer.append(ship(2))
            organization.published()

    organization.before_call = sweep
    assert organization.run(organization.request("rollback", first)) == []
    assert overtaken
    assert organization.record["pinned"] == first


@every_call
@pytest.mark.parametrize("answered", [False, True], ids=["before a call", "after it"])
def test_a_slow_run_undoes_nothing_of_the_one_that_overtook_it(
    organization: Harbour, writer: Writer, answered: bool, step: int
) -> None:
    """A second run finishes the first one's work, and publishes the next commit, between any two calls of the first."""
    organization.published()
    moment, overtaken = 0, True
    while overtaken:
        overtaken = False
        writer.append(ship(moment))

        def second(number: int, _: str) -> None:
            nonlocal overtaken
            if number == moment and organization.depth == 1 and not overtaken:  # noqa: B023 - called in this turn
                overtaken = True
                writer.append(ship(100 + number))
                assert organization.run(SWEEP) == []

        ignored = (lambda *_: None, second) if answered else (second, lambda *_: None)
        organization.before_call, organization.after_call = ignored
        organization.run(SWEEP)
        if overtaken:
            assert organization.pointer() == writer.pointer()
        moment += step
    organization.before_call = organization.after_call = lambda *_: None
    organization.published()
    assert organization.pointer() == writer.pointer()
    assert organization.record["published"]["tables"]["ships"]["pointer"] == writer.pointer()
    assert moment > 15
