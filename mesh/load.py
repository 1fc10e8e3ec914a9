"""Reader of a mesh folder: a Mesh, or every finding; the only module that reads the mesh's YAML."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from mesh import usable, validation_messages, yamlfile
from mesh.contracts import elements, lock_text, standard
from mesh.contracts.usable_contract import usable_contract
from mesh.findings import BadInputError, Finding, Problem
from mesh.model import (
    AccountsFile,
    ClearanceFile,
    Contract,
    Domain,
    ExceptionsFile,
    Lock,
    LockFile,
    Mesh,
    MeshFile,
    PartialFile,
    Partner,
    Product,
    contract_file,
    lock_file,
)
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.model.names_lock import NAMES_LOCK_FILE, NamesLock
from mesh.pipeline_scripts import read_scripts
from mesh.usable import Model

FOLDERS: Final = ("domains", "partners", "clearances")
LOCK_ENDING: Final = ".lock.yaml"


@dataclass(slots=True)
class Loaded:
    """A folder that was read: the mesh (None when there is none), the findings, and the sources of places.

    `partial` are the files of which a part is used, for they have mistakes.
    """

    root: Path
    mesh: Mesh | None = None
    findings: list[Finding] = field(default_factory=list[Finding])
    sources: dict[str, yamlfile.Source] = field(default_factory=dict[str, yamlfile.Source])
    partial: dict[str, PartialFile] = field(default_factory=dict[str, PartialFile])

    def place(self, problems: Iterable[Problem]) -> list[Finding]:
        """Findings with file, line and column, of problems that have a path of keys."""
        return [self._placed(problem) for problem in problems]

    def _placed(self, problem: Problem) -> Finding:
        source = self.sources.get(problem.file)
        partial = self.partial.get(problem.file)
        path = partial.in_file(problem.path) if partial else problem.path
        # A note is about the file as a whole: to look for its place takes longer than to read the file.
        is_whole = not path and problem.severity == "note"
        line, column = source.place(path, problem.on_key) if source and not is_whole else (1, 1)
        return Finding(self.shown(problem.file), line, column, problem.message, problem.severity)

    def shown(self, file: str) -> str:
        """A file's name as the user would type it from the working directory."""
        if file.startswith("../"):  # scripts of pipelines stand beside the mesh folder
            return os.path.normpath(os.path.join(self.root, file))
        return os.path.join(self.root, file).rstrip("/") if str(self.root) != "." else file or "."

    def usable(self) -> Mesh:
        """The mesh; raises BadInputError when there is an error among the findings."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors or self.mesh is None:
            raise BadInputError(sorted(errors))
        return self.mesh


def load(root: Path) -> Loaded:
    """Reads `mesh.yaml` and the files beside it, the folders of what people declare, and the contracts.

    Never raises for what a user wrote: every finding is in the result.
    """
    reader = _Reader(Loaded(root))
    if reader.no_mesh():
        return reader.loaded
    mesh_file = reader.read("mesh.yaml", MeshFile) or usable.nothing_known(MeshFile).value
    accounts = reader.accounts()
    domains = reader.read_folder("domains", Domain)
    partners = reader.read_folder("partners", Partner)
    clearances = reader.read_folder("clearances", ClearanceFile)
    reader.tell_no_clearance(clearances)
    contracts = reader.contracts(domains)
    loaded, stray = reader.loaded, reader.stray_files(domains)
    loaded.mesh = Mesh(
        mesh_file,
        accounts,
        domains,
        partners,
        dict(sorted(clearances.items(), key=lambda each: (len(each[1].reads), each[0]))),
        contracts,
        reader.locks(contracts),
        reader.optional(NAMES_LOCK_FILE, NamesLock),
        reader.optional(EXCEPTIONS_FILE, ExceptionsFile),
        stray_contracts=tuple(file for file in stray if not file.endswith(LOCK_ENDING)),
        stray_locks=tuple(file for file in stray if file.endswith(LOCK_ENDING)),
        scripts=read_scripts(root),
        unread=frozenset(reader.unread),
        partial=loaded.partial,
    )
    reader.tell_partial()
    loaded.findings.sort()
    return loaded


class _Reader:
    """Reads the files of one folder, and collects their findings."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.root = os.path.realpath(loaded.root)
        self.unread: set[str] = set()

    def tell_partial(self) -> None:
        """A finding on each file that was left out, in part or whole, with no error told: it may not be deployed."""
        wrong = {finding.file for finding in self.loaded.findings if finding.severity == "error"}
        for file in (
            *self.loaded.partial,
            *(each for each in self.unread & self.loaded.sources.keys() if not each.startswith(FOLDERS)),
        ):
            if self.loaded.shown(file) not in wrong:
                self.finding(file, "this file is not as its schema in schemas/ has it")

    def no_mesh(self) -> bool:
        """Whether the folder holds no mesh at all, which is one finding and not one a missing file."""
        if not os.path.isdir(self.root):
            self.finding("", "there is no such folder; give the folder that holds mesh.yaml")
            return True
        if any(os.path.lexists(os.path.join(self.root, name)) for name in ("mesh.yaml", "accounts.yaml", *FOLDERS)):
            return False
        self.finding("", "there is no mesh in this folder; give the folder that holds mesh.yaml")
        return True

    def tell_no_clearance(self, clearances: Mapping[str, ClearanceFile]) -> None:
        """A finding on a mesh without a clearance, in which nobody would read anything."""
        moved = self.loaded.partial.get("mesh.yaml", PartialFile(frozenset())).touches(("clearances",))
        if not clearances and not moved and not any(file.startswith("clearances") for file in self.unread):
            message = "there is no clearance, and nobody reads anything; write clearances/general.yaml with 'reads: []'"
            self.finding("mesh.yaml", message)

    def read(self, file: str, model: type[Model], trusted: bool = False) -> Model | None:
        """One file as its model, or the usable part of it, with findings; None when nothing of it is usable."""
        data = self.mapping(file, trusted)
        value = None if data is None else self.validated(file, data, model)
        if value is None:
            self.unread.add(file)
        return value

    def optional(self, file: str, model: type[Model]) -> Model | None:
        """One file that need not be there, as its model or the usable part of it."""
        # A broken link exists, too: it is a finding, and not a file that is not there yet.
        return self.read(file, model) if os.path.lexists(os.path.join(self.root, file)) else None

    def mapping(self, file: str, trusted: bool = False) -> dict[str, Any] | None:
        """The top-level mapping of a file; `trusted` when its folder is known to lie inside."""
        path = os.path.join(self.root, file)
        text = yamlfile.plain_text(path) if trusted else ""
        try:
            if text:
                source = yamlfile.Source(self.loaded.shown(file), text)
            else:
                self.inside(file, path)
                source = yamlfile.read_text(path, self.loaded.shown(file))
            self.loaded.sources[file] = source
            return yamlfile.parse(source)
        except yamlfile.UnreadableError as error:
            self.loaded.findings += error.findings
            return None

    def inside(self, file: str, path: str) -> None:
        """Refuses a path or a link that leads out of the mesh folder."""
        real = os.path.realpath(path)
        if real != self.root and not real.startswith(self.root + os.sep):
            message = (
                "this is a link that leads out of the mesh folder; everything that a mesh is made of stands inside it"
            )
            raise yamlfile.UnreadableError(Finding(self.loaded.shown(file), 1, 1, message))

    def validated(
        self, file: str, data: Mapping[str, Any], model: type[Model], told: frozenset[tuple[int, int]] = frozenset()
    ) -> Model | None:
        """The model of data read from a file, or the usable part of it, with findings, when it does not fit.

        `told` are places (line and column) that have a finding already.
        """
        source = self.loaded.sources[file]
        try:
            return model.model_validate(data)
        except ValidationError as error:
            errors = [e for e in error.errors(include_url=False) if source.place(tuple(e["loc"])) not in told]
            problems = [
                validation_messages.problem(file, model, detail)
                for detail in errors
                if not validation_messages.is_about_keys(detail)
                and not validation_messages.is_consequence(model, detail, errors)
            ]
            self.loaded.findings += [yamlfile.with_comment(source, one) for one in self.loaded.place(problems)]
            if any(validation_messages.is_about_keys(detail) for detail in errors):
                self.loaded.findings += yamlfile.odd_keys(source)
            part = usable.usable_part(model, data)
            if part is None:
                return None
            self.loaded.partial[file] = part.partial
            return part.value

    def accounts(self) -> AccountsFile | None:
        """`accounts.yaml`, which a new mesh does not have yet; ids without quotes are refused by their style."""
        file = "accounts.yaml"
        # A broken link exists, too: it is a finding, and not a file that is not there yet.
        if not os.path.lexists(os.path.join(self.root, file)):
            return None
        data = self.mapping(file)
        accounts = None if data is None else self.validated(file, data, AccountsFile, self.tell_bare_ids(file))
        if accounts is None:
            self.unread.add(file)
        return accounts

    def tell_bare_ids(self, file: str) -> frozenset[tuple[int, int]]:
        """Places (line and column) of account ids that stand without quotes, each of which is a finding."""
        source = self.loaded.sources[file]
        plain = yamlfile.unquoted(source, r"[0-9]+")
        for line, column, text in plain:
            message = f'account id {text} needs quotes: write "{text}"; '
            message += "without them YAML can read a number, and drop zeros"
            self.loaded.findings.append(Finding(source.file, line, column, message))
        return frozenset((line, column) for line, column, _ in plain)

    def read_folder(self, folder: str, model: type[Model]) -> dict[str, Model]:
        """The models of every `<name>.yaml` of a folder, by name."""
        models: dict[str, Model] = {}
        for name, plain in self.names(folder):
            if (value := self.read(f"{folder}/{name}.yaml", model, plain)) is not None:
                models[name] = value
        return models

    def names(self, folder: str) -> list[tuple[str, bool]]:
        """The names (file names without `.yaml`) of a folder, and whether each is a plain file; others are findings."""
        path = os.path.join(self.root, folder)
        try:
            self.inside(folder, path)
            entries = sorted(os.scandir(path), key=lambda entry: entry.name) if os.path.lexists(path) else []
        except yamlfile.UnreadableError as error:
            self.unread.add(folder)
            self.loaded.findings += error.findings
            return []
        except OSError as error:
            self.unread.add(folder)
            self.finding(folder, f"a folder of YAML files is expected here ({error.strerror})")
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
            why = (
                f"duplicate {kind} '{stem}': {stem}.yaml stands beside it; keep one"
                if twin
                else "a mesh file ends in .yaml; rename this one"
            )
            self.unread.add(f"{folder}/{stem}.yaml")
            self.finding(f"{folder}/{name}", why)
            return False
        if not validation_messages.is_name(stem):
            self.unread.add(f"{folder}/{name}")
            self.finding(
                f"{folder}/{name}", f"the name of the file is the {kind}'s, and {validation_messages.bad_name(stem)}"
            )
            return False
        return True

    def finding(self, file: str, message: str) -> None:
        """A finding about a file as a whole."""
        self.loaded.findings.append(Finding(self.loaded.shown(file), 1, 1, message))

    def contracts(self, domains: Mapping[str, Domain]) -> dict[str, Contract]:
        """The contract of every product, by `<domain>.<product>`."""
        contracts: dict[str, Contract] = {}
        for domain, owner in domains.items():
            folder = os.path.join(self.root, "contracts", domain)
            # Links are resolved once for the folder: for each file it would take longer than reading it.
            inside = os.path.realpath(folder) == folder
            for name, product in owner.products.items():
                if (contract := self.contract(domain, name, product, inside)) is not None:
                    contracts[f"{domain}.{name}"] = contract
        return contracts

    def contract(self, domain: str, name: str, product: Product, inside: bool) -> Contract | None:
        """One contract, or the usable part of it, with findings; None when there is none, or none that is usable."""
        file = contract_file(domain, name, product)
        path = os.path.join(self.root, file)
        if not os.path.lexists(path):
            named = product.contract is not None
            owner, where = f"domains/{domain}.yaml", ("products", name, "contract")
            # Where the product's name or path is wrong, nobody knows which contract it has.
            if owner not in self.loaded.partial or not self.loaded.partial[owner].is_uncertain(where):
                problem = Problem(
                    owner, where[: 3 if named else 2], self.no_contract(name, file, named), on_key=not named
                )
                self.loaded.findings += self.loaded.place([problem])
            return None
        data = self.mapping(file, trusted=product.contract is None and inside)
        usable_data = None if data is None else self.odcs(file, data)
        if usable_data is None:
            self.unread.add(file)
            return None
        contract = elements.read(usable_data)
        astray = elements.astray(contract, self.loaded.sources[file].text)
        self.loaded.findings += self.loaded.place(Problem(file, path, elements.ASTRAY, on_key=True) for path in astray)
        return contract

    def no_contract(self, name: str, file: str, named: bool) -> str:
        """The sentence for a product whose contract is not there."""
        remedy = "correct the path, or write the contract" if named else "write it, or name its file with 'contract:'"
        return f"product '{name}' has no contract: {self.loaded.shown(file)} does not exist; {remedy}"

    def odcs(self, file: str, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The data of a contract as far as it holds the standard's JSON schema; what is wrong are findings."""
        try:
            problems = standard.problems(file, data)
        except ValueError:  # a key that is no text, which the validator does not take
            self.loaded.findings += yamlfile.odd_keys(self.loaded.sources[file])
            return None
        self.loaded.findings += self.loaded.place(problems)
        if all(problem.severity != "error" for problem in problems):
            return data
        part = usable_contract(data)
        if part is not None:
            self.loaded.partial[file] = part[1]
        return None if part is None else part[0]

    def locks(self, contracts: Mapping[str, Contract]) -> dict[str, Lock]:
        """The locks of the products whose contract can be used, by `<domain>.<product>`."""
        locks: dict[str, Lock] = {}
        folder, inside = "", False
        for product in contracts:
            file = lock_file(*product.split("."))
            path = os.path.join(self.root, file)
            if folder != (folder := os.path.dirname(path)):
                inside = os.path.realpath(folder) == folder
            text = yamlfile.plain_text(path) if inside else ""
            lock = lock_text.read(text) if text else None
            if lock is None or not lock_text.is_sound(lock):
                lock = self.odd_lock(file)
            if lock is not None:
                locks[product] = lock
        return locks

    def odd_lock(self, file: str) -> Lock | None:
        """A lock that is not as `mesh lock` writes it; None when there is none, and with findings for a wrong one."""
        written = self.read(file, LockFile) if os.path.lexists(os.path.join(self.root, file)) else None
        if file in self.loaded.partial:  # a lock with a part left out would have columns numbered anew
            self.unread.add(file)
        if written is None or file in self.unread:
            return None
        problems = [Problem(file, path, message) for path, message in lock_text.mistakes(written)]
        self.loaded.findings += self.loaded.place(problems)
        if problems:
            self.unread.add(file)
        return None if problems else lock_text.from_file(written)

    def stray_files(self, domains: Mapping[str, Domain]) -> list[str]:
        """Contracts and locks of no product; none while products of a domain, which may have them, are uncertain."""
        partial = (part for file, part in self.loaded.partial.items() if file.startswith("domains"))
        if any(file.startswith("domains") for file in self.unread) or any(p.touches(("products",)) for p in partial):
            return []
        wanted = {
            file
            for domain, owner in domains.items()
            for name, product in owner.products.items()
            for file in (contract_file(domain, name, product), lock_file(domain, name))
        }
        stray: list[str] = []
        top = os.path.join(self.root, "contracts")
        for folder, _, names in os.walk(top) if not os.path.islink(top) else ():
            relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
            stray += [f"{relative}/{name}" for name in names if name.endswith((".yaml", ".yml"))]
        return sorted(set(stray) - wanted)
