"""Manners of every command: -h, --version, examples that are right, the mesh folder, and what comes near."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from cli import exit_codes, main
from cli.completions.complete import proposals
from cli.examples import EXAMPLES
from cli.main import application
from mesh.beginnings.kinds import KINDS
from tests.mesh_copies import copied

ROOT: Final = Path(__file__).parents[2]
STACKS: Final = ROOT / "stacks"
TOP: Final[Any] = typer.main.get_command(application())


def every_command(command: Any = TOP, path: str = "") -> dict[str, Any]:
    """Commands and groups by their path."""
    found = {path: command}
    for name, each in getattr(command, "commands", {}).items():
        found |= every_command(each, f"{path} {name}".strip())
    return found


EVERY: Final = every_command()
LINES: Final = [line for lines in EXAMPLES.values() for line in lines]


def typed(line: str) -> list[str]:
    """Words of `mesh` in an example, without the shell's own."""
    inside = re.sub(r'^eval "\$\((.*)\)"$', r"\1", line)
    words = shlex.split(inside)
    return words[1 : next((place for place, word in enumerate(words) if word in ("<", ">")), len(words))]


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample mesh in a repository, from whose folder commands are typed."""
    copied(STACKS, tmp_path / "stacks")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESH_AS_OF", "2026-12-01")
    return tmp_path / "stacks"


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = exit_codes.FINE) -> str:
    assert main.run(list(words)) == code
    return "".join(capsys.readouterr())


@pytest.mark.parametrize("path", sorted(EVERY))
def test_each_command_has_help_that_fits_and_ends_in_examples(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = said(capsys, *path.split(), "-h")
    assert told == said(capsys, *path.split(), "--help")
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert told.rpartition("\nExamples:\n")[2].splitlines() == [f"  {line}" for line in EXAMPLES[path]]
    assert "-h, --help" in told
    listed = told.partition("\nCommands:\n")[2].partition("\n\n")[0]
    assert "..." not in listed, "the sentence of a command is cut"
    assert re.findall(r"\w-$", told, re.MULTILINE) == [], "a word is broken at its hyphen"
    assert re.findall(r"^  .*--\S+ (?:<[\w ]+>|<%.*>)", told, re.MULTILINE) == [], "a type of Python is no value"
    assert "{" not in told.splitlines()[0]


def test_the_commands_stand_in_the_order_of_their_list(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "-h").partition("\nCommands:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\S+)", listed, re.MULTILINE) == list(main.COMMANDS)


def test_a_folder_that_is_written_is_not_named_as_the_mesh_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the mesh folder" not in said(capsys, "example", "-h").casefold()


@pytest.mark.parametrize("line", LINES)
def test_an_example_is_parsed_by_its_command_and_names_what_there_is(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    words, command, context = typed(line), TOP, None
    rest = list(words)
    while True:
        context = command.make_context(command.name or "mesh", rest, parent=context)
        rest = [*context._protected_args, *context.args]
        if not rest or not hasattr(command, "commands"):
            break
        command, rest = command.commands[rest[0]], rest[1:]
    for place, word in enumerate(words):
        known = list(proposals(words[:place], "").words)
        if not word.startswith("-") and "." in "".join(known) and word.count(".") and "/" not in word:
            assert any(word == each or word.startswith(f"{each}.") for each in known), (word, known)
        elif known and not known[0].startswith("-") and not {"main", "v1.0"} & {word} and not word.startswith("-"):
            assert word in known, (word, known)


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_a_beginning_has_no_answer_that_is_refused(
    kind: str, stacks: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = said(capsys, "new", kind, "-h")
    (stacks.parent / "devices.csv").write_text("id,model\n1,x\n")
    lines = re.findall(rf"mesh (new {kind} (?!\[OPTIONS\]).*)", shown)
    assert lines
    for line in lines:
        words = ["devices.csv" if word.endswith((".parquet", ".csv")) else word for word in shlex.split(line)]
        code = main.run(words)
        told = capsys.readouterr().err.splitlines() if code != exit_codes.FINE else []
        assert [one for one in told if "it is missing; " not in one] == []


def test_no_example_is_of_a_command_that_there_is_not() -> None:
    assert sorted(EXAMPLES) == sorted(EVERY)


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert said(capsys, "--version") == f"mesh {version}\n"


@pytest.mark.parametrize("folder", [".", "stacks", "stacks/contracts/identity", "pipelines"])
def test_the_mesh_is_found_from_every_folder_of_its_repository(
    folder: str, stacks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = stacks.parent / folder
    place.mkdir(exist_ok=True)
    monkeypatch.chdir(place)
    assert said(capsys, "validate").startswith("aurora is valid: ")
    assert "domain-ads" in said(capsys, "accounts")
    text = (stacks / "mesh.yaml").read_text().replace("region: eu-west-1", "region: Ireland")
    (stacks / "mesh.yaml").write_text(text)
    told = said(capsys, "validate", code=exit_codes.BAD_INPUT)
    named = next(line for line in told.splitlines() if "Ireland" in line).partition(":")[0]
    assert (place / named).resolve() == stacks / "mesh.yaml"


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "stacks"],
        ["validate", "-C", "stacks"],
        ["validate", "--dir=stacks"],
        ["validate", "stacks/mesh.yaml"],
        ["validate", "."],
        ["accounts", "-C", "."],
        ["accounts", "--dir", "stacks/mesh.yaml"],
        ["schemas", "-C", "stacks", "--check", "--out", str(ROOT / "schemas")],
    ],
)
def test_a_mesh_folder_is_named_in_any_way(words: list[str], stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["validate", "stacks/domains/ads.yaml"],
            "ads.yaml is a file; give its mesh folder, stacks (lapses of one file",
        ),
        (["accounts", "-C", "stacks/domains/ads.yaml"], "ads.yaml is a file; give its mesh folder, stacks"),
        (["validate", "stacks", "-C", "stacks"], "the mesh folder is given twice: as an argument, and with -C"),
        (["plan", "stacks"], "the mesh folder is given with -C stacks"),
        (["-C", "stacks", "plan"], "there is no option -C; options stand after the command"),
        (["plann"], "there is no command 'plann'; did you mean 'plan'?"),
        (["PLAN"], "there is no command 'PLAN'; did you mean 'plan'?"),
        (["access", "Explan"], "there is no command 'Explan'; did you mean 'explain'?"),
        (["plan", "--STACK", "ads"], "there is no option --STACK; did you mean '--stack'?"),
        (["plan", "--stak", "ads"], "there is no option --stak; did you mean '--stack'?"),
        (["up", "--engine", "Pulumi"], "'Pulumi' is not one of embedded, pulumi; did you mean 'pulumi'?"),
        (["validate", "--format", "sarf"], "did you mean 'sarif'?"),
        (["plan", "--stack", "Domain_Ads"], "there is no stack 'Domain_Ads'; did you mean 'domain-ads'?"),
        (["plan", "--stack", "Adds"], "there is no stack 'Adds'; did you mean 'ads'?"),
        (["access", "--clearance", "PII"], "unknown clearance 'PII'; did you mean 'pii'?"),
        (["access", "--home", "Play_back"], "unknown domain 'Play_back'; did you mean 'playback'?"),
        (["access", "--port", "Tables"], "unknown port 'Tables'; did you mean 'table'?"),
        (["access", "--product", "identity.Login_Risk"], "did you mean 'login-risk'?"),
        (["access", "who", "identity.profiles.Birth-Year"], "did you mean 'birth_year'?"),
        (["access", "explain", "--as", "PII@ads", "--read", "ads.campaigns"], "did you mean 'pii'?"),
        (["access", "blast", "Deploy@partner-subtitlin"], "did you mean 'deploy@partner-subtitling'?"),
        (["offboard", "Sub-titling"], "there is no partner 'Sub-titling'; did you mean 'subtitling'?"),
        (["lock", "--product", "identity.Profile"], "did you mean 'identity.profiles'?"),
        (["prove", "--invariant", "I1O"], "there is no invariant I1O; did you mean 'I1'? there are I1, "),
    ],
)
def test_a_name_that_there_is_not_is_answered_with_the_nearest(
    words: list[str], sentence: str, stacks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, *words, code=exit_codes.BAD_INPUT)
    assert sentence in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("names", "stacks_meant"),
    [
        (["ads"], ["access-ads", "domain-ads"]),
        (["domain-ads"], ["domain-ads"]),
        (["subtitling"], ["partner-subtitling"]),
        (["ads", "access-ads", "governance"], ["governance", "access-ads", "domain-ads"]),
    ],
)
def test_a_stack_is_named_by_its_domain_too(names: list[str], stacks_meant: list[str], plan: Any) -> None:
    from cli.options import chosen

    class Planned:
        """A mesh of which its plan alone is looked at."""

    planned: Any = Planned()
    planned.plan = plan
    assert chosen(planned, names) == stacks_meant


def test_every_option_is_typed_in_small_letters() -> None:
    """Typer takes a metavar that is the parameter's name for the option's spelling: `--DATABASE`."""
    spelt = [
        f"mesh {path} {name}"
        for path, command in EVERY.items()
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if len(name) > 2 and name != name.lower()
    ]
    assert [each for each in spelt if " --" in each] == []
