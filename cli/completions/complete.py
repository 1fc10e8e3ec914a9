"""Completion of a command line: the words before, the word that is typed, and what it could become."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cli.completions.values import VALUES, MeshNames
from mesh.nearest_folder import nearest_folder, with_stacks

TABLE: Final = "table.json"
FILES: Final = {"file": "files", "folder": "folders"}
"""First line of an answer for what a shell completes by itself; `values` for all else."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Words that the one that is typed could become, with what each means; or that the shell looks for files."""

    words: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: str = "values"


def proposals(words: Sequence[str], current: str) -> Proposals:
    """Proposals for a word, after those that stand before it."""
    nodes: dict[str, Any] = json.loads(Path(__file__).with_name(TABLE).read_text("utf-8"))
    path, taken, pending = "", 0, ""
    used = set[str]()
    folder = ""
    for word in words:
        options = nodes[path]["options"]
        if pending:
            folder = word if pending in ("-C", "--dir") else folder
            pending = ""
        elif word.startswith("-") and len(word) > 1:
            name, is_set, value = word.partition("=")
            used.add(name)
            pending = name if not is_set and "kind" in options.get(name, {}) else ""
            folder = value if is_set and name == "--dir" else folder
        elif f"{path} {word}".strip() in nodes and not taken:
            path, used = f"{path} {word}".strip(), set[str]()
        else:
            taken += 1
    node = nodes[path]
    if pending:
        return _values(node["options"][pending]["kind"], folder, current)
    name, is_set, value = current.partition("=")
    if current.startswith("--") and is_set:
        found = _values(node["options"].get(name, {}).get("kind", ""), folder, value)
        return Proposals({f"{name}={word}": help_ for word, help_ in found.words.items()}, found.kind)
    options = {word: each["help"] for word, each in node["options"].items() if each.get("many") or word not in used}
    if current.startswith("-"):
        return _beginning(options, current)
    if not taken and node["commands"]:
        return _beginning(node["commands"], current)
    arguments = node["arguments"]
    wanted = arguments[min(taken, len(arguments) - 1)] if arguments else None
    if wanted is None or (taken >= len(arguments) and not wanted.get("many")):
        return _beginning({word: help_ for word, help_ in options.items() if word.startswith("--")}, current)
    return _values(wanted["kind"], folder, current)


def _values(kind: str | list[str], folder: str, current: str) -> Proposals:
    if isinstance(kind, list):
        return _beginning(dict.fromkeys(kind, ""), current)
    if kind in FILES:
        return Proposals(kind=FILES[kind])
    where = with_stacks(Path(folder).expanduser()) if folder else nearest_folder(Path.cwd())
    if kind not in VALUES or where is None:
        return Proposals()
    return _beginning(dict.fromkeys(VALUES[kind](MeshNames(where)), ""), current)


def _beginning(words: Mapping[str, str], current: str) -> Proposals:
    return Proposals({word: help_ for word, help_ in words.items() if word.startswith(current)})


# ---- what the shells say and hear


def answer_shell(shell: str, arguments: Sequence[str]) -> int:
    """Writes the answer for a shell; nothing, with exit code 1, whatever goes wrong."""
    try:
        before, current = _of_line(os.environ.get("COMP_LINE", "")) if shell == "bash" else _of_words(arguments)
        found = proposals(before, current)
        lines = [found.kind, *_LINES[shell](found.words, current)]
        sys.stdout.write("\n".join(lines) + "\n")
    except Exception:  # noqa: BLE001 (a key was pressed in the middle of a line: any text would stand in it)
        return 1
    return 0


def _of_words(arguments: Sequence[str]) -> tuple[list[str], str]:
    """Words before the one that is typed, which is the last."""
    return list(arguments[:-1]), arguments[-1] if arguments else ""


def _of_line(line: str) -> tuple[list[str], str]:
    """The same of a line up to the cursor, which bash has cut at colons and at signs, too."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quote is open: what stands in it is no name of the mesh
        words = line.split()
    if not words or line[-1:].isspace():
        return words[1:], ""
    return words[1:-1], words[-1]


def _for_bash(words: Mapping[str, str], current: str) -> list[str]:
    """Words without what stands before the last character at which bash cuts words: it keeps that itself.

    An at sign is one, and stays with what is behind it (`rl_special_prefixes` of readline).
    """
    breaks = os.environ.get("COMP_WORDBREAKS", "")
    kept = max((place + (sign != "@") for place, sign in enumerate(current) if sign in breaks), default=0)
    return [word[kept:] for word in words]


def _for_zsh(words: Mapping[str, str], _current: str) -> list[str]:
    return [
        word.replace("\\", "\\\\").replace(":", "\\:") + (f":{said}" if said else "") for word, said in words.items()
    ]


def _for_fish(words: Mapping[str, str], _current: str) -> list[str]:
    return [f"{word}\t{said}" if said else word for word, said in words.items()]


_LINES: Final = {"bash": _for_bash, "zsh": _for_zsh, "fish": _for_fish}
