"""Every resource type lives a whole life through the provider's own service, in the account it should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from sandbox.emulator.aws import RESOURCES
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT, EmulatedOrganization
from sandbox.engine.wire import to_python
from tests.sandbox.emulator.faulty import FaultyOrganization, spared
from tests.sandbox.emulator.provider_cases import STORAGE_AND_ORGANIZATION
from tests.sandbox.emulator.provider_cases_services import SERVICES
from tests.sandbox.emulator.provider_harness import IDS, REGION, Aborted, Case, Driver, Values, configured, urn


@pytest.fixture(scope="module")
def organization() -> Iterator[EmulatedOrganization]:
    with EmulatedOrganization(IDS, REGION) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        yield opened


@pytest.fixture(scope="module")
def drivers(organization: EmulatedOrganization) -> dict[str, Driver]:
    accounts = organization.account_ids().values()
    return {
        account: configured(organization, account, defaultTags={"tags": {"mesh": "sample"}}) for account in accounts
    }


class Standing:
    """The resources that a case needs, created before it and deleted after it."""

    def __init__(self, drivers: dict[str, Driver]) -> None:
        self.drivers = drivers
        self.made: dict[str, Values] = {}
        self._undo = ExitStack()

    def __enter__(self) -> Standing:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def create_needs(self, case: Case) -> None:
        for name, needed in case.needs.items():
            if name not in self.made:
                self.create(name, needed)

    def create(self, label: str, case: Case) -> None:
        self.create_needs(case)
        driver = self.drivers[case.account]
        id_, outputs = driver.create(case.token, case.resolved(self.made))
        self.made[label] = {**outputs, "id": id_}
        self._undo.callback(driver.delete, case.token, id_, outputs)


CASES = (*STORAGE_AND_ORGANIZATION, *SERVICES)


def named(cases: tuple[Case, ...]) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in cases]


@pytest.mark.parametrize("case", named(CASES))
def test_a_resource_is_created_read_changed_and_deleted(
    case: Case, drivers: dict[str, Driver], organization: EmulatedOrganization
) -> None:
    driver = drivers[case.account]
    with Standing(drivers) as standing:
        standing.create_needs(case)
        inputs = case.resolved(standing.made)
        assert driver.check(case.token, inputs) == {}
        before = {a: organization.resources_in(a) for a in drivers}

        id_, state = driver.create(case.token, inputs)
        assert id_
        assert {name for name in RESOURCES[case.token].computed if name not in state} == set()
        _stays_the_same(driver, case, id_, state, inputs)
        after = {a: organization.resources_in(a) for a in drivers if a != case.account}
        assert after == {a: before[a] for a in after}, "another account changed"

        if case.change is not None:
            changed = {k: v for k, v in {**inputs, **case.change}.items() if v is not None}
            difference = driver.diff(case.token, id_, state, inputs, changed)
            assert difference.changes == pb.DiffResponse.DIFF_SOME
            assert not difference.replaces
            assert set(case.change) <= {*difference.diffs}
            state, inputs = driver.update(case.token, id_, state, inputs, changed), changed
            _stays_the_same(driver, case, id_, state, inputs)

        if case.replaces is not None:
            difference = driver.diff(case.token, id_, state, inputs, {**inputs, **case.replaces})
            assert set(case.replaces) <= set(difference.replaces)

        driver.delete(case.token, id_, state)
        gone, _, _ = driver.read(case.token, id_, state, inputs)
        assert case.stays or gone == ""
    assert organization.resources_in(DEFAULT_ACCOUNT) == 0


def _stays_the_same(driver: Driver, case: Case, id_: str, state: Values, inputs: Values) -> None:
    """A refresh finds what was written, and then there is nothing to do."""
    found_id, found_state, found_inputs = driver.read(case.token, id_, state, inputs)
    assert found_id == id_
    assert found_inputs == inputs
    assert {k: v for k, v in found_state.items() if k not in _MOVING} == {
        k: v for k, v in state.items() if k not in _MOVING
    }
    assert driver.diff(case.token, id_, state, inputs, inputs).changes == pb.DiffResponse.DIFF_NONE


_MOVING = ("attachmentCount", "accounts", "nonMasterAccounts", "roots")
"""Outputs that other resources change."""


class FailsAt:
    """The call with this number fails, and no other."""

    def __init__(self, number: int) -> None:
        self.number, self.calls = number, 0

    def __call__(self, operation: str) -> None:
        self.calls += 1
        if self.calls == self.number:
            raise AwsError("AccessDenied", f"{operation} failed")


@pytest.mark.parametrize("case", named(CASES))
def test_a_creation_that_fails_at_any_of_its_calls_is_repaired_by_the_next_run(
    case: Case, drivers: dict[str, Driver], organization: EmulatedOrganization
) -> None:
    faulty = FaultyOrganization(organization)
    driver = configured(faulty, case.account, defaultTags={"tags": {"mesh": "sample"}})
    with Standing(drivers) as standing:
        standing.create_needs(case)
        counted = organization.counts()
        for number in range(1, 20):
            inputs = _named_anew(case, standing, number)
            faulty.meet = fails = FailsAt(number)
            try:
                id_, state = driver.create(case.token, inputs)
            except Aborted as aborted:
                faulty.meet = spared
                id_, state = _made_after(aborted, driver, case, inputs, organization.counts() != counted)
                _stays_the_same(driver, case, id_, state, inputs)
                driver.delete(case.token, id_, state)
            else:
                assert fails.calls < number, "a failure that nobody noticed"
                faulty.meet = spared
                driver.delete(case.token, id_, state)
                break
        assert organization.counts() == counted


@pytest.mark.parametrize("case", named(tuple(case for case in CASES if case.change)))
def test_an_update_that_fails_at_any_of_its_calls_is_repaired_by_the_next_run(
    case: Case, drivers: dict[str, Driver], organization: EmulatedOrganization
) -> None:
    faulty = FaultyOrganization(organization)
    driver = configured(faulty, case.account, defaultTags={"tags": {"mesh": "sample"}})
    with Standing(drivers) as standing:
        standing.create_needs(case)
        for number in range(1, 20):
            inputs = _named_anew(case, standing, 100 + number)
            id_, state = driver.create(case.token, inputs)
            changed = {k: v for k, v in {**inputs, **(case.change or {})}.items() if v is not None}
            faulty.meet = fails = FailsAt(number)
            try:
                driver.update(case.token, id_, state, inputs, changed)
            except Aborted as aborted:
                faulty.meet = spared
                if half := aborted.half_made:
                    state = driver.update(case.token, id_, to_python(half.properties), changed, changed)
                    _stays_the_same(driver, case, id_, state, changed)
                else:
                    _stays_the_same(driver, case, id_, state, inputs)
            faulty.meet = spared
            driver.delete(case.token, id_, state)
            if fails.calls < number:
                break
        assert fails.calls < number, "every call has failed once"


@pytest.mark.parametrize("case", named(CASES))
def test_a_creation_whose_answer_is_lost_is_answered_again(
    case: Case, drivers: dict[str, Driver], organization: EmulatedOrganization
) -> None:
    driver = drivers[case.account]
    with Standing(drivers) as standing:
        standing.create_needs(case)
        inputs = _named_anew(case, standing, 200)
        made, _ = driver.create(case.token, inputs, name="lost")
        held, counted = organization.resources_in(case.account), organization.counts()
        id_, state = driver.create(case.token, inputs, name="lost")
        assert (id_, organization.resources_in(case.account), organization.counts()) == (made, held, counted)
        _stays_the_same(driver, case, id_, state, inputs)
        driver.delete(case.token, id_, state)
        organization.records.acknowledge(urn(case.token, "lost"))


def _named_anew(case: Case, standing: Standing, number: int) -> Values:
    """An account's address is never free again, and moto keeps the tags of a trail that is gone."""
    inputs, name = case.resolved(standing.made), RESOURCES[case.token].name
    if "email" in inputs:
        inputs["email"] = f"{number}-{inputs['email']}"
    return {**inputs, name: f"{inputs[name]}-{number}"} if name else inputs


def _made_after(aborted: Aborted, driver: Driver, case: Case, inputs: Values, is_there: bool) -> tuple[str, Values]:
    """Update a half-made resource, as an engine does, and create one that was not made at all."""
    half = aborted.half_made
    assert is_there == (half is not None), "what is there is known to the engine"
    if half is None:
        return driver.create(case.token, inputs)
    state = to_python(half.properties)
    assert list(half.reasons) == [str(aborted)]
    return half.id, driver.update(case.token, half.id, state, inputs, inputs)


def test_every_type_of_the_sandbox_has_a_life_here() -> None:
    assert {case.token for case in CASES} == set(RESOURCES)


def test_nothing_is_counted_after_everything_is_deleted(organization: EmulatedOrganization) -> None:
    assert organization.counts() == []
