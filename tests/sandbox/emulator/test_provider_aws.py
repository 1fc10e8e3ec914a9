"""The provider and AWS's answers: errors, drift, imports, and resources that are only recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import RECORDED
from sandbox.engine.wire import wrap
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, IDS, REGION, Aborted, Driver, configured

BUCKET = "aws:s3/bucket:Bucket"
ROLE = "aws:iam/role:Role"
SNAPSHOTS = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
TABLE = "aws:glue/catalogTable:CatalogTable"


@pytest.fixture(scope="module")
def organization() -> Iterator[EmulatedOrganization]:
    with EmulatedOrganization(IDS, REGION) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        yield opened


@pytest.fixture
def driver(organization: EmulatedOrganization) -> Driver:
    return configured(organization, DOMAIN, defaultTags={"tags": {"mesh": "sample"}})


def test_an_error_of_aws_is_a_readable_sentence(organization: EmulatedOrganization, driver: Driver) -> None:
    configured(organization, GOVERNANCE).create(BUCKET, {"bucket": "taken"})
    with pytest.raises(Aborted, match=r"^creating S3 Bucket \(taken\): BucketAlreadyExists: "):
        driver.create(BUCKET, {"bucket": "taken"})


@pytest.mark.parametrize(
    ("bucket", "namespace", "code"),
    [
        (f"mine-{DOMAIN}-{REGION}-an", None, "MissingNamespaceHeader"),
        (f"mine-{DOMAIN}-{REGION}-an", "global", "MissingNamespaceHeader"),
        (f"mine-{GOVERNANCE}-{REGION}-an", "account-regional", "InvalidNamespaceHeader"),
        (f"mine-{DOMAIN}-eu-central-1-an", "account-regional", "InvalidNamespaceHeader"),
        ("mine", "account-regional", "InvalidNamespaceHeader"),
    ],
)
def test_a_name_has_the_account_and_the_region_where_the_bucket_is_of_the_accounts_own_namespace(
    driver: Driver, bucket: str, namespace: str | None, code: str
) -> None:
    inputs = {"bucket": bucket} | ({"bucketNamespace": namespace} if namespace else {})
    with pytest.raises(Aborted, match=f"^creating S3 Bucket .*: {code}: "):
        driver.create(BUCKET, inputs)


def test_a_bucket_says_its_namespace_whoever_made_it(driver: Driver) -> None:
    name = f"told-{DOMAIN}-{REGION}-an"
    inputs = {"bucket": name, "bucketNamespace": "account-regional"}
    id_, state = driver.create(BUCKET, inputs)
    assert state["bucketNamespace"] == "account-regional"
    assert driver.read(BUCKET, id_, state, inputs)[2] == inputs
    assert driver.create(BUCKET, {"bucket": "of-everybody"})[1]["bucketNamespace"] == "global"


def test_a_parameter_that_aws_refuses_is_a_readable_sentence(driver: Driver) -> None:
    with pytest.raises(Aborted, match=r"^creating S3 Bucket \(NO\): "):
        driver.create(BUCKET, {"bucket": "NO"})


def test_a_role_name_is_taken_whatever_its_path(driver: Driver) -> None:
    role = {"name": "sessions", "assumeRolePolicy": '{"Version": "2012-10-17", "Statement": []}'}
    driver.create(ROLE, {**role, "path": "/mesh/pipeline/"})
    with pytest.raises(Aborted, match="EntityAlreadyExists"):
        driver.create(ROLE, {**role, "path": "/mesh/delivery/"})


def test_what_was_changed_behind_our_back_is_read(organization: EmulatedOrganization, driver: Driver) -> None:
    inputs = {"bucket": "drifting", "tags": {"owner": "a"}}
    id_, state = driver.create(BUCKET, inputs)
    tags = {"TagSet": [{"Key": "mesh", "Value": "sample"}, {"Key": "owner", "Value": "b"}]}
    organization.client("s3", DOMAIN).put_bucket_tagging(Bucket="drifting", Tagging=tags)
    _, _, found = driver.read(BUCKET, id_, state, inputs)
    assert found == {"bucket": "drifting", "tags": {"owner": "b"}}


def test_a_resource_is_imported_by_its_id_alone(organization: EmulatedOrganization, driver: Driver) -> None:
    organization.client("glue", DOMAIN).create_database(DatabaseInput={"Name": "found", "Description": "d"})
    id_, state, inputs = driver.read("aws:glue/catalogDatabase:CatalogDatabase", f"{DOMAIN}:found", {}, {})
    assert id_ == f"{DOMAIN}:found"
    assert inputs["description"] == "d"
    assert state["arn"].endswith("database/found")


def test_a_resource_deleted_behind_our_back_is_gone(organization: EmulatedOrganization, driver: Driver) -> None:
    id_, state = driver.create(BUCKET, {"bucket": "short-lived"})
    organization.client("s3", DOMAIN).delete_bucket(Bucket="short-lived")
    assert driver.read(BUCKET, id_, state, {"bucket": "short-lived"})[0] == ""
    driver.delete(BUCKET, id_, state)


def test_a_secret_reaches_aws_as_its_value(organization: EmulatedOrganization, driver: Driver) -> None:
    driver.create(BUCKET, {"bucket": wrap("whispered")})
    names = [bucket["Name"] for bucket in organization.client("s3", DOMAIN).list_buckets()["Buckets"]]
    assert "whispered" in names


def test_default_tags_reach_aws(organization: EmulatedOrganization, driver: Driver) -> None:
    driver.create(BUCKET, {"bucket": "tagged", "tags": {"owner": "x"}})
    tags = organization.client("s3", DOMAIN).get_bucket_tagging(Bucket="tagged")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"mesh": "sample", "owner": "x"}


def test_a_resource_may_stand_in_another_region(organization: EmulatedOrganization, driver: Driver) -> None:
    _, state = driver.create("aws:sqs/queue:Queue", {"name": "afar", "region": "eu-central-1"})
    assert state["arn"] == f"arn:aws:sqs:eu-central-1:{DOMAIN}:afar"
    queues = organization.client("sqs", DOMAIN, region="eu-central-1").list_queues()["QueueUrls"]
    assert any(url.endswith("/afar") for url in queues)


def test_a_type_that_moto_lacks_is_flagged_and_counted(organization: EmulatedOrganization, driver: Driver) -> None:
    id_, state = driver.create(SNAPSHOTS, {"state": "block-all-sharing"})
    assert state[RECORDED] == "moto has no EnableSnapshotBlockPublicAccess"
    counts = {(count.account_id, count.type): count for count in organization.counts()}
    count = counts[DOMAIN, SNAPSHOTS]
    assert (count.total, count.recorded) == (1, 1)
    driver.delete(SNAPSHOTS, id_, state)
    assert (DOMAIN, SNAPSHOTS) not in {(count.account_id, count.type) for count in organization.counts()}


def test_a_recorded_part_is_flagged_only_where_it_is_used(driver: Driver) -> None:
    token = "aws:cloudwatch/eventBus:EventBus"
    _, plain = driver.create(token, {"name": "plain"})
    _, told = driver.create(token, {"name": "told", "description": "What happens."})
    assert RECORDED not in plain
    assert told[RECORDED].startswith("description: ")


def test_a_second_organisational_unit_of_a_name_is_refused(organization: EmulatedOrganization) -> None:
    token = "aws:organizations/organizationalUnit:OrganizationalUnit"
    management = configured(organization, IDS.management_account)
    management.create(token, {"name": "domains", "parentId": IDS.root_id})
    with pytest.raises(Aborted, match="DuplicateOrganizationalUnitException"):
        management.create(token, {"name": "domains", "parentId": IDS.root_id})


def test_a_provider_for_an_account_that_does_not_exist_is_refused(organization: EmulatedOrganization) -> None:
    with pytest.raises(Aborted, match="the organisation has no account 999999999999"):
        configured(organization, "999999999999")


def test_a_place_that_is_registered_already_counts_as_done_as_in_the_plugin(driver: Driver) -> None:
    place = {"arn": "arn:aws:s3:::registered", "roleArn": f"arn:aws:iam::{DOMAIN}:role/mesh/location"}
    first, _ = driver.create("aws:lakeformation/resource:Resource", place)
    assert driver.create("aws:lakeformation/resource:Resource", place, name="again")[0] == first
