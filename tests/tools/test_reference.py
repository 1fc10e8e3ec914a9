"""The reference holds what stands elsewhere: commands of the README, keys of the sample mesh, programs of examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT
from tools.reference.__main__ import pages
from tools.reference.markdown_text import code, paragraphs, plain, table
from tools.written_pages import stale, write_or_compare


def page(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text("utf-8")


def test_the_committed_pages_are_what_the_code_says() -> None:
    assert stale(pages()) == [], "make reference"


def test_every_command_and_option_of_the_readme_is_in_the_reference() -> None:
    sections = dict(re.findall(r"^## (mesh [^\n]+)\n(.*?)(?=^## |\Z)", page("commands.md"), re.MULTILINE | re.DOTALL))
    rows = re.findall(
        r"^\| `mesh ([a-z]+(?: (?:explain|who|blast|sample))?)([^`]*)`", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 30
    missing = [
        (name, option)
        for name, rest in rows
        for option in re.findall(r"--[a-z-]+", rest)
        if f"`{option}" not in sections[f"mesh {name}"]
    ]
    assert missing == []


def keys(here: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys of a YAML file as written; names that people chose, below `products` and the like, are left out."""
    if isinstance(here, dict):
        for key, value in here.items():
            if not path or path[-1] not in NAMED:
                yield key
            yield from keys(value, (*path, key))
    elif isinstance(here, list):
        for value in here:
            yield from keys(value, path)


NAMED = {"products", "domains", "partners", "classifications", "classification-aliases", "groups", "subnets"} | {
    *("inbox-keys", "windows", "arguments", "october", "environments", "repositories")
}
"""Keys below which names are free."""


@pytest.mark.parametrize("folder", ["domains", "clearances", "partners", ""])
def test_every_key_of_the_sample_mesh_is_in_the_reference(folder: str) -> None:
    shown = set(re.findall(r"^\| \**`([a-z-]+)`", page("yaml.md"), re.MULTILINE))
    names = ("mesh.yaml", "accounts.yaml") if not folder else ("*.yaml",)
    files = [path for name in names for path in (ROOT / "stacks" / folder).glob(name)]
    assert files
    written = {key for path in files for key in keys(yaml.safe_load(path.read_text("utf-8")))}
    assert written - shown == set()


def test_every_example_is_shown_whole() -> None:
    text = page("components.md")
    examples = [path for path in (ROOT / "examples").glob("*.py") if path.name != "acme.py"]
    assert len(examples) > 30
    assert [path.name for path in examples if path.read_text("utf-8").rstrip() not in text] == []


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a <b> | *c* d_e [f]", r"a &lt;b&gt; \| \*c\* d\_e \[f\]"),
        ("see `a|b <c>`", r"see `a\|b <c>`"),
        ("two\n  lines", "two lines"),
    ],
)
def test_a_text_is_no_markup_but_for_its_code(text: str, markdown: str) -> None:
    assert plain(text) == markdown


def test_code_with_a_backtick_and_a_pipe_stays_code() -> None:
    assert (code("a|b"), code("`a`")) == (r"`a\|b`", "`` `a` ``")


def test_what_is_indented_stays_as_it_is() -> None:
    assert paragraphs("a\nb\n\n  c *d*\n\n\b\ne\n f\n") == ["a b", "", "```text", "  c *d*", "```", "", *E_F]


E_F = ["```text", "e", " f", "```", ""]


def test_a_table_without_rows_is_none() -> None:
    assert table(("a", "b"), []) == []
    assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "|---|---|", "| 1 | 2 |", ""]


def test_a_stale_page_is_named_and_written(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"docs/a.md": "a\n"}
    assert write_or_compare(files, "make a", check=True, root=tmp_path) == 1
    assert capsys.readouterr().err == "docs/a.md is stale: make a\n"
    assert write_or_compare(files, "make a", check=False, root=tmp_path) == 0
    assert (tmp_path / "docs" / "a.md").read_text() == "a\n"
    assert write_or_compare(files, "make a", check=True, root=tmp_path) == 0
