"""A sample in a deployed mesh: written, published, refused, read and delivered; what is changed by hand shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pyarrow
import pytest
import yaml

from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from mesh.load import load
from sandbox.emulator import backends
from sandbox.filling.arrow_rows import arrow_table
from sandbox.filling.athena_reads import TableReader, WholeTable
from sandbox.filling.fill import fill
from sandbox.filling.filled import Filled, Sample
from sandbox.filling.pipelines_at_work import PipelinesAtWork
from sandbox.filling.publication_records import PublicationRecordsSeen
from sandbox.filling.read_checks import ReadChecks, WrittenFile
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from sandbox.sample_rows.mesh_rows import sample_rows
from tests.sandbox.runs.publication_ground import mesh as publication_mesh

pa: Any = pyarrow  # it has no types
pytestmark = pytest.mark.long

ROWS = 20
PARCELS = (
    "orders.parcels: its rows are generated, for its pipeline ran, and did not leave in parcels the rows that had "
    "come in"
)
"""A pipeline of this mesh does nothing with what comes in."""

VISITS = ("orders.visits", "visits")
PARCELS_TABLE = ("orders.parcels", "parcels")


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

    def made(self, rows: int = ROWS, seed: int = 1, key: tuple[str, str] = VISITS) -> Any:
        """Rows of a table, as a sample has them."""
        now = self.organization.aws.gate.world.now
        assert now is not None
        return arrow_table(sample_rows(load(self.mesh.directory), rows, seed, now).products[key[0]][key[1]])

    def read(self, rows: Any) -> list[str]:
        """What differs where people read visits, which are said to have these rows."""
        filled = Filled()
        ReadChecks(self.organization.aws, self.mesh, filled).people({VISITS: rows})
        return filled.differences

    def brought(self, rows: Any) -> Filled:
        """What the courier reads of parcels, which are said to have these rows, and of visits, which are not its."""
        filled = Filled()
        tables = {PARCELS_TABLE: rows, VISITS: self.made()}
        ReadChecks(self.organization.aws, self.mesh, filled).partners(tables, {})
        return filled

    def file(self, rows: Any) -> Filled:
        """What people and the courier read of the file of parcels, which is said to have these rows."""
        filled, place = Filled(), self.mesh.plan.domains["orders"].products["parcels"].bucket
        files = {PARCELS_TABLE: WrittenFile(place, "files/parcels/part-0.parquet", rows)}
        ReadChecks(self.organization.aws, self.mesh, filled).files(files)
        return filled

    @contextmanager
    def rewritten(self, path: str, old: str, new: str) -> Iterator[None]:
        """Inside, a file of the mesh says something else, which is not deployed."""
        file = self.mesh.directory / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        try:
            yield
        finally:
            file.write_text(text, "utf-8")

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
    assert ground.first.differences == [PARCELS]
    # Every table; two of them have a column that one clearance does not read; and the courier's.
    assert ground.first.queries >= len(ground.first.published) + 2 + 1
    assert ground.first.people == 4
    assert ground.first.files_read == 2
    assert ground.first.rows_read == ground.first.queries * ROWS
    assert ground.first.withheld_columns >= 2


def test_what_nobody_is_to_read_is_asked_for_and_refused(ground: Ground) -> None:
    reads = ground.first.refused_reads
    strangers = [each for each in reads if each.reason == "home"]
    assert {each.product for each in strangers} == {*ground.first.published} - {"orders.customers"}
    assert {each.who for each in strangers} == {"clearance:general@shop", "clearance:pii@shop"}
    of_the_partner = {(each.who, each.port) for each in reads if each.reason == "agreement"}
    assert of_the_partner == {("partner:courier", "table"), ("partner:courier", "files")}


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


def test_a_pipeline_that_ran_and_left_other_rows_is_a_difference_and_one_that_cannot_run_here_is_none(
    ground: Ground,
) -> None:
    assert [each for each in ground.first.differences if "its rows are generated" in each] == [PARCELS]


def test_a_pipeline_whose_inputs_nobody_has_written_yet_does_not_run_and_is_no_difference(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would leave no rows, as it should: `mesh data sample` can be asked for its product alone."""
    monkeypatch.setattr(PipelinesAtWork, "runnable", lambda *_: SimpleNamespace(runtime="glue-python"))
    monkeypatch.setattr(PublicationRecordsSeen, "is_published", lambda *_: False)
    one = ground.fill(products=("shop.clicks",), bad_batch=False)
    (table,) = one.tables
    assert (table.runtime, one.differences) == ("", [])
    assert table.instead == "nothing is published of orders.customers, which its pipeline reads"


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
    assert (again.differences, again.refused) == ([PARCELS], [])
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
    rows = ground.made()
    with ground.rewritten("contracts/orders/visits.odcs.yaml", "name: id, ", "name: id, classification: pii, "):
        found = ground.read(rows)
    assert found
    assert all(each.endswith("no column is for it to read, and it read id") for each in found)


