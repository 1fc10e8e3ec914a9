"""Troubles of a deployment: told from AWS's words, as the plugin and the emulator hand them on, and on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.session
import pytest

from mesh.aws.troubles import troubles, troubles_in

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "on-aws.md").read_text("utf-8")
NOT_IN_MODELS = {
    "MalformedPolicy": "S3 API reference, error responses",
    "InvalidRequest": "S3 API reference, error responses",
    "EMAIL_ALREADY_EXISTS": "a reason of CreateAccountFailureReason",
}
SERVICES = ("s3", "iam", "glue", "lakeformation", "organizations", "kms", "sso-admin", "cloudformation", "athena")
OF_THE_PLUGIN = (
    "creating S3 Bucket (aurora-ads-logs): operation error S3: CreateBucket, https response error StatusCode: 409, "
    "RequestID: 1, HostID: 2, BucketAlreadyExists: "
)


def codes_of_aws() -> set[str]:
    session = botocore.session.get_session()
    shapes: list[Any] = [shape for service in SERVICES for shape in session.get_service_model(service).error_shapes]
    return {name for shape in shapes for name in (shape.name, shape.error_code) if name}


def test_every_code_is_one_of_aws() -> None:
    known = codes_of_aws() | set(NOT_IN_MODELS)
    assert [trouble.code for trouble in troubles() if trouble.code not in known] == []


def test_the_page_has_every_trouble() -> None:
    rows = {tuple(cell.strip() for cell in line.split("|")[1:4]) for line in PAGE.splitlines() if line.startswith("|")}
    told = {(f"`{each.code}`" + (f" … {each.says}" if each.says else ""), each.means, each.do) for each in troubles()}
    assert told - rows == set()


@pytest.mark.parametrize(
    ("message", "codes"),
    [
        (OF_THE_PLUGIN, ["BucketAlreadyExists"]),
        ("creating Bucket (x): BucketAlreadyOwnedByYou: ", ["BucketAlreadyOwnedByYou"]),
        ("updating Role (r): MalformedPolicyDocumentException: syntax", []),
        ("creating Key (k): MalformedPolicyDocumentException: invalid Principal", ["MalformedPolicyDocumentException"]),
        ("AccessDenied: not authorized", []),
    ],
)
def test_a_message_tells_its_trouble(message: str, codes: list[str]) -> None:
    assert [trouble.code for trouble in troubles_in([message])] == codes


def test_a_trouble_is_told_once() -> None:
    assert len(troubles_in([OF_THE_PLUGIN, OF_THE_PLUGIN])) == 1
