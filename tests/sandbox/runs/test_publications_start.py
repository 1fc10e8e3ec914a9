"""A publication starts what waits for it, in a deployed mesh: over the mesh bus and the account's own, as each may."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

import pytest

from mesh import names
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import Plan
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import session_credentials
from tests.conftest import TINY
from tests.sandbox.runs.real_clients import deployed

DAY = datetime.date(2027, 1, 1)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def mesh() -> PlannedMesh:
    return plan_folder(TINY, DAY)


@pytest.fixture(scope="module")
def organization(mesh: PlannedMesh) -> Iterator[EnforcedOrganization]:
    with deployed(mesh) as organization:
        yield organization


def tell(organization: EnforcedOrganization, mesh: PlannedMesh, product: str, kind: str, role: str = "") -> None:
    """An event of a product on the mesh bus: by the publication function, unless by another role."""
    perimeter = mesh.plan.perimeter
    keys = session_credentials(role or names.publication_role(perimeter.governance_id), perimeter.region)
    entry = {
        "EventBusName": f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/mesh",
        "Source": f"mesh.{product}",
        "DetailType": kind,
        "Detail": json.dumps({"product": product}),
    }
    organization._clients.own("events", perimeter.region, keys).put_events(Entries=[entry])


def test_a_domain_hears_of_what_its_pipelines_start_with_by_one_rule_on_the_mesh_bus(mesh: PlannedMesh) -> None:
    heard = {name: domain.heard for name, domain in mesh.plan.domains.items()}
    assert heard["orders"] is not None
    assert heard["shop"] is not None
    assert heard["orders"].products == ()
    assert json.loads(heard["shop"].pattern) == {
        "source": ["mesh.orders.customers"],
        "detail-type": ["product published"],
    }


def test_the_device_graph_of_the_sample_waits_for_sessions(plan: Plan) -> None:
    heard = plan.domains["identity"].heard
    assert heard is not None
    assert (heard.rule, heard.products) == ("mesh--identity", ("playback.sessions",))
    assert [name for name, each in plan.domains.items() if each.heard and each.heard.products] == ["identity"]


def test_a_publication_starts_the_workflow_that_waits_for_it_and_no_other_event_does(
    organization: EnforcedOrganization, mesh: PlannedMesh
) -> None:
    deliveries, plan = organization.gate.deliveries, mesh.plan
    workflow = f"arn:aws:glue:{plan.perimeter.region}:{plan.account_of('shop')}:workflow/mesh--clicks"
    deliveries.started.clear()
    tell(organization, mesh, "orders.customers", names.PUBLISHED)
    assert (deliveries.started, deliveries.failed) == ([workflow], [])
    tell(organization, mesh, "orders.parcels", names.PUBLISHED)
    tell(organization, mesh, "orders.customers", names.REFUSED)
    assert deliveries.started == [workflow]
