"""A word means one thing in the house: no public class or type twice, and a module name twice only for one thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.house.tree import BESIDE, FOLDERS, ROOT, Module, modules

GLOSSARY = ROOT / "docs" / "glossary.md"
SHARED_NAMES = "## Names that stand in several rooms"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
"""A row of that table: the module's name, what all of them hold, and their rooms."""


def twice(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The names that stand in more than one place, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return {name: sorted(where) for name, where in places.items() if len(where) > 1}


def module_names(every: Iterable[Module]) -> Iterable[tuple[str, str]]:
    """Modules and packages by name, with the room that each stands in."""
    for module in every:
        path = module.path.removesuffix("/__init__.py")
        if not path.endswith("__main__.py"):
            yield module.name, path.rpartition("/")[0] or "."


def shared_names(text: str) -> dict[str, list[str]]:
    """The table of the glossary: the rooms of each module name that stands in several."""
    table = text.partition(SHARED_NAMES)[2].partition("\n## ")[0]
    return {name: sorted(re.findall(r"`([\w/.]+)`", rooms)) for name, _, rooms in ROW.findall(table)}


def unexplained(repeated: Mapping[str, list[str]], explained: Mapping[str, list[str]]) -> list[str]:
    """Module names of which the glossary does not say that they hold one thing, in just these rooms."""
    names = sorted({*repeated, *explained})
    return [
        f"{name}: stands in {repeated.get(name, [])}, the glossary says {explained.get(name, [])}"
        for name in names
        if repeated.get(name) != explained.get(name)
    ]


def test_no_public_class_or_type_stands_twice() -> None:
    every = modules((*FOLDERS, *BESIDE))
    assert len(every) > 200
    named = ((name, module.path) for module in every for name in (*module.classes(), *module.aliases()))
    assert twice(named) == {}


def test_a_module_name_that_stands_twice_holds_one_thing() -> None:
    assert unexplained(twice(module_names(modules())), shared_names(GLOSSARY.read_text("utf-8"))) == []


def test_every_room_that_the_glossary_names_exists() -> None:
    rooms = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", GLOSSARY.read_text("utf-8"))
    assert len(rooms) > 30
    assert [room for room in rooms if not (ROOT / room).exists()] == []


def test_a_second_class_of_a_name_is_noticed() -> None:
    every = [Module("mesh/a.py", "class Statement: ...\n"), Module("sandbox/b.py", "class Statement: ...\n")]
    assert twice((name, module.path) for module in every for name in module.classes()) == {
        "Statement": ["mesh/a.py", "sandbox/b.py"]
    }


def test_a_type_of_a_classs_name_is_noticed() -> None:
    every = [Module("mesh/a.py", "class Kind: ...\n"), Module("sandbox/b.py", "Kind = str\nLIMIT = 1\n")]
    assert twice((n, each.path) for each in every for n in (*each.classes(), *each.aliases())) == {
        "Kind": ["mesh/a.py", "sandbox/b.py"]
    }


def test_a_second_module_of_a_name_is_noticed_unless_the_glossary_explains_it() -> None:
    every = [Module("mesh/iam/network.py", ""), Module("mesh/plan/nodes/network.py", "")]
    repeated = twice(module_names(every))
    row = "| `network` | a network | `mesh/iam` `mesh/plan/nodes` |"
    table = f"{SHARED_NAMES}\n\n| name | holds | rooms |\n|---|---|---|\n{row}\n"
    assert unexplained(repeated, {})
    assert unexplained(repeated, shared_names(table)) == []
    assert unexplained({}, shared_names(table))
