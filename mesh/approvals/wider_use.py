"""Wider use of data: agreements with partners, pipelines that read more, labels that a product leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh.approvals.needs import ChangeRequest, Need, Notice, approvers_of, guard_needs, owner_of, platform_of
from mesh.contracts.derivations import Derivation, derivations
from mesh.findings import listed
from mesh.model import Agreement, Mesh, Partner, ProductPipeline, contract_file


def agreement_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs of the owner of a product that a partner comes to get, or gets for longer, and of who guards its labels."""
    for name, partner in request.after.partners.items():
        before = request.before.partners.get(name)
        had = {agreement.product: agreement for agreement in before.agreements} if before else {}
        for number, agreement in enumerate(partner.agreements):
            old, place = had.get(agreement.product), f"{request.folder}/partners/{name}.yaml"
            is_told = not request.after.touches(f"partners/{name}.yaml", "agreements", number)
            if why := _more(name, old, agreement, is_told):
                by = _owner(request.before, agreement.product) or platform_of(request.before)
                yield Need("agreement", place, by, why)
            more = set(agreement.classifications) - set(old.classifications if old else ())
            about = f"the partner '{name}' comes to get '{{label}}' with {agreement.product}"
            yield from guard_needs(request.before, more, place, about)
        yield from _more_people(request, name, before, partner)


def _more(partner: str, old: Agreement | None, new: Agreement, is_told: bool) -> str:
    """The sentence on an agreement that is more than before; of a new one with its purpose, where that is told."""
    if old is None and not is_told:
        return f"the partner '{partner}' comes to get {new.product}, and its agreement has a mistake"
    if old is None:
        return f"the partner '{partner}' comes to get {new.product}, for '{new.purpose}', until {new.expires}"
    if new.expires > old.expires:
        return f"the partner '{partner}' gets {new.product} until {new.expires} instead of {old.expires}"
    if new.purpose != old.purpose:
        return f"the partner '{partner}' may use {new.product} for '{new.purpose}', and no more for '{old.purpose}'"
    return ""


def _more_people(request: ChangeRequest, name: str, before: Partner | None, after: Partner) -> Iterator[Need]:
    more = set(after.principals) - set(before.principals if before else after.principals)
    if more and after.agreements:
        got = [agreement.product for agreement in after.agreements]
        by = tuple(dict.fromkeys(who for each in got for who in _owner(request.before, each) or ()))
        why = f"{listed(more)} of the partner '{name}' comes to read {listed(got)}"
        yield Need("agreement", f"{request.folder}/partners/{name}.yaml", by or platform_of(request.before), why)


def _owner(mesh: Mesh, reference: str) -> tuple[str, ...] | None:
    domain = mesh.domains.get(reference.partition(".")[0])
    return owner_of(domain.owner) if domain else None


def pipeline_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs of the approvers of a clearance with which a pipeline comes to read more."""
    for reference, pipeline in _pipelines(request.after):
        old = request.before.product(reference)
        former = old.pipeline if old else None
        clearance = pipeline.clearance
        if clearance is None:
            continue
        other = former is None or former.clearance != clearance
        more = pipeline.reads if other or former is None else sorted(set(pipeline.reads) - set(former.reads))
        by = approvers_of(request.before, [clearance]) or platform_of(request.before)
        place = f"{request.folder}/domains/{reference.partition('.')[0]}.yaml"
        if pipeline.runtime == "external" and former is not None and former.runtime != "external" and pipeline.reads:
            why = f"what runs the pipeline of {reference}, which reads with '{clearance}', stands outside of the mesh"
            yield Need("pipeline", place, by, f"{why} from now on: no script or argument of it is seen here")
        if more:
            why = f"the pipeline of {reference} comes to read {listed(more)} with the clearance '{clearance}'"
            yield Need("pipeline", place, by, why)


def _pipelines(mesh: Mesh) -> Iterator[tuple[str, ProductPipeline]]:
    for reference in mesh.products():
        product = mesh.product(reference)
        if product is not None and product.pipeline is not None:
            yield reference, product.pipeline


def derivation_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs of who guards a label that a product comes to leave behind, or leaves behind for another reason."""
    for reference, entries in _left_behind(request.after).items():
        had = _left_behind(request.before).get(reference, {})
        domain, _, name = reference.partition(".")
        product = request.after.product(reference)
        for label, entry in entries.items():
            old = had.get(label)
            if product is None:
                continue
            if old is None or old.reason != entry.reason or set(entry.approved_by) - set(old.approved_by):
                place = f"{request.folder}/{contract_file(domain, name, product)}"
                about = f"{reference} leaves '{{label}}' behind, because '{entry.reason}'"
                for need in guard_needs(request.before, [label], place, about):
                    yield need._replace(kind="derivation")


def _left_behind(mesh: Mesh) -> Mapping[str, Mapping[str, Derivation]]:
    """Derivations by product and label."""
    return {
        reference: {label: entry for entry in derivations(contract) for label in entry.labels}
        for reference, contract in mesh.contracts.items()
    }


def use_notices(request: ChangeRequest) -> Iterator[Notice]:
    """Owners of products that a domain comes to use: they are told, for a consumer reads nothing by being one."""
    for name, domain in request.after.domains.items():
        before = request.before.domains.get(name)
        for reference in sorted(set(domain.consumes) - set(before.consumes if before else ())):
            if owners := _owner(request.before, reference):
                yield Notice(owners, f"domain '{name}' comes to use {reference}")
