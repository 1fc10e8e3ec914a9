"""Why: a refusal that the labels do not explain is a fault of the policies, and is said to be one."""

from __future__ import annotations

import dataclasses
import datetime

from mesh.access import from_plan, references
from mesh.access.chains import DecidedReads
from mesh.access.explain import explain
from mesh.evaluator.world import World
from mesh.model import Mesh
from mesh.plan import Plan, build

ADS = "310000000013"


def test_a_refusal_against_the_labels_is_called_a_fault_of_the_policies(plan: Plan, sample: Mesh) -> None:
    world = from_plan.world(plan)
    arn = f"arn:aws:iam::{ADS}:role/mesh/clearance/pii"
    roles = [dataclasses.replace(r, identity=()) if r.arn == arn else r for r in world.roles.values()]
    access = DecidedReads(
        plan,
        World(
            world.organization,
            world.region,
            world.accounts.values(),
            roles,
            world.resources.values(),
            home_address=world.home_address,
            now=world.now,
        ),
    )
    explanation = explain(
        access, references.asker(access, "pii@ads"), references.thing(sample, plan, "identity.profiles"), "files"
    )
    assert not explanation.allowed
    assert explanation.why[-1] == "stopped: no statement of the layer identity allows it"
    assert explanation.change == (
        "the labels allow it, so a policy is wrong: this is a fault of the mesh, not of the domain's file",
    )


def test_the_explanation_agrees_with_the_matrix_for_every_column(access: DecidedReads, sample: Mesh) -> None:
    product = access.plan.domains["subscriptions"].products["payments"]
    for reader in access.readers:
        readable = set(access.read(reader, product, "table").columns)
        asker = references.asker(access, f"{reader.clearance}@{reader.home}")
        whole = references.thing(sample, access.plan, "subscriptions.payments")
        for column in whole.columns:
            found = explain(access, asker, references.Thing(product, whole.columns, column), "table")
            assert found.allowed is (column in readable), (reader, column)
            assert bool(found.change) is not found.allowed


def test_a_session_is_explained_as_its_role(access: DecidedReads, sample: Mesh) -> None:
    asker = references.asker(access, f"arn:aws:sts::{ADS}:assumed-role/pii/someone")
    found = explain(access, asker, references.thing(sample, access.plan, "identity.profiles.birth_year"), "table")
    assert asker.name == "pii@ads"
    assert found.allowed
    assert "clearance pii covers pii" in found.why


def test_a_pipeline_reads_by_a_line_of_its_clearances_file(access: DecidedReads, sample: Mesh) -> None:
    asker = references.asker(access, "identity.device-graph")
    sessions = references.thing(sample, access.plan, "playback.sessions")
    found = explain(access, asker, sessions, "table", sample)
    assert found.allowed
    assert found.why[2] == (
        "it reads by line 1 of 'pipelines' in clearances/pii.yaml, approved by privacy-office@aurora.example, "
        "review 2027-10-12: Devices that watch together are one home"
    )


def test_a_line_whose_review_has_passed_is_what_would_have_to_change(sample: Mesh) -> None:
    late = DecidedReads(build(sample, datetime.date(2027, 10, 13)))
    asker = references.asker(late, "identity.device-graph")
    found = explain(late, asker, references.thing(sample, late.plan, "playback.sessions"), "table", sample)
    assert not found.allowed
    assert found.why[2].startswith("line 1 of 'pipelines' in clearances/pii.yaml no longer lets it read, approved by")
    assert found.change == (
        "the review in clearances/pii.yaml has passed: an approver named there says yes to one under 'pipelines:'",
    )
