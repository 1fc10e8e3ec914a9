"""The only reader of YAML: a mesh folder in, a Mesh or every finding out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

import jsonschema_rs
from pydantic import BaseModel, ValidationError

from mesh import explain, yamlfile
from mesh.findings import BadInput, Finding, Problem
from mesh.model import AccountsFile, Contract, Domain, Mesh, MeshFile, Partner, Product, contract_file

MOST_PER_CONTRACT: Final = 10
"""Schema errors shown of one contract; a file that is no contract at all breaks dozens of rules."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Loaded:
    """What was read: the mesh (None when a file is unusable), the findings, and the sources to place further ones."""

    root: Path
    mesh: Mesh | None = None
    findings: list[Finding] = field(default_factory=list)
    sources: dict[str, yamlfile.Source] = field(default_factory=dict)

    def place(self, problems: Iterable[Problem]) -> list[Finding]:
        """Problems found later (cross-file rules) with file, line and column."""
        return [self._placed(problem) for problem in problems]

    def _placed(self, problem: Problem) -> Finding:
        source = self.sources.get(problem.file)
        line, column = source.place(problem.path, problem.on_key) if source else (1, 1)
        return Finding(self.shown(problem.file), line, column, problem.message, problem.severity)

    def shown(self, file: str) -> str:
        """A file's name as the user would type it from where they stand."""
        return os.path.join(self.root, file) if str(self.root) != "." else file

    def usable(self) -> Mesh:
        """The mesh; raises BadInput when there is an error among the findings."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors or self.mesh is None:
            raise BadInput(sorted(errors))
        return self.mesh


def load(root: Path) -> Loaded:
    """Reads `mesh.yaml`, `accounts.yaml`, `domains/`, `partners/` and the contracts below a folder.

    Never raises for what a user wrote: every finding is in the result.
    """
    reader = _Reader(Loaded(root))
    mesh_file = reader.read("mesh.yaml", MeshFile)
    accounts = reader.accounts()
    domains = reader.read_folder("domains", Domain)
    partners = reader.read_folder("partners", Partner)
    contracts = reader.contracts(domains)
    loaded = reader.loaded
    if mesh_file is not None:
        stray = tuple(reader.stray_contracts(domains))
        loaded.mesh = Mesh(mesh_file, accounts, domains, partners, contracts, stray)
    loaded.findings.sort()
    return loaded


class _Reader:
    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.root = os.path.realpath(loaded.root)

    def read(self, file: str, model: type[Model], trusted: bool = False) -> Model | None:
        """One file as its model; None, and findings, when it is not valid."""
        data = self.mapping(file, trusted)
        return None if data is None else self.validated(file, data, model)

    def mapping(self, file: str, trusted: bool = False) -> dict[str, Any] | None:
        """The top-level mapping of a file; `trusted` when it is known to be no link and to lie inside."""
        path = os.path.join(self.root, file)
        try:
            if not trusted:
                self.inside(file, path)
            source = yamlfile.read_text(path, self.loaded.shown(file))
            self.loaded.sources[file] = source
            return yamlfile.parse(source)
        except yamlfile.Unreadable as error:
            self.loaded.findings += error.findings
            return None

    def inside(self, file: str, path: str) -> None:
        """Refuses a path or a link that leads out of the mesh folder."""
        real = os.path.realpath(path)
        if real != self.root and not real.startswith(self.root + os.sep):
            message = f"'{file}' leads out of the mesh folder; everything that a mesh is made of stands inside it"
            raise yamlfile.Unreadable(Finding(self.loaded.shown(file), 1, 1, message))

    def validated(self, file: str, data: Mapping[str, Any], model: type[Model]) -> Model | None:
        """The model of data read from a file; None, and findings, when it does not fit."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            found = [explain.problem(file, model, detail) for detail in error.errors(include_url=False)]
            self.loaded.findings += self.loaded.place(found)
            return None

    def accounts(self) -> AccountsFile | None:
        """`accounts.yaml`, which a new mesh does not have yet; ids without quotes are refused by their style."""
        path = os.path.join(self.root, "accounts.yaml")
        if not os.path.lexists(path):
            return None
        data = self.mapping("accounts.yaml")
        source = self.loaded.sources.get("accounts.yaml")
        if data is None or source is None:
            return None
        plain = yamlfile.unquoted(source, r"[0-9]+")
        for line, column, text in plain:
            message = f"account id {text} must stand in quotes ('{text}'): YAML reads a number, and drops leading zeros"
            self.loaded.findings.append(Finding(source.file, line, column, message))
        return None if plain else self.validated("accounts.yaml", data, AccountsFile)

    def read_folder(self, folder: str, model: type[Model]) -> dict[str, Model]:
        """Every `<name>.yaml` of a folder as its model, by name."""
        found: dict[str, Model] = {}
        for name, plain in self.names(folder):
            if (value := self.read(f"{folder}/{name}.yaml", model, plain)) is not None:
                found[name] = value
        return found

    def names(self, folder: str) -> list[tuple[str, bool]]:
        """The names (file names without `.yaml`) of a folder, and whether each is a plain file; others are findings."""
        path = os.path.join(self.root, folder)
        try:
            self.inside(folder, path)
            entries = sorted(os.scandir(path), key=lambda entry: entry.name) if os.path.lexists(path) else []
        except yamlfile.Unreadable as error:
            self.loaded.findings += error.findings
            return []
        except OSError as error:
            self.finding(folder, f"a folder of YAML files is expected here: {error.strerror}")
            return []
        names: list[tuple[str, bool]] = []
        for entry in entries:
            stem, dot, ending = entry.name.rpartition(".")
            if entry.name.startswith(".") or ending not in ("yaml", "yml", "YAML", "YML") or not dot:
                continue
            if self.named_well(folder, entry.name, stem, ending):
                names.append((stem, entry.is_file(follow_symlinks=False)))
        return names

    def named_well(self, folder: str, name: str, stem: str, ending: str) -> bool:
        """Whether a file's name is `<name>.yaml`; a second spelling of one name is a duplicate."""
        kind = folder.removesuffix("s")
        if ending != "yaml":
            twin = os.path.lexists(os.path.join(self.root, folder, f"{stem}.yaml"))
            why = f"duplicate {kind} '{stem}': {stem}.yaml stands beside it; keep one" if twin else "rename it to end in .yaml"
            self.finding(f"{folder}/{name}", why)
            return False
        if not explain.is_name(stem):
            self.finding(f"{folder}/{name}", f"the file's name is the {kind}'s name, and {explain.bad_name(stem)}")
            return False
        return True

    def finding(self, file: str, message: str) -> None:
        """A finding about a file as a whole."""
        self.loaded.findings.append(Finding(self.loaded.shown(file), 1, 1, message))

    def contracts(self, domains: Mapping[str, Domain]) -> dict[str, Contract]:
        """The contract of every product, by `<domain>.<product>`."""
        found: dict[str, Contract] = {}
        for domain, owner in domains.items():
            folder = os.path.join(self.root, "contracts", domain)
            inside = os.path.realpath(folder) == folder
            for name, product in owner.products.items():
                if (contract := self.contract(domain, name, product, inside)) is not None:
                    found[f"{domain}.{name}"] = contract
        return found

    def contract(self, domain: str, name: str, product: Product, inside: bool) -> Contract | None:
        """One contract: there, inside the mesh folder, YAML, and of the Open Data Contract Standard."""
        file = contract_file(domain, name, product)
        path = os.path.join(self.root, file)
        if not os.path.lexists(path):
            problem = Problem(f"domains/{domain}.yaml", ("products", name), self.no_contract(name, file), on_key=True)
            self.loaded.findings += self.loaded.place([problem])
            return None
        data = self.mapping(file, trusted=product.contract is None and inside and yamlfile.is_plain_file(path))
        if data is None or not self.is_odcs(file, data):
            return None
        return self.validated(file, data, Contract)

    def no_contract(self, name: str, file: str) -> str:
        """The sentence for a product whose contract is not there."""
        return f"product '{name}' has no contract: {self.loaded.shown(file)} does not exist; write it, or name its file with 'contract:'"

    def is_odcs(self, file: str, data: Mapping[str, Any]) -> bool:
        """Whether the contract holds the standard's JSON schema; else its first errors are findings."""
        validator = _odcs()
        if validator.is_valid(data):
            return True
        problems = [
            Problem(file, tuple(error.instance_path), f"not the Open Data Contract Standard: {explain.shorten(error.message, 200)}")
            for _, error in zip(range(MOST_PER_CONTRACT), validator.iter_errors(data), strict=False)
        ]
        self.loaded.findings += self.loaded.place(problems)
        return False

    def stray_contracts(self, domains: Mapping[str, Domain]) -> list[str]:
        """Contract files that no product names."""
        wanted = {contract_file(domain, name, p) for domain, owner in domains.items() for name, p in owner.products.items()}
        stray: list[str] = []
        for folder, _, names in os.walk(os.path.join(self.root, "contracts")):
            relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
            stray += [f"{relative}/{name}" for name in names if name.endswith((".yaml", ".yml"))]
        return sorted(set(stray) - wanted)


@cache
def _odcs() -> jsonschema_rs.Validator:
    schema = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(schema))
