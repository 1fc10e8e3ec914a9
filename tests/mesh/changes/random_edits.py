"""Random edits of a mesh: what teams, approvers and the platform may write, one after the other, all of it usable."""

from __future__ import annotations

import copy
import dataclasses
import datetime
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from mesh.contracts import elements
from mesh.model import Agreement, ClearanceFile, Contract, Domain, Member, Mesh, Product
from mesh.model.clearance import ClearedPipeline

Edit = Callable[[Mesh, Random], Mesh]
LATER: Final = datetime.date(2027, 12, 1)


def _with_domain(mesh: Mesh, name: str, **update: Any) -> Mesh:
    return dataclasses.replace(mesh, domains={**mesh.domains, name: mesh.domains[name].model_copy(update=update)})


def _with_product(mesh: Mesh, reference: str, **update: Any) -> Mesh:
    domain, _, name = reference.partition(".")
    products = mesh.domains[domain].products
    return _with_domain(mesh, domain, products={**products, name: products[name].model_copy(update=update)})


def _with_clearance(mesh: Mesh, name: str, **update: Any) -> Mesh:
    changed = {**mesh.clearances, name: mesh.clearances[name].model_copy(update=update)}
    return dataclasses.replace(mesh, clearances=_ordered(changed))


def _ordered(clearances: Mapping[str, ClearanceFile]) -> dict[str, ClearanceFile]:
    return dict(sorted(clearances.items(), key=lambda each: (len(each[1].reads), each[0])))


def _with_contract(mesh: Mesh, reference: str, change: Callable[[dict[str, Any]], None]) -> Mesh:
    data = copy.deepcopy(dict(mesh.contracts[reference].data))
    change(data)
    # The lock of a contract that changes is written anew by `mesh lock`; without one there are no ids yet.
    locks = {name: lock for name, lock in mesh.locks.items() if name != reference}
    return dataclasses.replace(mesh, contracts={**mesh.contracts, reference: elements.read(data)}, locks=locks)


def _product(mesh: Mesh, random: Random) -> str:
    return random.choice(mesh.products())


def _columns(contract: dict[str, Any]) -> list[dict[str, Any]]:
    return [column for table in contract["schema"] for column in table["properties"]]


def label_set_or_taken_away(mesh: Mesh, random: Random) -> Mesh:
    def change(data: dict[str, Any]) -> None:
        column = random.choice(_columns(data))
        word = random.choice([*mesh.file.classifications, ""])
        column.pop("classification", None)
        if word:
            column["classification"] = word

    return _with_contract(mesh, _product(mesh, random), change)


def column_removed(mesh: Mesh, random: Random) -> Mesh:
    def change(data: dict[str, Any]) -> None:
        table = random.choice(data["schema"])
        if len(table["properties"]) > 1:
            table["properties"].pop(random.randrange(len(table["properties"])))

    return _with_contract(mesh, _product(mesh, random), change)


def column_added(mesh: Mesh, random: Random) -> Mesh:
    def change(data: dict[str, Any]) -> None:
        column = {"name": f"extra_{random.randrange(1000)}", "logicalType": "string", "physicalType": "string"}
        if random.random() < 0.5:
            column["classification"] = random.choice(list(mesh.file.classifications))
        random.choice(data["schema"])["properties"].append(column)

    return _with_contract(mesh, _product(mesh, random), change)


def description_changed(mesh: Mesh, random: Random) -> Mesh:
    return _with_contract(mesh, _product(mesh, random), lambda data: data.update(description={"purpose": "Another."}))


def clearance_reads_something_else(mesh: Mesh, random: Random) -> Mesh:
    name = random.choice(list(mesh.clearances))
    reads = tuple(label for label in mesh.file.classifications if random.random() < 0.5)
    return _with_clearance(mesh, name, reads=reads)


def clearance_added(mesh: Mesh, random: Random) -> Mesh:
    model = random.choice(list(mesh.clearances.values()))
    reads = tuple(label for label in mesh.file.classifications if random.random() < 0.5)
    made = model.model_copy(update={"reads": reads, "members": (), "pipelines": ()})
    return dataclasses.replace(mesh, clearances=_ordered({**mesh.clearances, f"extra-{random.randrange(9)}": made}))


