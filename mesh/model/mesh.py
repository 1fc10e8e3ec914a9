"""The mesh as people wrote it: every file, read, and valid by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mesh.model.accounts import AccountsFile
from mesh.model.base import NAME_PATTERN
from mesh.model.clearance import ClearanceFile
from mesh.model.contract import Contract
from mesh.model.domain import Domain, Product
from mesh.model.exceptions_file import ExceptionsFile
from mesh.model.lock import Lock
from mesh.model.mesh_file import MeshFile
from mesh.model.names_lock import NamesLock
from mesh.model.partial import PartialFile
from mesh.model.partner import Partner
from mesh.model.pipeline import Scripts


@dataclass(frozen=True, slots=True)
class Mesh:
    """The files of a mesh folder; domains, partners, contracts and locks (`<domain>.<product>`) by name, sorted.

    Clearances stand in the order of what they read, those that read least first.

    `accounts` is None while the organisation has not been made, `names_lock` and `exceptions` without such a file;
    `stray_contracts` and `stray_locks` are files that no product has; `scripts` are those of pipelines; `unread` are
    files (and folders) that are there and could not be used, `partial` those of which a part is: rules are silent about
    what the rest of them may hold.
    """

    file: MeshFile
    accounts: AccountsFile | None
    domains: Mapping[str, Domain]
    partners: Mapping[str, Partner]
    clearances: Mapping[str, ClearanceFile]
    contracts: Mapping[str, Contract]
    locks: Mapping[str, Lock]
    names_lock: NamesLock | None = None
    exceptions: ExceptionsFile | None = None
    stray_contracts: tuple[str, ...] = ()
    stray_locks: tuple[str, ...] = ()
    scripts: Scripts = field(default_factory=Scripts)
    unread: frozenset[str] = frozenset()
    partial: Mapping[str, PartialFile] = field(default_factory=dict[str, PartialFile])

    def is_unread(self, folder: str, name: str) -> bool:
        """Whether a domain (folder `domains`), partner or clearance may be there, though it could not be read."""
        file = f"{folder}/{name}.yaml"
        return folder in self.unread or file in self.unread or any(_meant(each) == file for each in self.unread)

    def unplaced(self, other: Mesh) -> frozenset[str]:
        """Files of another mesh that are not here, and may be the content of a file here whose name is none."""
        folders = (
            ("domains", self.domains, other.domains),
            ("partners", self.partners, other.partners),
            ("clearances", self.clearances, other.clearances),
        )
        return frozenset(
            f"{folder}/{name}.yaml"
            for folder, own, others in folders
            if any(_is_misnamed(file) for file in self.unread if file.startswith(f"{folder}/"))
            for name in others.keys() - own.keys()
        )

    def is_uncertain(self, file: str, *path: str | int) -> bool:
        """Whether what stands at a place of a file, or would stand there, cannot be told."""
        return file in self.unread or (file in self.partial and self.partial[file].is_uncertain(path))

    def touches(self, file: str, *path: str | int, inert: frozenset[str] = frozenset()) -> bool:
        """Whether something at, in or around a place of a file cannot be told, but for what is below an inert key."""
        return file in self.unread or (file in self.partial and self.partial[file].touches(path, inert))

    def product(self, reference: str) -> Product | None:
        """The product that `<domain>.<product>` names, or None."""
        domain, _, name = reference.partition(".")
        owner = self.domains.get(domain)
        return owner.products.get(name) if owner else None

    def teams(self) -> tuple[str, ...]:
        """The teams that own the mesh, a domain or a partner, sorted."""
        owners = [self.file.owner, *(one.owner for one in (*self.domains.values(), *self.partners.values()))]
        return tuple(sorted({owner.team for owner in owners}))

    def stacks(self) -> list[str]:
        """The stacks that deploy it: of the organisation, then of each partner and each domain."""
        of_domains = [f"{kind}-{name}" for kind in ("access", "domain") for name in self.domains]
        return ["organization", "governance", *(f"partner-{name}" for name in self.partners), *of_domains]

    def products(self) -> list[str]:
        """References of all products, as `<domain>.<product>`."""
        return [f"{domain}.{product}" for domain, owner in self.domains.items() for product in owner.products]


def _is_misnamed(file: str) -> bool:
    """Whether a file of a folder has a name that nothing can have."""
    return re.fullmatch(NAME_PATTERN, PurePosixPath(file).stem) is None


def _meant(file: str) -> str:
    """The name that the file of a domain, partner or clearance most likely has: in lower case, with hyphens."""
    folder, _, name = file.partition("/")
    return f"{folder}/{re.sub('[^a-z0-9]+', '-', name.removesuffix('.yaml').lower()).strip('-')}.yaml"


def contract_file(domain: str, name: str, product: Product) -> str:
    """File of a product's contract, relative to the mesh folder."""
    return product.contract or f"contracts/{domain}/{name}.odcs.yaml"
