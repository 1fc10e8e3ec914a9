"""The second judge: nothing is hidden by accident, and taking any suppression away is noticed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT
from tools.judge import planned, suppressions
from tools.judge.documents import KINDS, JudgedDocument, documents
from tools.judge.objection import Objection
from tools.judge.suppressions import Suppression, SuppressionError, complaints
from tools.judge.terraform import NotTranslatedError, translate

FILE = ROOT / "tools" / "judge" / "suppressions.yaml"
SEE = "docs/decisions/0020-a-second-judge.md"
ROW = {"judge": "checkov", "check": "CKV_1", "at": "aws_vpc/*/x", "because": "as the page below says", "see": SEE}


def objected(suppression: Suppression) -> Objection:
    """An objection that the suppression covers."""
    at = suppression.at.replace("*", "x")
    return Objection(suppression.judge, suppression.check, at, suppression.about, "words")


def written(tmp_path: Path, **changes: Any) -> Path:
    file = tmp_path / "suppressions.yaml"
    file.write_text(json.dumps([{**ROW, **changes}]), "utf-8")
    return file


# --- the file ----------------------------------------------------------------------------------------------


def test_taking_any_suppression_away_is_noticed() -> None:
    accepted = suppressions.read(FILE, ROOT)
    objections = {objected(each) for each in accepted}
    assert len(accepted) > 50
    assert complaints(objections, accepted) == []
    for number, each in enumerate(accepted):
        left = complaints(objections, [*accepted[:number], *accepted[number + 1 :]])
        assert left, each
        assert left == [str(objected(each))]


def test_ci_runs_the_judge() -> None:
    steps = [line.strip() for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()]
    assert "make judge" in steps


def moving(text: str) -> list[str]:
    """Actions of others that a workflow names by what somebody can move: a branch or a tag instead of a commit."""
    used = re.findall(r"^\s*(?:- )?uses: *(\S+)", text, re.MULTILINE)
    others = [action for action in used if not action.startswith("./")]
    return [action for action in others if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)]


def test_actions_of_others_are_pinned_by_commit() -> None:
    workflows = sorted((ROOT / ".github").rglob("*.y*ml"))
    texts = [path.read_text("utf-8") for path in workflows]
    assert any("uses: " in text for text in texts)
    assert [action for text in texts for action in moving(text)] == []
    # Each of them by its tag is noticed.
    for text in texts:
        assert len(moving(re.sub(r"@[0-9a-f]{40}", "@v4", text))) == text.count("uses: ") - text.count("uses: ./")


def test_every_pin_has_a_hash() -> None:
    lock = (ROOT / "tools" / "judge" / "requirements.lock").read_text("utf-8")
    asked = re.findall(r"^([\w-]+)==(\S+)$", (FILE.parent / "requirements.in").read_text("utf-8"), re.MULTILINE)
    pins = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in pin for pin in pins)
    assert {f"{name}=={version}" for name, version in asked} <= {pin.split()[0] for pin in pins}
    assert len(asked) >= 4


# --- what is a suppression ---------------------------------------------------------------------------------


def test_an_objection_without_a_suppression_is_left(tmp_path: Path) -> None:
    accepted = suppressions.read(written(tmp_path), ROOT)
    other = Objection("checkov", "CKV_1", "aws_vpc/governance/y")
    assert complaints({objected(accepted[0]), other}, accepted) == [str(other)]


@pytest.mark.parametrize(
    "objection",
    [
        Objection("parliament", "CKV_1", "aws_vpc/governance/x"),
        Objection("checkov", "CKV_2", "aws_vpc/governance/x"),
        Objection("checkov", "CKV_1", "aws_subnet/governance/x"),
        Objection("checkov", "CKV_1", "aws_vpc/governance/x", about="crashed"),
        Objection("checkov", "CKV_1", "aws_vpc/governance/x/y"),
        Objection("checkov", "CKV_1", "aws_vpc/governance/xy"),
    ],
    ids=lambda each: each.at + each.about,
)
def test_another_kind_of_objection_is_not_covered(objection: Objection, tmp_path: Path) -> None:
    (suppression,) = suppressions.read(written(tmp_path), ROOT)
    assert suppression.covers(Objection("checkov", "CKV_1", "aws_vpc/governance/x"))
    assert not suppression.covers(objection)


def test_a_stale_suppression_and_a_second_one_are_left(tmp_path: Path) -> None:
    (one,) = suppressions.read(written(tmp_path), ROOT)
    (two,) = suppressions.read(written(tmp_path, at="aws_vpc/x/*"), ROOT)
    (left,) = complaints(set(), [one])
    assert left.startswith("stale suppression")
    (left,) = complaints({objected(one)}, [one, two])
    assert "suppressed 2 times" in left


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"check": "CKV_*"}, "only the place"),
        ({"judge": "*"}, "only the place"),
        ({"at": "*/governance/x"}, "only the place"),
        ({"at": "aws_vpc"}, "'at' is"),
        ({"because": "it is fine"}, "no reason"),
        ({"because": ""}, "lacks because"),
        ({"see": ""}, "lacks see"),
        ({"see": "docs/decisions/none.md"}, "no page"),
        ({"see": "README.md"}, "no page"),
        ({"see": f"{SEE}#nowhere"}, "no heading"),
        ({"unless": "x"}, "its keys are"),
    ],
)
def test_what_hides_kinds_or_says_no_reason_is_refused(changes: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SuppressionError, match=words):
        suppressions.read(written(tmp_path, **changes), ROOT)


def test_a_list_is_a_suppression_for_each(tmp_path: Path) -> None:
    rows = suppressions.read(written(tmp_path, about=["a", "b"], at=["aws_vpc/*/x", "aws_vpc/*/y"]), ROOT)
    assert [(row.about, row.at) for row in rows] == [
        ("a", "aws_vpc/*/x"),
        ("a", "aws_vpc/*/y"),
        ("b", "aws_vpc/*/x"),
        ("b", "aws_vpc/*/y"),
    ]


# --- what the judges are shown -----------------------------------------------------------------------------


def resource(kind: str, name: str, inputs: dict[str, Any], needs: tuple[str, ...] = ()) -> dict[str, Any]:
    urn = f"urn:{kind}::{name}"
    rest = {"parent": "", "account": "1", "protect": False, "dependencies": [f"urn:{each}" for each in needs]}
    return {"urn": urn, "type": kind, "name": name, "inputs": inputs, **rest}


def plan(*held: dict[str, Any]) -> list[planned.Planned]:
    return planned.resources({"stacks": [{"stack": "s", "resources": list(held)}]})


BUCKET = resource("aws:s3/bucket:Bucket", "a-b", {"bucket": "mesh-a", "tags": {"x:y": "${z}"}})


def test_resources_are_linked_as_the_plan_has_them() -> None:
    block = resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "a", {"bucket": "mesh-a"})
    key = resource("aws:kms/key:Key", "k", {"enableKeyRotation": True})
    alias = resource(
        "aws:kms/alias:Alias", "k", {"targetKeyId": "<unknown>", "name": "alias/k"}, ("aws:kms/key:Key::k",)
    )
    text = translate(plan(BUCKET, block, key, alias))["s"]
    assert 'resource "aws_s3_bucket" "a_b" {\nbucket = "mesh-a"\ntags = {"x:y" = "$${z}"}\n}' in text
    assert 'resource "aws_s3_bucket_public_access_block" "a" {\nbucket = aws_s3_bucket.a_b.id\n}' in text
    assert "target_key_id = aws_kms_key.k.arn" in text
    assert "enable_key_rotation = true" in text


def test_objects_are_blocks_and_names_are_not_taken_twice() -> None:
    rules = [{"id": "a", "transitions": [{"days": 1}]}]
    again = resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "l", {"rules": rules})
    text = translate(plan(again, again | {"urn": "urn:other"}))["s"]
    assert '"l" {\nrule {\nid = "a"\ntransition {\ndays = 1\n}\n}\n}' in text
    assert '"l__2" {' in text


@pytest.mark.parametrize("key", ["somethingNew", "targetKeyId"])
def test_a_value_from_nowhere_is_an_error(key: str) -> None:
    with pytest.raises(NotTranslatedError, match=key):
        translate(plan(resource("aws:kms/alias:Alias", "k", {key: "<unknown>"})))


def test_a_plan_that_lacks_a_kind_of_document_is_an_error() -> None:
    with pytest.raises(ValueError, match="no document of the kinds boundary, bucket"):
        documents(plan(BUCKET))
    assert {"identity", "trust", "scp", "rcp", "key", "endpoint"} <= KINDS


def test_a_document_is_judged_without_its_principal() -> None:
    body = {"Version": "v", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    (statement,) = JudgedDocument("trust/s/r", body).as_identity_policy()["Statement"]
    assert statement == {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    (statement,) = JudgedDocument("bucket/s/r", body).as_identity_policy()["Statement"]
    assert statement == {"Effect": "Allow", "Action": "sts:AssumeRole"}
