"""`mesh connect`: what is printed names what the user can read, and each tool's text is of the tool's own form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cli import main
from cli.connections.data_users import data_user
from cli.connections.snippets import WAYS, ClientName, snippet
from cli.exit_codes import BAD_INPUT, FINE
from mesh.access.chains import DecidedReads
from mesh.findings import NotPossibleError
from mesh.folder import plan_folder
from tests.conftest import DAY, STACKS, TINY

OPTIONS = ["-C", str(TINY), "--as-of", DAY.isoformat()]
PLAN = plan_folder(TINY, DAY).plan
ENDPOINT = "http://127.0.0.1:4566"


def text(who: str, client: ClientName, endpoint: str = ENDPOINT, product: str = "") -> str:
    return snippet(PLAN, data_user(PLAN, who), client, product, endpoint).text


def settings(said: str) -> dict[str, str]:
    """The lines of spark-defaults.conf, a key and its value, parted by white space."""
    return dict(line.split(None, 1) for line in said.splitlines() if not line.startswith("#"))


# ---- the command


def test_for_aws_the_text_is_printed_without_an_organisation_that_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["connect", "--as", "general@orders", "--for", "boto3", "--on", "aws", *OPTIONS]) == FINE
    said = capsys.readouterr().out
    compile(said, "snippet", "exec")
    assert "role_arn = arn:aws:iam::310000000013:role/mesh/clearance/general" in said
    assert "sso_role_name = general" in said
    assert "127.0.0.1" not in said


def test_what_is_kept_is_asked_for_and_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run(["connect", "--as", "general@orders", "--for", "boto3", *OPTIONS]) == BAD_INPUT
    assert "no organisation is kept here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("who", "client", "product", "words"),
    [
        ("general@oders", "boto3", "", r"nobody who connects .* did you mean 'clearance:general@orders'\?"),
        ("admin@orders", "boto3", "", "nobody who connects to data: a clearance in a domain does"),
        ("general@orders", "boto3", "orders.parcel", r"no product 'orders.parcel'; did you mean 'orders.parcels'\?"),
        (
            "general@orders",
            "polars",
            "orders.customers",
            r"reads files in S3.*orders\.customers\. A port `table` is not",
        ),
        ("general@orders", "pyiceberg", "", "which a pipeline alone may.*Athena reads it"),
        ("partner:courier", "pyiceberg", "", "which a pipeline alone may, of its own drafts, and partner:courier"),
        ("pipeline:orders.parcels", "jdbc", "orders.customers", "reads nothing of the kind of orders.customers"),
        ("pipeline:shop.clicks", "dbt", "", "reads a table in Athena, and pipeline:shop.clicks reads nothing"),
    ],
)
def test_who_cannot_read_with_a_client_is_told_what_can(who: str, client: ClientName, product: str, words: str) -> None:
    with pytest.raises(NotPossibleError, match=words):
        text(who, client, product=product)


# ---- what is named


def test_a_clearance_is_offered_what_it_reads_in_every_domain_of_the_sample() -> None:
    """Each product that a text names is decided to be read, through the port by which the client reads."""
    plan = plan_folder(STACKS, DAY).plan
    reads = DecidedReads(plan)
    named: set[str] = set()
    for domain in plan.domains.values():
        for clearance in domain.clearances:
            user = data_user(plan, f"{clearance}@{domain.name}")
            for client, port in (("boto3", "table"), ("polars", "files")):
                found = snippet(plan, user, client, "", ENDPOINT).place
                of, _, name = found.product.partition(".")
                product = plan.domains[of].products[name]
                assert reads.read(reads.reader(clearance, domain.name), product, port).broken is None
                assert port == "files" or of == domain.name or found.product in domain.links
                named.add(found.product)
    assert len(named) > len(plan.domains)


def test_files_that_a_clearance_does_not_cover_are_not_offered_and_refused_by_name() -> None:
    plan = plan_folder(STACKS, DAY).plan
    closed = next(
        product
        for domain in plan.domains.values()
        for product in domain.products.values()
        if "files" in product.ports and "general" not in product.readers
    )
    name = f"{closed.domain}.{closed.name}"
    user, cleared = (data_user(plan, f"{clearance}@{closed.domain}") for clearance in ("general", "restricted"))
    with pytest.raises(NotPossibleError, match=f"reads nothing of the kind of {name}"):
        snippet(plan, user, "polars", name, ENDPOINT)
    assert f"s3://{closed.bucket}/files/" in snippet(plan, cleared, "polars", name, ENDPOINT).text


def test_a_pipeline_without_a_job_has_no_workgroup_and_reads_its_draft_by_iceberg() -> None:
    plan = plan_folder(STACKS, DAY).plan
    who = "pipeline:playback.quality-of-experience"
    user = data_user(plan, who)
    assert "playback__quality_of_experience__draft" in snippet(plan, user, "pyiceberg", "", ENDPOINT).text
    with pytest.raises(NotPossibleError, match="dbt reads a table in Athena"):
        snippet(plan, user, "dbt", "", ENDPOINT)


@pytest.mark.parametrize("client", WAYS)
@pytest.mark.parametrize("who", ["clearance:general@orders", "pipeline:orders.parcels", "partner:courier"])
def test_every_text_is_whole_and_has_the_endpoint_for_what_is_kept_alone(who: str, client: ClientName) -> None:
    if client == "pyiceberg" and not who.startswith("pipeline:"):
        pytest.skip("it is refused, which another test asks")
    kept, aws = text(who, client), text(who, client, "")
    assert ENDPOINT in kept
    assert f"mesh as {who} --profile --write ~/.aws/config" in kept
    assert "127.0.0.1" not in aws
    assert not re.search(r"\$\w|kept\|", kept + aws)
    if client in ("boto3", "awswrangler", "polars", "duckdb", "pyiceberg"):
        compile(kept, client, "exec")
        compile(aws, client, "exec")


def test_a_job_on_aws_needs_no_profile() -> None:
    said = "".join(text("pipeline:orders.customers", client, "") for client in ("pyiceberg", "spark", "dbt", "jdbc"))
    assert 'boto3.Session(region_name="eu-west-1")' in said
    assert "CredentialsProvider=DefaultChain;" in said
    assert not re.search("profile_name|AWS_PROFILE|ProfileCredentials", said)


# ---- tools that are not run here


def test_dbts_profile_is_yaml_with_the_drafts_of_the_pipeline() -> None:
    profile = yaml.safe_load(text("pipeline:orders.customers", "dbt"))
    assert profile["mesh"]["outputs"][profile["mesh"]["target"]] == {
        "type": "athena",
        "region_name": "eu-west-1",
        "database": "awsdatacatalog",
        "schema": "orders__customers__draft",
        "work_group": "mesh.customers",
        "s3_staging_dir": f"s3://{PLAN.product_bucket('orders', 'customers')}/queries/",
        "aws_profile_name": "mesh-pipeline-orders.customers",
        "threads": 4,
    }


def test_results_are_where_the_workgroup_keeps_them() -> None:
    where = {who: yaml.safe_load(text(who, "dbt")) for who in ("pii@orders", "partner:courier")}
    staging = {who: each["mesh"]["outputs"]["kept"]["s3_staging_dir"] for who, each in where.items()}
    assert staging == {
        "pii@orders": f"s3://{PLAN.results_bucket('orders')}/pii/",
        "partner:courier": f"s3://{PLAN.results_bucket('partner-courier')}/",
    }


def test_sparks_settings_are_a_catalog_for_drafts_and_a_file_system_for_files() -> None:
    drafts = settings(text("pipeline:orders.customers", "spark"))
    assert drafts["spark.sql.catalog.mesh"] == "org.apache.iceberg.spark.SparkCatalog"
    endpoints = {key.removeprefix("spark.sql.catalog.mesh.") for key, value in drafts.items() if value == ENDPOINT}
    assert endpoints == {"glue.endpoint", "s3.endpoint"}
    files = settings(text("general@orders", "spark"))
    assert files["spark.hadoop.fs.s3a.endpoint"] == ENDPOINT
    assert files["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert {key.partition(".s3a.")[2] for key in settings(text("general@orders", "spark", ""))} == {
        "endpoint.region",
        "aws.credentials.provider",
    }


def test_jdbcs_url_is_of_pairs_each_of_them_once() -> None:
    found = re.search(r"^url=jdbc:athena://(.+)$", text("partner:courier", "jdbc"), re.MULTILINE)
    assert found
    pairs = [each.split("=", 1) for each in found[1].rstrip(";").split(";")]
    assert len(dict(pairs)) == len(pairs)
    assert dict(pairs) == {
        "Region": "eu-west-1",
        "WorkGroup": "mesh",
        "Catalog": "AwsDataCatalog",
        "Database": "courier",
        "CredentialsProvider": "ProfileCredentials",
        "ProfileName": "mesh-partner-courier",
        **{f"{service}Endpoint": ENDPOINT for service in ("Athena", "AthenaStreaming", "S3", "Sts")},
        "ResultFetcher": "GetQueryResults",
    }
