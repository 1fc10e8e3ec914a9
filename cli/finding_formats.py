"""Formats of findings: for people, as JSON, as annotations of GitHub, as SARIF, and as JUnit's XML."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import quote

import typer

from cli.console import json_text
from mesh.findings import SERIOUS, Finding, Severity
from mesh.visible_text import visible_text

FindingFormat = Literal["text", "json", "github", "sarif", "junit"]
FormatOption = Annotated[
    FindingFormat,
    typer.Option(
        "--format",
        help="Findings for people, as JSON, as annotations of a GitHub workflow, as SARIF 2.1.0, or as JUnit's XML.",
    ),
]
SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES: Final[Mapping[Severity, str]] = {
    "error": "What is written cannot be used: the mesh is neither planned nor deployed.",
    "lapse": "The day of a review or an agreement is past: it is deployed as closed.",
    "warning": "What is written can be used, and may not be what was meant.",
    "note": "What a contract declares and nothing watches.",
}
"""What each severity means, for tools that want a rule for each result."""
ANNOTATIONS: Final = {"error": "error", "warning": "warning", "note": "notice"}
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (section 2.2)."""


class ShownFinding(NamedTuple):
    """A finding as it is shown, and whether it counts: one that does not is a notice, whatever its severity."""

    finding: Finding
    counts: bool

    @property
    def level(self) -> Literal["error", "warning", "note"]:
        """The level of it, in SARIF's words."""
        severity = self.finding.severity
        if severity in SERIOUS:
            return "error" if self.counts else "note"
        return "warning" if severity == "warning" else "note"

    def __str__(self) -> str:
        found = self.finding
        if self.counts or found.severity not in SERIOUS:
            return str(found)
        return visible_text(f"{found.file}:{found.line}:{found.column}: notice: {found.severity}: {found.message}")

    def as_json(self) -> dict[str, Any]:
        """The finding as one entry of a JSON document."""
        fields = ("file", "line", "column", "severity", "message")
        return {name: getattr(self.finding, name) for name in fields} | {"counts": self.counts}


def written(shown: Sequence[ShownFinding], form: Literal["text", "github", "sarif", "junit"], tool: str) -> str:
    """Findings in a format, as one text without the last line's end; `tool` is the command that found them."""
    writers: Mapping[str, Callable[[], str]] = {
        "text": lambda: "\n".join(map(str, shown)),
        "github": lambda: "\n".join(map(_annotation, shown)),
        "sarif": lambda: json_text(_sarif(shown), indent=1),
        "junit": lambda: _junit(shown, tool),
    }
    return writers[form]()


def _place(file: str) -> str:
    """A file as it is named from the folder of the command, where it is in it: there GitHub's root is."""
    path = Path(os.path.relpath(file)) if os.path.isabs(file) else Path(os.path.normpath(file))
    return file if ".." in path.parts else path.as_posix()


def _annotation(shown: ShownFinding) -> str:
    """A workflow command; the log shows its text alone, which has the place, and the page of the change has both."""
    found = shown.finding
    values = {
        "file": visible_text(_place(found.file)),
        "line": found.line,
        "col": found.column,
        "title": f"mesh: {found.severity}",
    }
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in values.items())
    return f"::{ANNOTATIONS[shown.level]} {properties}::{_data(str(shown))}"


def _data(text: str) -> str:
    """The text of a workflow command, escaped as GitHub's toolkit does (`escapeData` of its `command.ts`)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a workflow command (`escapeProperty`, there)."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(shown: Iterable[ShownFinding]) -> dict[str, Any]:
    """A log of one run. A severity is a rule: findings have no ids, for their sentences say all there is to know."""
    driver = {
        "name": "mesh",
        "rules": [
            {"id": f"mesh/{severity}", "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
            for severity, text in RULES.items()
            for level in [ShownFinding(Finding("", 1, 1, "", severity), counts=True).level]
        ],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(each) for each in shown]}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(shown: ShownFinding) -> dict[str, Any]:
    found, rules = shown.finding, list(RULES)
    place = _place(found.file)
    absolute = os.path.isabs(place)
    uri = quote(os.fsencode(place))
    artifact = {"uri": f"file://{uri}"} if absolute else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    region = {"startLine": max(found.line, 1), "startColumn": max(found.column, 1)}
    print_ = hashlib.sha256(f"{place}\0{found.severity}\0{found.message}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "ruleId": f"mesh/{found.severity}",
        "ruleIndex": rules.index(found.severity),
        "level": shown.level,
        "message": {"text": found.message},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        # Without the line: a finding that moved with the text around it is the same one.
        "partialFingerprints": {"meshFinding/v1": print_},
    }


def _junit(shown: Sequence[ShownFinding], tool: str) -> str:
    """One suite, a case for each finding; those that count have failed. Without any, one case that passed."""
    from xml.etree import ElementTree as Xml  # nosec: it writes, and reads nothing

    failures = sum(each.level == "error" for each in shown)
    counts = {"tests": str(len(shown) or 1), "failures": str(failures), "errors": "0", "time": "0"}
    suites = Xml.Element("testsuites", counts)
    # `skipped` is of a suite alone, in the schema of Jenkins's xUnit plugin (`junit-10.xsd`).
    suite = Xml.SubElement(suites, "testsuite", {"name": tool, **counts, "skipped": "0"})
    if not shown:
        Xml.SubElement(suite, "testcase", {"classname": tool, "name": "no finding", "time": "0"})
    for each in shown:
        found = each.finding
        name = _xml(f"{found.line}:{found.column}: {found.message}")
        case = Xml.SubElement(suite, "testcase", {"classname": _xml(_place(found.file)), "name": name, "time": "0"})
        if each.level == "error":
            failure = {"type": found.severity, "message": _xml(found.message)}
            Xml.SubElement(case, "failure", failure).text = _xml(str(each))
        else:
            Xml.SubElement(case, "system-out").text = _xml(str(each))
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
