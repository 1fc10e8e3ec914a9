"""`mesh/guardrail_rules.json` is what the pack's own rules say, and a stale one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from mesh_guardrails.rules import RULES, STACK_RULES

from mesh.guardrail_rules import RULES_FILE, guardrails
from tools.guardrails import __main__ as tool
from tools.guardrails.rules_file import text


def test_the_file_is_what_the_pack_says() -> None:
    assert RULES_FILE.read_text("utf-8") == text()
    assert {name: rule.accepts_exceptions for name, rule in guardrails().items()} == {
        rule.name: rule.theme not in ("perimeter", "partners") for rule in (*RULES, *STACK_RULES)
    }


def test_a_stale_file_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.json"
    file.write_text("[]\n", "utf-8")
    monkeypatch.setattr(tool, "RULES_FILE", file)
    assert tool.main(["--check"]) == 1
    assert "run `make guardrails`" in capsys.readouterr().err
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    assert file.read_text("utf-8") == text()
