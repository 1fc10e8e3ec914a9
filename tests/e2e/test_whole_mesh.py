"""The whole sample mesh under both engines: the same life, step by step, and what each step of it has to come to."""

from __future__ import annotations

import pytest

from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.journal import DOMAIN, KINDS, STACKS, Journal, fresh, mesh_of, written
from tests.sandbox.runs.in_memory_states import InMemoryStates

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]
CHAPTERS = ("first", "again", "refreshed", "repaired", "changed", "destroyed")
OUTLIVES = {
    "aws:cloudformation/stackInstances:StackInstances": 2,
    "aws:cloudformation/stackSet:StackSet": 2,
    # Tags are retained: publication, or a column that goes, takes them away.
    "aws:lakeformation/resourceLfTag:ResourceLfTag": 44,
    "aws:organizations/account:Account": 9,
    "aws:organizations/organization:Organization": 1,
    "aws:organizations/organizationalUnit:OrganizationalUnit": 3,
}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    with fresh(STACKS) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
        return written(workspace, organization, tmp_path_factory.mktemp("embedded") / "stacks")


@pytest.fixture(scope="module")
def real(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Journal:
    with fresh(STACKS) as organization, state_directory() as states, ProviderServer(organization) as server:
        backend = Backend(cli, states.pulumi, server.port, states.passphrase, throw_away=True)
        workspace = Workspace(PulumiEngine(backend, states))
        return written(workspace, organization, tmp_path_factory.mktemp("real") / "stacks")


@pytest.fixture(params=["embedded", "real"])
def journal(request: pytest.FixtureRequest) -> Journal:
    return request.getfixturevalue(request.param)


def test_every_stack_is_deployed_in_its_account(journal: Journal) -> None:
    assert journal.failures("first") == []
    assert len(journal.runs["first"]) == 16
    assert {operation for counts in journal.counts("first").values() for operation in counts} == {"create"}
    assert sum(journal.left("first").values()) == len(journal.done("first"))
    assert DEFAULT_ACCOUNT not in {count.account_id for count in journal.inventories["first"].counts}


def test_again_everything_is_unchanged(journal: Journal) -> None:
    assert journal.failures("again") == []
    assert tuple(run.stack for run in journal.runs["again"]) == KINDS
    assert journal.done("again") == set()


def test_refresh_finds_exactly_what_was_changed_by_hand(journal: Journal) -> None:
    first, second, *_ = _products()
    assert journal.failures("refreshed") == []
    found = {(operation, *urn.split("$")[-1].split("::")) for operation, urn in journal.done("refreshed")}
    assert found == {
        ("update", "aws:s3/bucketVersioning:BucketVersioning", first),
        ("delete", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", second),
    }


def test_up_brings_back_what_was_changed_by_hand(journal: Journal) -> None:
    assert journal.failures("repaired") == []
    assert sorted(operation for operation, _ in journal.done("repaired")) == ["create", "update"]


def test_destroy_stops_at_what_is_protected_and_says_so(journal: Journal) -> None:
    assert len(journal.runs["refused"]) == 1
    assert journal.failures("refused")
    assert all("cannot be deleted\nbecause it is protected" in message for message in journal.failures("refused"))
    assert journal.left("refused") == journal.left("first")


def test_with_protection_lifted_destroy_leaves_only_what_aws_does_not_take_back(journal: Journal) -> None:
    assert journal.failures("changed") == []
    assert journal.failures("destroyed") == []
    assert dict(journal.left("destroyed")) == OUTLIVES


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_both_engines_do_the_same(embedded: Journal, real: Journal, chapter: str) -> None:
    assert real.done(chapter, but="") == embedded.done(chapter, but="")
    assert real.counts(chapter) == embedded.counts(chapter)
    assert real.inventories[chapter].counts == embedded.inventories[chapter].counts


def _products() -> list[str]:
    return list(mesh_of(STACKS).plan.domains[DOMAIN].products)
