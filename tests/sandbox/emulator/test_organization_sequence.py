"""Organisations one after the other in one process: nothing of one is left in the next."""

from __future__ import annotations

import os

import pytest

from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.organization_ids import OrganizationIds
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, MANAGEMENT, REGION, configured

OTHER = OrganizationIds("444444444444", "o-another000", "r-anot", accounts={"playback": "555555555555"})


def test_nothing_of_one_organisation_is_left_in_the_next() -> None:
    with EmulatedOrganization(IDS, REGION) as first:
        first.ensure_account("playback")
        configured(first, DOMAIN).create("aws:s3/bucket:Bucket", {"bucket": "mine"})
        first.client("kms", DOMAIN).create_key()
    with EmulatedOrganization(OTHER, REGION) as second:
        assert second.account_ids() == {"management": "444444444444"}
        second.ensure_account("playback")
        assert second.client("s3", "555555555555").list_buckets()["Buckets"] == []
        assert second.resources_in(DOMAIN) == 0
        assert second.counts() == []
        configured(second, "555555555555").create("aws:s3/bucket:Bucket", {"bucket": "mine"})


def test_a_name_that_is_not_in_the_table_gets_the_same_id_every_time_and_is_shown() -> None:
    found: list[dict[str, str]] = []
    for _ in range(2):
        with EmulatedOrganization(IDS, REGION) as organization:
            organization.client("organizations").create_account(AccountName="surprise", Email="s@example.com")
            found.append(organization.account_ids())
    assert found[0] == found[1] == {"management": MANAGEMENT, "surprise": IDS.account("surprise")}


def test_two_at_once_are_refused() -> None:
    with EmulatedOrganization(IDS, REGION), pytest.raises(RuntimeError, match="another emulated organisation"):
        EmulatedOrganization(OTHER, REGION).__enter__()


def test_one_that_fails_to_open_does_not_block_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.emulator.emulated_organization._operator", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        EmulatedOrganization(IDS, REGION).__enter__()
    monkeypatch.undo()
    with EmulatedOrganization(IDS, REGION) as organization:
        assert organization.account_ids()


def test_moto_and_the_environment_are_as_they_were_afterwards() -> None:
    from moto.organizations import models, utils

    before = (models.FakeAccount.__init__, utils.make_random_org_id, dict(os.environ))
    with EmulatedOrganization(IDS, REGION):
        assert models.FakeAccount.__init__ is not before[0]
    assert (models.FakeAccount.__init__, utils.make_random_org_id, dict(os.environ)) == before


def test_a_served_port_is_free_again_afterwards() -> None:
    with EmulatedOrganization(IDS, REGION, port=0) as first:
        port = int(first.endpoint.rpartition(":")[2])
    with EmulatedOrganization(IDS, REGION, port=port) as second:
        assert second.endpoint == f"http://127.0.0.1:{port}"
        assert second.client("sts", region=REGION).get_caller_identity()["Account"] == IDS.management_account
