"""Every link of a page leads somewhere, and every file, module and command that a page or a comment names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mesh.proof.invariants import INVARIANTS
from tests.docs.names import made_by, missing_files, missing_modules, words, wrong_commands
from tests.docs.pages import ROOT, Comment, Page, comments, pages, texts

PAGES = pages()
SECTION = re.compile(r"(?P<page>README(?:\.md)?|[\w/-]+\.md), \"(?P<heading>[^\"]+)\"")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def dead_links(page: Page) -> list[str]:
    """The links of a page that lead to no file of the repository, or to no heading of one."""
    dead: list[str] = []
    for link in page.links:
        if link.startswith(("https:", "http:", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors):
            dead.append(link)
    return dead


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    assert dead_links(page) == []


@each_page
def test_every_file_that_a_page_names_exists(page: Page) -> None:
    made = made_by(page)
    assert [name for code in (*page.code, *page.commands) for name in missing_files(code, made)] == []


@each_page
def test_every_module_and_name_that_a_page_names_exists(page: Page) -> None:
    assert [name for code in page.code for name in missing_modules(code)] == []


@each_page
def test_every_command_and_option_that_a_page_names_exists(page: Page) -> None:
    assert [wrong for code in (*page.code, *page.commands) for wrong in wrong_commands(code)] == []


def stale(comment: Comment) -> list[str]:
    """What a comment or a docstring names and what does not exist: files, modules, sections of pages."""
    code = " ".join(re.findall(r"`([^`\n]+)`", comment.text))
    return [*missing_files(comment.text), *missing_modules(code), *_missing_sections(comment.text)]


def _missing_sections(text: str) -> list[str]:
    wrong: list[str] = []
    for found in SECTION.finditer(text):
        name = found["page"] if found["page"].endswith(".md") else f"{found['page']}.md"
        page = ROOT / name
        if not page.exists() or found["heading"] not in Page(page).headings:
            wrong.append(found[0])
    return wrong


@pytest.mark.long
def test_every_comment_and_docstring_points_at_what_exists() -> None:
    found = {comment.where: wrong for comment in comments() if (wrong := stale(comment))}
    assert found == {}


def untold(text: Comment) -> list[str]:
    """Files that a text names and its reader cannot open: an installation has no tests; pages that do not exist."""
    named = [word for word in words(text.text) if word.startswith(("docs/", "tests/"))]
    return [word for word in named if word.startswith("tests/") or missing_files(word)]


def test_what_users_are_told_points_at_no_test_and_at_no_page_that_does_not_exist() -> None:
    assert {text.where: wrong for text in texts() if (wrong := untold(text))} == {}


def test_a_text_that_points_at_a_test_is_noticed() -> None:
    told = Comment("", "compared (tests/program/test_registered.py), read docs/proofs.md and docs/reference.md")
    assert untold(told) == ["tests/program/test_registered.py", "docs/reference.md"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("see mesh/iam/nowhere.py:12, and mesh/names.py", ["mesh/iam/nowhere.py"]),
        ("`stacks/domains/<domain>.yaml`, `stacks/dominions/<domain>.yaml`", ["stacks/dominions/<domain>.yaml"]),
        ("`tests/{mesh,cly}/test_*.py`", []),
        ("tests/{meshes,cly}/test_*.py", ["tests/{meshes,cly}/test_*.py"]),
        ("tests/test_readme.py::test_who_reads_it_is_printed_as_shown", []),
        ("tests/test_readme.py::test_nobody_wrote", ["tests/test_readme.py::test_nobody_wrote"]),
        ("`mesh.yaml`, `mash.yaml`", ["mash.yaml"]),
        ("`mesh/deploy` is a role, `mesh/depoly` is none", ["mesh/depoly"]),
        ("role/mesh/pipeline/none/x, s3:GetObject, and/or, 1/2", []),
    ],
)
def test_a_file_that_does_not_exist_is_noticed(text: str, missing: list[str]) -> None:
    assert missing_files(text) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("mesh.load.load() mesh.load.lode()", ["mesh.load.lode"]),
        ("sandbox.runs.policy_host sandbox.course", ["sandbox.course"]),
        ("mesh.evaluator.decide.Request.principal identity.profiles mesh.yaml", []),
    ],
)
def test_a_module_that_does_not_exist_is_noticed(text: str, missing: list[str]) -> None:
    assert missing_modules(text) == missing


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("make up AS_OF=", []),
        ("make upp", ["make upp"]),
        ("make PYTHON=…", []),
        ("mesh plan --stack domain-identity --json", []),
        ("mesh plan --stacks domain-identity", ["mesh plan --stacks"]),
        ("mesh access explain --as ROLE --reads X", ["mesh access explain --reads"]),
        ('eval "$(mesh be partner:ad-measurement)"', ["mesh be"]),
        ("mesh up [--serve] [--engine embedded\\|pulumi]", []),
        ("mesh <command> --json", []),
        (".venv/bin/python -m benchmarks.decided", ["python -m benchmarks.decided"]),
        ("PULUMI_HOME=/x mesh bootstrup > x.json", ["mesh bootstrup"]),
    ],
)
def test_a_command_that_does_not_exist_is_noticed(text: str, wrong: list[str]) -> None:
    assert wrong_commands(text) == wrong


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    page = Page(tmp_path / "page.md")
    page.path.write_text(
        "# Title\n\n## Title, *in* `two` words\n\n[a](#title-in-two-words) [b](page.md#title) [c](#titel) [d](x.md)"
    )
    assert dead_links(page) == ["#titel", "x.md"]


def test_a_stale_comment_is_noticed() -> None:
    text = 'As in docs/handbook and (README, "On AWS"), not as (README, "Two commands") or `mesh.lod`.'
    assert stale(Comment("", text)) == ["docs/handbook", "mesh.lod", 'README, "On AWS"']


@each_page
def test_every_invariant_that_a_page_names_exists(page: Page) -> None:
    known = {invariant.id for invariant in INVARIANTS}
    assert {name for name in re.findall(r"\b[IM]\d{1,2}\b", page.prose) if name not in known} == set()


def test_security_gives_the_figures_of_the_readme() -> None:
    readme, security = (Page(ROOT / name).text for name in ("README.md", "SECURITY.md"))
    figures = re.findall(r"\d+,\d{3}", security)
    assert figures
    assert [figure for figure in figures if figure not in readme] == []
    assert re.search(r"(\d+) invariants of \1 hold", readme)


def test_the_changelog_has_every_component_type_that_is_an_alias() -> None:
    renamed = {
        (old, new)
        for path in (ROOT / "components").glob("*.py")
        for new, old in re.findall(
            r'__init__\("(mesh:aws:\w+)", name, None, formerly\("(mesh:aws:\w+)"', path.read_text()
        )
    }
    assert renamed
    listed = re.findall(
        r"^ *\| `(mesh:aws:\w+)` \| `(mesh:aws:\w+)` \|$", Page(ROOT / "CHANGELOG.md").text, re.MULTILINE
    )
    assert set(listed) == renamed
