"""Federated and monotone: a valid domain file breaks no invariant of a valid mesh and takes access from nobody."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from mesh.access.matrix import matrix
from mesh.example import APPROVER, COLUMNS, CONTRACT, domain_name, lock, product_name, write
from mesh.load import load
from mesh.plan import Plan, build, problems
from mesh.proof import written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.invariants.duties import roles_do_their_work
from mesh.proof.prove import prove
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

DAY = datetime.date(2027, 1, 1)
ACCOUNT = "999000000009"
NAMES = ("order", "orders-x", "x-orders", "pay", "payments-orders", "publish-order", "zebra", "a1")
"""Names that begin, end or contain another's: a pattern that is not anchored would take one for the other."""

FAST = tuple(each for each in INVARIANTS if each.id != "I4")
"""All but the one that asks every action of every service; what it asks of a partner, no domain's file changes."""


@dataclass(frozen=True)
class Newcomer:
    """A domain's file and its contracts, in few words."""

    name: str
    products: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]
    """Name -> kind, ports, labels."""
    consumes: tuple[int, ...]
    clearances: tuple[str, ...]


def newcomers() -> st.SearchStrategy[Newcomer]:
    shapes = st.sampled_from(
        (
            ("analytics", ("table",)),
            ("analytics", ("table", "files")),
            ("ml", ("files",)),
            ("ml", ("files", "table")),
            ("internal", ("table",)),
            ("internal", ("files",)),
        )
    )
    labels = st.sampled_from(((), ("pii",), ("financial",), ("pii", "financial")))
    product = st.tuples(shapes, labels).map(lambda drawn: (*drawn[0], drawn[1]))
    names = st.sampled_from(("events", "daily", "event", "daily-events", "secrets"))
    clearances = st.sampled_from(("general", "pii", "financial", "restricted"))
    return st.builds(
        Newcomer,
        name=st.sampled_from(NAMES),
        products=st.dictionaries(names, product, max_size=4),
        consumes=st.lists(st.integers(0, 1), unique=True).map(tuple),
        clearances=st.lists(clearances, unique=True).map(tuple),
    )


def put(root: Path, newcomer: Newcomer) -> None:
    """Adds the domain's own files, its account and its groups."""
    name, until = newcomer.name, DAY + datetime.timedelta(days=300)
    lines = [f"owner: {{team: {name}-team, email: {name}@company.example}}", "description: Newly come."]
    lines.append("products:" if newcomer.products else "products: {}")
    (root / "contracts" / name).mkdir()
    for product, (kind, ports, labels) in newcomer.products.items():
        lines.append(f"  {product}: {{kind: {kind}, ports: [{', '.join(ports)}]}}")
        labelled = "".join(COLUMNS[label] for label in labels)
        text = CONTRACT.format(domain=name, product=product, table=product.replace("-", "_"), labelled=labelled)
        (root / "contracts" / name / f"{product}.odcs.yaml").write_text(text)
        (root / "contracts" / name / f"{product}.lock.yaml").write_text(lock(product, labels))
    lines.append(f"consumes: [{', '.join(f'{domain_name(n)}.{product_name(0)}' for n in newcomer.consumes)}]")
    (root / "domains" / f"{name}.yaml").write_text("\n".join(lines) + "\n")
    for clearance in newcomer.clearances:
        text = (root / f"clearances/{clearance}.yaml").read_text()
        line = (
            f"  - {{group: {name}-{clearance}, domain: {name}, use: Work, approved-by: {APPROVER}, review: {until}}}\n"
        )
        (root / f"clearances/{clearance}.yaml").write_text(
            f"{text}{'' if 'members:' in text else 'members:' + chr(10)}{line}"
        )
    accounts = (root / "accounts.yaml").read_text()
    groups = "".join(
        f"\n    {name}-{clearance}: 90000000-0000-0000-0000-00000000000{number}"
        for number, clearance in enumerate(newcomer.clearances)
    )
    accounts = accounts.replace("\ndomains:", f'\ndomains:\n  {name}: "{ACCOUNT}"').replace(
        "\n  groups:", f"\n  groups:{groups}"
    )
    (root / "accounts.yaml").write_text(accounts)


def planned(root: Path) -> tuple[Plan, WrittenLabels]:
    """The plan of a folder, which has to be valid, and the labels that are written in it."""
    loaded = load(root)
    mesh = loaded.usable()
    findings = (*loaded.findings, *loaded.place(problems(mesh, DAY)))
    found = [str(finding) for finding in findings if finding.severity != "note"]
    assert found == []
    return build(mesh, DAY), written_labels.read(root, mesh)


def readings(plan: Plan) -> dict[tuple[str, ...], tuple[bool, tuple[str, ...]]]:
    """What every clearance of every home reads of every port of every product."""
    rows = matrix(Subject(plan).access)
    return {(r.clearance, r.home, r.domain, r.product, r.port): (r.allowed, r.columns) for r in rows}


@pytest.mark.long
@pytest.mark.timeout(900)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(newcomer=newcomers(), domains=st.integers(2, 4), products=st.integers(1, 3), partners=st.integers(1, 2))
def test_a_domain_added_to_a_mesh_breaks_no_invariant_and_takes_access_from_nobody(
    newcomer: Newcomer, domains: int, products: int, partners: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, domains=domains, products=products, partners=partners, as_of=DAY)
        before = readings(planned(root)[0])
        put(root, newcomer)
        plan, written = planned(root)
    event(f"{len(newcomer.products)} products added")
    assert [witness.text for result in prove(plan, written, FAST) for witness in result.witnesses] == []
    after = readings(plan)
    assert len(after) > len(before) > 0
    assert {cell: after.get(cell) for cell in before} == before


def test_a_domain_that_has_no_product_yet_and_comes_first_breaks_no_duty(tmp_path: Path) -> None:
    write(tmp_path, domains=2, products=1, partners=1, as_of=DAY)
    put(tmp_path, Newcomer("a", {}, (), ()))
    plan, written = planned(tmp_path)
    assert next(iter(plan.domains)) == "a"
    subject = Subject(plan, written)
    claims = list(roles_do_their_work(subject))
    assert [str(witness) for claim in claims if (witness := claim.check(subject))] == []
    assert any("mesh/owner" in str(claim) and "s3:GetBucketPolicy" in str(claim) for claim in claims)


def test_every_cell_that_a_newcomer_adds_is_of_its_own_home_or_of_its_own_product(tmp_path: Path) -> None:
    write(tmp_path, domains=2, products=2, partners=1, as_of=DAY)
    before = readings(planned(tmp_path)[0])
    put(tmp_path, Newcomer("x-orders", {"events": ("analytics", ("table", "files"), ("pii",))}, (0,), ("general",)))
    after = readings(planned(tmp_path)[0])
    added = after.keys() - before.keys()
    assert added
    assert [cell for cell in added if "x-orders" not in (cell[1], cell[2])] == []
    # Also the newcomer gets what its clearances cover, and no more.
    assert after["pii", "orders", "x-orders", "events", "files"][0]
    assert not after["general", "x-orders", "x-orders", "events", "files"][0]
    assert "events.email" not in after["general", "x-orders", "x-orders", "events", "table"][1]
    assert "events.email" in after["pii", "x-orders", "x-orders", "events", "table"][1]
