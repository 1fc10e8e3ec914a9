"""Pipelines in the plan: what is written becomes a role that reads so much and no more, and a job that takes it."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
import yaml

from mesh import names
from mesh.folder import plan_folder
from mesh.load import load
from mesh.plan import Plan, build
from mesh.plan.nodes import PipelineArgs, PipelineRoleArgs
from mesh.plan.nodes.grants import Covered

TINY, DAY = Path(__file__).parents[1] / "tiny", datetime.date(2027, 1, 1)
SAMPLE_DAY = datetime.date(2026, 12, 1)
STACKS = Path(__file__).parents[3] / "stacks"
SHOP = "domains/shop.yaml"


def plan_of(folder: Path, old: str = "", new: str = "") -> Plan:
    file = folder / SHOP
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return plan_folder(folder, DAY).plan


@pytest.fixture(scope="module")
def sample() -> Plan:
    return plan_folder(STACKS, SAMPLE_DAY).plan


def resources(role: PipelineRoleArgs, sid: str) -> tuple[str, ...]:
    return next((each.resources for each in role.permissions.statements if each.sid == sid), ())


def test_a_role_that_reads_is_in_the_folder_of_its_clearance(sample: Plan) -> None:
    identity = sample.domains["identity"]
    role = identity.pipelines["device-graph"]
    assert (role.clearance, role.reads) == ("pii", ("playback.sessions",))
    assert role.arn.endswith(":role/mesh/pipeline/pii/device-graph")
    assert identity.products["device-graph"].audience.pipeline == role.arn
    assert identity.pipelines["accounts"].arn.endswith(":role/mesh/pipeline/none/accounts")


def test_tables_are_read_of_the_databases_in_reads_and_of_no_other(sample: Plan) -> None:
    role = sample.domains["identity"].pipelines["device-graph"]
    asked = resources(role, "ReadTablesOfOthers")
    databases = {arn.partition(":database/")[2] for arn in asked if ":database/" in arn}
    assert databases == {"playback__sessions", "default"}
    assert {arn.split(":")[4] for arn in asked} == {role.account_id, sample.perimeter.governance_id}
    assert not any("*" in arn.removesuffix("/*") for arn in asked)
    assert resources(role, "AskLakeFormation") == ("*",)


def test_files_are_read_of_the_products_in_reads_below_files(sample: Plan) -> None:
    role = sample.domains["playback"].pipelines["viewing-hours"]
    bucket = sample.product_bucket("content", "titles")
    assert resources(role, "ReadFilesOfOthers") == (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/files/*")
    (statement,) = (each for each in role.permissions.statements if each.sid == "DecryptFilesOfOthers")
    assert statement.conditions[0].values == ("alias/mesh/product/titles",)


def test_a_role_that_reads_nothing_asks_nothing_of_lake_formation(sample: Plan) -> None:
    role = sample.domains["playback"].pipelines["heartbeats"]
    sids = {each.sid for each in role.permissions.statements}
    assert sids.isdisjoint({"AskLakeFormation", "ReadTablesOfOthers", "ReadFilesOfOthers", "DecryptFilesOfOthers"})
    assert role.grants == ()
    assert resources(role, "QueryInTheOwnWorkgroup") == (
        f"arn:aws:athena:eu-west-1:{role.account_id}:workgroup/mesh.heartbeats",
    )


def test_a_role_is_passed_on_exactly_what_the_role_of_its_clearance_is(sample: Plan) -> None:
    identity = sample.domains["identity"]
    machine, people = identity.pipelines["device-graph"].grants, identity.clearances["pii"].grants
    assert [(grant.on, grant.permissions, grant.grantable) for grant in machine] == [
        (grant.on, grant.permissions, grant.grantable) for grant in people
    ]
    assert {grant.principal for grant in machine} == {identity.pipelines["device-graph"].arn}


def test_where_the_hub_grants_it_grants_to_machines_too(tiny: Path) -> None:
    file = tiny / "mesh.yaml"
    file.write_text(f"{file.read_text('utf-8')}granted-by: hub\n", "utf-8")
    plan = plan_of(tiny)
    role = plan.domains["shop"].pipelines["clicks"]
    granted = [grant for grant in plan.governance.catalog.grants if grant.principal == role.arn]
    assert role.grants == ()
    assert [(grant.name, grant.permissions, grant.grantable) for grant in granted] == [
        ("pipeline-shop.clicks-database", ("DESCRIBE",), False),
        ("pipeline-shop.clicks-table", ("DESCRIBE", "SELECT"), False),
    ]
    assert all(isinstance(grant.on, Covered) for grant in granted)


def test_policies_of_a_product_do_not_grow_with_the_pipelines_that_read_it(sample: Plan) -> None:
    for domain in sample.domains.values():
        for product in domain.products.values():
            text = product.bucket_policy.text() + product.key_policy.text()
            assert "pipeline/pii/viewing-hours" not in text or product.name == "viewing-hours"
    titles = sample.domains["content"].products["titles"]
    machines = [names.pipeline_role("*", "*", clearance) for clearance in titles.readers]
    assert titles.audience.machines == tuple(machines)
    assert sample.domains["identity"].products["accounts"].audience.machines == ()


def test_a_job_has_what_its_yaml_says_and_defaults_of_its_runtime(sample: Plan) -> None:
    jobs = sample.domains["playback"].jobs
    assert list(jobs) == ["heartbeats", "viewing-hours"]
    hours, beats = jobs["viewing-hours"], jobs["heartbeats"]
    assert (hours.runtime, hours.schedule, hours.event) == ("glue-python", "cron(30 4 * * ? *)", None)
    assert hours.arguments == {"days": "3"}
    assert hours.windows == {"october": {"from": "2026-10-01", "until": "2026-11-01"}}
    assert hours.script.startswith('"""Viewing hours')
    assert (hours.script_key, hours.workgroup) == ("viewing-hours/viewing_hours.py", "mesh.viewing-hours")
    assert hours.results == f"s3://{hours.bucket}/queries/"
    assert (beats.timeout_minutes, beats.reads_tables) == (15, False)
    graph = sample.domains["identity"].jobs["device-graph"]
    assert (graph.event, graph.timeout_minutes, graph.workers, graph.reads_tables) == (
        "playback.sessions",
        120,
        4,
        True,
    )


