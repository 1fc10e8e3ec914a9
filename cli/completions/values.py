"""Values that a mesh has for a word: domains, products, clearances, groups, stacks, partners, and who is somebody.

They are read of the files as far as these can be read: a mesh with mistakes is completed like any other.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

NOBODY: Final = ("outsider", "anonymous", "break-glass")


class MeshNames:
    """Names of a mesh folder, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def domains(self) -> list[str]:
        """Names of domains."""
        return self._stems("domains")

    def partners(self) -> list[str]:
        """Names of partners."""
        return self._stems("partners")

    def clearances(self) -> list[str]:
        """Names of clearances."""
        return self._stems("clearances")

    def products(self) -> list[str]:
        """Products, as `<domain>.<product>`."""
        return [f"{domain}.{product}" for domain, products in self._products.items() for product in products]

    def pipelines(self) -> list[str]:
        """Products that have a pipeline."""
        every = (
            (domain, name, value) for domain, products in self._products.items() for name, value in products.items()
        )
        return [f"{domain}.{name}" for domain, name, value in every if isinstance(value, dict) and "pipeline" in value]

    def groups(self) -> list[str]:
        """Groups of members, engineers and owners."""
        found: set[str] = set()
        for name in self.clearances():
            text = self._text("clearances", name)
            found.update(re.findall(r"\bgroup:\s*([a-z0-9-]+)", text))
        for name in self.domains():
            for line in re.findall(r"^(?:engineers|owners):\s*\[([^\]]*)\]", self._text("domains", name), re.MULTILINE):
                found.update(re.findall(r"[a-z0-9-]+", line))
        return sorted(found)

    def stacks(self) -> list[str]:
        """Stacks, and the names of domains and partners, which stand for theirs."""
        domains, partners = self.domains(), self.partners()
        of_domains = [f"{kind}-{name}" for kind in ("access", "domain") for name in domains]
        of_partners = [f"partner-{name}" for name in partners]
        return ["organization", "governance", *of_partners, *of_domains, *domains, *partners]

    def readers(self) -> list[str]:
        """Clearances as they are held, as `<clearance>@<domain>`."""
        domains = self.domains()
        return [f"{clearance}@{domain}" for clearance in self.clearances() for domain in domains]

    def people(self) -> list[str]:
        """Principals that `mesh as` and `mesh query` can be."""
        domains, partners = self.domains(), self.partners()
        return [
            *self.readers(),
            *(f"partner:{name}" for name in partners),
            *(f"pipeline:{name}" for name in self.pipelines()),
            *(f"{role}@{name}" for role in ("admin", "preview", "deploy") for name in (*domains, *partners)),
            *NOBODY,
        ]

    def roles(self) -> list[str]:
        """Principals of `mesh access explain`: a clearance in a home, or the product of a pipeline."""
        return [*self.readers(), *self.pipelines(), "anonymous"]

    def revisions(self) -> list[str]:
        """Branches and tags of the repository that the folder is in."""
        command = [
            "git",
            "-C",
            str(self.folder),
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads",
            "refs/tags",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            return []
        return done.stdout.split()

    def _stems(self, folder: str) -> list[str]:
        return sorted(path.stem for path in (self.folder / folder).glob("*.yaml"))

    def _text(self, folder: str, name: str) -> str:
        try:
            return (self.folder / folder / f"{name}.yaml").read_text("utf-8", "replace")
        except OSError:
            return ""

    @cached_property
    def _products(self) -> dict[str, Mapping[str, Any]]:
        return {domain: dict(_products(self._text("domains", domain))) for domain in self.domains()}


def _products(text: str) -> Iterator[tuple[str, Any]]:
    """Products of a domain's file, by YAML, or by its lines where it is none."""
    from mesh.yamlfile import Source, UnreadableError, parse

    products: Any = None
    with suppress(UnreadableError):  # `mesh validate` tells it; here its lines are read
        products = parse(Source("", text)).get("products")
    if isinstance(products, dict):
        yield from cast("dict[str, Any]", products).items()
        return
    block = re.search(r"^products:[^\n]*\n((?:[ \t#][^\n]*\n|\n)*)", text + "\n", re.MULTILINE)
    lines = re.findall(r"^( +)([a-z][a-z0-9-]*):(.*)$", block[1] if block else "", re.MULTILINE)
    for indent, name, rest in lines:
        if indent == lines[0][0]:
            yield name, {"pipeline": None} if "pipeline:" in rest else {}


VALUES: Final[Mapping[str, Callable[[MeshNames], list[str]]]] = {
    "domain": MeshNames.domains,
    "partner": MeshNames.partners,
    "clearance": MeshNames.clearances,
    "group": MeshNames.groups,
    "product": MeshNames.products,
    "pipeline": MeshNames.pipelines,
    "stack": MeshNames.stacks,
    "who": MeshNames.people,
    "role": MeshNames.roles,
    "revision": MeshNames.revisions,
}
"""What is proposed, by the kind of a value."""
