"""The footprint of a plan is what the program registers: a second listing, which must not fall behind the first."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from mesh import example
from mesh.aws.plugin_table import plugin_types
from mesh.plan.footprint import SET, DeployedResource, footprint
from sandbox.runs.run_json import SHOWN_UNKNOWN
from tests.mesh.conftest import DAY, TINY
from tests.program import sample
from tests.program.sample import Planned

Place = tuple[str, str, str, str]
"""(stack, id of the account, type, logical name)."""


def registered(found: Planned) -> dict[Place, list[dict[str, Any]]]:
    """Inputs of every resource of AWS that the program registers; two may differ in their parent alone."""
    sent: dict[Place, list[dict[str, Any]]] = {}
    for part in found.document["stacks"]:
        for resource in part["resources"]:
            if resource["type"].startswith("aws:"):
                where = (part["stack"], resource["account"], resource["type"], resource["name"])
                sent.setdefault(where, []).append(resource["inputs"])
    return sent


def place(resource: DeployedResource) -> Place:
    return resource.stack, resource.access.account_id, resource.type, resource.name


def differs(listed: Any, sent: Any) -> bool:
    """Whether an input as listed is not what is sent; what only AWS knows is not compared."""
    if sent == SHOWN_UNKNOWN or listed is SET:
        return sent is None
    if isinstance(listed, dict) and isinstance(sent, dict):
        theirs = cast("dict[str, Any]", sent)
        return any(differs(value, theirs.get(key)) for key, value in cast("dict[str, Any]", listed).items())
    if isinstance(listed, list) and isinstance(sent, list):
        ours, theirs = cast("list[Any]", listed), cast("list[Any]", sent)
        return len(ours) != len(theirs) or any(map(differs, ours, theirs))
    return listed != sent


def differing(listed: Mapping[str, Any], sent: Mapping[str, Any]) -> list[str]:
    """Inputs as listed that are not what is sent."""
    return [
        f"{name} is {value!r}, registered is {sent.get(name)!r}"
        for name, value in listed.items()
        if differs(value, sent.get(name))
    ]


def wrong(found: Planned) -> list[str]:
    """Differences between the two listings: resources, and inputs of those that are in both."""
    sent = registered(found)
    problems: list[str] = []
    for each in footprint(found.plan):
        where = place(each)
        candidates = sent.get(where, [])
        # The nearest: of two with one name, the other is somebody else's.
        nearest = min(candidates, key=lambda inputs: len(differing(each.inputs, inputs)), default=None)
        if nearest is None:
            problems.append(f"{where} is listed, and not registered")
            continue
        candidates.remove(nearest)
        problems += [f"{where}: {difference}" for difference in differing(each.inputs, nearest)]
    return problems + [f"{where} is registered, and not listed" for where, left in sent.items() for _ in left]


@pytest.mark.long
def test_the_footprint_of_the_sample_is_what_its_program_registers(planned: Planned) -> None:
    assert wrong(planned) == []


@pytest.mark.long
@pytest.mark.parametrize("partners", [0, 2])
def test_the_footprint_of_another_mesh_is_what_its_program_registers(tmp_path: Path, partners: int) -> None:
    day = datetime.date(2027, 1, 1)
    example.write(tmp_path, domains=2, products=2, partners=partners, as_of=day)
    assert wrong(sample.previewed(sample.mesh(tmp_path, day))) == []


def as_it_is(_: Path) -> None:
    """The tiny mesh itself: no CI deploys it."""


def without_people(folder: Path) -> None:
    """No Identity Center: nobody signs in."""
    accounts = folder / "accounts.yaml"
    before, _, after = accounts.read_text("utf-8").partition("identity-center:")
    accounts.write_text(before + after[after.index("\nnetwork:") + 1 :], "utf-8")


def saying(line: str) -> Callable[[Path], None]:
    """A mesh whose mesh.yaml says something more."""

    def said(folder: Path) -> None:
        file = folder / "mesh.yaml"
        file.write_text(f"{file.read_text('utf-8')}{line}\n", "utf-8")

    return said


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(as_it_is, id="without CI"),
        pytest.param(saying("granted-by: hub"), id="granted by the hub"),
        pytest.param(saying("defaults: {deletion-protection: false}"), id="protection lifted"),
        pytest.param(without_people, id="without people"),
    ],
)
def test_the_footprint_of_the_tiny_mesh_is_what_its_program_registers(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(Path(shutil.copytree(TINY, tmp_path / "tiny")))
    assert wrong(sample.previewed(sample.mesh(tmp_path / "tiny", DAY))) == []


# ---- what the calls name


def at(inputs: Any, path: list[str]) -> list[Any]:
    """What stands at a path, in each item where there is a list on the way."""
    if isinstance(inputs, list):
        return [found for each in cast("list[Any]", inputs) for found in at(each, path)]
    if path:
        return at(cast("dict[str, Any]", inputs).get(path[0]), path[1:]) if isinstance(inputs, dict) else []
    return [] if inputs in (None, "", {}) else [inputs]


@pytest.mark.long
def test_what_the_plugins_calls_name_is_listed_where_it_is_registered(planned: Planned) -> None:
    sent, missing = registered(planned), set[tuple[str, str]]()
    for each in footprint(planned.plan):
        named = {name for call in plugin_types()[each.type].every_call for name in call.names}
        for name in named - {*each.beside, "tags"}:
            there = [bool(at(inputs, name.split("."))) for inputs in sent[place(each)]]
            listed = bool(at(dict(each.inputs), name.split(".")))
            if listed not in there:
                missing.add((each.type, name))
    assert missing == set()
