"""Run of a beginning: answers, new files, their trial, the files written together, and what to do next."""

from __future__ import annotations

import datetime
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cli import new_transaction
from cli.console import answer, answer_as_it_is, say
from cli.new_asking import answered
from cli.new_trial import Trial, tried
from mesh.beginnings.blueprint import ENDING, FOLDER, Blueprints
from mesh.beginnings.kinds import KINDS
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import Ground
from mesh.findings import SERIOUS, BadInputError, NotPossibleError
from mesh.folder import PlannedMesh, findings_of
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import build

OURS: Final = Path(__file__).resolve().parent.parent / FOLDER
"""The templates that come with the project."""

SHORT: Final = 30
"""Lines of the difference that are shown."""


@dataclass(slots=True)
class MeshTexts:
    """The files of a mesh as they are read, each once: what is written over is compared with it."""

    directory: Path
    read: dict[str, bytes | None] = field(default_factory=dict[str, bytes | None])

    def data(self, file: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        if file not in self.read:
            try:
                self.read[file] = (self.directory / file).read_bytes()
            except FileNotFoundError:
                self.read[file] = None
            except OSError as error:
                raise NotPossibleError(f"{self.directory / file} cannot be read: {error.strerror}") from None
        return self.read[file]

    def text(self, file: str) -> str | None:
        """The text of a file, byte order mark and line breaks as they are; None where there is none."""
        data = self.data(file)
        return None if data is None else data.decode("utf-8")


def begin(kind: str, directory: Path, given: Mapping[str, str], today: datetime.date, takes_defaults: bool) -> None:
    """Begins something of a kind in a mesh folder; nothing is written unless all of it is valid."""
    if (found := load(directory)).mesh is None:
        raise BadInputError(found.findings)
    with new_transaction.alone(directory):
        resume_here(directory)
        mesh, before = findings_of(directory, today)
        errors = [finding for finding in before if finding.severity == "error"]
        if mesh is None or errors:
            raise BadInputError(errors)
        texts = MeshTexts(directory)
        ground = Ground(mesh, texts.text, blueprints(directory), today, str(directory))
        answers = answered(KINDS[kind].questions, ground, given, takes_defaults)
        new = KINDS[kind].files(ground, answers)
        trial = tried(directory, new, before, today)
        _require_valid(trial, new, ground)
        # A file that no question and no entry looked at has to be new; read here it would be compared with itself.
        before = {**{file: texts.read.get(file) for file in new.texts}, **trial.locks_before}
        new_transaction.write(directory, trial.texts, before)
    assert trial.mesh is not None
    _tell(directory, before, trial, new)
    _tell_changes(PlannedMesh(directory, mesh, build(mesh, today), today), trial.mesh)
    _tell_next(kind, directory, trial, given)


def resume_here(directory: Path) -> list[str]:
    """Completes what an interrupted command left, and says so."""
    completed = new_transaction.resumed(directory)
    for file in completed:
        say(f"{_shown(directory, file)}: written now; an earlier `mesh new` was interrupted")
    return completed


def blueprints(directory: Path) -> Blueprints:
    """The templates: those in or beside the mesh folder, and of ours those that are missing there."""
    texts: dict[str, str] = {}
    shown: dict[str, str] = {}
    theirs = next((each for each in (directory / FOLDER, directory.resolve().parent / FOLDER) if each.is_dir()), OURS)
    for folder in (OURS, theirs):
        for path in sorted((*folder.glob(f"*/*{ENDING}"), *folder.glob("*.yaml"))):
            name = path.relative_to(folder).as_posix()
            try:
                texts[name] = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise NotPossibleError(f"the template {os.path.relpath(path)} cannot be read: {error}") from None
            shown[name] = min(os.path.relpath(path), str(path), key=len)
    return Blueprints(texts, shown)


def _require_valid(trial: Trial, new: NewFiles, ground: Ground) -> None:
    """Raises NotPossibleError, with the template that wrote it, after the findings that the new files make."""
    serious = [finding for finding in trial.findings if finding.severity in SERIOUS]
    if not serious:
        return
    for finding in serious:
        say(str(finding))
    files = {finding.file for finding in serious}
    written = {_shown(Path(ground.shown), file): names for file, names in new.templates.items()}
    templates = sorted({ground.blueprints.path(name) for file in files for name in written.get(file, ())})
    by = f"; written by {' and '.join(templates)}: mend the template, or answer otherwise" if templates else ""
    raise NotPossibleError(f"nothing was written: the mesh would not be valid{by}")


def _shown(directory: Path, file: str) -> str:
    """A file of the mesh as the person would type it."""
    return os.path.normpath(directory / file)


def _tell(directory: Path, before: Mapping[str, bytes | None], trial: Trial, new: NewFiles) -> None:
    for file in trial.texts:
        answer(f"{_shown(directory, file)}: {'new' if before[file] is None else 'changed'}")
    for remark in new.remarks:
        say(remark)
    for finding in trial.findings:
        if finding.severity == "warning":
            say(str(finding))


def _tell_changes(before: PlannedMesh, mesh: Mesh) -> None:
    """Says what the new files change, and who reads more by them."""
    from mesh.changes import assembled
    from mesh.changes.screen_text import screen_text

    after = PlannedMesh(before.directory, mesh, build(mesh, before.as_of), before.as_of)
    answer("")
    answer(screen_text(assembled.report(before, after, ("before", "now")), SHORT).rstrip("\n"))


def _tell_next(kind: str, directory: Path, trial: Trial, given: Mapping[str, str]) -> None:
    steps: list[str] = []
    if kind in ("domain", "partner"):
        owners = [
            place for place in ("CODEOWNERS", ".github/CODEOWNERS") if (directory.resolve().parent / place).exists()
        ]
        steps = [f"mesh codeowners: {owners[0]} has no lines of it yet"] if owners else []
        if "account" not in given:
            steps.append("mesh up --stack organization, then mesh accounts: it has no account yet (docs/growing.md)")
    answer("")
    answer("Next:")
    answer_as_it_is(f"  git add {' '.join(shlex.quote(_shown(directory, file)) for file in trial.texts)}")
    for step in steps:
        answer(f"  {step}")
