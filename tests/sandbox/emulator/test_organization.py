"""The emulated organisation: its ids, its accounts, and that nothing of it is left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.test import EnvironBuilder

from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.emulated_organization import DEFAULT_ACCOUNT, EmulatedOrganization
from sandbox.emulator.moto_transport import not_served
from sandbox.emulator.organization_ids import OrganizationIds
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, IDS, MANAGEMENT, REGION


@pytest.fixture(scope="module")
def organization() -> Iterator[EmulatedOrganization]:
    with EmulatedOrganization(IDS, REGION, port=0) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("playback")
        yield opened
        assert opened.resources_in(DEFAULT_ACCOUNT) == 0


def over_http(organization: EmulatedOrganization, service: str, key: str, secret: str, token: str | None = None) -> Any:
    """A client as a user of the served organisation would make it."""
    return boto3.client(
        service,
        endpoint_url=organization.endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def operator(organization: EmulatedOrganization) -> tuple[str, str]:
    """The operator's keys, from the text that a user reads."""
    words = organization.connection_help().split()
    values = dict(word.split("=", 1) for word in words if "=" in word)
    return values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"]


# --- ids are data ------------------------------------------------------------------------------------------


def test_the_organisation_has_the_ids_that_are_given(organization: EmulatedOrganization) -> None:
    client = organization.client("organizations")
    assert client.describe_organization()["Organization"]["Id"] == IDS.organization_id
    assert client.list_roots()["Roots"][0]["Id"] == IDS.root_id
    assert organization.account_ids() == {"management": MANAGEMENT, "governance": GOVERNANCE, "playback": DOMAIN}


def test_a_key_has_the_id_that_is_given_for_what_it_is_and_a_second_one_another(
    organization: EmulatedOrganization,
) -> None:
    ((inbox, given),) = IDS.keys.items()
    client = organization.client("kms", GOVERNANCE)
    made = [client.create_key(Description=each)["KeyMetadata"] for each in (inbox, inbox, "Product")]
    assert made[0]["KeyId"] == given
    assert made[0]["Arn"].endswith(f":key/{given}")
    assert len({each["KeyId"] for each in made}) == 3


def test_a_unit_created_by_name_has_the_id_that_is_given(organization: EmulatedOrganization) -> None:
    client = organization.client("organizations")
    made = client.create_organizational_unit(ParentId=IDS.root_id, Name="governance")["OrganizationalUnit"]
    assert made["Id"] == IDS.units["governance"]


def test_a_table_of_ids_gives_well_formed_ids_for_names_it_does_not_have() -> None:
    ids = OrganizationIds("111111111111", "o-abcdefghij", "r-abcd")
    assert len(ids.account("x")) == 12
    assert ids.account("x").isdigit()
    assert ids.unit("x").startswith("ou-abcd-")
    assert ids.account("x") != ids.account("y")


# --- accounts ----------------------------------------------------------------------------------------------


def test_a_call_lands_in_the_account_of_the_role(organization: EmulatedOrganization) -> None:
    identity = organization.client("sts", DOMAIN).get_caller_identity()
    assert identity["Account"] == DOMAIN
    assert identity["Arn"] == f"arn:aws:sts::{DOMAIN}:assumed-role/deploy/mesh"


def test_every_account_has_the_roles_that_a_stack_set_brings(organization: EmulatedOrganization) -> None:
    for account in organization.account_ids().values():
        roles = organization.client("iam", account).list_roles(PathPrefix="/mesh/")["Roles"]
        assert {role["Arn"] for role in roles} == {
            f"arn:aws:iam::{account}:role/mesh/{n}" for n in ("preview", "deploy-access", "deploy")
        }


def test_a_role_that_does_not_exist_cannot_be_assumed(organization: EmulatedOrganization) -> None:
    with pytest.raises(AwsError, match=f"account {DOMAIN} has no such role"):
        organization.assume(f"arn:aws:iam::{DOMAIN}:role/mesh/absent")


def test_an_account_beyond_the_organisation_cannot_be_reached(organization: EmulatedOrganization) -> None:
    with pytest.raises(AwsError, match="no account 999999999999"):
        organization.assume("arn:aws:iam::999999999999:role/mesh/deploy")


def test_what_is_made_in_one_account_is_counted_there_and_nowhere_else(organization: EmulatedOrganization) -> None:
    before = {account: organization.resources_in(account) for account in (DOMAIN, GOVERNANCE, DEFAULT_ACCOUNT)}
    organization.client("sqs", DOMAIN).create_queue(QueueName="counted")
    after = {account: organization.resources_in(account) for account in before}
    assert after[DOMAIN] > before[DOMAIN]
    assert {**after, DOMAIN: 0} == {**before, DOMAIN: 0}


def test_threads_that_call_at_once_land_each_in_its_own_account(organization: EmulatedOrganization) -> None:
    roles = [organization.assume(f"arn:aws:iam::{account}:role/mesh/deploy") for account in (DOMAIN, GOVERNANCE)]

    def account_of(index: int) -> tuple[str, str]:
        role = roles[index % 2]
        return role.account_id, role.call("sts", REGION, "get_caller_identity", {})["Account"]

    with ThreadPoolExecutor(8) as pool:
        assert all(expected == found for expected, found in pool.map(account_of, range(64)))


