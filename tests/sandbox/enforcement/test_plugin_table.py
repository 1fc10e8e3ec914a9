"""The table of the AWS plugin's calls against the emulator's handlers: two hands that wrote down the same clients.

A handler calls what a client of AWS has to call. What it calls and the table does not have is missing there, and what
the table has and no policy allows is refused, as on AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import AskedAction
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_cases import STORAGE_AND_ORGANIZATION
from tests.sandbox.emulator.provider_cases_services import SERVICES
from tests.sandbox.emulator.provider_harness import (
    DOMAIN,
    IDS,
    REGION,
    Case,
    Values,
    configured,
)
from tests.sandbox.enforcement.called_actions import ONLY_HERE, called_by_type
from tests.sandbox.enforcement.plugin_roles import ALL, first_roles

DEPLOY = f"arn:aws:iam::{DOMAIN}:role/mesh/deploy"
NOT_UNDER_POLICIES = {
    "BucketPolicy",
    "CatalogTableOptimizer for compaction",
    "CatalogTableOptimizer for retention",
    "EventBusPolicy",
    "Key",
    "Key whose policy denies under a condition",
    "ResourcePolicy",
    "ResourceLfTag on a database",
    "ResourceLfTag on a table",
    "ResourceLfTag on columns",
    "Topic",
    "TopicSubscription",
}
"""Cases whose documents are for an organisation without policies: AWS would not take them, or they shut out the role
that deploys. The sample mesh has a resource of each of these types (`test_plugin_calls_of_a_mesh.py` deploys it)."""


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with EnforcedOrganization(IDS, REGION, first_roles(ALL)) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        yield opened


class Lives:
    """Lives of resources under policies."""

    def __init__(self, organization: EnforcedOrganization) -> None:
        accounts = organization.account_ids().values()
        self.drivers = {account: configured(organization, account) for account in accounts}

    def live(self, case: Case, made: dict[str, Values]) -> None:
        """Create, read, change and delete; what it needs lives around it."""
        needed: dict[str, tuple[Case, str, Values]] = {}
        for label, other in case.needs.items():
            if label not in made:
                self.begin(label, other, made, needed)
        driver, inputs = self.drivers[case.account], case.resolved(made)
        id_, state = driver.create(case.token, inputs)
        driver.read(case.token, id_, state, inputs)
        if case.change is not None:
            changed = {k: v for k, v in {**inputs, **case.change}.items() if v is not None}
            state = driver.update(case.token, id_, state, inputs, changed)
        driver.delete(case.token, id_, state)
        for other, other_id, outputs in reversed(needed.values()):
            self.drivers[other.account].delete(other.token, other_id, outputs)

    def begin(self, label: str, case: Case, made: dict[str, Values], needed: dict[str, Any]) -> None:
        for name, other in case.needs.items():
            if name not in made:
                self.begin(name, other, made, needed)
        id_, outputs = self.drivers[case.account].create(case.token, case.resolved(made))
        made[label] = {**outputs, "id": id_}
        needed[label] = (case, id_, outputs)


CASES = [
    case
    for case in (*STORAGE_AND_ORGANIZATION, *SERVICES)
    if case.token in plugin_types() and case.name not in NOT_UNDER_POLICIES
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_table_has_what_a_handler_calls(
    case: Case, organization: EnforcedOrganization, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = called_by_type(monkeypatch)
    Lives(organization).live(case, {})
    table = {call.action for call in plugin_types()[case.token].every_call}
    assert called.get(case.token, set()) - table - ONLY_HERE.get(case.token, set()) == set()


def test_nothing_is_excused_that_the_table_has() -> None:
    for token, actions in ONLY_HERE.items():
        assert actions & {call.action for call in plugin_types()[token].every_call} == set()


def test_the_gate_answers_of_an_action_what_it_answers_of_the_call(organization: EnforcedOrganization) -> None:
    session = replace(organization.assume(DEPLOY))
    assert session.decides is not None
    asked = [
        AskedAction("s3:ListAllMyBuckets", "*", {}),
        AskedAction("kms:DescribeKey", f"arn:aws:kms:{REGION}:{IDS.account('governance')}:key/of-another", {}),
        AskedAction("nobody:Knows", "*", {}),
    ]
    allowed, of_another, unknown = session.decides(REGION, asked)
    assert allowed == ""
    assert "is not authorized to perform: kms:DescribeKey" in of_another
    assert "not decided, therefore refused" in unknown
