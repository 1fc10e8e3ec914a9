"""A sample in a deployed mesh: written, published, refused, read and delivered; what is changed by hand shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from mesh.load import load
from sandbox.emulator import backends
from sandbox.filling.arrow_rows import arrow_table
from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.filling.read_checks import ReadChecks
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from sandbox.sample_rows.mesh_rows import sample_rows
from tests.sandbox.runs.publication_ground import mesh as publication_mesh

pytestmark = pytest.mark.long

ROWS = 20


class Ground:
    """The deployed mesh of the publications' tests, and its first sample."""

    def __init__(self, organization: FreshOrganization, mesh: PlannedMesh) -> None:
        self.organization, self.mesh = organization, mesh
        self.workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
        for run in self.workspace.up(mesh):
            assert not run.result.failures, run.result.failures
        self.first = self.fill()

    def fill(self, **more: Any) -> Filled:
        return fill(self.organization.aws, self.mesh, self.organization.jobs, Sample(**{"rows": ROWS, **more}))

    def made(self, rows: int = ROWS, seed: int = 1) -> Any:
        """Rows of visits, as a sample has them."""
        now = self.organization.aws.gate.world.now
        assert now is not None
        return arrow_table(sample_rows(load(self.mesh.directory), rows, seed, now).products["orders.visits"]["visits"])

    def read(self, rows: Any) -> list[str]:
        """What differs where people read visits, which are said to have these rows."""
        filled = Filled()
        ReadChecks(self.organization.aws, self.mesh, filled).people({("orders.visits", "visits"): rows})
        return filled.differences

    @property
    def contracts(self) -> dict[str, Any]:
        """Contracts as they are written, by product."""
        files = self.mesh.directory.glob("contracts/*/*.odcs.yaml")
        return {
            f"{file.parent.name}.{file.name.removesuffix('.odcs.yaml')}": yaml.safe_load(file.read_text("utf-8"))
            for file in files
        }

    def tags(self, database: str, column: str) -> tuple[Any, Any]:
        """LF-tags of all columns of the hub, and the key of those of one column."""
        from moto.lakeformation.models import lakeformation_backends

        perimeter = self.mesh.plan.perimeter
        stored: Any = lakeformation_backends[perimeter.governance_id][perimeter.region].lf_columns_tags
        return stored, next(key for key in stored if (key[1], key[3]) == (database, column))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    planned = publication_mesh(tmp_path_factory.mktemp("mesh") / "stacks")
    with fresh_organization(planned) as organization:
        yield Ground(organization, planned)


def test_every_table_of_every_contract_is_written_and_what_has_a_table_port_published(ground: Ground) -> None:
    written = {(each.product, each.table): each.rows for each in ground.first.tables}
    tables = {(product, table["name"]) for product, each in ground.contracts.items() for table in each["schema"]}
    assert written == dict.fromkeys(tables, ROWS)
    with_tables = {
        f"{file.stem}.{name}"
        for file in ground.mesh.directory.glob("domains/*.yaml")
        for name, product in yaml.safe_load(file.read_text("utf-8"))["products"].items()
        if "table" in product["ports"]
    }
    assert {*ground.first.published} == with_tables
    assert len(with_tables) > 3


def test_everybody_reads_what_the_files_say(ground: Ground) -> None:
    assert ground.first.differences == []
    # Every table; two of them have a column that one clearance does not read; and the courier's.
    assert ground.first.queries >= len(ground.first.published) + 2 + 1
    assert ground.first.people == 4
    assert ground.first.rows_read == ground.first.queries * ROWS
    assert ground.first.withheld_columns >= 2


def test_a_batch_that_breaks_a_contract_is_refused_and_its_own_domain_alone_hears_of_it(ground: Ground) -> None:
    (refused,) = ground.first.refused
    assert refused.told == ("orders",)
    assert len(refused.sentences) == 1
    assert refused.product in refused.sentences[0]


