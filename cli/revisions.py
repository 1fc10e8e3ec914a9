"""Sides of a comparison: mesh folders, or the mesh folder as it is at a revision of its git repository."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from cli.console import say
from mesh.findings import Finding, NotPossibleError, nearest
from mesh.pipeline_scripts import FOLDER
from mesh.temporary_folders import temporary_folder
from mesh.validation_messages import shorten

_LINK: Final = "120000"
_SUBMODULE: Final = "160000"
_SURROUNDINGS: Final = re.compile(r"GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|CEILING.*)")
"""Variables with which a hook of git, such as pre-commit's, would send every command to its own repository."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a mesh folder, and its name as the user knows it.

    A folder that was taken out of git is temporary; scripts of pipelines stand beside it, or in it, as in the
    repository, whose top is then `top`.
    """

    name: str
    folder: Path
    top: Path | None = None

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with their files as the user knows them: `main:stacks/mesh.yaml`."""
        if self.top is None:
            return list(findings)
        revision = self.name.partition(":")[0]
        return [replace(each, file=f"{revision}:{os.path.relpath(each.file, self.top)}") for each in findings]


class _Entry(NamedTuple):
    """A file of a tree: its mode, the id of its contents, and its path from the top of the repository."""

    mode: str
    object_id: str
    path: str


@contextmanager
def opened_side(text: str, directory: Path) -> Generator[Side]:
    """The side that a user names: a folder, a revision, or `REV:path` for a mesh that stood elsewhere in it.

    `directory` is the mesh folder of the command, whose repository and path a revision is of. A folder that is there
    and holds a mesh is that folder, also where a branch has its name: `refs/heads/<branch>` is the branch. Where a text
    names both, a line on standard error says which of them is meant.
    Raises NotPossibleError, with what to do, for a revision that cannot be had.
    """
    if os.path.isdir(text):
        is_mesh, full = os.path.isfile(os.path.join(text, "mesh.yaml")), ""
        # Folders are compared where git is missing, or does not trust the repository, as well.
        with suppress(NotPossibleError) if is_mesh else nullcontext():
            full = _full_name(text, directory)
        if full:
            _tell_both(text, full, is_mesh)
        if is_mesh or not full:
            yield Side(text, Path(text))
            return
    revision, _, path = text.partition(":")
    repository = _repository(text, directory)
    commit = repository.commit(revision)
    inside = path.strip("/") if path else repository.inside(directory)
    with temporary_folder("revision") as temporary:
        top = Path(os.path.realpath(temporary)) / "repository"
        entries = [] if ".." in Path(inside).parts else repository.entries(commit, inside)
        _refuse_gaps(revision, inside, entries, repository)
        _write(repository, entries, top)
        yield Side(f"{revision}:{inside or '.'}", top / inside if inside else top, top)


def working_side(directory: Path) -> Side:
    """The mesh folder as it lies there, with what nobody has committed."""
    return Side(str(directory), directory)


