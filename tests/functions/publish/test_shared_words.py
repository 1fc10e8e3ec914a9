"""Words that the function and the mesh both have: it imports nothing of ours, so each stands twice, and is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import column_labels
import optimizers
import parquet_runs
import pytest
import telling
import wakeup_messages
from publish_settings import PublishDocuments

from mesh import names
from mesh.acceptance.event_matching import matches
from mesh.iam import wake_ups
from mesh.plan import Plan
from mesh.plan.nodes import lf_tags
from mesh.plan.nodes.publication import LAG_METRIC
from mesh.plan.nodes.retention import OPTIMIZERS

TWICE: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "metric of the lag": (telling.METRIC, LAG_METRIC),
        "event of a publication": (telling.PUBLISHED, names.PUBLISHED),
        "event of a refusal": (telling.REFUSED, names.REFUSED),
        "event of a request": (wakeup_messages.REQUESTED, names.REQUESTED),
        "label that closes": (column_labels.CLOSED, lf_tags.CLOSED),
        "label that opens": (column_labels.OPEN, lf_tags.OPEN),
        "kinds of optimizers": (sorted(optimizers.KINDS), sorted(OPTIMIZERS)),
    }
)


@pytest.mark.parametrize(("ours", "meshs"), TWICE.values(), ids=TWICE)
def test_a_word_that_stands_twice_is_one(ours: Any, meshs: Any) -> None:
    assert ours == meshs


def test_a_run_that_is_whole_wakes_the_function() -> None:
    key = f"tables/berths/run=1/{parquet_runs.END}"
    event = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"object": {"key": key}}}
    pattern = {**wake_ups.commits("harbour", "harbour")}
    pattern["detail"] = {"object": pattern["detail"]["object"]}
    assert matches(pattern, event)
    assert not matches(pattern, {**event, "detail": {"object": {"key": f"{key}.tmp"}}})


def test_the_alarm_looks_at_what_the_log_says(plan: Plan, tmp_path: Path) -> None:
    """Metric, dimension and its value; CloudWatch makes another metric of another set of dimensions."""
    publication = plan.governance.publication
    (path,) = [each for each in publication.documents if each.endswith("identity/profiles.json")]
    for each in ("mesh.json", path):
        file = tmp_path / each
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(publication.documents[each], "utf-8")
    documents = PublishDocuments(tmp_path)
    (product,) = documents.products.values()
    days = ("2026-11-01T00:00:00+00:00", "2026-11-16T00:00:00+00:00")
    line = json.loads(telling.lag_line(documents.settings, product, *days))
    (said,) = line["_aws"]["CloudWatchMetrics"]
    (metric,) = said["Metrics"]
    (alarm,) = [each for each in publication.alarms if each.name == "lags"]
    assert (said["Namespace"], metric["Name"]) == (alarm.namespace, alarm.metric)
    assert said["Dimensions"] == [[*alarm.dimensions]]
    assert {name: line[name] for name in alarm.dimensions} == alarm.dimensions
    assert line[metric["Name"]] == 15
    assert documents.settings.lag_days == alarm.threshold
