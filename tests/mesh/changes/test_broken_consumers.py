"""Broken consumers: which columns each reader of a product reads, by what it lists and what it is cleared for."""

from __future__ import annotations

from mesh.changes.broken_consumers import ProductReader, readers_of
from mesh.model import Mesh
from mesh.model.domain import Consumption
from tests.mesh.approvals.changed_meshes import with_domain, with_product

PAYMENTS = "subscriptions.payments"
LISTED = ("payment_id", "amount", "cardholder_name", "instrument_last4")


def reading(mesh: Mesh, clearance: str, columns: tuple[str, ...] | None = None) -> dict[str, ProductReader]:
    """Readers of payments by name, where a pipeline of identity reads them and its domain lists some columns."""
    product = mesh.domains["identity"].products["device-graph"]
    assert product.pipeline
    pipeline = product.pipeline.model_copy(update={"reads": (PAYMENTS,), "clearance": clearance})
    after = with_product(mesh, "identity.device-graph", pipeline=pipeline)
    used = Consumption(product=PAYMENTS, columns=columns)
    after = with_domain(after, "identity", consumption=(used,))
    return {str(reader): reader for reader in readers_of(after, PAYMENTS)}


def plain(reader: ProductReader) -> set[str]:
    """The columns of a reader without their table."""
    return {column.removeprefix("payments.") for column in reader.columns}


def test_a_pipeline_reads_what_its_domain_lists_as_far_as_it_is_cleared(sample: Mesh) -> None:
    readers = reading(sample, "pii", LISTED)
    assert plain(readers["domain identity"]) == {*LISTED}
    assert plain(readers["pipeline identity.device-graph"]) == {"payment_id", "cardholder_name"}
    readers = reading(sample, "financial", LISTED)
    assert plain(readers["pipeline identity.device-graph"]) == {"payment_id", "amount"}


def test_a_pipeline_of_a_domain_that_lists_nothing_reads_all_that_it_is_cleared_for(sample: Mesh) -> None:
    readers = reading(sample, "pii")
    cleared = plain(readers["pipeline identity.device-graph"])
    assert {"payment_id", "status", "cardholder_name"} <= cleared
    assert not {"amount", "instrument_last4"} & cleared
    assert plain(readers["domain identity"]) > cleared
