"""`mesh lock`: writes the lock of every product: ids of columns, which are only added, and labels."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

import typer

from cli.console import answer, counted, say
from cli.exit_codes import BAD_INPUT
from cli.options import DEFAULT_FOLDER, Folder
from mesh.contracts import catalog, lock_text
from mesh.contracts.labels import LabelWords, label_words
from mesh.contracts.lock import LockStep, following
from mesh.contracts.lock_shape import shapes
from mesh.contracts.widened_clearances import gaining_clearances, who_is_asked
from mesh.findings import BadInputError, Finding, NotPossibleError, Problem, unknown
from mesh.load import Loaded, load
from mesh.model import Mesh, contract_file, lock_file
from mesh.model.names_lock import NAMES_LOCK_FILE, NO_NAMES_LOCK, names_lock_text
from mesh.plan.inputs import PlanInputs


def lock(
    directory: Folder = DEFAULT_FOLDER,
    product: Annotated[
        list[str] | None,
        typer.Option(
            "--product",
            "-p",
            metavar="DOMAIN.PRODUCT",
            help="Only this product, as identity.profiles; may be repeated.",
        ),
    ] = None,
    widen: Annotated[
        bool, typer.Option("--widen", help="Write also that a label is lost: more people may read what had it.")
    ] = False,
    older: Annotated[
        bool,
        typer.Option(
            "--older", help="Write names.lock.yaml for a mesh from before buckets had their account in their names."
        ),
    ] = False,
) -> None:
    """Write the lock of every product, and names that stay.

    A lock is <product>.lock.yaml beside the contracts of the domain: the id of each column, which is never given to
    another, and its labels. The first one numbers columns in the order of the contract; later ones only add. Commit it
    with the contract.

    names.lock.yaml is written once, where it is missing: empty in a new mesh, and with --older with the names of all
    buckets. A mesh whose products have locks already is refused without it: the file was lost, or the mesh is older.

    Exit code 2 when a contract cannot be locked; the others are.
    """
    loaded = load(directory)
    if loaded.mesh is None or loaded.mesh.touches("mesh.yaml"):
        raise BadInputError(finding for finding in loaded.findings if finding.severity == "error")
    chosen = _chosen(loaded.mesh, product)
    run = _LockRun(loaded, loaded.mesh, label_words(loaded.mesh.file), widen)
    run.keep_names(older)
    for name in chosen:
        run.lock(name)
    run.add_findings_of_files(chosen, is_every=not product)
    for finding in sorted(run.findings):
        say(str(finding))
    answer(f"{counted(run.written, 'lock')} written, {run.same} as before")
    if run.findings:
        say("A contract with a finding was not locked; the others were.")
        raise typer.Exit(BAD_INPUT)


def _chosen(mesh: Mesh, products: list[str] | None) -> list[str]:
    every = mesh.products()
    for name in products or ():
        if name not in every:
            raise typer.BadParameter(unknown("product", name, every), param_hint="--product")
    return [name for name in every if not products or name in products]


@dataclass(slots=True)
class _LockRun:
    """A run over the products: how many locks were written, and the findings on those that were not."""

    loaded: Loaded
    mesh: Mesh
    words: LabelWords
    widen: bool
    findings: set[Finding] = field(default_factory=set[Finding])
    written: int = 0
    same: int = 0

    def lock(self, name: str) -> None:
        """Writes the lock of a product, unless it is that of its contract already, or something is wrong."""
        contract, file = self.mesh.contracts.get(name), lock_file(*name.split("."))
        if contract is None or file in self.mesh.unread or self._is_uncertain(name):
            return  # the findings of the files say why
        mistakes = catalog.mistakes(contract, self.words)
        problems = [(mistake.path, mistake.message) for mistake in mistakes if mistake.severity == "error"]
        step = LockStep() if problems else following(self.mesh.locks.get(name), shapes(contract, self.words))
        problems += step.refused
        if not self.widen:
            for lost in step.widened:
                gaining = gaining_clearances(self.mesh.clearances, lost.before, lost.after)
                why = f"put it back, or {who_is_asked(self.mesh.clearances, gaining)}write it with --widen"
                problems.append((lost.place, f"{lost.text}; {why}"))
        if problems:
            of = self._contract_file(name)
            self.findings.update(self.loaded.place(Problem(of, place, text) for place, text in problems))
        elif step.lock == self.mesh.locks.get(name):
            self.same += 1
        else:
            self._write(file, lock_text.write(step.lock))
            for change in step.changes:
                answer(f"{self.loaded.shown(file)}: {change.text}")

    def keep_names(self, is_older: bool) -> None:
        """Writes `names.lock.yaml` where there is none; raises BadInputError where a person has to say what it holds.

        A mesh with locks is older than the file, or lost it: from its files alone nobody can tell.
        """
        mesh, shown = self.mesh, self.loaded.shown(NAMES_LOCK_FILE)
        if mesh.names_lock is not None or NAMES_LOCK_FILE in mesh.unread:
            if is_older:
                raise NotPossibleError(f"{shown} is there: --older writes it in a mesh that never had it")
            return
        if not is_older and any((self.loaded.root / "contracts").rglob("*.lock.yaml")):
            raise BadInputError(self.loaded.place([Problem("mesh.yaml", (), NO_NAMES_LOCK)]))
        # A bucket that is left out gets another name: it is written when all are known, and the findings say why not.
        if is_older and any(file.startswith(("domains", "partners")) for file in (*mesh.unread, *mesh.partial)):
            return
        buckets = PlanInputs(mesh, datetime.date.min).every_bucket() if is_older else ()
        kept = {bucket.keys: bucket.stem for bucket in buckets if bucket.is_keepable}
        self._put(NAMES_LOCK_FILE, names_lock_text(kept))
        told = f"the names of {counted(len(kept), 'bucket')} stay" if kept else "no bucket has a name from before"
        answer(f"{shown} is new: {told}")

    def _contract_file(self, name: str) -> str:
        product = self.mesh.product(name)
        assert product is not None, name
        domain, _, own_name = name.partition(".")
        return contract_file(domain, own_name, product)

    def _is_uncertain(self, name: str) -> bool:
        """Whether a product's contract is not wholly right, or nobody knows which file it is."""
        where = ("products", name.partition(".")[2], "contract")
        return self._contract_file(name) in self.mesh.partial or self.mesh.is_uncertain(_domain_file(name), *where)

    def _write(self, file: str, text: str) -> None:
        self._put(file, text)
        self.written += 1

    def _put(self, file: str, text: str) -> None:
        root = os.path.realpath(self.loaded.root)
        path = os.path.join(root, file)
        if os.path.commonpath((root, os.path.realpath(path))) != root:
            raise NotPossibleError(f"{self.loaded.shown(file)} would stand outside of the mesh folder: remove the link")
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # What stands there from a run that was killed goes; a link is never followed.
            with suppress(FileNotFoundError):
                os.unlink(f"{path}.part")
            with open(f"{path}.part", "x", encoding="utf-8", newline="") as stream:
                stream.write(text)
            os.replace(f"{path}.part", path)
        except OSError as error:
            raise NotPossibleError(f"{self.loaded.shown(file)} cannot be written: {error.strerror}") from None

    def add_findings_of_files(self, products: Sequence[str], is_every: bool) -> None:
        """Findings on files that the locks of these products depend on, and on all of contracts if it is every one."""
        files = {
            self.loaded.shown(file)
            for name in products
            for file in (_domain_file(name), self._contract_file(name), lock_file(*name.split(".")))
        }
        places = tuple(map(self.loaded.shown, ("mesh.yaml", "domains", "contracts"))) if is_every else ()
        for finding in self.loaded.findings:
            if finding.severity == "error" and (finding.file in files or finding.file.startswith(places)):
                self.findings.add(finding)


def _domain_file(product: str) -> str:
    return f"domains/{product.partition('.')[0]}.yaml"