def test_nothing_is_left_of_who_listened(ground: Ground) -> None:
    for domain in ground.mesh.plan.domains.values():
        account, region = domain.access.account_id, ground.mesh.plan.perimeter.region
        assert not any("listener" in name for name in backends.queues(account, region))
        assert not any("listener" in name for name in backends.buses(account, region)["default"].rules)


def test_a_partner_has_its_files_and_reads_them(ground: Ground) -> None:
    (received,) = ground.first.received
    assert (received.partner, received.product, received.files, received.rows) == ("courier", "orders.parcels", 1, ROWS)
    keys = list(backends.bucket(ground.mesh.plan.inbox("courier")).keys)
    assert keys == ["outbound/courier/orders__parcels/parcels/part-0.parquet"]


def test_why_a_pipeline_did_not_run_is_told(ground: Ground) -> None:
    why = {each.product: each.instead for each in ground.first.tables if each.instead}
    assert "is a state machine" in why["orders.customers"]
    assert "did not leave in parcels the rows that had come in" in why["orders.parcels"]
    assert "Glue Spark" in why["shop.clicks"]
    assert {*why} == {"orders.customers", "orders.parcels", "shop.clicks"}


def test_a_result_goes_over_the_wire_as_it_is(ground: Ground) -> None:
    assert Filled.from_json(ground.first.to_json()) == ground.first


def test_another_sample_takes_the_place_of_the_first_and_mends_what_was_refused(ground: Ground) -> None:
    again = ground.fill(seed=2, bad_batch=False)
    assert (again.differences, again.refused) == ([], [])
    assert again.published == ground.first.published


def test_a_deployment_behind_a_sample_changes_nothing(ground: Ground) -> None:
    assert {operation for run in ground.workspace.up(ground.mesh) for operation in run.operations} == {"same"}


def test_one_product_alone_is_written_and_read(ground: Ground) -> None:
    one = ground.fill(products=("orders.visits",), bad_batch=False)
    assert [(each.product, each.table) for each in one.tables] == [("orders.visits", "visits")]
    assert (one.published, one.differences, one.received) == (["orders.visits"], [], [])


def test_a_product_that_is_not_there_is_told(ground: Ground) -> None:
    with pytest.raises(NotPossibleError, match=r"orders\.visit'.*orders\.visits"):
        ground.fill(products=("orders.visit",))


# ---- what is changed by hand shows


def test_nothing_differs_before_anything_is_changed(ground: Ground) -> None:
    assert ground.read(ground.made()) == []


def test_a_label_that_a_column_has_lost_shows_with_who_read_it(ground: Ground) -> None:
    stored, key = ground.tags("orders__visits", "phone")
    kept = stored[key]
    stored[key] = stored[ground.tags("orders__visits", "id")[1]]
    try:
        found = ground.read(ground.made())
    finally:
        stored[key] = kept
    assert found
    assert all(each.startswith("clearance:general@") for each in found)
    assert all(each.endswith("it read phone, which the files do not open to it") for each in found)


def test_labels_that_are_not_there_show_with_who_does_not_read(ground: Ground) -> None:
    stored, key = ground.tags("orders__visits", "phone")
    kept = stored.pop(key)
    try:
        found = ground.read(ground.made())
    finally:
        stored[key] = kept
    assert found
    assert all("clearance:pii@" in each and "did not read phone" in each for each in found)


def test_a_label_that_is_written_and_not_deployed_shows(ground: Ground) -> None:
    file = ground.mesh.directory / "contracts" / "orders" / "visits.odcs.yaml"
    text, rows = file.read_text("utf-8"), ground.made()
    file.write_text(text.replace("name: id, ", "name: id, classification: pii, "), "utf-8")
    try:
        found = ground.read(rows)
    finally:
        file.write_text(text, "utf-8")
    assert found
    assert all(each.endswith("no column is for it to read, and it read id") for each in found)


def test_rows_that_were_not_written_show(ground: Ground) -> None:
    found = ground.read(ground.made(seed=2))
    assert found
    assert all("column id has other values than were written" in each for each in found)
    assert all("20 rows, and 21 were written" in each for each in ground.read(ground.made(ROWS + 1)))