def test_rows_that_were_not_written_show(ground: Ground) -> None:
    found = ground.read(ground.made(seed=2))
    assert found
    assert all("column id has other values than were written" in each for each in found)
    assert all("20 rows, and 21 were written" in each for each in ground.read(ground.made(ROWS + 1)))


def swapped(rows: Any, column: str) -> Any:
    """The rows with the values of a column in other rows: each column by itself is as it was."""
    values = rows[column].to_pylist()
    assert len({*values}) > 1
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, rows.schema.field(column), pa.array([*values[1:], values[0]], rows[column].type))


def test_values_in_other_rows_show_where_several_columns_are_read(ground: Ground) -> None:
    found = ground.read(swapped(ground.made(), "phone"))
    assert found
    assert all("rows have values of several rows that were written" in each for each in found)
    assert all(each.startswith("clearance:pii@") for each in found)


def test_a_number_that_was_not_written_shows_as_a_text_does(ground: Ground) -> None:
    rows = ground.made(seed=2, key=PARCELS_TABLE)
    assert ground.brought(rows).differences == []
    place = rows.schema.get_field_index("weight")
    other = rows.set_column(place, rows.schema.field("weight"), pa.array([0.125] * ROWS, pa.float64()))
    assert ["column weight has other values" in each for each in ground.brought(other).differences] == [True]
    assert ["several rows" in each for each in ground.brought(swapped(rows, "weight")).differences] == [True]


def test_an_agreement_that_is_written_and_not_deployed_shows(ground: Ground) -> None:
    rows, agreed = ground.made(seed=2, key=PARCELS_TABLE), "product: orders.parcels,"
    with ground.rewritten("partners/courier.yaml", agreed, "product: orders.visits,"):
        found = ground.brought(rows)
    assert (
        "partner:courier: orders.visits, table visits: its agreement is written, and the partner has no such table"
        in found.differences
    )
    assert found.received == []


def test_a_table_without_an_agreement_is_not_there_for_the_partner(ground: Ground) -> None:
    found = ground.brought(ground.made(seed=2, key=PARCELS_TABLE))
    assert [(each.who, each.product, each.reason) for each in found.refused_reads] == [
        ("partner:courier", "orders.visits", "agreement")
    ]


def test_a_home_that_is_said_not_to_consume_and_sees_the_table_shows(ground: Ground) -> None:
    """The files say that nobody but orders reads customers; what is deployed has a link in shop."""
    filled, domains = Filled(), ground.mesh.mesh.domains
    alone = domains["shop"].model_copy(update={"consumption": ()})
    mesh = dataclasses.replace(ground.mesh.mesh, domains={**domains, "shop": alone})
    rows = ground.made(seed=2, key=("orders.customers", "customers"))
    checks = ReadChecks(ground.organization.aws, dataclasses.replace(ground.mesh, mesh=mesh), filled)
    checks.people({("orders.customers", "customers"): rows})
    assert filled.differences
    assert all("@shop: orders.customers" in each and "and it read id" in each for each in filled.differences)


def test_an_error_that_is_no_refusal_of_athena_is_a_difference(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = WholeTable(error="GENERIC_INTERNAL_ERROR: the emulator failed")
    monkeypatch.setattr(TableReader, "whole", lambda *_: broken)
    found = ground.read(ground.made())
    assert all(broken.error in each for each in found)
    assert any("@shop" in each and "it was told otherwise" in each for each in found)


def test_files_are_read_by_who_covers_all_labels_and_refused_to_others(ground: Ground) -> None:
    rows = ground.made(seed=2, key=PARCELS_TABLE)
    assert (ground.file(rows).differences, ground.file(rows).files_read) == ([], 1)
    (other,) = ground.file(swapped(rows, "weight")).differences
    assert other.endswith("orders.parcels, table parcels: its file has other rows than were written")
    with ground.rewritten("contracts/orders/parcels.odcs.yaml", "name: weight,", "name: weight, classification: pii,"):
        (read,) = ground.file(rows).differences
    assert read.startswith("clearance:general@")
    assert read.endswith("no file is for it to read, and it read its file")


def test_a_file_that_is_refused_to_who_covers_its_labels_shows(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableReader, "object", lambda *_: None)
    (found,) = ground.file(ground.made(seed=2, key=PARCELS_TABLE)).differences
    assert found.endswith("it covers all labels, and is refused its file")
