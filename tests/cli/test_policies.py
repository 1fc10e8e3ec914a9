"""`mesh policies`: what a pack refuses, advises and excepts of the stacks of a mesh, and what it ends with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cli import exit_codes, main

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
STACK = ("--as-of", "2027-01-01", "--stack", "partner-courier")
PACK = """
from pulumi_policy import EnforcementLevel, PolicyConfigSchema, PolicyPack, ResourceValidationPolicy, Severity

def buckets(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket":
        report(f"'{args.name}' is {args.get_config()['colour']}; paint it")

schema = PolicyConfigSchema(properties={"colour": {"type": "string", "enum": ["red", "blue"], "default": "red"}})
policy = ResourceValidationPolicy(
    "no-bucket", "Buckets have no colour.", buckets, config_schema=schema, severity=Severity.LOW
)
PolicyPack(name="paint", policies=[policy], enforcement_level=EnforcementLevel.MANDATORY)
"""


@pytest.fixture
def paint(tmp_path: Path) -> list[str]:
    """Options for a pack of one policy that every bucket breaks."""
    folder = tmp_path / "paint"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n", "utf-8")
    (folder / "__main__.py").write_text(PACK, "utf-8")
    return ["--pack", str(folder)]


def asked(*words: str, folder: Path = TINY) -> int:
    return main.run(["policies", "--dir", str(folder), *STACK, *words])


def test_the_mesh_breaks_no_rule_of_its_own_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked() == exit_codes.FINE
    said = capsys.readouterr().out
    assert said.startswith(("9", "8", "7", "6", "5", "4", "3", "2", "1"))
    assert " of 1 stack asked " in said
    assert ": 0 violations, 0 exceptions" in said


def test_a_violation_is_told_with_what_to_change_and_ends_with_1(
    paint: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(*paint) == exit_codes.FINDINGS
    *lines, last = capsys.readouterr().out.splitlines()
    assert "partner-courier: aws:s3/bucket:Bucket courier: 'courier' is red; paint it (no-bucket, low)" in lines
    assert f"asked 1 rule: {len(lines)} violations, 0 exceptions" in last


def test_json_has_it_all_and_nothing_else_is_on_standard_output(
    paint: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"no-bucket": {"enforcementLevel": "advisory", "colour": "blue"}}', "utf-8")
    assert asked(*paint, "--config", str(config), "--json") == exit_codes.FINE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (document["stacks"], document["rules"], document["exceptions"]) == (1, 1, [])
    (one,) = [each for each in document["violations"] if each["resource"] == "courier"]
    assert one.pop("urn").endswith("::courier")
    assert one == {
        "stack": "partner-courier",
        "resource": "courier",
        "type": "aws:s3/bucket:Bucket",
        "rule": "no-bucket",
        "severity": "low",
        "message": "'courier' is blue; paint it",
        "refused": False,
    }


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"no-buckets": "advisory"}', "config.json:1:2: unknown policy 'no-buckets'; did you mean 'no-bucket'?"),
        (
            '{"no-bucket": {"colour": "green"}}',
            "config.json:1:26: 'colour' of 'no-bucket': \"green\" is not allowed; allowed: blue and red",
        ),
        ("no", "config.json:1:1: this is no JSON"),
    ],
)
def test_a_configuration_that_does_not_fit_the_pack_ends_with_2(
    paint: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, said: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(config, "utf-8")
    assert asked(*paint, "--config", str(file)) == exit_codes.BAD_INPUT
    assert said in capsys.readouterr().err


def test_a_folder_that_is_no_pack_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--pack", str(tmp_path)) == exit_codes.BAD_INPUT
    assert "is no policy pack: it holds no PulumiPolicy.yaml" in capsys.readouterr().err


def test_a_rule_that_raises_is_said_and_ends_with_3(
    paint: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paint" / "__main__.py").write_text(PACK.replace("['colour']", "['size']"), "utf-8")
    assert asked(*paint) == exit_codes.FAULT
    assert "failed to run policy: Exception calling application: 'size'" in capsys.readouterr().err


def test_an_exception_that_nothing_needs_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    said = "reason: A test., owner: shop, expires: 2027-03-01"
    (folder / "exceptions.yaml").write_text(
        "exceptions:\n"
        f"  - {{rule: bucket-has-public-access-block, resource: partner-courier/courier, {said}}}\n"
        f"  - {{rule: bucket-has-public-access-block, resource: partner-courier/outbox, {said}}}\n"
        f"  - {{rule: bucket-has-public-access-block, resource: domain-shop/inbox, {said}}}\n",
        "utf-8",
    )
    assert asked(folder=folder) == exit_codes.FINDINGS
    idle, astray, counts = capsys.readouterr().out.splitlines()
    assert idle.startswith("partner-courier: the stack: the exception from 'bucket-has-public-access-block' for ")
    assert "'partner-courier/courier' allows nothing: " in idle
    assert "'partner-courier/outbox' matches none of the" in astray
    assert counts.endswith("2 violations, 0 exceptions")


def test_a_mesh_with_a_wrong_exception_is_not_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    (folder / "exceptions.yaml").write_text("exceptions:\n  - {rule: nothing}\n", "utf-8")
    assert asked(folder=folder) == exit_codes.BAD_INPUT
    assert "exceptions.yaml:2:5: missing key 'resource'" in capsys.readouterr().err


def test_a_violation_is_told_as_grave_as_it_is_configured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the pack of the mesh, whose rules have that parameter."""
    config = tmp_path / "config.json"
    elsewhere = {"allowedRegions": ["us-east-1"], "severity": "low", "enforcementLevel": "advisory"}
    config.write_text(json.dumps({"provider-names-its-region": elsewhere}), "utf-8")
    assert asked("--config", str(config)) == exit_codes.FINE
    told, counts = capsys.readouterr().out.splitlines()
    assert told.endswith("allowed here: us-east-1 (provider-names-its-region, low)")
    assert ": advice: " in told
    assert ": 1 violation, 0 exceptions" in counts


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"key-rotate": "advisory"}', "config.json:1:2: unknown policy 'key-rotate'; did you mean 'key-rotates'?"),
        ('{"key-rotates": {"days": 1}}', "config.json:1:18: unknown parameter of 'key-rotates' 'days'"),
        (
            '{"key-rotates": {"severity": "grave"}}',
            "config.json:1:30: 'severity' of 'key-rotates': \"grave\" is not allowed; allowed: critical, high, low",
        ),
    ],
)
def test_a_rule_of_the_mesh_that_does_not_exist_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, said: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(config, "utf-8")
    assert asked("--config", str(file)) == exit_codes.BAD_INPUT
    assert said in capsys.readouterr().err