def test_a_product_without_a_pipeline_has_a_role_and_no_job(sample: Plan) -> None:
    content = sample.domains["content"]
    assert content.jobs == {}
    assert set(content.pipelines) == set(content.products)


def test_a_job_elsewhere_has_a_role_and_no_script(tiny: Path) -> None:
    shutil.rmtree(tiny / "pipelines/shop")
    at_home = (tiny / SHOP).read_text("utf-8")
    started = at_home[at_home.index(", event:") : at_home.index("}}\nconsumes:")]
    (tiny / SHOP).write_text(at_home.replace(started, ""), "utf-8")
    job = plan_of(tiny, "script: clicks.py", "runtime: external").domains["shop"].jobs["clicks"]
    assert isinstance(job, PipelineArgs)
    assert (job.runtime, job.script, job.script_name) == ("external", "", "")
    assert job.role.endswith("/pipeline/pii/clicks")


def test_secrets_are_read_by_name_and_told_to_the_job_by_name(tiny: Path) -> None:
    written = yaml.safe_load((tiny / SHOP).read_text("utf-8"))
    written["products"]["clicks"]["pipeline"]["secrets"] = ["token", "pepper"]
    (tiny / SHOP).write_text(yaml.safe_dump(written), "utf-8")
    shop = plan_of(tiny).domains["shop"]
    role, job = shop.pipelines["clicks"], shop.jobs["clicks"]
    assert resources(role, "ReadItsSecrets") == tuple(
        f"arn:aws:secretsmanager:eu-west-1:{role.account_id}:secret:mesh/clicks/{name}-??????"
        for name in ("token", "pepper")
    )
    assert job.fixed["--mesh-secrets"] == "mesh/clicks/token,mesh/clicks/pepper"


def test_a_pipeline_without_secrets_reads_none(sample: Plan) -> None:
    identity = sample.domains["identity"]
    assert resources(identity.pipelines["device-graph"], "ReadItsSecrets") == ()
    assert "--mesh-secrets" not in identity.jobs["device-graph"].fixed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("approved-by: privacy@tiny.example, review: 2027-12-31", "approved-by: shop@tiny.example, review: 2027-12-31"),
        ("review: 2027-12-31", "review: 2026-12-31"),
        ("product: shop.clicks", "product: orders.parcels"),
    ],
)
def test_a_role_reads_nothing_without_an_approved_line_of_its_clearance(old: str, new: str, tiny: Path) -> None:
    file = tiny / "clearances/pii.yaml"
    head, _, tail = file.read_text("utf-8").rpartition(old)
    assert head
    file.write_text(head + new + tail, "utf-8")
    mesh = load(tiny).mesh
    assert mesh is not None
    shop = build(mesh, DAY).domains["shop"]
    role = shop.pipelines["clicks"]
    assert (role.reads, role.grants) == ((), ())
    assert resources(role, "AskLakeFormation") == ()
    assert shop.jobs["clicks"].reads == ("orders.customers",)
