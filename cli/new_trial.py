"""Trial of new files: a copy of the mesh with them and their locks, read and checked by every rule."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Trial:
    """The mesh with new files: their texts and those of locks, the mesh, and the findings that it has besides."""

    texts: Mapping[str, str]
    mesh: Mesh | None
    findings: tuple[Finding, ...]


def tried(directory: Path, new: NewFiles, before: list[Finding], today: datetime.date) -> Trial:
    """The trial of new files in a copy of a mesh folder; the folder itself is not touched."""
    with _copied(directory) as (top, copy):
        texts = dict(new.texts)
        for file, text in texts.items():
            _put(copy / file, text)
        for file, text in _locks(copy, new).items():
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
    return Trial(texts, mesh, tuple(fresh))


def _what(finding: Finding) -> tuple[str, str, str]:
    """A finding without its line, which moves when lines are added before it."""
    return finding.file, finding.message, finding.severity


@contextmanager
def _copied(directory: Path) -> Generator[tuple[Path, Path]]:
    """A temporary copy of a mesh folder, with the scripts of pipelines beside it, and the folder that both are in."""
    whole = directory.resolve()
    with tempfile.TemporaryDirectory(prefix="mesh-new-") as temporary:
        top = Path(os.path.realpath(temporary)) / "top"
        copy = top / (whole.name or "mesh")
        ignored = shutil.ignore_patterns(".*", "offboarded", "blueprints")
        shutil.copytree(whole, copy, symlinks=True, ignore=ignored)
        beside = whole.parent / SCRIPTS
        if beside.is_dir() and beside != whole:
            shutil.copytree(beside, top / SCRIPTS, symlinks=True, ignore=ignored)
        yield top, copy


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
