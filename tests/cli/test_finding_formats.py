"""Formats of findings, read back by what they are made for; whose lapses count for whom."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.dom.minidom import Element, parseString
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import exit_codes, main
from cli.finding_formats import ShownFinding, written
from mesh.findings import Finding

TINY = Path(__file__).parents[1] / "mesh" / "tiny"
PAST = ("--as-of", "2028-07-01")
"""A day on which two reviews of the tiny mesh and an agreement are past."""
NOW = ("--as-of", "2027-01-01")
COMMAND = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>[^:]*)::(?P<text>[^\r\n]*)")
ODD = st.text(st.characters(codec="utf-8"), max_size=30)
FINDINGS = st.builds(
    ShownFinding,
    st.builds(
        Finding,
        ODD.filter(lambda text: "\0" not in text and bool(text)),
        st.integers(1, 999),
        st.integers(1, 99),
        ODD,
        st.sampled_from(("error", "lapse", "warning", "note")),
    ),
    st.booleans(),
)
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny mesh, below the working directory."""
    shutil.copytree(TINY, tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "stacks"


def said(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    capsys.readouterr()
    assert main.run(["validate", "stacks", *words]) == code
    return capsys.readouterr().out


def unescaped(text: str) -> str:
    """The text of a workflow command, as GitHub's runner reads it."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def properties(text: str) -> dict[str, str]:
    return {name: unescaped(value) for name, _, value in (each.partition("=") for each in text.split(","))}


# ---- GitHub


@given(st.lists(FINDINGS, max_size=4))
def test_an_annotation_says_the_place_and_the_text_whatever_is_in_them(shown: list[ShownFinding]) -> None:
    lines = written(shown, "github", "mesh").split("\n") if shown else []
    assert len(lines) == len(shown)
    for line, each in zip(lines, shown, strict=True):
        found = COMMAND.fullmatch(line)
        assert found, line
        assert unescaped(found["text"]) == str(each)
        told = properties(found["properties"])
        assert (int(told["line"]), int(told["col"])) == (each.finding.line, each.finding.column)


@pytest.mark.parametrize(
    ("severity", "counts", "kind"),
    [
        ("error", True, "error"),
        ("lapse", True, "error"),
        ("lapse", False, "notice"),
        ("warning", True, "warning"),
        ("note", True, "notice"),
    ],
)
def test_an_annotation_is_as_loud_as_its_finding(severity: Any, counts: bool, kind: str) -> None:
    line = written([ShownFinding(Finding("stacks/mesh.yaml", 1, 2, "x", severity), counts)], "github", "mesh")
    assert line.startswith(f"::{kind} file=stacks/mesh.yaml,line=1,col=2,title=mesh%3A {severity}::")


def test_percent_ends_of_lines_colons_and_commas_are_escaped_as_the_toolkit_does() -> None:
    line = written([ShownFinding(Finding("a:b,c%.yaml", 1, 1, "1 %\r\nof: a, b"), True)], "github", "mesh")
    assert "file=a%3Ab%2Cc%25.yaml," in line
    assert line.endswith(": 1 %25\\r\\nof: a, b")
    assert "\n" not in line


def test_an_annotation_names_a_file_from_the_folder_of_the_command(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main.run(["validate", str(mesh), "--format", "github", *PAST]) == exit_codes.BAD_INPUT
    assert "::error file=stacks/clearances/pii.yaml,line=5," in capsys.readouterr().out


# ---- SARIF


def test_sarif_has_a_result_for_each_finding_at_its_place(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(said(capsys, exit_codes.BAD_INPUT, "--format", "sarif", "--notes", *PAST))
    plain = json.loads(said(capsys, exit_codes.BAD_INPUT, "--json", *PAST))["findings"]
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    places = [
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["message"]["text"],
        )
        for result in run["results"]
    ]
    assert places == [(each["file"], each["line"], each["message"]) for each in plain]
    levels = {"error": "error", "lapse": "error", "warning": "warning", "note": "note"}
    assert [each["level"] for each in run["results"]] == [levels[each["severity"]] for each in plain]


@given(st.lists(FINDINGS, max_size=4))
def test_sarif_holds_to_what_its_specification_demands(shown: list[ShownFinding]) -> None:
    log = json.loads(written(shown, "sarif", "mesh"))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result, each in zip(run["results"], shown, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # section 3.27.6
        assert result["level"] in ("none", "note", "warning", "error")  # 3.27.10
        assert result["message"] == {"text": each.finding.message}  # 3.27.11
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1  # 3.30.5
        assert region["startColumn"] >= 1  # 3.30.6
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/:%-]+", uri), uri  # RFC 3986, by 3.10.1


def test_a_finding_that_moved_down_has_the_same_fingerprint() -> None:
    runs = [
        json.loads(written([ShownFinding(Finding("a.yaml", line, 1, "x"), True)], "sarif", "mesh")) for line in (1, 2)
    ]
    prints = [run["runs"][0]["results"][0]["partialFingerprints"] for run in runs]
    assert prints[0] == prints[1]


# ---- JUnit


def test_junit_fails_a_case_for_each_finding_that_counts(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suites = Xml.fromstring(said(capsys, exit_codes.BAD_INPUT, "--format", "junit", *PAST))
    (suite,) = suites
    found = json.loads(said(capsys, exit_codes.BAD_INPUT, "--json", *PAST))["findings"]
    failed = [case for case in suite if case.find("failure") is not None]
    lapses = [each for each in found if each["severity"] == "lapse"]
    assert len(failed) == len(lapses) == int(suite.get("failures", "")) == 3
    assert [case.get("classname") for case in failed] == [each["file"] for each in lapses]


def test_junit_has_a_case_that_passed_where_nothing_was_found() -> None:
    (suite,) = Xml.fromstring(written([], "junit", "mesh validate"))
    assert [(case.get("name"), len(case)) for case in suite] == [("no finding", 0)]
    assert suite.get("tests") == "1"


@given(st.lists(FINDINGS, max_size=4))
def test_junit_is_xml_whatever_is_in_a_finding(shown: list[ShownFinding]) -> None:
    (suite,) = Xml.fromstring(written(shown, "junit", "mesh"))
    assert int(suite.get("tests", "")) == len(suite) == (len(shown) or 1)
    for case, each in zip(suite if shown else (), shown, strict=True):
        name = ILLEGAL.sub("\ufffd", each.finding.message)
        assert case.get("name") == f"{each.finding.line}:{each.finding.column}: {name}"


JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"testcase"}, {"name", "tests", "failures", "errors"}, {"time", "skipped"}),
    "testcase": ({"failure", "system-out"}, {"name"}, {"time", "classname"}),
    "failure": (set(), set(), {"type", "message"}),
    "system-out": (set(), set(), set()),
}
"""By element what may stand in it, which attributes it has to have, and which it may.

As `junit-10.xsd` of Jenkins's xUnit plugin (jenkinsci/xunit-plugin, MIT) has them, of what is written here.
"""


@given(st.lists(FINDINGS, max_size=4))
def test_junit_has_no_element_and_no_attribute_that_jenkins_does_not_know(shown: list[ShownFinding]) -> None:
    document = parseString(written(shown, "junit", "mesh").encode())
    for name, (inside, wanted, more) in JUNIT.items():
        for element in document.getElementsByTagName(name):
            attributes = set(element.attributes.keys())
            assert wanted <= attributes <= wanted | more, name
            assert {each.tagName for each in element.childNodes if isinstance(each, Element)} <= inside
    assert {each.tagName for each in document.getElementsByTagName("*")} <= set(JUNIT)


# ---- whose lapses count


def test_a_lapse_of_one_team_stops_no_other_team(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ": lapse: " in said(capsys, exit_codes.BAD_INPUT, *PAST)
    elsewhere = said(capsys, exit_codes.FINE, "--only", "domains/shop.yaml", *PAST)
    assert elsewhere.count(": notice: lapse: ") == 3
    assert "3 lapses that do not count here" in elsewhere
    assert ": lapse: the review of" in said(capsys, exit_codes.BAD_INPUT, "--only", "clearances", *PAST)
    own = said(capsys, exit_codes.BAD_INPUT, "--only", "stacks/partners/courier.yaml", *PAST)
    assert "partners/courier.yaml:5:80: lapse: " in own
    assert own.count(": notice: lapse: ") == 2


def test_lapses_are_told_and_do_not_count_where_that_is_asked(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, exit_codes.FINE, "--lapses", "warn", *PAST)
    assert told.count(": notice: lapse: ") == 3
    assert said(capsys, exit_codes.FINE, "--lapses", "warn", "--format", "github", *PAST).count("::notice ") == 3


def test_an_error_counts_wherever_it_is(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = mesh / "domains" / "shop.yaml"
    shop.write_text(shop.read_text().replace("description:", "descriptoin:"))
    assert "descriptoin" in said(capsys, exit_codes.BAD_INPUT, "--only", "partners", "--lapses", "warn", *NOW)


def test_a_path_that_is_not_there_is_refused(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, exit_codes.BAD_INPUT, "--only", "domains/shpo.yaml", *NOW) == ""
    assert main.run(["validate", "stacks", "--only", "domains/shpo.yaml"]) == exit_codes.BAD_INPUT
    told = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "there is no file or folder domains/shpo.yaml, nor stacks/domains/shpo.yaml" in told


def test_no_finding_is_no_line(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, exit_codes.FINE, "--format", "json", *NOW))["findings"]
    lines = said(capsys, exit_codes.FINE, "--format", "github", "--notes", *NOW).splitlines()
    assert len(lines) == len(found)


def test_lapses_of_a_schedule_have_the_same_formats(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form, sign in (("github", "::error file=stacks/"), ("sarif", '"level": "error",'), ("junit", "<failure ")):
        capsys.readouterr()
        assert main.run(["lapse", "--dir", "stacks", "--format", form, *PAST]) == exit_codes.FINDINGS
        told = capsys.readouterr()
        assert told.out.count(sign) == 3
        assert "open: " not in told.out
        assert "open: " in told.err