def clearance_removed(mesh: Mesh, random: Random) -> Mesh:
    used = {each.pipeline.clearance for d in mesh.domains.values() for each in d.products.values() if each.pipeline}
    free = [name for name in mesh.clearances if name not in used]
    if len(mesh.clearances) < 2 or not free:
        return mesh
    gone = random.choice(free)
    return dataclasses.replace(mesh, clearances={n: each for n, each in mesh.clearances.items() if n != gone})


def classification_added(mesh: Mesh, random: Random) -> Mesh:
    words = {**mesh.file.classifications, f"extra-{random.randrange(9)}": "Something else."}
    return dataclasses.replace(mesh, file=mesh.file.model_copy(update={"classifications": words}))


def ports_changed(mesh: Mesh, random: Random) -> Mesh:
    ports = random.choice((("table",), ("files",), ("table", "files")))
    return _with_product(mesh, _product(mesh, random), ports=ports)


def product_removed(mesh: Mesh, random: Random) -> Mesh:
    gone = _product(mesh, random)
    domain, _, name = gone.partition(".")
    if len(mesh.domains[domain].products) == 1:
        return mesh
    left = {key: product for key, product in mesh.domains[domain].products.items() if key != name}
    return _without(_with_domain(mesh, domain, products=left), lambda reference: reference == gone)


def domain_removed(mesh: Mesh, random: Random) -> Mesh:
    if len(mesh.domains) == 1:
        return mesh
    gone = random.choice(list(mesh.domains))
    left = {name: domain for name, domain in mesh.domains.items() if name != gone}
    return _without(dataclasses.replace(mesh, domains=left), lambda reference: reference.startswith(f"{gone}."), gone)


def _without(mesh: Mesh, gone: Callable[[str], bool], home: str = "") -> Mesh:
    """The mesh with nothing in it that names a product, or a home, that is gone."""

    def pipeline(product: Product) -> Any:
        read = product.pipeline
        if read is None:
            return None
        event = None if read.event and gone(read.event) else read.event
        return read.model_copy(update={"reads": tuple(r for r in read.reads if not gone(r)), "event": event})

    def domain(one: Domain) -> Domain:
        products = {n: each.model_copy(update={"pipeline": pipeline(each)}) for n, each in one.products.items()}
        consumed = tuple(reference for reference in one.consumes if not gone(reference))
        return one.model_copy(update={"products": products, "consumes": consumed})

    def clearance(one: ClearanceFile) -> ClearanceFile:
        members = tuple(member for member in one.members if member.domain != home)
        return one.model_copy(
            update={"members": members, "pipelines": tuple(p for p in one.pipelines if not gone(p.product))}
        )

    partners = {
        name: one.model_copy(update={"agreements": tuple(a for a in one.agreements if not gone(a.product))})
        for name, one in mesh.partners.items()
    }
    return dataclasses.replace(
        mesh,
        domains={name: domain(one) for name, one in mesh.domains.items()},
        clearances={name: clearance(one) for name, one in mesh.clearances.items()},
        partners=partners,
        contracts={name: one for name, one in mesh.contracts.items() if not gone(name)},
        locks={name: one for name, one in mesh.locks.items() if not gone(name)},
    )


def _contract_of(mesh: Mesh, random: Random) -> Contract:
    return mesh.contracts[_product(mesh, random)]


def product_added(mesh: Mesh, random: Random) -> Mesh:
    domain, name = random.choice(list(mesh.domains)), f"extra-{random.randrange(9)}"
    product = Product(kind="analytics", ports=random.choice((("table",), ("files",), ("table", "files"))))
    changed = _with_domain(mesh, domain, products={**mesh.domains[domain].products, name: product})
    contract = _contract_of(mesh, random)
    return dataclasses.replace(changed, contracts={**mesh.contracts, f"{domain}.{name}": contract})


def domain_added(mesh: Mesh, random: Random) -> Mesh:
    name = f"extra{random.randrange(9)}"
    model = random.choice(list(mesh.domains.values()))
    products = {"things": Product(kind="analytics", ports=("table",))}
    made = model.model_copy(update={"products": products, "consumes": (), "engineers": (), "owners": ()})
    contracts = {**mesh.contracts, f"{name}.things": _contract_of(mesh, random)}
    return dataclasses.replace(mesh, domains=dict(sorted({**mesh.domains, name: made}.items())), contracts=contracts)


