"""A preview that fails is said alike by every command that plans stacks, each of which ends with status 3."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from cli import exit_codes, main
from sandbox.engine.driver import RunResult
from sandbox.engine.work import Failure
from sandbox.runs import preview
from sandbox.runs.stack_run import StackRun
from tests.cli.test_plan import TINY, only

URN = "urn:pulumi:domain-shop::mesh::aws:s3/bucket:Bucket::clicks"


class RunsOfBothSides(NamedTuple):
    """Previews of two meshes that have these runs, whatever they are asked."""

    given: Sequence[StackRun]

    def runs(self, _: object) -> list[StackRun]:
        return [*self.given]


FAILURES = [Failure(URN, "it broke", "Traceback of ours"), Failure("", "the process was killed")]


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "-C", "after"),
        ("plan", "-C", "after", "--against", "before"),
        ("diff", "before", "after"),
        ("affected", "--since", "before", "-C", "after"),
    ],
    ids=lambda words: " ".join(words),
)
def test_a_preview_that_fails_ends_every_command_alike(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("before", "after"):
        shutil.copytree(TINY, tmp_path / name)
    shop = tmp_path / "after" / "domains" / "shop.yaml"
    shop.write_text(shop.read_text("utf-8").replace("retention: 30 days", "retention: 40 days"), "utf-8")
    run = StackRun("domain-shop", "320000000021", True, RunResult([], [], FAILURES, [], [], 0.0))
    monkeypatch.setattr(preview, "emitted_previews", partial(only, (run,)))
    monkeypatch.setattr(preview, "previews_of_meshes", lambda _: nullcontext(RunsOfBothSides((run, run))))
    monkeypatch.chdir(tmp_path)
    assert main.run([*words, "--as-of", "2027-01-01"]) == exit_codes.FAULT
    said = capsys.readouterr()
    assert said.out == ""
    told = ["domain-shop: clicks: it broke", "Traceback of ours", "domain-shop: the process was killed"]
    sides = 1 if words == ("plan", "-C", "after") else 2
    assert [line for line in said.err.splitlines() if line in told] == told * sides
