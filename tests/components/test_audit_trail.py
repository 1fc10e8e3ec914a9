"""Events that the audit trail logs: all but those of its own writing, of which each would bring another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.test_examples import started

OWN, OTHER = "arn:aws:s3:::acme-audit/AWSLogs/1/x.json.gz", "arn:aws:s3:::acme-sales--orders/files/a"


@pytest.fixture(scope="module")
def selectors() -> list[dict[str, Any]]:
    (trail,) = [each for each in started("audit_trail", None).resources if each.type.endswith(":Trail")]
    return trail.inputs["advancedEventSelectors"]


def logged(selectors: list[dict[str, Any]], event: dict[str, str]) -> bool:
    """Whether an event is logged (CloudTrail API reference, AdvancedFieldSelector): each field of one selector fits."""

    def fits(field: dict[str, Any]) -> bool:
        value = event.get(field["field"], "")
        starts = tuple(field.get("startsWiths") or [""])
        never = tuple(field.get("notStartsWiths") or [])
        equals, differs = field.get("equals") or [value], field.get("notEquals") or []
        return value in equals and value not in differs and value.startswith(starts) and not value.startswith(never)

    return any(all(fits(field) for field in selector["fieldSelectors"]) for selector in selectors)


@pytest.mark.parametrize(
    ("name", "arn", "is_logged"),
    [
        ("PutObject", OWN, False),
        ("GetObject", OWN, True),
        ("DeleteObject", OWN, True),
        ("PutObject", OTHER, True),
        ("GetObject", OTHER, True),
    ],
)
def test_the_trail_does_not_log_what_it_writes_and_logs_who_reads_it(
    selectors: list[dict[str, Any]], name: str, arn: str, is_logged: bool
) -> None:
    event = {"eventCategory": "Data", "resources.type": "AWS::S3::Object", "eventName": name, "resources.ARN": arn}
    assert logged(selectors, event) == is_logged


def test_every_management_event_is_logged(selectors: list[dict[str, Any]]) -> None:
    assert logged(selectors, {"eventCategory": "Management", "eventName": "CreateBucket"})
    assert not logged(selectors, {"eventCategory": "Insight"})
