"""The picture of ARCHITECTURE.md is the imports, and its layers are those that are tested."""

from __future__ import annotations

import re
from itertools import pairwise

import grimp

from tests.docs.pages import FENCE, ROOT, Page
from tests.house.test_layers import LAYERS
from tests.house.tree import PACKAGES

PAGE = Page(ROOT / "ARCHITECTURE.md")
ROOMS = (
    *("cli", "program", "components", "sandbox.runs", "sandbox.filling", "sandbox.jobs", "sandbox.rehearsal"),
    *("sandbox.enforcement", "sandbox.athena", "sandbox.sample_rows", "sandbox.emulator", "sandbox.engine"),
    *("mesh.changes", "mesh.beginnings", "mesh.proof", "mesh.access"),
    *("mesh.evaluator", "mesh.plan", "mesh.contracts", "mesh.iam", "mesh.model", "mesh.aws", "mesh.acceptance"),
)
Arrows = set[tuple[str, str]]


def drawn() -> Arrows:
    """The solid arrows of the picture, between rooms."""
    (picture,) = (block["body"] for block in FENCE.finditer(PAGE.text) if block["kind"] == "mermaid")
    rooms = {room.rpartition(".")[2]: room for room in ROOMS}
    arrows: Arrows = set()
    for line in picture.splitlines():
        plain = re.sub(r'\["[^"]*"\]', "", line).strip()
        ends = [re.split(r"\s*&\s*", part.strip()) for part in plain.split("-->")]
        for sources, targets in pairwise(ends):
            arrows |= {(rooms[source], rooms[target]) for source in sources for target in targets}
    return arrows


def imports() -> Arrows:
    """Which room imports which."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)

    def room(module: str) -> str:
        return next((each for each in ROOMS if module == each or module.startswith(f"{each}.")), "")

    pairs = {(room(m), room(each)) for m in graph.modules for each in graph.find_modules_directly_imported_by(m)}
    return {(source, target) for source, target in pairs if source and target and source != target}


def reached(arrows: Arrows) -> Arrows:
    """The arrows, and those that follow from them."""
    while more := {(a, d) for a, b in arrows for c, d in arrows if b == c} - arrows:
        arrows = arrows | more
    return arrows


def test_every_arrow_of_the_picture_is_an_import() -> None:
    assert len(drawn()) > 12
    assert drawn() - imports() == set()


def test_every_import_between_rooms_is_in_the_picture_or_follows_from_it() -> None:
    assert imports() - reached(drawn()) == set()


def test_no_arrow_is_drawn_that_follows_from_others() -> None:
    assert [arrow for arrow in drawn() if arrow in reached(drawn() - {arrow})] == []


def test_an_arrow_that_is_no_import_and_an_import_that_is_not_drawn_would_be_noticed() -> None:
    assert ("mesh.model", "mesh.plan") not in imports()
    assert ("mesh.proof", "mesh.plan") in reached(drawn())
    assert imports() - reached(drawn() - {("mesh.plan", "mesh.iam")})


def test_the_layers_are_those_that_are_tested() -> None:
    text = PAGE.text.partition("## Layers")[2]
    assert f"`{' > '.join(PACKAGES)}`" in text
    assert f"inside `sandbox`: `{' > '.join(str(layer) for layer in LAYERS['sandbox'])}`" in text
    height = {part: -number for number, layer in enumerate(LAYERS["mesh"]) for part in _parts(layer)}
    inside = next(line for line in text.splitlines() if line.startswith("* inside `mesh`"))
    chains = [chain.split(" > ") for chain in re.findall(r"`([a-z]+(?: > [a-z]+)+)`", inside)]
    assert len(chains) == 3
    assert [chain for chain in chains if any(height[a] <= height[b] for a, b in pairwise(chain))] == []


def _parts(layer: str | set[str]) -> set[str]:
    return {layer} if isinstance(layer, str) else layer
