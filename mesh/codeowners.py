"""CODEOWNERS of a repository with a mesh folder: whose yes a change of which file needs, from the `github:` handles.

The form is GitHub's ("About code owners"): a pattern and its owners on a line, the last line that matches a file holds,
and of several owners one is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from mesh.contracts.derivations import derivations
from mesh.findings import NotPossibleError, Problem, listed
from mesh.model import ClearanceFile, Mesh, contract_file
from mesh.model.base import Owner
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.model.names_lock import NAMES_LOCK_FILE
from mesh.pipeline_scripts import FOLDER
from mesh.validation_messages import shorten

HEAD: Final = "# Written by `mesh codeowners`; not by hand. Of the lines that match a file the last one holds."
_ODD: Final = re.compile(r"[^A-Za-z0-9._/-]")


class Ownership(NamedTuple):
    """A pattern of paths from the root of the repository, and the handles of those who own what it matches."""

    pattern: str
    handles: tuple[str, ...]


def problems(mesh: Mesh) -> Iterator[Problem]:
    """A problem for each file that has no handle to name: nobody else is put in the place of its owner.

    And one for each contract whose path no pattern can spell out.
    """
    owners = [("mesh.yaml", mesh.file.owner)]
    owners += [(f"domains/{name}.yaml", domain.owner) for name, domain in mesh.domains.items()]
    owners += [(f"partners/{name}.yaml", partner.owner) for name, partner in mesh.partners.items()]
    for file, owner in owners:
        if owner.github is None:
            message = f"'{owner.team}' has no 'github', and this file nobody to ask; write github: \"@org/team\""
            yield Problem(file, ("owner",), message)
    for name, domain in mesh.domains.items():
        for product, declared in domain.products.items():
            if declared.contract is not None and (odd := _odd(declared.contract)):
                message = f"'{declared.contract}' has '{odd}', which CODEOWNERS does not take as it is; rename the file"
                yield Problem(f"domains/{name}.yaml", ("products", product, "contract"), message)
    for name, clearance in mesh.clearances.items():
        if not _approvers(clearance):
            message = "no approver has a 'github', and this file nobody to ask; write {email: …, github: \"@org/team\"}"
            yield Problem(f"clearances/{name}.yaml", ("approvers",), message)


def remarks(mesh: Mesh) -> Iterator[str]:
    """Approvers that cannot be asked on GitHub, though others of the clearance can."""
    for name, clearance in mesh.clearances.items():
        silent = [approver.email for approver in clearance.approvers if approver.github is None]
        if silent and _approvers(clearance):
            yield f"clearances/{name}.yaml: without a 'github' GitHub does not ask {listed(silent)}"


def text(mesh: Mesh, folder: PurePosixPath) -> str:
    """The text of CODEOWNERS, for a mesh whose files all have a handle; `folder` is that of the mesh in the repository.

    Raises NotPossibleError for a folder that no pattern can spell out.
    """
    lines = [f"{one.pattern} {' '.join(one.handles)}\n" for one in ownerships(mesh, folder)]
    return "".join([f"{HEAD}\n", *lines])


def ownerships(mesh: Mesh, folder: PurePosixPath) -> Iterator[Ownership]:
    """Patterns with their owners; those that decide more stand later."""
    here, beside = PurePosixPath("/") / folder, PurePosixPath("/") / folder.parent
    platform = _of(mesh.file.owner)
    yield Ownership("*", platform)
    for name, domain in mesh.domains.items():
        owners = _of(domain.owner)
        yield _owned(f"{here / 'domains' / name}.yaml", owners)
        yield _owned(f"{here / 'contracts' / name}/", owners)
        for product, declared in domain.products.items():
            if declared.contract is not None:
                yield _owned(str(here / contract_file(name, product, declared)), owners)
        scripts = here if mesh.scripts.folder == FOLDER else beside
        yield _owned(f"{scripts / FOLDER / name}/", owners)
    for file, approvers in _derivations(mesh):
        yield _owned(str(here / file), approvers)
    for name, partner in mesh.partners.items():
        yield _owned(f"{here / 'partners' / name}.yaml", _of(partner.owner))
    for name, clearance in mesh.clearances.items():
        yield _owned(f"{here / 'clearances' / name}.yaml", _approvers(clearance))
    for file in ("mesh.yaml", "accounts.yaml", EXCEPTIONS_FILE, NAMES_LOCK_FILE):
        yield _owned(str(here / file), platform)


def _derivations(mesh: Mesh) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Contracts that leave labels behind, each with the handles of those who are said to have approved it."""
    handles = {
        approver.email.casefold(): approver.github
        for clearance in mesh.clearances.values()
        for approver in clearance.approvers
        if approver.github
    }
    for name, domain in mesh.domains.items():
        for product, declared in domain.products.items():
            contract = mesh.contracts.get(f"{name}.{product}")
            entries = derivations(contract) if contract else ()
            said = (address.casefold() for entry in entries for address in entry.approved_by)
            if approvers := tuple(dict.fromkeys(handles[address] for address in said if address in handles)):
                yield contract_file(name, product, declared), approvers


def _owned(pattern: str, handles: tuple[str, ...]) -> Ownership:
    if odd := _odd(pattern):
        raise NotPossibleError(f"{pattern} has '{odd}', which CODEOWNERS does not take as it is; rename the folder")
    return Ownership(pattern, handles)


def _odd(path: str) -> str:
    """The first character of a path that a pattern cannot have as it is, to be shown; empty for none."""
    # CODEOWNERS knows no way to write a '[', a '!' or a leading '#' that is meant as it is.
    odd = _ODD.search(path)
    return shorten(odd[0]) if odd else ""


def _of(owner: Owner) -> tuple[str, ...]:
    return (owner.github,) if owner.github else ()


def _approvers(clearance: ClearanceFile) -> tuple[str, ...]:
    return tuple(dict.fromkeys(approver.github for approver in clearance.approvers if approver.github))
