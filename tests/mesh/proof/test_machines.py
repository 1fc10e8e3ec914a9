"""I31 and I32 start from the files: a rule that is bypassed, and a plan that gives a machine more, are witnesses."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mesh.load import load
from mesh.plan import Plan, build
from mesh.plan.nodes import DomainPlan, PipelineRoleArgs
from mesh.proof import written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject

TINY, DAY = Path(__file__).parents[1] / "tiny", datetime.date(2027, 1, 1)
CLAIMS = {invariant.id: invariant.claims for invariant in INVARIANTS}
CLICKS = "contracts/shop/clicks.odcs.yaml"
Edit = Callable[[PipelineRoleArgs], PipelineRoleArgs]


def subject_of(folder: Path, edit: Callable[[Plan], Plan] = lambda plan: plan) -> Subject:
    """The subject of a mesh folder, whatever its rules say."""
    mesh = load(folder).mesh
    assert mesh is not None
    return Subject(edit(build(mesh, DAY)), written_labels.read(folder, mesh))


def failures(subject: Subject, invariant: str) -> list[str]:
    return [witness.text for claim in CLAIMS[invariant](subject) if (witness := claim.check(subject))]


def with_role(plan: Plan, edit: Edit) -> Plan:
    """The plan with another role for the pipeline of shop.clicks."""
    shop = plan.domains["shop"]
    changed: DomainPlan = dataclasses.replace(shop, pipelines={"clicks": edit(shop.pipelines["clicks"])})
    return dataclasses.replace(plan, domains={**plan.domains, "shop": changed})


def test_the_tiny_mesh_reads_by_clearance_and_its_labels_follow() -> None:
    subject = subject_of(TINY)
    assert failures(subject, "I31") == []
    assert failures(subject, "I32") == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("property: derivesWithout", "property: derives", "leaves it behind in silence"),
        ("reason: Pages are counted and nobody is named.", "reason: ''", "without a reason"),
        (
            "platform@tiny.example, privacy@tiny.example",
            "platform@tiny.example",
            "without a yes of who guards it (pii)",
        ),
        ("platform@tiny.example, privacy@tiny.example", "privacy@tiny.example", "an approver of general, which gains"),
    ],
)
def test_a_label_that_is_lost_is_a_witness_though_no_rule_was_asked(tiny: Path, old: str, new: str, words: str) -> None:
    text = (tiny / CLICKS).read_text("utf-8")
    assert old in text
    (tiny / CLICKS).write_text(text.replace(old, new), "utf-8")
    (found,) = failures(subject_of(tiny), "I32")
    assert "it reads 'pii' of orders.customers and leaves it behind" in found
    assert words in found


@pytest.mark.parametrize("old", ["reads: [orders.customers]", "clearance: pii"])
def test_a_label_that_is_left_behind_before_anything_reads_it_is_a_witness(tiny: Path, old: str) -> None:
    shop = tiny / "domains/shop.yaml"
    text = shop.read_text("utf-8")
    assert old in text
    shop.write_text(text.replace(old, "reads: []" if "reads" in old else "clearance: general"), "utf-8")
    (found,) = failures(subject_of(tiny), "I32")
    assert "it leaves behind 'pii', which nothing that it reads holds" in found


def test_a_column_that_carries_the_label_needs_no_entry(tiny: Path) -> None:
    text = (tiny / CLICKS).read_text("utf-8")
    labelled = text[: text.index("customProperties")].replace(
        "{name: page, logicalType: string, physicalType: string}",
        "{name: page, logicalType: string, physicalType: string, classification: pii}",
    )
    (tiny / CLICKS).write_text(labelled, "utf-8")
    assert failures(subject_of(tiny), "I32") == []


def test_a_clearance_that_leaves_the_label_out_loses_none(tiny: Path) -> None:
    shop = tiny / "domains/shop.yaml"
    shop.write_text(shop.read_text("utf-8").replace("clearance: pii", "clearance: general"), "utf-8")
    (tiny / CLICKS).write_text((tiny / CLICKS).read_text("utf-8").partition("customProperties")[0], "utf-8")
    assert failures(subject_of(tiny), "I32") == []
    assert failures(subject_of(tiny), "I31") == []


def test_a_plan_that_forgets_what_is_read_is_a_witness() -> None:
    subject = subject_of(TINY, lambda plan: with_role(plan, lambda role: dataclasses.replace(role, reading=())))
    assert any("lakeformation:GetDataAccess" in each for each in failures(subject, "I31"))


def test_a_plan_that_reads_more_than_is_written_is_a_witness() -> None:
    def more(plan: Plan) -> Plan:
        def edit(role: PipelineRoleArgs) -> PipelineRoleArgs:
            (read,) = role.reading
            parcels = dataclasses.replace(read, product="parcels", ports=frozenset({"table", "files"}))
            return dataclasses.replace(role, reading=(read, parcels))

        return with_role(plan, edit)

    found = failures(subject_of(TINY, more), "I31")
    assert any("glue:GetTable" in each and "orders__parcels" in each for each in found)
    assert any("s3:GetObject" in each and "tiny-orders--parcels" in each for each in found)


def test_a_plan_with_a_wider_clearance_than_is_written_is_a_witness(tiny: Path) -> None:
    wide = tiny / "clearances/restricted.yaml"
    shutil.copy(tiny / "clearances/pii.yaml", wide)
    wide.write_text(wide.read_text("utf-8").partition("members:")[0].replace("[pii]", "[pii, financial]"), "utf-8")

    def wider(plan: Plan) -> Plan:
        restricted = next(each for each in plan.governance.catalog.clearances if each.name == "restricted")
        return with_role(plan, lambda role: dataclasses.replace(role, within=restricted))

    found = failures(subject_of(tiny, wider), "I31")
    assert any("reads with clearance pii: its role is" in each for each in found)


def with_secrets(tiny: Path, edit: Callable[[Plan], Plan] = lambda plan: plan) -> Subject:
    """The subject of the tiny mesh whose pipeline of shop.clicks reads two secrets."""
    shop = tiny / "domains/shop.yaml"
    written = yaml.safe_load(shop.read_text("utf-8"))
    written["products"]["clicks"]["pipeline"]["secrets"] = ["token", "pepper"]
    shop.write_text(yaml.safe_dump(written), "utf-8")
    return subject_of(tiny, edit)


def test_a_pipeline_reads_its_secrets_and_no_other(tiny: Path) -> None:
    subject = with_secrets(tiny)
    assert failures(subject, "U2") == []
    asked = [claim for claim in CLAIMS["U2"](subject) if "GetSecretValue" in repr(claim)]
    assert any("secret:mesh/clicks/pepper-a1B2c3" in repr(claim) for claim in asked)


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ((), "mesh/clicks/token-a1B2c3 is refused"),
        (("token", "pepper", "*"), "mesh/clicks/tokenx-a1B2c3 is granted"),
    ],
)
def test_a_role_that_reads_other_secrets_than_are_written_is_a_witness(
    secrets: tuple[str, ...], words: str, tiny: Path
) -> None:
    subject = with_secrets(tiny, lambda plan: with_role(plan, lambda role: dataclasses.replace(role, secrets=secrets)))
    found = [each for each in failures(subject, "U2") if "GetSecretValue" in each]
    assert any(words in each for each in found), found


def test_the_role_of_a_job_elsewhere_is_taken_by_services_of_its_account_alone(tiny: Path) -> None:
    shop = tiny / "domains/shop.yaml"
    written = yaml.safe_load(shop.read_text("utf-8"))
    pipeline = written["products"]["clicks"]["pipeline"]
    written["products"]["clicks"]["pipeline"] = {
        "runtime": "external",
        **{key: pipeline[key] for key in ("reads", "clearance")},
    }
    shop.write_text(yaml.safe_dump(written), "utf-8")
    shutil.rmtree(tiny / "pipelines/shop")
    subject = subject_of(tiny)
    assert subject.plan.domains["shop"].jobs["clicks"].runtime == "external"
    for invariant in ("M12", "M5", "I31", "U2"):
        assert failures(subject, invariant) == []
