"""checkov over the plan as Terraform, and over the template of the first roles as CloudFormation."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from tools.judge.objection import Objection
from tools.judge.planned import Planned
from tools.judge.processes import told
from tools.judge.terraform import Translation

CRASHED: Final = re.compile(r"Failed to run check (?P<check>\S+) on /(?P<stack>[^/]+)/main\.tf:(?P<address>\S+)")
"""checkov goes on after a check that crashes, and says so only here."""


def checkov(planned: list[Planned], folder: Path) -> Iterator[Objection]:
    """What checkov says; `folder` takes the translation."""
    stacks = {each.stack: Translation([one for one in planned if one.stack == each.stack]) for each in planned}
    for stack, translation in stacks.items():
        (folder / stack).mkdir(parents=True)
        (folder / stack / "main.tf").write_text(translation.text(), "utf-8")
    templates = [each for each in planned if each.type == "aws:cloudformation/stackSet:StackSet"]
    for each in templates:
        (folder / each.stack / f"{each.name}.json").write_text(each.inputs["templateBody"], "utf-8")
    program = Path(sys.executable).with_name("checkov")
    frameworks = ("--framework", "terraform", "cloudformation")
    answer = told([program, "-d", folder, *frameworks, "--compact", "--quiet", "--skip-download", "-o", "json"], (0, 1))
    said = json.loads(answer.stdout)
    reports: list[Any] = cast("list[Any]", said) if isinstance(said, list) else [said]
    _refuse_half(reports, len(planned), len(templates))
    for report in reports:
        for failed in report["results"]["failed_checks"]:
            at = _place(failed["file_path"], failed["resource"], report["check_type"])
            yield Objection("checkov", failed["check_id"], at, words=failed["check_name"])
    for crash in CRASHED.finditer(answer.stderr):
        at = _place(f"/{crash['stack']}/main.tf", crash["address"], "terraform")
        yield Objection("checkov", crash["check"], at, "crashed", "the check itself failed, so it said nothing")


def _refuse_half(reports: list[Any], planned: int, templates: int) -> None:
    """Refuse an answer over less than everything."""
    read = {report["check_type"]: report["summary"] for report in reports}
    if read["terraform"]["resource_count"] != planned or any(each["parsing_errors"] for each in read.values()):
        raise ValueError(f"checkov read {read['terraform']}, the plan has {planned} resources")
    if templates and not read["cloudformation"]["passed"]:
        raise ValueError("checkov read no template")


def _place(file: str, address: str, framework: str) -> str:
    kind, _, name = address.rpartition(".") if framework == "cloudformation" else address.partition(".")
    return f"{kind}/{Path(file).parent.name}/{name}"
