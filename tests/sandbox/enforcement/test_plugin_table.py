"""The table of the AWS plugin's calls against the emulator's handlers: two hands that wrote down the same clients.

A handler calls what a client of AWS has to call. What it calls and the table does not have is missing there, and what
the table has and no policy allows is refused, as on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mesh.aws.plugin_types import plugin_types
from sandbox.emulator import plugin_calls
from sandbox.emulator.asked_actions import AskedAction
from sandbox.emulator.aws.resource import Call
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.seeding import FirstRoles
from tests.sandbox.emulator.provider_cases import STORAGE_AND_ORGANIZATION
from tests.sandbox.emulator.provider_cases_services import SERVICES
from tests.sandbox.emulator.provider_harness import (
    DOMAIN,
    IDS,
    MANAGEMENT,
    REGION,
    Aborted,
    Case,
    Driver,
    Values,
    configured,
)

DEPLOY = f"arn:aws:iam::{DOMAIN}:role/mesh/deploy"
ONLY_HERE: dict[str, set[str]] = {}
"""Actions that a handler calls and the plugin does not, by type, with the reason."""


def document(*statements: Values) -> Values:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def first_roles(*policies: Values) -> FirstRoles:
    """A role that deploys in every account, and what it may do."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": MANAGEMENT}}
    role = {
        "Path": "/mesh/",
        "RoleName": "deploy",
        "AssumeRolePolicyDocument": document(trust),
        "ManagedPolicyArns": [],
        "Policies": [{"PolicyName": "all", "PolicyDocument": document(*policies)}],
    }
    template = {"Resources": {"Deploy": {"Type": "AWS::IAM::Role", "Properties": role}}}
    return FirstRoles(json.dumps(template), json.dumps({"Resources": {}}))


ALL: Values = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with EnforcedOrganization(IDS, REGION, first_roles(ALL)) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        yield opened


class Lives:
    """Lives of resources under policies, and what their handlers called, by type."""

    def __init__(self, organization: EnforcedOrganization) -> None:
        accounts = organization.account_ids().values()
        self.drivers = {account: configured(organization, account) for account in accounts}
        self.called: dict[str, set[str]] = {}

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Keep what was decided on its way to moto."""
        after, count = plugin_calls.after, plugin_calls.count

        def keep(call: Call, made: list[AskedAction]) -> None:
            self.called.setdefault(call.resource.token, set()).update(each.action for each in made)

        def kept_after(call: Call, steps: Any, made: list[AskedAction], found: Any = None) -> None:
            keep(call, made)
            after(call, steps, made, found or {})

        def kept_count(call: Call, step: Any, made: list[AskedAction]) -> None:
            keep(call, made)
            count(call, step, made)

        monkeypatch.setattr(plugin_calls, "after", kept_after)
        monkeypatch.setattr(plugin_calls, "count", kept_count)

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


CASES = [case for case in (*STORAGE_AND_ORGANIZATION, *SERVICES) if case.token in plugin_types()]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_table_has_what_a_handler_calls(
    case: Case, organization: EnforcedOrganization, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = Lives(organization)
    lives.watch(monkeypatch)
    lives.live(case, {})
    table = {call.action for call in plugin_types()[case.token].every_call}
    assert lives.called.get(case.token, set()) - table - ONLY_HERE.get(case.token, set()) == set()


def test_nothing_is_excused_that_the_table_has() -> None:
    for token, actions in ONLY_HERE.items():
        assert actions & {call.action for call in plugin_types()[token].every_call} == set()


# ---- a permission that only the plugin would miss


@pytest.mark.parametrize(
    ("token", "inputs", "action", "on"),
    [
        (
            "aws:glue/catalogTable:CatalogTable",
            {"name": "sessions", "databaseName": "playback"},
            "glue:GetPartitionIndexes",
            f"arn:aws:glue:{REGION}:{DOMAIN}:catalog",
        ),
        ("aws:s3/bucket:Bucket", {"bucket": "mesh-new"}, "s3:GetBucketRequestPayment", "arn:aws:s3:::mesh-new"),
    ],
)
def test_a_read_that_only_the_plugin_makes_is_refused_as_on_aws_and_leaves_the_resource_half_made(
    token: str, inputs: Values, action: str, on: str
) -> None:
    deny = {"Effect": "Deny", "Action": action, "Resource": "*", "Sid": "NotThis"}
    with EnforcedOrganization(IDS, REGION, first_roles(ALL, deny)) as organization:
        organization.ensure_account("playback")
        driver = configured(organization, DOMAIN)
        if "databaseName" in inputs:
            driver.create("aws:glue/catalogDatabase:CatalogDatabase", {"name": inputs["databaseName"]})
        with pytest.raises(Aborted) as stopped:
            driver.create(token, inputs)
        session = f"arn:aws:sts::{DOMAIN}:assumed-role/deploy/mesh"
        assert f"AccessDenied: {session} is not authorized to perform: {action} on resource: {on}" in str(stopped.value)
        assert "with an explicit deny in identity" in str(stopped.value)
        assert stopped.value.half_made is not None
        assert {count.type for count in organization.counts()} >= {token}


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
