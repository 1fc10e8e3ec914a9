"""Troubles of a deployment: told from AWS's words, as the plugin and the emulator hand them on, and on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.session
import pytest

from mesh.aws.plugin_retries import ANY, patience
from mesh.aws.troubles import troubles, troubles_in
from mesh.model.domain import AccountSettings, Domain
from mesh.model.partner import Partner

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "on-aws.md").read_text("utf-8")
NOT_IN_MODELS = {
    "MalformedPolicy": "S3 API reference, error responses",
    "InvalidRequest": "S3 API reference, error responses",
    "ACCOUNT_LIMIT_EXCEEDED": "a reason of CreateAccountFailureReason",
    "EMAIL_ALREADY_EXISTS": "a reason of CreateAccountFailureReason",
    "BucketNotEmpty": "S3 API reference, error responses",
    "DependencyViolation": "EC2 API reference, error codes",
    "InvalidAssociationID.NotFound": "EC2 API reference, error codes",
}
SERVICES = (
    "athena budgets cloudformation cloudtrail ec2 events glue iam kms lakeformation lambda logs organizations s3 sns "
    "sqs sso-admin sts"
).split()
OF_ANOTHER_MEANING = {
    ("iam", "InvalidInput"): "a value that IAM does not take; the row is of Lake Formation's grants",
    ("sns", "Throttled"): "of calls that send to telephones",
    ("s3", "AccessDenied"): "a permission that lacks; the row is of budgets",
}
"""Codes that are called like one of the table, but for `Exception` at their end."""
OF_THE_PLUGIN = (
    "creating S3 Bucket (aurora-ads-logs): operation error S3: CreateBucket, https response error StatusCode: 409, "
    "RequestID: 1, HostID: 2, BucketAlreadyExists: "
)
TOO_MANY_ACCOUNTS = (
    "creating Account (a): ConstraintViolationException: You have exceeded the allowed number of AWS accounts."
)


def codes_of_aws() -> set[tuple[str, str]]:
    """Codes on the wire by their service: that of the model's trait where it has one, else the name of the shape."""
    session = botocore.session.get_session()
    shapes: list[tuple[str, Any]] = [
        (service, shape) for service in SERVICES for shape in session.get_service_model(service).error_shapes
    ]
    return {(service, shape.metadata.get("error", {}).get("code", shape.name)) for service, shape in shapes}


def codes_of_the_sdk() -> frozenset[str]:
    """Codes of all services at which the plugin's SDK asks again; no model has them."""
    (of_all,) = (each.codes for each in patience() if ANY in each.services)
    return of_all


def as_the_plugin_says(service: str, code: str, message: str) -> str:
    """A message of aws-sdk-go-v2, as the plugin hands it on."""
    return f"operation error {service}: Do, https response error StatusCode: 400, RequestID: 1, {code}: {message}"


def test_every_code_is_one_of_the_wire() -> None:
    known = {code for _, code in codes_of_aws()} | codes_of_the_sdk() | set(NOT_IN_MODELS)
    assert [code for trouble in troubles() for code in trouble.codes if code not in known] == []


def test_a_code_is_told_as_each_service_spells_it() -> None:
    """IAM's model has a shape MalformedPolicyDocumentException, and its wire says MalformedPolicyDocument."""
    codes = {code for trouble in troubles() for code in trouble.codes}
    stems = {code.removesuffix("Exception") for code in codes}
    alike = {each for each in codes_of_aws() if each[1].removesuffix("Exception") in stems}
    assert {(service, code) for service, code in alike if code not in codes} == set(OF_ANOTHER_MEANING)


def test_every_row_is_told_from_each_of_its_codes() -> None:
    for trouble in troubles():
        for code in trouble.codes:
            assert trouble in troubles_in([as_the_plugin_says("X", code, f"Of it: {trouble.says.upper()}.")])


def test_what_slows_down_is_what_the_plugin_asks_again() -> None:
    (slow,) = (set(trouble.codes) for trouble in troubles() if "Throttling" in trouble.codes)
    assert slow <= codes_of_the_sdk()


def test_an_address_is_changed_where_the_model_has_it() -> None:
    (taken,) = (trouble for trouble in troubles() if "EMAIL_ALREADY_EXISTS" in trouble.codes)
    assert "`account: {email: …}`" in taken.do
    assert all("account" in kind.model_fields for kind in (Domain, Partner))
    assert "email" in AccountSettings.model_fields


def test_the_page_has_every_trouble() -> None:
    rows = {tuple(cell.strip() for cell in line.split("|")[1:4]) for line in PAGE.splitlines() if line.startswith("|")}
    told = {
        (
            " or ".join(f"`{code}`" for code in each.codes) + (f" … {each.says}" if each.says else ""),
            each.means,
            each.do,
        )
        for each in troubles()
    }
    told = {(said.strip(), means, do) for said, means, do in told}
    assert told - rows == set()
    codes = {"…", *(f"`{code}`" for trouble in troubles() for code in trouble.codes)}
    assert len([row for row in rows if row[0].partition(" ")[0] in codes]) == len(told), "a code has one row"


@pytest.mark.parametrize(
    ("message", "codes"),
    [
        (OF_THE_PLUGIN, ["BucketAlreadyExists"]),
        ("creating Bucket (x): BucketAlreadyOwnedByYou: ", ["BucketAlreadyOwnedByYou"]),
        ("updating Role (r): MalformedPolicyDocument: syntax", []),
        ("creating Role (r): MalformedPolicyDocument: Invalid principal in policy", ["MalformedPolicyDocument"]),
        ("creating Key (k): MalformedPolicyDocumentException: invalid Principal", ["MalformedPolicyDocument"]),
        ("putting Policy (b): MalformedPolicy: Invalid principal in policy", ["MalformedPolicy"]),
        ("creating Role (r): Throttling: Rate exceeded", ["Throttling"]),
        ("updating Role (r): ConcurrentModification: ", ["ConcurrentModification"]),
        ("creating Account (a): EMAIL_ALREADY_EXISTS", ["EMAIL_ALREADY_EXISTS"]),
        ("creating Account (a): ACCOUNT_LIMIT_EXCEEDED", ["ACCOUNT_LIMIT_EXCEEDED"]),
        (TOO_MANY_ACCOUNTS, ["ConstraintViolationException"]),
        ("creating (b): InvalidRequest: Destination bucket must have versioning enabled.", ["InvalidRequest"]),
        ("creating (b): InvalidRequest: Destination bucket must exist.", ["InvalidRequest"]),
        ("AccessDenied: not authorized", []),
    ],
)
def test_a_message_tells_its_trouble(message: str, codes: list[str]) -> None:
    told = troubles_in([message])
    assert len(told) == len(codes)
    assert all(code in trouble.codes for code, trouble in zip(codes, told, strict=True))


def test_a_trouble_is_told_once() -> None:
    assert len(troubles_in([OF_THE_PLUGIN, OF_THE_PLUGIN])) == 1
