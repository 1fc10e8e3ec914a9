"""The rules asked of what `mesh plan --json` prints: a stack that is planned breaks none, and a broken one is told."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from mesh_guardrails import planned_stacks
from mesh_guardrails.themes.storage import BLOCK, BUCKET

from cli import main

TINY: Final = Path(__file__).parents[1] / "mesh" / "tiny"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def planned() -> Document:
    """Two stacks of the tiny mesh, as `mesh plan --json` prints them."""
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        words = ["plan", "--dir", str(TINY), "--as-of", "2027-01-01", "--json"]
        assert main.run([*words, "--stack", "governance", "--stack", "domain-shop"]) == 0
    return json.loads(out.getvalue())


def resources(document: Document) -> list[dict[str, Any]]:
    return [each for stack in document["stacks"] for each in stack["resources"]]


def one(document: Document, type_: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in resources(document) if (each["type"], each["name"]) == (type_, name)]
    return found


def test_what_is_planned_breaks_no_rule(planned: Document) -> None:
    assert [each["name"] for each in resources(planned) if each["type"] == BUCKET]
    assert list(planned_stacks.violations(planned)) == []


def by_default(document: Document) -> None:
    one(document, BUCKET, "clicks")["provider"] = (
        "urn:pulumi:domain-shop::mesh::pulumi:providers:aws::default_7_51_1::id"
    )


def half_open(document: Document) -> None:
    one(document, BLOCK, "clicks")["inputs"]["blockPublicAcls"] = False


def of_another(document: Document) -> None:
    """The block of one bucket is of another, by where its value comes from, whatever the bucket is called."""
    other = one(document, BUCKET, "shop-logs")
    one(document, BLOCK, "clicks")["dependencies"] = [other["urn"]]


def granted(document: Document) -> None:
    grant = next(each for each in resources(document) if each["type"].endswith(":Permissions"))
    grant["inputs"]["principal"] = "IAM_ALLOWED_PRINCIPALS"


@pytest.mark.parametrize(
    ("breaks", "rule", "words"),
    [
        (by_default, "no-default-provider", f"domain-shop: {BUCKET} clicks: "),
        (half_open, "bucket-has-public-access-block", "leaves blockPublicAcls off; switch all four on"),
        (of_another, "bucket-has-public-access-block", "'clicks' has no BucketPublicAccessBlock"),
        (granted, "no-grant-to-iam-allowed-principals", ":Permissions "),
    ],
)
def test_a_broken_rule_is_told_by_name(
    planned: Document,
    breaks: Callable[[Document], None],
    rule: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = copy.deepcopy(planned)
    breaks(document)
    (found,) = planned_stacks.violations(document)
    assert found.endswith(f"({rule})")
    assert words in found
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(document)))
    assert planned_stacks.main() == 1
    assert "1 violations" in capsys.readouterr().out
