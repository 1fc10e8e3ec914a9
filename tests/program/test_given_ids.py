"""What a stack sends names no id that AWS did not give, or the stack is refused: by the forms of ids alone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pulumi
import pytest

from mesh.folder import plan_folder
from mesh.plan.inputs import ASSUMED_NETWORK
from tests.cli.named_ids import named_ids
from tests.mesh.conftest import DAY, TINY
from tests.program import sample
from tests.program.test_stack import started

LINES = {
    "governance": r'^governance: ".*\n',
    "a domain": r'^  orders: ".*\n',
    "another domain": r'^  shop: ".*\n',
    "a partner": r'^partners:\n  courier: ".*\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def is_refused(stack: str, folder: Path) -> bool:
    """Whether the program refuses to deploy a stack for want of an id."""
    try:
        started(stack, folder, preview=False)
    except pulumi.RunError as error:
        if "no account id yet" not in str(error):
            raise
        return True
    return False


@pytest.mark.parametrize(
    "lacking",
    [pytest.param((), marks=pytest.mark.long), *((each,) for each in LINES)],
    ids=lambda each: ", ".join(each) or "nothing",
)
def test_a_stack_names_given_ids_alone_or_is_refused(lacking: tuple[str, ...], folder: Path) -> None:
    file = folder / "accounts.yaml"
    for each in lacking:
        text, number = re.subn(LINES[each], "", file.read_text(), flags=re.MULTILINE)
        assert number == 1
        file.write_text(text)
    planned = plan_folder(folder, DAY)
    refused = {stack for stack in planned.plan.stacks if stack != "organization" and is_refused(stack, folder)}
    sent = tuple(stack for stack in planned.plan.stacks if stack != "organization" and stack not in refused)
    assert bool(refused) == bool(lacking)
    given = named_ids(file.read_text())
    for stack in sent:
        resources = sample.resources(sample.previewed(planned, (stack,)).document)
        inputs = json.dumps([each["inputs"] for each in resources])
        assert named_ids(inputs) - given - {ASSUMED_NETWORK} == set(), stack
