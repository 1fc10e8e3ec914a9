"""Data in a mesh that Pulumi's own engine deployed: written, published, refused, read and delivered as under ours."""

from __future__ import annotations

import pytest

from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.jobs.deployed_jobs import DeployedJobs
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.served_organization import alive
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import Workspace
from tests.e2e.journal import STACKS, mesh_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]
ROWS = 120


@pytest.fixture(scope="module")
def filled(cli: Cli) -> Filled:
    mesh = mesh_of(STACKS)
    with enforced(mesh.plan) as organization, state_directory() as states, ProviderServer(organization) as server:
        backend = Backend(cli, states.pulumi, server.port, states.passphrase, throw_away=True)
        runs = Workspace(PulumiEngine(backend, states)).up(mesh)
        assert [failure.message for run in runs for failure in run.result.failures] == []
        return fill(organization, mesh, DeployedJobs(organization, alive), Sample(rows=ROWS))


def test_all_that_people_and_partners_read_is_as_the_files_say(filled: Filled) -> None:
    assert filled.differences == []
    assert filled.people > 20
    assert filled.withheld_columns > 30
    assert filled.received


def test_every_product_has_rows_and_the_bad_batch_was_refused(filled: Filled) -> None:
    assert {each.product for each in filled.tables} == {*mesh_of(STACKS).mesh.products()}
    assert filled.refused
