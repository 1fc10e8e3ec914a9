"""Commands of the AWS CLI on the pages: each is one of AWS's, with options that it has, by the CLI's own models."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore import xform_name

from mesh.aws.troubles import troubles

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md")))

GLOBAL = {"region", "output", "profile", "query", "no-cli-pager", "no-paginate", "endpoint-url"}
"""Options of every command (AWS CLI reference, "Global options")."""

OF_THE_CLI: dict[str, set[str]] = {
    "cloudformation deploy": {
        "stack-name",
        "template-file",
        "capabilities",
        "parameter-overrides",
        "no-execute-changeset",
    },
    "iam create-virtual-mfa-device": {"outfile", "bootstrap-method"},
    "ec2 authorize-security-group-ingress": {"protocol", "port", "source-group", "cidr"},
    "s3 ls": set(),
    "s3 cp": {"recursive"},
}
"""Commands and options that the CLI adds to AWS's own (AWS CLI reference, the page of each)."""

RENAMED = {"s3api": "s3"}
"""Services by another name than that of their model."""


class Command(NamedTuple):
    page: str
    text: str
    complete: bool = True
    """Whether it is typed as it stands: prose may name a command, whose options stand elsewhere."""

    @property
    def words(self) -> list[str]:
        """The words up to what the shell does with what the command answers."""
        words = shlex.split(self.text)
        ends = [number for number, word in enumerate(words) if word in (">", "|", ";", "&&", "||")]
        return words[: ends[0]] if ends else words

    @property
    def name(self) -> str:
        return " ".join(self.words[1:3])

    @property
    def options(self) -> dict[str, list[str]]:
        options: dict[str, list[str]] = {}
        for word in self.words[3:]:
            if word.startswith("--"):
                options[word[2:]] = []
            elif options:
                options[next(reversed(options))].append(word)
        return options


def commands() -> Iterator[Command]:
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [line.removeprefix("$ ") for line in re.findall(r"^(?:\$ )?aws .+$", text, re.MULTILINE)]
        quoted = re.findall(r"`(aws [a-z0-9]+ [a-z0-9-]+(?: [^`]*)?)`", text)
        yield from (Command(page.name, line) for line in lines)
        typed = page.parent.name == "docs" and page.name != "surprises.md"
        yield from (Command(page.name, each, typed and " --" in each) for each in quoted)
    for trouble in troubles():
        yield from (
            Command(trouble.title, quoted, " --" in quoted) for quoted in re.findall(r"`(aws [^`]+)`", trouble.do)
        )


def members(service: str, command: str) -> dict[str, Any]:
    """Members of an operation by the CLI's names of their options, empty for a command that there is not."""
    session = botocore.session.get_session()
    if (service := RENAMED.get(service, service)) not in session.get_available_services():
        return {}
    model: Any = session.get_service_model(service)
    for name in model.operation_names:
        if xform_name(name, "-") == command:
            shape = model.operation_model(name).input_shape
            return {xform_name(member, "-"): kind for member, kind in (shape.members if shape else {}).items()} | {
                "": None
            }
    return {}


def required(service: str, command: str) -> set[str]:
    """Options without which the CLI refuses, but for those that it fills in itself."""
    session = botocore.session.get_session()
    model: Any = session.get_service_model(RENAMED.get(service, service))
    for name in model.operation_names:
        if xform_name(name, "-") == command:
            shape = model.operation_model(name).input_shape
            return {xform_name(member, "-") for member in shape.required_members} if shape else set()
    return set()


def faults(command: Command) -> Iterator[str]:
    """What the AWS CLI would refuse before it asks AWS."""
    known = members(*command.words[1:3])
    if not known and command.name not in OF_THE_CLI:
        yield f"there is no `aws {command.name}`"
        return
    switches = {f"no-{name}" for name, kind in known.items() if name and kind.type_name == "boolean"}
    for option in command.options.keys() - known.keys() - switches - GLOBAL - OF_THE_CLI.get(command.name, set()):
        yield f"`aws {command.name}` has no --{option}"
    given = {option.removeprefix("no-") for option in command.options}
    for option in sorted(required(*command.words[1:3]) - given) if command.complete else ():
        yield f"`aws {command.name}` needs --{option}"
    for option, values in command.options.items():
        if option in known and known[option].type_name == "structure" and values and values[0].startswith("{"):
            unknown = json.loads(values[0]).keys() - known[option].members.keys()
            yield from (f"--{option} of `aws {command.name}` has no {name}" for name in unknown)
        if option in known and known[option].type_name == "string" and known[option].enum:
            yield from (f"--{option} takes no {value}" for value in values if value not in known[option].enum)


@pytest.mark.long
def test_every_command_is_one_of_awss() -> None:
    told = [*commands()]
    assert len(told) > 30
    assert [f"{command.page}: {fault}" for command in told for fault in faults(command)] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("aws organisations list-roots", "there is no `aws organisations list-roots`"),
        ("aws kms make-key", "there is no `aws kms make-key`"),
        ("aws kms enable-key", "`aws kms enable-key` needs --key-id"),
        ("aws kms create-key --name x", "`aws kms create-key` has no --name"),
        ("aws organizations create-organization --feature-set EVERYTHING", "--feature-set takes no EVERYTHING"),
        (
            """aws glue create-connection --connection-input '{"Nme": "x"}'""",
            "--connection-input of `aws glue create-connection` has no Nme",
        ),
    ],
)
def test_a_wrong_command_is_noticed(text: str, fault: str) -> None:
    assert [*faults(Command("", text))] == [fault]


def test_a_connection_is_put_where_its_own_account_sees_the_subnet() -> None:
    """Names of zones are each account's: the page asks the account, and writes none."""
    told = [command.text for command in commands() if command.page == "on-aws.md"]
    (shown,) = (n for n, text in enumerate(told) if text.startswith("aws ec2 describe-subnets"))
    (made,) = (n for n, text in enumerate(told) if text.startswith("aws glue create-connection"))
    assert "AvailabilityZone" in told[shown]
    assert '"AvailabilityZone": "ZONE"' in told[made]
    assert shown < made
