"""Scripts of the sample and of the tests' mesh name tables that are there; a derived product may be made twice."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# PyArrow has no types to report.

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesh import names
from mesh.folder import PlannedMesh, plan_folder
from mesh.load import load
from mesh.pipeline_scripts import read_scripts
from sandbox.emulator import backends
from sandbox.emulator.clients import Clients
from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.filling.product_writes import ProductWrites
from sandbox.filling.publication_records import PublicationRecordsSeen
from sandbox.jobs.pipeline_runs import Start, run_job
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.conftest import DAY, STACKS, TINY

PRODUCT, TABLE = "playback.viewing-hours", "viewing_hours"
KEY = ("viewing_date", "title_id", "country", "device_family")

# ---- names


@pytest.mark.parametrize("folder", [STACKS, TINY], ids=["sample", "tiny"])
def test_every_table_that_a_script_names_is_a_table_of_a_contract(folder: Path) -> None:
    tables = {
        f"{database(*product.split('.'))}.{table.name}"
        for product, contract in load(folder).usable().contracts.items()
        for table in contract.tables
        for database in (names.database, names.draft_database)
    }
    scripts = {place: script.text for place, script in read_scripts(folder).files.items()}
    named = {(place, name) for place, text in scripts.items() for name in re.findall(r"\w+__\w+(?:\.\w+)?", text)}
    assert named
    assert [(place, name) for place, name in sorted(named) if name not in tables] == []


# ---- runs


class Ground:
    """The sample mesh, deployed, with viewing hours that its pipeline made of sessions."""

    def __init__(self, organization: FreshOrganization, mesh: PlannedMesh) -> None:
        self.organization, self.mesh = organization, mesh
        for run in Workspace(EmbeddedEngine.of(organization.aws, organization.states)).up(mesh):
            assert not run.result.failures, run.result.failures

    def fill(self, seed: int) -> Filled:
        sample = Sample(rows=200, seed=seed, products=("playback.sessions", PRODUCT), bad_batch=False)
        return fill(self.organization.aws, self.mesh, self.organization.jobs, sample)

    def run(self, **start: Any) -> str:
        """Why a run failed, or its rows are not published."""
        end = run_job(self.mesh.plan, self.organization.jobs, PRODUCT, lambda _stream, _line: None, Start(**start))
        return end.sentence or PublicationRecordsSeen(self.organization.aws, self.mesh.plan).unpublished(PRODUCT)

    def commit(self) -> str:
        """The metadata file of the draft, which is another one behind each commit."""
        account, region = self.mesh.plan.domains["playback"].access.account_id, self.mesh.plan.perimeter.region
        draft = backends.databases(account, region)[names.draft_database(*PRODUCT.split("."))]
        return str(draft.tables[TABLE].as_dict()["Parameters"]["metadata_location"])

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the draft, in the order of their keys."""
        drafted = ProductWrites(self.organization.aws, self.mesh.plan, Clients(), PRODUCT).drafted(TABLE)
        return sorted(drafted.to_pylist(), key=lambda row: [row[name] for name in KEY])


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    mesh = plan_folder(STACKS, DAY)
    with fresh_organization(mesh) as organization, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("sample"))
        with organization.served("embedded", 0):
            yield Ground(organization, mesh)


@pytest.mark.long
def test_a_run_that_is_repeated_leaves_the_same_rows_and_is_published_again(ground: Ground) -> None:
    filled = ground.fill(1)
    assert [(each.product, each.runtime) for each in filled.tables if each.runtime] == [(PRODUCT, "glue-python")]
    first = ground.rows()
    assert len(first) > 10
    days = sorted({row["viewing_date"] for row in first})
    window = {"from": str(days[0]), "until": str(days[-1])}
    commits = [ground.commit()]
    for _ in range(2):
        assert ground.run(arguments=window) == ""
        assert ground.rows() == first
        commits.append(ground.commit())
    assert len({*commits}) == 3


@pytest.mark.long
def test_the_lines_of_the_page_on_publishing_may_be_typed_behind_each_other(ground: Ground) -> None:
    assert [ground.run(), ground.run(), ground.run(window="october"), ground.run(window="october")] == [""] * 4


@pytest.mark.long
def test_a_second_sample_takes_the_days_of_the_first_for_its_own(ground: Ground) -> None:
    filled = ground.fill(2)
    assert (filled.differences, filled.published) == ([], ["playback.sessions", PRODUCT])
    assert max(Counter(tuple(row[name] for name in KEY) for row in ground.rows()).values()) == 1
