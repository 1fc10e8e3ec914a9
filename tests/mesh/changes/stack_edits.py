"""Edits of a generated mesh, as people make them: a line here, a file there; the same for the same numbers."""

from __future__ import annotations

import datetime
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from mesh import example
from tests.mesh.new_locks import agree

DAY: Final = datetime.date(2027, 1, 1)
Edit = Callable[[random.Random, Path], None]


def generated(to: Path, domains: int = 2, products: int = 2, partners: int = 1) -> Path:
    """A generated mesh in a new folder."""
    example.write(to, domains, products, partners, DAY)
    return to


def _domain(chance: random.Random, root: Path) -> Path:
    return chance.choice(sorted((root / "domains").glob("*.yaml")))


def _contract(chance: random.Random, root: Path) -> Path:
    return chance.choice(sorted((root / "contracts").rglob("*.odcs.yaml")))


def _swap(path: Path, pattern: str, by: str, count: int = 1) -> None:
    path.write_text(re.sub(pattern, by, path.read_text("utf-8"), count=count, flags=re.MULTILINE), "utf-8")


def _add(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def comment(chance: random.Random, root: Path) -> None:
    every = [path for path in sorted(root.rglob("*.yaml")) if ".lock." not in path.name]
    _add(chance.choice(every), f"# a remark, {chance.random()}\n")


def description(chance: random.Random, root: Path) -> None:
    _swap(_domain(chance, root), "^description: .*$", f"description: Something else, {chance.randrange(99)}.")


def retention(chance: random.Random, root: Path) -> None:
    _swap(_domain(chance, root), r"(ports: \[[a-z, ]*\])\}$", rf"\1, retention: {chance.randrange(31, 900)} days}}")


def protection(chance: random.Random, root: Path) -> None:
    _swap(_domain(chance, root), r"(ports: \[[a-z, ]*\])\}$", r"\1, deletion-protection: false}")


def ports(chance: random.Random, root: Path) -> None:
    _swap(_domain(chance, root), r"ports: \[table\]", "ports: [files, table]")


def budget(chance: random.Random, root: Path) -> None:
    _add(_domain(chance, root), f"account: {{budget: {chance.randrange(1, 999)}}}\n")


def owner(chance: random.Random, root: Path) -> None:
    _swap(_domain(chance, root), "email: [a-z0-9-]+@", f"email: other-{chance.randrange(99)}@")


def defaults(chance: random.Random, root: Path) -> None:
    said = (
        "retention: 90 days",
        "log-retention: 90 days",
        "snapshots: 60 days",
        "budget: 5",
        "results-retention: 3 days",
    )
    _add(root / "mesh.yaml", f"defaults: {{{chance.choice(said)}}}\n")


def addresses(chance: random.Random, root: Path) -> None:
    _add(root / "mesh.yaml", f"people-addresses: [198.51.{chance.randrange(99)}.0/24]\n")


def purpose(chance: random.Random, root: Path) -> None:
    _swap(_contract(chance, root), "^  purpose: .*$", f"  purpose: For another purpose, {chance.randrange(99)}.")


def limitations(chance: random.Random, root: Path) -> None:
    _swap(_contract(chance, root), "^  limitations: .*$", f"  limitations: Others, {chance.randrange(99)}.")


def version(chance: random.Random, root: Path) -> None:
    _swap(_contract(chance, root), "^version: .*$", f"version: 1.{chance.randrange(1, 99)}.0")


def _of(contract: Path) -> str:
    return f"{contract.parent.name}.{contract.name.removesuffix('.odcs.yaml')}"


def column(chance: random.Random, root: Path) -> None:
    path = _contract(chance, root)
    line = "      - {name: more, logicalType: string, physicalType: string, description: More.}\n"
    _swap(path, "^      - [{]name: country", f"{line}      - {{name: country")
    agree(root, _of(path))


def label(chance: random.Random, root: Path) -> None:
    path = _contract(chance, root)
    _swap(path, "(name: country.*ISO 3166 code.)[}]", r"\1, classification: pii}")
    agree(root, _of(path))


def member_goes(chance: random.Random, root: Path) -> None:
    path = root / "clearances" / chance.choice(("pii.yaml", "restricted.yaml"))
    _swap(path, "^members:\n(  - .*\n)+", "")


def member_comes(chance: random.Random, root: Path) -> None:
    domain = _domain(chance, root).stem
    line = (
        f"  - {{group: {domain}-analysts, domain: {domain}, use: Work, approved-by: {example.APPROVER}, "
        "review: 2027-06-01}\n"
    )
    _add(root / "clearances" / "financial.yaml", f"members:\n{line}")


def review(chance: random.Random, root: Path) -> None:
    _swap(root / "clearances" / "pii.yaml", "review: 2028-01-01", f"review: 2027-0{chance.randrange(2, 9)}-01")


def lapsed(chance: random.Random, root: Path) -> None:
    _swap(root / "clearances" / "pii.yaml", "review: [0-9-]+", f"review: 2026-0{chance.randrange(1, 9)}-01")


def widened(_: random.Random, root: Path) -> None:
    _swap(root / "clearances" / "financial.yaml", r"^reads: \[financial\]", "reads: [financial, pii]")


def agreement_ends(chance: random.Random, root: Path) -> None:
    day = chance.choice(("2026-06-01", "2027-06-01", "2027-09-09"))
    _swap(root / "partners" / "partner-1.yaml", "expires: [0-9-]+", f"expires: {day}")


def agreement_goes(_: random.Random, root: Path) -> None:
    _swap(root / "partners" / "partner-1.yaml", "^agreements:\n(  - .*\n)+", "")


def account(chance: random.Random, root: Path) -> None:
    _swap(root / "accounts.yaml", '"30000000000', f'"3{chance.randrange(1, 9)}000000000')


def group(chance: random.Random, root: Path) -> None:
    _swap(root / "accounts.yaml", "-analysts: 3", f"-analysts: {chance.choice('89')}")


def product_goes(chance: random.Random, root: Path) -> None:
    domain = _domain(chance, root)
    every = re.findall(r"^  ([a-z0-9-]+): \{kind", domain.read_text("utf-8"), re.MULTILINE)
    if not every:
        return
    last = every[-1]
    _swap(domain, rf"^  {last}: .*\n", "")
    for ending in ("odcs", "lock"):
        (root / "contracts" / domain.stem / f"{last}.{ending}.yaml").unlink()


def product_comes(chance: random.Random, root: Path) -> None:
    domain = _domain(chance, root)
    name = f"extra-{chance.randrange(99)}"
    _swap(domain, "^products:\n", f"products:\n  {name}: {{kind: analytics, ports: [table, files]}}\n")
    text = example.CONTRACT.format(domain=domain.stem, product=name, table=name.replace("-", "_"), labelled="")
    (root / "contracts" / domain.stem).mkdir(exist_ok=True)
    (root / "contracts" / domain.stem / f"{name}.odcs.yaml").write_text(text, "utf-8")
    (root / "contracts" / domain.stem / f"{name}.lock.yaml").write_text(example.lock(name, ()), "utf-8")


def domain_comes(chance: random.Random, root: Path) -> None:
    name = f"legal-{chance.randrange(99)}"
    text = f"owner: {{team: legal, email: legal@company.example}}\ndescription: Contracts.\nowners: [{name}-owners]\n"
    (root / "domains" / f"{name}.yaml").write_text(text, "utf-8")


def partner_goes(_: random.Random, root: Path) -> None:
    (root / "partners" / "partner-1.yaml").unlink()


def consumes(chance: random.Random, root: Path) -> None:
    domain = _domain(chance, root)
    other = chance.choice([path.stem for path in sorted((root / "domains").glob("*.yaml")) if path != domain])
    _swap(domain, "^consumes: .*$", f"consumes: [{other}.{example.product_name(0)}, {other}.{example.product_name(1)}]")


EDITS: Final[tuple[Edit, ...]] = (
    *(comment, description, retention, protection, ports, budget, owner, defaults, addresses, purpose, limitations),
    *(version, column, label, member_goes, member_comes, review, lapsed, widened, agreement_ends, agreement_goes),
    *(account, group, product_goes, product_comes, domain_comes, partner_goes, consumes),
)


def edited(base: Path, to: Path, number: int) -> tuple[Path, list[str]]:
    """A copy of a mesh after one to three edits, and what they are called; each edit comes first of some number."""
    chance = random.Random(number)
    folder = Path(shutil.copytree(base, to))
    several = [EDITS[number % len(EDITS)], *(chance.choice(EDITS) for _ in range(chance.randrange(3)))]
    for edit in several:
        edit(chance, folder)
    return folder, [edit.__name__ for edit in several]
