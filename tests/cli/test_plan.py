"""`mesh plan` ends with status 1 and one sentence a refusal where AWS would refuse what is emitted."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import typer

from cli.plan import plan
from mesh.acceptance import accept
from mesh.acceptance.accept import AcceptedPlan
from mesh.acceptance.emitted import InputRefusal
from sandbox.runs import preview

STACKS = Path(__file__).resolve().parents[2] / "stacks"


REFUSED = InputRefusal("governance", "aws:s3/bucket:Bucket", "audit", "bucket", "'a_b' does not match")
UNLISTED = InputRefusal("governance", "aws:s3/bucket:Bucket", "audit", "colour", "nothing is listed")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("unlisted", "refused", "said"),
    [
        ((), (REFUSED,), "AWS would refuse: governance: Bucket audit: bucket: 'a_b' does not match"),
        ((UNLISTED,), (), "not compared with AWS: governance: Bucket audit: colour: nothing is listed"),
    ],
)
def test_what_aws_would_refuse_or_nobody_compared_is_said_with_status_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
    unlisted: tuple[InputRefusal, ...],
    refused: tuple[InputRefusal, ...],
    said: str,
) -> None:
    monkeypatch.setattr(preview, "preview", lambda *_: [])
    monkeypatch.setattr(accept, "accept", lambda *_, **__: AcceptedPlan("1.2", 2, 1, 1, 0, unlisted, refused))
    with pytest.raises(typer.Exit) as ended:
        plan(stack=["governance"], directory=STACKS, as_of=datetime.datetime(2026, 12, 1), as_json=as_json)
    assert ended.value.exit_code == 1
    told = capsys.readouterr()
    assert said in told.err
    assert ('"stacks"' in told.out) is as_json


def test_the_summary_says_what_was_compared_and_what_was_not() -> None:
    assert str(AcceptedPlan("1.2", 2_000, 700, 300, 40, (UNLISTED,), ())) == (
        "2,000 values compared with AWS's limits (botocore 1.2), 700 with their type alone, and 300 documents: none "
        "refused; not compared: 40 values that AWS will say, 1 that are not listed"
    )
