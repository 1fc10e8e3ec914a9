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


@pytest.mark.parametrize("as_json", [False, True])
def test_what_aws_would_refuse_is_said_with_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    refused = InputRefusal("governance", "aws:s3/bucket:Bucket", "audit", "bucket", "'a_b' does not match")
    monkeypatch.setattr(preview, "preview", lambda *_: [])
    monkeypatch.setattr(accept, "accept", lambda *_, **__: AcceptedPlan("1.2", 2, 1, 0, (), (refused,)))
    with pytest.raises(typer.Exit) as ended:
        plan(stack=["governance"], directory=STACKS, as_of=datetime.datetime(2026, 12, 1), as_json=as_json)
    assert ended.value.exit_code == 1
    told = capsys.readouterr()
    assert "AWS would refuse: governance: Bucket audit: bucket: 'a_b' does not match" in told.err
    assert ('"stacks"' in told.out) is as_json


def test_the_summary_counts_what_was_checked() -> None:
    assert str(AcceptedPlan("1.2", 2_000, 300, 0, (), ())) == (
        "2,000 values and 300 documents checked against AWS's models (botocore 1.2): none refused"
    )
