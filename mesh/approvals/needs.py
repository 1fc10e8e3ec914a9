"""Needs: approvals that a change needs, each with the sentence why; and those who are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from mesh.findings import listed
from mesh.model import Approver, Mesh
from mesh.model.base import Owner

NeedKind = Literal[
    "file",
    "account",
    "agreement",
    "clearance",
    "data",
    "derivation",
    "guardrail",
    "label",
    "member",
    "owner",
    "pipeline",
    "workflow",
]
"""What an approval is needed for: a file that is touched, or something that the change does."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change that somebody asks for: the mesh before and after, and the files of the repository that it touches.

    `folder` is the mesh folder in the repository. Who is asked says the mesh before: nobody makes himself an owner.
    """

    before: Mesh
    after: Mesh
    files: tuple[str, ...]
    folder: str = "stacks"


class Need(NamedTuple):
    """An approval of one of `by` (handles, addresses where there is none) for what `about` names, and `why`.

    Of a file its owner is the author as well as anybody; of what a change does nobody says yes to himself.
    """

    kind: NeedKind
    about: str
    by: tuple[str, ...]
    why: str

    @property
    def author_counts(self) -> bool:
        """Whether an author who is among them has said yes by asking."""
        return self.kind == "file"

    def as_json(self) -> dict[str, Any]:
        """The need as one entry of a JSON document."""
        return {"kind": self.kind, "about": self.about, "by": list(self.by), "why": self.why}


class Notice(NamedTuple):
    """Somebody who is told of a change, and is not asked."""

    to: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        return f"told, {' or '.join(self.to)}: {self.what}"

    def as_json(self) -> dict[str, Any]:
        """The notice as one entry of a JSON document."""
        return {"to": list(self.to), "what": self.what}


def owner_of(owner: Owner) -> tuple[str, ...]:
    """The team that answers for a file, by its handle or its address."""
    return (owner.github or owner.email,)


def platform_of(mesh: Mesh) -> tuple[str, ...]:
    """The platform team."""
    return owner_of(mesh.file.owner)


def approvers_of(mesh: Mesh, clearances: Iterable[str]) -> tuple[str, ...]:
    """Approvers of some clearances, each once."""
    found = (
        approver_of(each) for name in clearances if name in mesh.clearances for each in mesh.clearances[name].approvers
    )
    return tuple(dict.fromkeys(found))


def approver_of(approver: Approver) -> str:
    """An approver, by the handle or the address."""
    return approver.github or approver.email


def guards_of(mesh: Mesh, label: str) -> tuple[str, ...]:
    """Clearances that guard a label: those that read it, and of these the ones that read least besides."""
    reads = {name: frozenset(file.reads) for name, file in mesh.clearances.items() if label in file.reads}
    return tuple(name for name, own in reads.items() if not any(other < own for other in reads.values()))


def guard_needs(mesh: Mesh, labels: Iterable[str], about: str, why: str) -> Iterator[Need]:
    """A need of the approvers that guard each of some labels; `why` has `{label}` where the label stands."""
    for label in sorted(labels):
        guards = guards_of(mesh, label)
        by = approvers_of(mesh, guards) or platform_of(mesh)
        guarded = f"the approvers of {listed(guards)} guard '{label}'" if guards else f"nobody guards '{label}'"
        yield Need("label", about, by, f"{why.format(label=label)}: {guarded}")