class GitRepository(NamedTuple):
    """The git repository that holds a mesh folder, by the top of its work tree."""

    top: Path

    def git(self, *words: str, given: bytes | None = None) -> bytes:
        """The answer of git; NotPossibleError with git's own words where it fails."""
        ended = _git(self.top, words, given)
        if ended.returncode:
            raise NotPossibleError(f"git {words[0]} failed in {self.top}: {_said(ended)}")
        return ended.stdout

    def commit(self, revision: str) -> str:
        """The id of the commit that a revision names; NotPossibleError for one that is not there."""
        if not revision or revision.startswith(("-", "^")):
            raise NotPossibleError(f"'{shorten(revision)}' is no revision of git, such as main, HEAD~1 or v1.2")
        ended = _git(self.top, ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"))
        if not ended.returncode:
            return ended.stdout.decode().strip()
        if ".." in revision:
            raise NotPossibleError(
                f"'{shorten(revision)}' is a range of revisions, and a side is one: give its two ends as sides; "
                "where a branch began says `git merge-base`"
            )
        if self.git("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise NotPossibleError(
                f"{self.top} has no revision '{shorten(revision)}': it is a shallow clone, which holds the last "
                "commits alone; fetch the others (git fetch --unshallow; in a workflow, actions/checkout with "
                "fetch-depth: 0)"
            )
        names = self.git("for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").split()
        known = "`git branch --all` lists branches" if names else "It has no commit yet"
        raise NotPossibleError(
            f"{self.top} has no revision '{shorten(revision)}', and there is no folder of that name"
            f"{nearest(revision, names) or '.'} {known}"
        )

    def inside(self, directory: Path) -> str:
        """The path of a folder from the top of the repository; empty for the top itself."""
        path = os.path.relpath(os.path.realpath(directory), self.top)
        return "" if path == "." else path

    def entries(self, commit: str, inside: str) -> list[_Entry]:
        """Files of the mesh folder of a commit, and of the folder of scripts beside it."""
        paths = [inside, os.path.join(os.path.dirname(inside), FOLDER)] if inside else ["."]
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
        heads = (line.partition("\t") for line in os.fsdecode(listed).split("\0") if line)
        return [_Entry(*_of_head(head), path) for head, _, path in heads]

    def contents(self, entries: Sequence[_Entry]) -> Iterator[tuple[_Entry, bytes]]:
        """Files with their contents, as they were committed: attributes such as `export-ignore` leave nothing out."""
        asked = "".join(f"{entry.object_id}\n" for entry in entries).encode()
        answer, at = self.git("cat-file", "--batch", given=asked), 0
        for entry in entries:
            head = answer[at : answer.index(b"\n", at)]
            if head.endswith(b"missing"):
                raise NotPossibleError(
                    f"{entry.path} is not in the repository {self.top}, which was cloned in part; fetch it whole "
                    "(git fetch --refetch --no-filter)"
                )
            begin = at + len(head) + 1
            end = begin + int(head.rpartition(b" ")[2])
            yield entry, answer[begin:end]
            at = end + 1


def _of_head(head: str) -> tuple[str, str]:
    mode, _, object_id = head.split(" ")
    return mode, object_id


def _full_name(text: str, directory: Path) -> str:
    """The name by which a text is a revision of git, and no folder; empty where it is none, or there is no git."""
    top = _top(directory)
    if top is None or text.startswith(("-", "^")):
        return ""
    if _git(top, ("rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")).returncode:
        return ""
    full = os.fsdecode(_git(top, ("rev-parse", "--symbolic-full-name", text)).stdout).strip()
    return full if full.rpartition("/")[2] == text.rpartition("/")[2] else f"{text}^0"


def _tell_both(text: str, full: str, is_mesh: bool) -> None:
    """Says which of a folder and a revision of the same name is compared, and how to name the other one."""
    name = shorten(text)
    if is_mesh:
        say(
            f"'{name}' is a folder that holds a mesh, and a revision of git: the folder is compared; for the revision "
            f"type {shorten(full)}"
        )
    else:
        say(
            f"'{name}' is a folder without mesh.yaml, and a revision of git: the revision is compared; for the folder "
            f"type .{os.sep}{name}"
        )


def _repository(text: str, directory: Path) -> GitRepository:
    """The repository that holds the mesh folder; NotPossibleError where there is none, or another one is meant."""
    top = _top(directory)
    if top is None:
        raise NotPossibleError(
            f"'{shorten(text)}' is no folder, and {directory} is in no git repository of which it could be a revision; "
            "give a folder that holds mesh.yaml"
        )
    outer = _top(Path())
    above = _git(top, ("rev-parse", "--show-superproject-working-tree")).stdout
    if outer is not None and outer != top and Path(os.fsdecode(above).strip()) == outer:
        raise NotPossibleError(
            f"{directory} is in the submodule {os.path.relpath(top, outer)}, whose revisions are not those of {outer}; "
            f"run the command in {top}, or give a folder of the other side"
        )
    return GitRepository(top)


def _top(directory: Path) -> Path | None:
    """The top of the work tree that holds a folder, which need not be there any more; None where none does."""
    here = Path(os.path.realpath(directory))
    while not here.is_dir() and here != here.parent:
        here = here.parent
    ended = _git(here, ("rev-parse", "--show-toplevel"))
    if ended.returncode and b"dubious ownership" in ended.stderr:
        raise NotPossibleError(f"git does not trust the repository of {directory}: {_said(ended)}")
    return None if ended.returncode else Path(os.path.realpath(os.fsdecode(ended.stdout).rstrip("\n")))


def _refuse_gaps(revision: str, inside: str, entries: Sequence[_Entry], repository: GitRepository) -> None:
    """Raises NotPossibleError where the folder was not there, or what is in it belongs to another repository."""
    for entry in entries:
        if entry.mode == _SUBMODULE:
            raise NotPossibleError(
                f"{entry.path} is a submodule at {shorten(revision)}, and what is in it stands in another repository "
                f"(commit {entry.object_id[:10]}); check it out, and compare folders"
            )
    if not any(not inside or entry.path.startswith(f"{inside}/") for entry in entries):
        raise NotPossibleError(
            f"there is no folder '{inside or '.'}' at {shorten(revision)} in {repository.top}; a mesh that stood "
            f"elsewhere then is {shorten(revision)}:<path>"
        )


def _write(repository: GitRepository, entries: Sequence[_Entry], top: Path) -> None:
    """Writes files below a folder; links as links, so that what leads out of a mesh is told as it is in a folder."""
    _refuse_strange(entries)
    top.mkdir()
    # Links come last: no file is written through one.
    for entry, data in sorted(repository.contents(entries), key=lambda each: each[0].mode == _LINK):
        path = top / entry.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == _LINK:
                path.symlink_to(os.fsdecode(data))
            else:
                path.write_bytes(data)
        except OSError as error:
            raise NotPossibleError(f"{shorten(entry.path)} cannot be taken out of git: {error.strerror}") from None


def _refuse_strange(entries: Sequence[_Entry]) -> None:
    """Raises NotPossibleError for a tree that somebody made by hand: of two files at one path, nobody sees both."""
    paths: set[str] = set()
    for entry in entries:
        if ".." in Path(entry.path).parts:
            raise NotPossibleError(f"{shorten(entry.path)} leads out of the repository; git itself writes no such tree")
        if entry.path in paths:
            raise NotPossibleError(f"{shorten(entry.path)} stands there twice; git itself writes no such tree")
        paths.add(entry.path)
    for entry in entries:
        for folder in Path(entry.path).parents:
            if str(folder) in paths:
                raise NotPossibleError(f"{shorten(str(folder))} is a file and a folder; git itself writes no such tree")


def _git(folder: Path, words: Sequence[str], given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 (a fixed command; a revision is no option, for it never begins with '-')
            ["git", "-C", str(folder), *words],  # noqa: S607 (the user's own git)
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            env=_environment(os.environ),
            check=False,
        )
    except OSError as error:
        raise NotPossibleError(
            f"git cannot be run ({error.strerror}), and without it there are no revisions; compare two folders"
        ) from None


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would send git elsewhere, or have it answer in another language."""
    kept = {name: value for name, value in given.items() if not _SURROUNDINGS.fullmatch(name)}
    # A replaced object would be another revision than the one that was reviewed.
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}


def _said(ended: subprocess.CompletedProcess[bytes]) -> str:
    """Git's own words, on one line."""
    return shorten(" ".join(ended.stderr.decode("utf-8", "replace").split()) or f"status {ended.returncode}")
