"""`mesh adopt --check`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import exit_codes, main
from tests.mesh.access.details import ACCOUNT, EMPTY, EVERYTHING

HERE = ["--dir", str(Path(__file__).parents[2] / "stacks"), "--as-of", "2026-12-01"]


def checked(tmp_path: Path, whole: object, *more: str) -> int:
    file = tmp_path / "details.json"
    file.write_text(json.dumps(whole), "utf-8")
    return main.run(["adopt", "--check", str(file), *HERE, *more])


def test_an_account_without_anything_of_its_own_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, EMPTY) == exit_codes.FINE
    told = capsys.readouterr()
    assert told.out == ""
    assert f"account {ACCOUNT}: 0 things of its own would stand inside the walls" in told.err


def test_what_would_stand_inside_the_walls_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, EVERYTHING) == exit_codes.FINDINGS
    told = capsys.readouterr()
    assert f"arn:aws:iam::{ACCOUNT}:user/ada: a user, whose access keys and password go on working" in told.out
    assert "12 things of its own" in told.err


def test_as_json_each_has_its_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, EVERYTHING, "--json") == exit_codes.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert told["account"] == ACCOUNT
    assert {each["kind"] for each in told["findings"]} >= {"user", "group", "trust", "boundary", "policy"}


def test_a_file_that_is_none_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "details.json"
    file.write_text('{\n  "UserDetailList":\n', "utf-8")
    assert main.run(["adopt", "--check", str(file), *HERE]) == exit_codes.BAD_INPUT
    assert f"{file}:3:1: no JSON" in capsys.readouterr().err
