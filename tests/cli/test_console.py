"""Whatever the name of a file, and whatever standard output can hold: a command ends with its answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.dom.minidom import parseString

import pytest

from cli import exit_codes

ROOT: Final = Path(__file__).parents[2]
TINY: Final = ROOT / "tests" / "mesh" / "tiny"
NO_UTF8: Final = b"caf\xe9 \xf0\x9f\x98\x80.txt"
"""A name in Latin-1, but for a character that is no part of it."""

PLACES: Final = {
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "utf-16": {"PYTHONIOENCODING": "utf-16"},
}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], cwd=folder, check=True)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """The tiny mesh in a repository, and an untracked file beside it whose name is no UTF-8."""
    shutil.copytree(TINY, tmp_path / "stacks")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / os.fsdecode(NO_UTF8)).write_text("new\n", "utf-8")
    return tmp_path


def typed(top: Path, place: str, *words: str, code: int = exit_codes.FINE) -> bytes:
    ended = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *words],
        cwd=top,
        env={**os.environ, "MESH_AS_OF": "2027-01-01", "PYTHONPATH": str(ROOT), **PLACES[place]},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, b"Traceback" in ended.stderr) == (code, False), ended.stderr
    return ended.stdout


EACH: Final = [
    place if place in ("utf-8", "C") else pytest.param(place, marks=pytest.mark.long)
    for place in PLACES
    if place != "utf-16"
]


@pytest.mark.parametrize("place", EACH)
def test_json_is_json_whatever_the_name_and_the_locale(top: Path, place: str) -> None:
    document = json.loads(typed(top, place, "affected", "--since", "main", "--only", "approvals", "--json"))
    assert [os.fsencode(file) for file in document["files"]] == [NO_UTF8] or place == "C"
    assert len(document["files"]) == 1


@pytest.mark.parametrize("place", EACH)
def test_a_report_is_written_whatever_standard_output_can_hold(top: Path, place: str) -> None:
    shop = top / "stacks" / "domains" / "shop.yaml"
    text = shop.read_text("utf-8")
    shop.write_text(text.replace("The shop's pages.", "Die Seiten des Ladens, f\u00fcr alle."), "utf-8")
    for form in ((), ("--markdown",)):
        said = typed(top, place, "diff", "main", *form)
        assert b"shop" in said
        assert ("\u2192".encode() in said) == (place == "utf-8")
        assert (rb"\u2192" in said) == (place != "utf-8")


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_a_finding_in_a_file_whose_name_is_no_utf8_is_told(top: Path, form: str) -> None:
    (top / "stacks" / "domains" / os.fsdecode(b"\xff\n\x1b[31m.yaml")).write_text("nothing: here\n", "utf-8")
    said = typed(top, "utf-8", "validate", "--format", form, code=exit_codes.BAD_INPUT)
    said.decode()
    assert b"domains" in said
    assert b"\x1b" not in said
    if form in ("json", "sarif"):
        assert json.loads(said)


@pytest.mark.parametrize("place", ["ascii", "latin-1", "utf-16"])
def test_what_machines_read_is_utf8_whatever_standard_output_is(top: Path, place: str) -> None:
    """In Latin-1 the XML was no UTF-8, as its first line says it is, and in ASCII it had escapes of Python."""
    (top / "stacks" / "domains" / "shop.yaml").write_text('"caf\u00e9 \u2192 \U0001f600": 1\n', "utf-8")
    told = "caf\u00e9 \u2192 \U0001f600"
    said = {
        form: typed(top, place, "validate", "--format", form, code=exit_codes.BAD_INPUT)
        for form in ("json", "github", "sarif", "junit")
    }
    read = parseString(said["junit"])  # bytes: expat takes the encoding from the first line
    assert read.encoding == "utf-8"
    assert any(told in each.getAttribute("message") for each in read.getElementsByTagName("failure"))
    assert told in said["github"].decode("utf-8")
    (run,) = json.loads(said["sarif"].decode("utf-8"))["runs"]
    assert any(told in each["message"]["text"] for each in run["results"])
    text = said["json"].decode(place if place == "utf-16" else "ascii")
    assert any(told in each["message"] for each in json.loads(text)["findings"])