def pipeline_reads_something_else(mesh: Mesh, random: Random) -> Mesh:
    piped = [r for r in mesh.products() if (product := mesh.product(r)) and product.pipeline]
    if not piped:
        return mesh
    reference = random.choice(piped)
    product = mesh.product(reference)
    assert product is not None
    assert product.pipeline is not None
    clearance = random.choice(list(mesh.clearances))
    reads = tuple(sorted({_product(mesh, random) for _ in range(random.randrange(3))} - {reference}))
    event = product.pipeline.event if product.pipeline.event in reads else None
    update = {"reads": reads, "clearance": clearance, "event": event}
    changed = _with_product(mesh, reference, pipeline=product.pipeline.model_copy(update=update))
    if random.random() < 0.2:
        return changed
    approver = changed.clearances[clearance].approvers[0].email
    line = ClearedPipeline.model_validate(
        {"product": reference, "use": "x", "approved-by": approver, "review": "2027-12-01"}
    )
    others = tuple(each for each in changed.clearances[clearance].pipelines if each.product != reference)
    return _with_clearance(changed, clearance, pipelines=(*others, line))


def member_added(mesh: Mesh, random: Random) -> Mesh:
    name, domain = random.choice(list(mesh.clearances)), random.choice(list(mesh.domains))
    clearance = mesh.clearances[name]
    groups = [group for other in mesh.clearances.values() for group in (m.group for m in other.members)] or ["nobody"]
    line = {"group": random.choice(groups), "domain": domain, "use": "x", "review": "2027-12-01"}
    member = Member.model_validate({**line, "approved-by": clearance.approvers[0].email})
    return _with_clearance(mesh, name, members=(*clearance.members, member))


def member_removed(mesh: Mesh, random: Random) -> Mesh:
    name = random.choice(list(mesh.clearances))
    return _with_clearance(mesh, name, members=mesh.clearances[name].members[1:])


def agreement_added(mesh: Mesh, random: Random) -> Mesh:
    name = random.choice(list(mesh.partners))
    partner = mesh.partners[name]
    product = _product(mesh, random)
    line = Agreement.model_validate(
        {"product": product, "purpose": "x", "classifications": (), "expires": "2028-01-31"}
    )
    others = tuple(each for each in partner.agreements if each.product != product)
    changed = partner.model_copy(update={"agreements": (*others, line)})
    return dataclasses.replace(mesh, partners={**mesh.partners, name: changed})


def agreements_ended(mesh: Mesh, random: Random) -> Mesh:
    name = random.choice(list(mesh.partners))
    changed = mesh.partners[name].model_copy(update={"agreements": ()})
    return dataclasses.replace(mesh, partners={**mesh.partners, name: changed})


def retention_changed(mesh: Mesh, random: Random) -> Mesh:
    return _with_product(mesh, _product(mesh, random), retention=random.randrange(1, 900))


def owner_changed(mesh: Mesh, random: Random) -> Mesh:
    name = random.choice(list(mesh.domains))
    owner = mesh.domains[name].owner.model_copy(update={"email": "others@example.com"})
    return _with_domain(mesh, name, owner=owner)


def granted_by_the_other(mesh: Mesh, random: Random) -> Mesh:
    by = random.choice(("hub", "domains"))
    return dataclasses.replace(mesh, file=mesh.file.model_copy(update={"granted_by": by}))


EDITS: Final[tuple[Edit, ...]] = (
    label_set_or_taken_away,
    label_set_or_taken_away,
    column_removed,
    column_added,
    description_changed,
    clearance_reads_something_else,
    clearance_added,
    clearance_removed,
    classification_added,
    ports_changed,
    product_removed,
    domain_removed,
    product_added,
    domain_added,
    pipeline_reads_something_else,
    pipeline_reads_something_else,
    member_added,
    member_removed,
    agreement_added,
    agreements_ended,
    retention_changed,
    owner_changed,
    granted_by_the_other,
)


def edited(mesh: Mesh, seed: int, most: int = 3) -> tuple[Mesh, tuple[str, ...]]:
    """The mesh after up to `most` random edits, and their names; the same for a seed."""
    random = Random(seed)
    names: list[str] = []
    for edit in random.choices(EDITS, k=random.randint(1, most)):
        mesh = edit(mesh, random)
        names.append(edit.__name__)
    return mesh, tuple(names)