# --- what moto does otherwise --------------------------------------------------------------------------------


def test_an_operation_that_moto_lacks_fails_at_once_and_says_so(organization: EmulatedOrganization) -> None:
    role = organization.assume(f"arn:aws:iam::{DOMAIN}:role/mesh/deploy")
    role.call("ec2", REGION, "describe_vpcs", {})  # the first call loads botocore's model of EC2, for a second or more
    began = time.perf_counter()
    with pytest.raises(AwsError, match=r"NotImplemented: The get_ebs_default_kms_key_id action"):
        role.call("ec2", REGION, "get_ebs_default_kms_key_id", {})
    assert time.perf_counter() - began < 2


def test_a_symmetric_key_costs_no_rsa_key(organization: EmulatedOrganization, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    generate = rsa.generate_private_key

    def counted(public_exponent: int, key_size: int, backend: object = None) -> rsa.RSAPrivateKey:
        made.append(key_size)
        return generate(public_exponent, key_size)

    monkeypatch.setattr(rsa, "generate_private_key", counted)
    client = organization.client("kms", DOMAIN)
    client.create_key()
    assert made == []
    client.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    assert made == [2048]


def test_a_bucket_policy_with_conditions_does_not_stop_moto_from_serving_objects(
    organization: EmulatedOrganization,
) -> None:
    client = organization.client("s3", DOMAIN)
    client.create_bucket(Bucket="guarded", CreateBucketConfiguration={"LocationConstraint": REGION})
    unless_tls = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::guarded/*",
        "Condition": unless_tls,
    }
    client.put_bucket_policy(Bucket="guarded", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    client.put_object(Bucket="guarded", Key="a", Body=b"x")
    assert client.get_object(Bucket="guarded", Key="a")["Body"].read() == b"x"


def test_the_public_access_block_of_an_account_is_reached(organization: EmulatedOrganization) -> None:
    client = organization.client("s3control", DOMAIN)
    client.put_public_access_block(AccountId=DOMAIN, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    found = client.get_public_access_block(AccountId=DOMAIN)["PublicAccessBlockConfiguration"]
    assert found["BlockPublicAcls"] is True


def test_endpoints_and_profiles_of_the_user_are_not_read(
    organization: EmulatedOrganization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-the-user")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert organization.client("sns", GOVERNANCE).list_topics()["Topics"] == []


# --- served ------------------------------------------------------------------------------------------------


def test_the_served_organisation_is_the_same_one(organization: EmulatedOrganization) -> None:
    organization.client("glue", GOVERNANCE).create_database(DatabaseInput={"Name": "shared"})
    key, secret = operator(organization)
    role = f"arn:aws:iam::{GOVERNANCE}:role/mesh/deploy"
    sts = over_http(organization, "sts", key, secret)
    given = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    glue = over_http(organization, "glue", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert [database["Name"] for database in glue.get_databases()["DatabaseList"]] == ["shared"]


def test_it_is_served_on_the_loopback_interface_only(organization: EmulatedOrganization) -> None:
    assert organization.endpoint.startswith("http://127.0.0.1:")


def test_the_help_names_the_endpoint_and_every_account(organization: EmulatedOrganization) -> None:
    text = organization.connection_help()
    assert organization.endpoint in text
    assert all(account in text for account in organization.account_ids().values())


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "test"])
def test_a_key_that_nobody_has_is_refused_rather_than_put_into_the_default_account(
    organization: EmulatedOrganization, key: str
) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidClientTokenId"):
        over_http(organization, "iam", key, "x").list_roles()
    assert organization.resources_in(DEFAULT_ACCOUNT) == 0


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("glue", "search_tables", {}),
        ("ec2", "get_ebs_default_kms_key_id", {}),
        ("sns", "create_sms_sandbox_phone_number", {"PhoneNumber": "+10000000000"}),
    ],
)
def test_a_served_operation_that_moto_lacks_is_said_in_the_words_of_its_protocol(
    organization: EmulatedOrganization, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    role = f"arn:aws:iam::{DOMAIN}:role/mesh/deploy"
    given = over_http(organization, "sts", *operator(organization)).assume_role(RoleArn=role, RoleSessionName="me")
    keys = (given["Credentials"][each] for each in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(over_http(organization, service, *keys), operation)(**parameters)
    told: Any = refused.value.response
    assert (told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"]) == (501, "NotImplemented")
    assert operation in told["Error"]["Message"]


@pytest.mark.parametrize("protocol", ["json", "query", "rest-json", "rest-xml"])
def test_what_is_not_served_is_an_error_to_clients_of_each_protocol(protocol: str) -> None:
    """Of a GET, which says nothing about what it sends."""
    asked = EnvironBuilder(path="/", headers={"X-Amz-Target": "x.Y"} if protocol == "json" else {}).get_request()
    status, headers, body = not_served(asked, "no <such> API")
    answered = {"status_code": status, "headers": HeadersDict(headers), "body": str(body).encode()}
    told: Any = create_parser(protocol).parse(answered, None)
    assert told["Error"]["Code"] == "NotImplemented"
    assert "such" in str(told["Error"])
