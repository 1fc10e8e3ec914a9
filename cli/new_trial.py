"""Trial of new files: a copy of the mesh with them and their locks, read and checked by every rule."""

from __future__ import annotations

import datetime
import os
import shutil
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from mesh.beginnings.blueprint import FOLDER as BLUEPRINTS
from mesh.beginnings.new_files import NewFiles
from mesh.contracts import catalog, lock_text
from mesh.contracts.labels import label_words
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.findings import Finding
from mesh.folder import findings_of
from mesh.load import load
from mesh.model import Mesh, lock_file
from mesh.model.names_lock import NAMES_LOCK_FILE, names_lock_text
from mesh.pipeline_scripts import FOLDER as SCRIPTS
from mesh.temporary_folders import temporary_folder

NOT_MESH: Final = frozenset({"offboarded", BLUEPRINTS})
"""Folders in a mesh folder that no rule reads."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The mesh with new files: their texts and those of locks, the mesh, and the findings that it has besides.

    `locks_before` has what each lock held in the copy, from which its text was made; None for one that is new.
    """

    texts: Mapping[str, str]
    locks_before: Mapping[str, bytes | None]
    mesh: Mesh | None
    findings: tuple[Finding, ...]


def tried(directory: Path, new: NewFiles, before: list[Finding], today: datetime.date) -> Trial:
    """The trial of new files in a copy of a mesh folder; the folder itself is not touched."""
    with _copied(directory) as (top, copy):
        texts, locks_before = dict(new.texts), dict[str, bytes | None]()
        for file, text in texts.items():
            _put(copy / file, text)
        for file, text in _locks(copy, new).items():
            locks_before[file] = (copy / file).read_bytes() if (copy / file).exists() else None
            _put(copy / file, text)
            texts[file] = text
        mesh, found = findings_of(copy, today)
        after = [_as_shown(each, top, copy, directory) for each in found]
    known = Counter(_what(each) for each in before)
    fresh: list[Finding] = []
    for each in after:
        if known[_what(each)]:
            known[_what(each)] -= 1
        else:
            fresh.append(each)
    return Trial(texts, locks_before, mesh, tuple(fresh))


def _what(finding: Finding) -> tuple[str, str, str]:
    """A finding without its line, which moves when lines are added before it."""
    return finding.file, finding.message, finding.severity


@contextmanager
def _copied(directory: Path) -> Generator[tuple[Path, Path]]:
    """A temporary copy of a mesh folder, with the scripts of pipelines beside it, and the folder that both are in."""
    whole = directory.resolve()
    with temporary_folder("new") as temporary:
        top = Path(os.path.realpath(temporary)) / "top"
        copy = top / (whole.name or "mesh")
        shutil.copytree(whole, copy, symlinks=True, ignore=partial(_not_read, whole))
        beside = whole.parent / SCRIPTS
        if beside.is_dir() and beside != whole:
            shutil.copytree(beside, top / SCRIPTS, symlinks=True, ignore=partial(_not_read, whole))
        yield top, copy


def _not_read(mesh: Path, folder: str, names: list[str]) -> set[str]:
    """Entries that the trial needs no copy of; below the mesh folder a domain may be called as one of its folders."""
    left_out = NOT_MESH if Path(folder) == mesh else frozenset[str]()
    return {name for name in names if name.startswith(".") or name in left_out}


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def _locks(copy: Path, new: NewFiles) -> dict[str, str]:
    """Texts of the locks of products that are new or changed, and of the lock of names in a mesh without any lock.

    A contract with a mistake has none: the findings say why.
    """
    if not new.products:
        return {}
    mesh = load(copy).mesh
    if mesh is None:
        return {}
    words, texts = label_words(mesh.file), dict[str, str]()
    if mesh.names_lock is None and not any((copy / "contracts").rglob("*.lock.yaml")):
        texts[NAMES_LOCK_FILE] = names_lock_text({})
    for product in new.products:
        contract, file = mesh.contracts.get(product), lock_file(*product.split("."))
        if contract is None or any(mistake.severity == "error" for mistake in catalog.mistakes(contract, words)):
            continue
        step = following(mesh.locks.get(product), shapes(contract, words))
        if not step.refused and not step.widened:
            texts[file] = lock_text.write(step.lock)
    return texts


def _as_shown(finding: Finding, top: Path, copy: Path, directory: Path) -> Finding:
    """A finding with the paths that the person knows."""
    beside = os.path.normpath(directory.parent)

    def shown(text: str) -> str:
        text = text.replace(str(copy), str(directory))
        return text.replace(f"{top}{os.sep}", "" if beside == "." else f"{beside}{os.sep}")

    return replace(finding, file=shown(finding.file), message=shown(finding.message))
