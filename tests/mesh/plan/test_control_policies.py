"""Control policies at a node: one count for what is refused and for what is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mesh import quotas
from mesh.load import load
from mesh.model.mesh_file import PoliciesAtNodes, PoliciesOfOthers
from mesh.plan import Plan
from mesh.plan.control_policies import PolicyNode, policy_nodes
from mesh.plan.rules import problems
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY, mesh_of

OTHERS = "policies-of-others: {service: {root: %d, domains: 2}, resource: {governance: %d}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


@pytest.fixture
def plan(folder: Path) -> Plan:
    return mesh_of(folder).plan


def nodes(plan: Plan, others: PoliciesOfOthers) -> dict[tuple[str, str], PolicyNode]:
    return {(node.type, node.node): node for node in policy_nodes(plan.organization.args.policies, others)}


def test_policies_of_others_take_room(plan: Plan) -> None:
    alone = nodes(plan, PoliciesOfOthers())
    beside = nodes(plan, PoliciesOfOthers(service=PoliciesAtNodes(root=3)))
    assert beside["service", "root"].room == alone["service", "root"].room - 3
    assert beside.keys() == alone.keys()


def test_a_unit_of_which_nobody_says_anything_keeps_room_for_control_tower(plan: Plan) -> None:
    tower = quotas.limit("control_tower", "scps_per_unit")
    assert nodes(plan, PoliciesOfOthers())["service", "domains"].control_tower == tower
    said = nodes(plan, PoliciesOfOthers(service=PoliciesAtNodes(domains=1)))["service", "domains"]
    assert (said.others, said.control_tower) == (1, 0)


def test_a_node_that_has_none_of_the_mesh_is_counted_when_others_have_some_there(plan: Plan) -> None:
    node = nodes(plan, PoliciesOfOthers(resource=PoliciesAtNodes(governance=4)))["resource", "governance"]
    assert (node.mesh, node.of_aws, node.others, node.room) == (0, 1, 4, 0)


@pytest.mark.parametrize(("root", "governance"), [(5, 4), (6, 4), (5, 5)])
def test_what_is_refused_is_what_has_no_room(folder: Path, root: int, governance: int) -> None:
    plan = mesh_of(folder).plan
    file = folder / "mesh.yaml"
    file.write_text(file.read_text("utf-8") + OTHERS % (root, governance), "utf-8")
    mesh = load(folder).mesh
    assert mesh is not None
    refused = {each.path[1:] for each in problems(mesh, DAY) if each.path[:1] == ("policies-of-others",)}
    full = {key for key, node in nodes(plan, mesh.file.policies_of_others).items() if node.others and node.room < 0}
    assert refused == full
    assert len(full) == (root > 5) + (governance > 4)
