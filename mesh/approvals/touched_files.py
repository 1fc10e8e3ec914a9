"""Owners of the files that a change touches, as CODEOWNERS has them; and files that guard the mesh itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from mesh import codeowners
from mesh.approvals.needs import ChangeRequest, Need, NeedKind, platform_of
from mesh.codeowners import Ownership
from mesh.model import ClearanceFile, Mesh
from mesh.model.base import Owner

SETTINGS_OF_STACKS: Final = r"Pulumi\..*"
GUARDING: Final[tuple[tuple[str, NeedKind, str], ...]] = (
    (r"(.*/)?CODEOWNERS", "workflow", "decides who is asked for which file"),
    (r"\.(github|ci)(/.*)?", "workflow", "runs with the roles that deploy the mesh"),
    (r"policies(/.*)?", "guardrail", "holds the rules that every deployment is held to"),
    (SETTINGS_OF_STACKS, "guardrail", "holds settings of a deployment, which no rule of the mesh sees"),
    (
        r"__main__\.py|(cli|components|functions|mesh|program|sandbox|tools)(/.*)?",
        "guardrail",
        "is a part of the program that makes and proves every stack",
    ),
    (
        r"requirements.*|pyproject\.toml|Makefile|\.gitmodules",
        "guardrail",
        "decides which code of others runs with ours",
    ),
)
"""Files by their paths (a pattern), what they are, and why a change of them is nobody's alone.

A folder alone is one that is a link, or a submodule.
"""


def file_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need for each owner of files that are touched, and one for each file that guards the mesh."""
    owned: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    every = tuple(codeowners.ownerships(_reachable(request.before), PurePosixPath(request.folder)))
    for file in request.files:
        owned[_owners(every, file) or platform_of(request.before)].append(file)
    for by, files in owned.items():
        belongs = "belongs" if len(files) == 1 else "belong"
        yield Need("file", files[0], by, f"{_shown(files)} {belongs} to {' or '.join(by)}")
    yield from _guarding(request)


def _guarding(request: ChangeRequest) -> Iterator[Need]:
    of_the_mesh = f"{request.folder}/"
    for pattern, kind, why in GUARDING:
        # A folder of a mesh can have any name; of what is in it the settings of stacks alone are no part of it.
        found = [
            file
            for file in request.files
            if re.fullmatch(pattern, file.removeprefix(of_the_mesh), re.DOTALL)
            and (not file.startswith(of_the_mesh) or pattern == SETTINGS_OF_STACKS)
        ]
        if found:
            changes = "changes, and it" if len(found) == 1 else "change, and each"
            yield Need(kind, found[0], platform_of(request.before), f"{_shown(found)} {changes} {why}")


def _shown(files: list[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def _owners(every: tuple[Ownership, ...], file: str) -> tuple[str, ...]:
    """The owners of a file: of the patterns that match it the last one holds."""
    return next(own.handles for own in reversed(every) if _matches(own.pattern, f"/{file}"))


def _matches(pattern: str, file: str) -> bool:
    return pattern in ("*", file) or (pattern.endswith("/") and file.startswith(pattern))


def _reachable(mesh: Mesh) -> Mesh:
    """A mesh in which addresses stand for the handles that are missing, so that every file has somebody to ask."""
    return replace(
        mesh,
        file=mesh.file.model_copy(update={"owner": _reachable_owner(mesh.file.owner)}),
        domains={
            name: domain.model_copy(update={"owner": _reachable_owner(domain.owner)})
            for name, domain in mesh.domains.items()
        },
        partners={
            name: partner.model_copy(update={"owner": _reachable_owner(partner.owner)})
            for name, partner in mesh.partners.items()
        },
        clearances={name: _reachable_clearance(file) for name, file in mesh.clearances.items()},
    )


def _reachable_owner(owner: Owner) -> Owner:
    return owner.model_copy(update={"github": owner.github or owner.email})


def _reachable_clearance(file: ClearanceFile) -> ClearanceFile:
    approvers = tuple(each.model_copy(update={"github": each.github or each.email}) for each in file.approvers)
    return file.model_copy(update={"approvers": approvers})
