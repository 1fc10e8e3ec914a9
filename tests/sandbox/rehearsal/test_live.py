"""The live checks behind `mesh up`: every answer as planned; what is changed by hand shows, with caller and call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mesh import names
from sandbox.emulator.request_origin import coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.check import Report, check
from sandbox.rehearsal.credentials import environment_or_error, session_credentials
from sandbox.rehearsal.targets import PROBE_PREFIX
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.program import sample
from tests.sandbox.runs.in_memory_states import InMemoryStates

pytestmark = pytest.mark.long

MESH = sample.mesh()
PLAN = MESH.plan
ADS = PLAN.domains["ads"].access.account_id
IMPRESSIONS = PLAN.domains["ads"].products["impressions"].bucket


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with enforced(PLAN) as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def workspace(organization: EnforcedOrganization) -> Workspace:
    """The sample mesh, deployed into the organisation."""
    workspace = Workspace(EmbeddedEngine.of(organization, InMemoryStates()))
    for run in workspace.up(MESH):
        assert not run.result.failures, (run.stack, run.result.failures)
    return workspace


@pytest.fixture(scope="module")
def first(organization: EnforcedOrganization) -> Report:
    return check(organization, PLAN)


def test_every_answer_is_as_planned(first: Report) -> None:
    assert [str(each) for each in first.differences] == []
    assert first.calls > 2_500
    assert min(first.answers[True], first.answers[False]) > 700
    assert first.deployment > 1_000
    assert (first.stand_ins, first.unanswered) == (8, 0)
    # CI of each domain, of who reads, of governance and of partners, and an administrator of the management account.
    assert sum(first.exempted.values()) == len(PLAN.domains) + 4


@pytest.mark.parametrize("clearance", ["general", "pii"])
def test_an_analyst_finds_through_a_link_what_the_hub_shows(clearance: str, organization: EnforcedOrganization) -> None:
    keys = session_credentials(names.clearance_role(ADS, clearance), PLAN.perimeter.region)
    glue = organization._clients.own("glue", PLAN.perimeter.region, keys)
    with coming_from("network"):
        links = [each["Name"] for each in glue.get_databases()["DatabaseList"] if each.get("TargetDatabase")]
        assert {"identity__profiles", "playback__sessions"} <= {*links}
        for link in links:
            through = glue.get_tables(DatabaseName=link)["TableList"]
            assert through == glue.get_tables(CatalogId=PLAN.perimeter.governance_id, DatabaseName=link)["TableList"]
        (profiles,) = glue.get_tables(DatabaseName="identity__profiles")["TableList"]
        one = glue.get_table(DatabaseName="identity__profiles", Name="profiles")["Table"]
    assert one["StorageDescriptor"] == profiles["StorageDescriptor"]
    shown = {column["Name"] for column in one["StorageDescriptor"]["Columns"]}
    assert "is_kids" in shown
    assert ("profile_name" in shown) is (clearance == "pii")


def test_nothing_of_the_checks_is_left(first: Report, workspace: Workspace) -> None:
    from moto.glue.models import glue_backends
    from moto.iam.models import iam_backends
    from moto.s3.models import s3_backends

    for owner in s3_backends.bucket_accounts.values():
        for bucket in s3_backends[owner[1]][owner[0]].buckets.values():
            assert [key for key in bucket.keys if PROBE_PREFIX in key] == []
    left = {r.arn for a in PLAN.domains.values() for r in iam_backends[a.access.account_id]["aws"].roles.values()}
    assert not any("live-check" in arn or "AWSReservedSSO" in arn for arn in left)
    hub = glue_backends[PLAN.perimeter.governance_id][PLAN.perimeter.region].databases
    published = {name for name, database in hub.items() if database.tables}
    assert {"ads__campaigns", "identity__profiles"} <= published
    # A contract that asks for rows, and plain Parquet without a run.
    assert "ads__impressions" not in published
    assert set(hub["content__titles"].tables) == {"title_names"}
    assert "accounts" not in hub["identity__accounts"].tables
    for run in workspace.up(MESH, ["organization", "domain-ads"]):
        assert set(run.operations) == {"same"}, run.stack


def test_a_bucket_policy_that_lost_a_refusal_shows(organization: EnforcedOrganization) -> None:
    s3 = organization.client("s3", ADS)
    whole = s3.get_bucket_policy(Bucket=IMPRESSIONS)["Policy"]
    loose = json.loads(whole)
    loose["Statement"] = [each for each in loose["Statement"] if each["Sid"] != "RefuseOtherReaders"]
    s3.put_bucket_policy(Bucket=IMPRESSIONS, Policy=json.dumps(loose))
    try:
        found = check(organization, PLAN).differences
    finally:
        s3.put_bucket_policy(Bucket=IMPRESSIONS, Policy=whole)
    assert {each.call for each in found} == {each.call for each in found if IMPRESSIONS in each.call}
    assert {each.expected for each in found} == {"refused (s3:GetObject: resource, statement RefuseOtherReaders)"}
    assert "pipeline:ads.campaigns" in {each.caller for each in found}


@pytest.mark.parametrize(
    ("policy", "callers"),
    [
        ("mesh-domain-resources", {"admin@management"}),
        ("mesh-partner-ad-measurement-stays-inside", {"partner:ad-measurement", "admin@ad-measurement"}),
    ],
)
def test_a_control_policy_that_is_off_shows(policy: str, callers: set[str], organization: EnforcedOrganization) -> None:
    client = organization.client("organizations")
    kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
    (made,) = [p["Id"] for kind in kinds for p in client.list_policies(Filter=kind)["Policies"] if p["Name"] == policy]
    (target,) = [each["TargetId"] for each in client.list_targets_for_policy(PolicyId=made)["Targets"]]
    client.detach_policy(PolicyId=made, TargetId=target)
    try:
        found = check(organization, PLAN).differences
    finally:
        client.attach_policy(PolicyId=made, TargetId=target)
    assert callers <= {each.caller for each in found}
    assert all(each.expected.startswith("refused") for each in found)


def test_a_grant_that_is_gone_shows_with_the_columns_that_are_missed(organization: EnforcedOrganization) -> None:
    role = names.clearance_role(ADS, "pii")
    lake = organization.client("lakeformation", ADS, role="mesh/deploy-access")
    (catalog, grant) = _table_grant(role)
    principal = {"DataLakePrincipalIdentifier": role}
    same = {"CatalogId": catalog, "Principal": principal, "Resource": grant.resource, "Permissions": ["SELECT"]}
    lake.revoke_permissions(**same)
    try:
        found = check(organization, PLAN).differences
    finally:
        lake.grant_permissions(**same)
    assert {each.caller for each in found} == {"clearance:pii@ads"}
    assert all(each.call.startswith("get tables of ") for each in found)
    assert all("no table instead of " in each.got for each in found)
    assert len(found) > 5


def _table_grant(role: str) -> tuple[str, Any]:
    """The stored grant on tables to a role, and the catalog id under which moto keeps it."""
    from moto.lakeformation.models import lakeformation_backends

    (found,) = [
        (catalog, each)
        for catalog, held in lakeformation_backends[ADS]["eu-west-1"].grants.items()
        for each in held.permissions
        if each.principal["DataLakePrincipalIdentifier"] == role
        and each.resource.get("LFTagPolicy", {}).get("ResourceType") == "TABLE"
    ]
    return found


def test_everything_is_as_planned_again(organization: EnforcedOrganization) -> None:
    assert check(organization, PLAN).differences == []


def test_a_person_who_is_a_partner_reads_the_inbox_and_nothing_else(organization: EnforcedOrganization) -> None:
    import boto3
    from botocore.exceptions import ClientError

    organization.serve()
    given = environment_or_error(PLAN, {"who": "partner:ad-measurement"}, organization.endpoint_from)["environment"]
    s3 = boto3.client(
        "s3",
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_DEFAULT_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
    )
    assert s3.list_objects_v2(Bucket="aurora-partner-ad-measurement--inbox")["KeyCount"] == 0
    with pytest.raises(ClientError, match=r"explicit deny in scp .*RefuseResourcesOfOtherAccounts"):
        s3.list_objects_v2(Bucket=IMPRESSIONS)
    with pytest.raises(ClientError, match=r"RefuseAllButDeliveries"):
        s3.put_object(Bucket="aurora-partner-ad-measurement--inbox", Key="x", Body=b"x")


def person(given: dict[str, str], service: str, signature: str | None = None) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_DEFAULT_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given.get("AWS_SESSION_TOKEN"),
        config=Config(signature_version=signature),
    )


def stepping(given: dict[str, str], role: str, **parameters: str) -> dict[str, str]:
    """The environment behind a role that is assumed by a real call."""
    made = person(given, "sts").assume_role(RoleArn=role, RoleSessionName="emergency", **parameters)["Credentials"]
    keys = {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }
    return {**given, **keys}


def test_a_break_glass_user_takes_the_role_and_deploys_under_the_own_name(organization: EnforcedOrganization) -> None:
    from botocore.exceptions import ClientError

    organization.serve()
    user = environment_or_error(PLAN, {"who": "keeper@management"}, organization.endpoint_from)["environment"]
    glass = names.break_glass_role(PLAN.perimeter.governance_id)
    device = {
        "SerialNumber": f"arn:aws:iam::{PLAN.perimeter.management_id}:mfa/keeper",
        "TokenCode": "123456",
    }
    with pytest.raises(ClientError, match="no resource policy allows it"):
        stepping(user, glass, SourceIdentity="keeper")
    with pytest.raises(ClientError, match="no resource policy allows it"):
        stepping(user, glass, SourceIdentity="keeper", SerialNumber=f"{device['SerialNumber']}2", TokenCode="123456")
    with pytest.raises(ClientError, match="no resource policy allows it"):
        stepping(user, glass, SourceIdentity="ceo", **device)
    broken = stepping(user, glass, SourceIdentity="keeper", **device)
    with pytest.raises(ClientError, match="statement RefuseOtherListers"):
        person(broken, "s3").list_objects_v2(Bucket=IMPRESSIONS)
    with pytest.raises(ClientError, match="cannot be changed"):
        stepping(broken, names.deploy_role(ADS), SourceIdentity="ceo")
    for account in (ADS, PLAN.partners["subtitling"].access.account_id, PLAN.perimeter.management_id):
        deploying = stepping(broken, names.deploy_role(account))
        assert person(deploying, "iam").get_role(RoleName="deploy")["Role"]["Arn"] == names.deploy_role(account)
    nameless = {**user, **_keys(glass)}
    with pytest.raises(ClientError, match="no resource policy allows it"):
        stepping(nameless, names.deploy_role(ADS))


def _keys(role: str) -> dict[str, str]:
    made = session_credentials(role, PLAN.perimeter.region)
    return {
        "AWS_ACCESS_KEY_ID": made.access_key,
        "AWS_SECRET_ACCESS_KEY": made.secret_key,
        "AWS_SESSION_TOKEN": made.token or "",
    }


def test_a_name_that_nobody_has_is_answered_with_what_comes_near(organization: EnforcedOrganization) -> None:
    assert (
        "partner:ad-measurement"
        in environment_or_error(PLAN, {"who": "partner:ad-measurment"}, organization.endpoint_from)["error"]
    )


def from_(organization: EnforcedOrganization, who: str, origin: str) -> dict[str, str]:
    """The environment of somebody who calls from there."""
    answer = environment_or_error(PLAN, {"who": who, "from": origin}, organization.endpoint_from)
    return answer["environment"]


def test_a_jobs_credentials_work_in_the_network_and_nowhere_else(organization: EnforcedOrganization) -> None:
    from botocore.exceptions import ClientError

    job, key = "pipeline:ads.impressions", f"files/{PROBE_PREFIX}by-hand"  # a pipeline deletes no other
    inside = from_(organization, job, "")
    assert inside["AWS_ENDPOINT_URL"] == organization.endpoint_from("network") != organization.endpoint
    assert person(inside, "s3").put_object(Bucket=IMPRESSIONS, Key=key, Body=b"x")
    assert person(inside, "s3").get_object(Bucket=IMPRESSIONS, Key=key)["Body"].read() == b"x"
    for origin in ("outside", "office", "foreign", "stranger"):
        stolen = {**inside, "AWS_ENDPOINT_URL": organization.endpoint_from(origin)}
        for call in (
            lambda s3: s3.get_object(Bucket=IMPRESSIONS, Key=key),
            lambda s3: s3.put_object(Bucket=IMPRESSIONS, Key=key, Body=b"y"),
        ):
            with pytest.raises(ClientError, match=r"scp .*statement RefuseGlueCredentialsElsewhere"):
                call(person(stolen, "s3"))
        with pytest.raises(ClientError, match="statement RefuseGlueCredentialsElsewhere"):
            person(stolen, "events").put_events(Entries=[{"Source": "x", "DetailType": "x", "Detail": "{}"}])
    assert person(inside, "s3").delete_object(Bucket=IMPRESSIONS, Key=key)


def test_a_job_in_the_network_reaches_no_service_without_an_endpoint(organization: EnforcedOrganization) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match="no endpoint of iam"):
        person(from_(organization, "pipeline:ads.impressions", ""), "iam").list_roles()


def test_people_work_from_the_office_and_through_the_network_alone(organization: EnforcedOrganization) -> None:
    from botocore.exceptions import ClientError

    who, hub = "clearance:pii@ads", PLAN.perimeter.governance_id
    for origin in ("office", "network"):
        assert person(from_(organization, who, origin), "glue").get_databases(CatalogId=hub)
    with pytest.raises(ClientError, match="statement RefusePeopleElsewhere"):
        person(from_(organization, who, "outside"), "glue").get_databases(CatalogId=hub)
    for origin in ("foreign", "stranger"):
        with pytest.raises(ClientError, match="statement RefuseForeignEndpoints"):
            person(from_(organization, who, origin), "glue").get_databases(CatalogId=hub)


def test_a_presigned_url_is_refused_outside_whoever_signed_it(organization: EnforcedOrganization) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    for who, sid in (("admin@ads", "RefusePresignedUrls"), ("clearance:pii@ads", "RefusePeopleElsewhere")):
        given = from_(organization, who, "outside")
        url = person(given, "s3", "s3v4").generate_presigned_url("get_object", {"Bucket": IMPRESSIONS, "Key": "x"})
        with pytest.raises(HTTPError) as refused:
            urlopen(url)
        assert refused.value.code == 403
        assert f"statement {sid}" in refused.value.read().decode()


def test_nobody_comes_from_a_place_that_there_is_not(organization: EnforcedOrganization) -> None:
    asked = {"who": "clearance:pii@ads", "from": "home"}
    assert "nobody comes from 'home'" in environment_or_error(PLAN, asked, organization.endpoint_from)["error"]
