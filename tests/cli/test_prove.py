"""`mesh prove` as a person runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh import names
from mesh.iam.scp import exfiltration
from mesh.iam.statement import Document
from mesh.proof.invariants import INVARIANTS
from tests.mesh_copies import copied

ROOT = Path(__file__).resolve().parents[2]
HERE = ("--dir", str(ROOT / "stacks"), "--as-of", "2026-12-01")


def prove(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main.run(["prove", *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.long
def test_every_invariant_of_the_sample_holds_and_the_requests_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = prove(capsys, *HERE, "--json")
    found = json.loads(out)
    assert code == exit_codes.FINE
    assert [each["id"] for each in found["invariants"]] == [invariant.id for invariant in INVARIANTS]
    assert all(each["holds"] is True and each["witness"] is None for each in found["invariants"])
    assert found["requests"] == sum(each["checked"] for each in found["invariants"]) > 200_000


def test_one_invariant_is_proven_alone(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = prove(capsys, *HERE, "-i", "i24")
    assert code == exit_codes.FINE
    assert out.startswith("✓ I24 A query's result stays in the prefix of its clearance")
    assert "1 invariant of 1 hold" in out


@pytest.mark.long
def test_an_invariant_that_does_not_hold_says_who_gets_through_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exfiltration.no_exfiltration

    def without_regions(*given: object) -> Document:
        return whole(*given).without("RefuseOtherRegions")  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(exfiltration, "no_exfiltration", without_regions)
    code, out, _ = prove(capsys, *HERE, "-i", "M1", "-i", "I8")
    assert code == exit_codes.FINDINGS
    assert "✗ M1" in out
    assert "✓ I8" in out
    assert "an administrator of" in out
    assert "sqs:CreateQueue on arn:aws:sqs:us-east-1:" in out
    assert "is not refused by a service control policy" in out
    assert "1 invariant of 2 hold" in out


def test_an_invariant_that_there_is_not_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = prove(capsys, *HERE, "-i", "I99")
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert err.splitlines()[-1].startswith("there is no invariant I99; did you mean 'I9'? there are I1, I2, ")


def test_mutations_are_of_all_invariants_together(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = prove(capsys, *HERE, "--mutate", "-i", "I1")
    assert code == exit_codes.BAD_INPUT
    assert "a mistake may be noticed by any invariant" in err


def test_a_mesh_that_is_not_valid_is_not_proven(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copied(ROOT / "stacks", tmp_path / "stacks")
    (tmp_path / "stacks" / "mesh.yaml").write_text("name: [")
    code, out, err = prove(capsys, "--dir", str(tmp_path / "stacks"))
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert "mesh.yaml:2:1: not YAML" in err


def test_sizes_are_told_as_shares_of_their_quotas_the_fullest_first(capsys: pytest.CaptureFixture[str]) -> None:
    code = main.run(["plan", *HERE, "--sizes", "--json"])
    out = capsys.readouterr().out
    shares = [each["share"] for each in json.loads(out)["documents"]]
    assert code == exit_codes.FINE
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[0] < 0.8
    assert main.run(["plan", *HERE, "--sizes"]) == exit_codes.FINE
    out = capsys.readouterr().out
    assert "of 10,240  service control policy: mesh-" in out
    assert "service control policies at domains: " in out
    lines = out.splitlines()
    assert len([line for line in lines if "permissions boundary: " in line]) == 1, "each account has one of that size"
    assert len(set(lines) - {""}) == len(lines) - lines.count("")


def test_no_node_has_more_policies_than_fit_beside_those_of_control_tower(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", *HERE, "--sizes", "--json"]) == exit_codes.FINE
    nodes = {(each["kind"], each["node"]): each for each in json.loads(capsys.readouterr().out)["nodes"]}
    domains = nodes["service control policies", "domains"]
    assert (domains["of_aws"], domains["control_tower"], domains["quota"]) == (1, 2, 10)
    assert all(each["room"] >= 2 for each in nodes.values())


# ---- for all strings


def test_an_invariant_with_a_theorem_is_marked_and_says_how_many_goals_it_comes_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = prove(capsys, *HERE, "-i", "I24", "-i", "I20")
    assert code == exit_codes.FINE
    marked = [line[2:5].strip() for line in out.splitlines() if line.endswith("; ∀)")]
    assert marked == ["I24"]
    assert "∀ for all strings too, by z3: 1 invariant, " in out
    assert "z3 would prove" not in err


def test_a_theorem_that_fails_alone_shows_who_gets_through_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Enumeration asks for no other role whose name begins so.
    monkeypatch.setattr(names, "BOOTSTRAP_ROLE", "arn:aws:iam::*:role/stacksets*")
    code, out, _ = prove(capsys, *HERE, "-i", "I17")
    assert code == exit_codes.FINDINGS
    assert "✗ I17" in out
    assert "a role without the boundary: " in out
    assert "is not refused by mesh-identities-stay-inside and mesh-guardrails-stay-up" in out


def test_without_z3_it_says_what_would_be_proven_too_and_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    code, out, err = prove(capsys, *HERE, "-i", "I24", "-i", "I20")
    assert code == exit_codes.FINE
    assert "∀" not in out
    assert err.splitlines()[-1] == "z3 would prove I24 for all strings too: pip install z3-solver"
    code, out, err = prove(capsys, *HERE, "-i", "I24", "--json")
    assert (code, json.loads(out)["invariants"][0]["method"]) == (exit_codes.FINE, "enumeration")


def test_the_json_says_how_each_invariant_was_proven(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = prove(capsys, *HERE, "-i", "I24", "--json")
    assert json.loads(out)["invariants"][0]["method"] == "enumeration; z3: every caller, every resource"
