"""The plugin's patience: what stands in the table is AWS's own, and the lists of codes are the SDK's."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.retries import standard

from mesh.aws.plugin_retries import ANY, asked_again, patience
from mesh.aws.plugin_table import plugin_types


def services_of(row_services: frozenset[str]) -> list[str]:
    return sorted(row_services - {ANY})


def test_services_and_operations_are_those_of_awss_models() -> None:
    session = botocore.session.get_session()
    for row in patience():
        for service in services_of(row.services):
            model = session.get_service_model(service)
            assert row.operations <= {xform_name(name) for name in model.operation_names}, row


def test_every_row_says_where_it_was_read_and_how_often_it_asks() -> None:
    assert [row for row in patience() if not row.source.startswith("internal/")] == []
    assert [row for row in patience() if row.times < 1] == []


def test_what_is_asked_again_at_an_error_stands_here_and_not_with_the_waits_of_a_type() -> None:
    repeated = [token for token, each in plugin_types().items() if re.search(r"tr(y|ies|ied) again", each.waits)]
    assert repeated == []


def test_codes_that_say_too_many_are_those_of_botocores_own_retries() -> None:
    # Another client of AWS's: botocore's standard mode names the throttling codes that it asks again at.
    throttled: Any = standard.ThrottledRetryableChecker
    transient: Any = standard.TransientRetryableChecker
    of_botocore = {*throttled._THROTTLED_ERROR_CODES, *transient._TRANSIENT_ERROR_CODES}
    anywhere = next(row.codes for row in patience() if ANY in row.services)
    assert of_botocore - anywhere == set()


@pytest.mark.parametrize(
    ("service", "operation", "code", "message", "times"),
    [
        ("organizations", "attach_policy", "TooManyRequestsException", "slow down", 25),
        ("organizations", "attach_policy", "ConcurrentModificationException", "AWS is busy. Try again later.", 25),
        ("organizations", "attach_policy", "ConcurrentModificationException", "for good", 0),
        ("lakeformation", "grant_permissions", "ConcurrentModificationException", "", 8),
        ("lakeformation", "revoke_permissions", "ConcurrentModificationException", "", 2),
        ("lakeformation", "remove_lf_tags_from_resource", "ConcurrentModificationException", "", 80),
        ("lakeformation", "grant_permissions", "AccessDeniedException", "x is not authorized to access it", 0),
        ("iam", "update_assume_role_policy", "MalformedPolicyDocument", "Invalid principal in policy: x", 8),
        ("s3", "put_bucket_tagging", "OperationAborted", "another one", 0),
        ("lakeformation", "register_resource", "ConcurrentModificationException", "", 0),
        ("sso-admin", "create_account_assignment", "ConflictException", "", 25),
        ("s3", "create_bucket", "BucketAlreadyExists", "", 0),
        ("s3", "put_bucket_policy", "MalformedPolicy", "Invalid principal in policy", 8),
        ("s3", "put_bucket_policy", "AccessDenied", "", 0),
    ],
)
def test_the_plugin_asks_again(service: str, operation: str, code: str, message: str, times: int) -> None:
    assert asked_again(service, operation, code, message) == times
