"""Rules of what pipelines read: a part of what the domain consumes, within a clearance, and with its labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mesh.contracts import derivations
from mesh.contracts.derivations import Derivation, column_labels
from mesh.findings import Problem, listed, nearest_reference, unknown
from mesh.model import contract_file
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, unknown_product
from mesh.plan.rules.pipelines import DeclaredPipeline, every_pipeline

LabelNames = frozenset[str]


def pipelines_read_what_the_domain_consumes(context: RuleContext) -> Iterator[Problem]:
    """Products in `reads` are among what the domain consumes, or the domain's own; never the one that is written."""
    for declared in every_pipeline(context, "reads"):
        domain = context.mesh.domains[declared.domain]
        # One that is not there has a finding of its own, and may be meant.
        consumes_is_known = all(context.mesh.product(reference) for reference in domain.consumes)
        if context.mesh.touches(declared.file, "consumes") or not consumes_is_known:
            continue
        for number, reference in enumerate(declared.pipeline.reads):
            message = ""
            if context.mesh.product(reference) is None:
                message = unknown_product(context, reference)
            elif reference == declared.reference:
                message = f"'{reference}' is what this pipeline writes, which it reads without saying so; remove it"
            elif not reference.startswith(f"{declared.domain}.") and reference not in domain.consumes:
                near = nearest_reference(reference, domain.consumes)
                message = f"domain '{declared.domain}' does not consume '{reference}'{near}"
                message += "" if near else "; add it to 'consumes', or remove it here"
            if message:
                yield declared.problem(message, "reads", number)


def pipelines_read_with_a_clearance(context: RuleContext) -> Iterator[Problem]:
    """A pipeline that reads names the clearance that it reads with, and one that reads nothing names none."""
    for declared in every_pipeline(context, "reads", "clearance"):
        clearance, reads = declared.pipeline.clearance, declared.pipeline.reads
        known = context.mesh.clearances
        if clearance is None and reads:
            covering = _covering(context, reads)
            remedy = f"those that cover all of it: {listed(covering)}" if covering else "no clearance covers all of it"
            yield declared.problem(f"it reads {listed(reads)} and names no clearance to read with; {remedy}", "reads")
        elif clearance is not None and not reads:
            message = f"it reads nothing, so that clearance '{clearance}' opens nothing; remove it, or name 'reads'"
            yield declared.problem(message, "clearance")
        # That there is no clearance at all is told once, of mesh.yaml.
        elif clearance and known and clearance not in known and not context.mesh.is_unread("clearances", clearance):
            yield declared.problem(unknown("clearance", clearance, known), "clearance")


def clearances_cover_what_is_read(context: RuleContext) -> Iterator[Problem]:
    """The clearance of a pipeline covers what it reads: of files all, of a table one label at the least."""
    for declared in _judged(context):
        reads = _reads_of(context, declared)
        for number, reference in enumerate(declared.pipeline.reads):
            product, labels = context.mesh.product(reference), _labels(context, reference)
            if product is None or labels is None or labels <= reads:
                continue
            missing, covering = listed(labels - reads), _covering(context, [reference])
            remedy = f"clearances that cover it: {listed(covering)}" if covering else "no clearance covers it"
            who = f"clearance '{declared.pipeline.clearance}' does not cover '{reference}': {missing} is missing"
            readable = _readable(context, reference, reads)
            if not readable:
                why = "" if "table" in product.ports else ", and files are read as a whole"
                if readable is not None:
                    why = ", and it covers no column that is labelled"
                yield declared.problem(f"{who}{why}; {remedy}", "reads", number)
            else:
                message = f"{who}, and the pipeline sees the other columns of its tables alone; {remedy}"
                yield Problem(declared.file, declared.at("reads", number), message, "warning")


# ---- labels propagate


def derivations_are_in_form(context: RuleContext) -> Iterator[Problem]:
    """Entries of `derivesWithout` have labels that the mesh has, a reason, and addresses of who approved."""
    for file, _, contract in context.every_contract:
        for mistake in derivations.mistakes(contract, context.words):
            yield Problem(file, *mistake)


def outputs_carry_the_labels_of_what_is_read(context: RuleContext) -> Iterator[Problem]:
    """A product has the labels of what its pipeline may read, or its contract says which it leaves behind."""
    for declared in _judged(context):
        left = {label for derivation in _derivations(context, declared.reference) for label in derivation.labels}
        carried, reads = _labels(context, declared.reference), _reads_of(context, declared)
        if carried is None:
            continue
        for number, reference in enumerate(declared.pipeline.reads):
            missing = (_readable(context, reference, reads) or LabelNames()) - carried - left
            if missing:
                file = contract_file(declared.domain, declared.product, declared.written)
                message = (
                    f"'{reference}' holds {listed(missing)}, which no column of '{declared.reference}' is labelled "
                    f"with: label those that derive from it, or have {file} say '{derivations.DERIVES_WITHOUT}' with "
                    "the labels, a reason and who approved"
                )
                yield declared.problem(message, "reads", number)


def derivations_leave_behind_what_is_read(context: RuleContext) -> Iterator[Problem]:
    """A label that a product leaves behind is one that its pipeline may read, and that the product does not carry."""
    if not _clearances_are_known(context):
        return
    read = {declared.reference: _every_label(context, declared) for declared in _judged(context)}
    for file, reference, contract in context.every_contract:
        if _is_unsure(context, reference):
            continue
        for derivation in derivations.derivations(contract):
            for number, label in enumerate(derivation.labels):
                message = ""
                if label not in context.words.classifications:
                    continue
                if label not in read.get(reference, LabelNames()):
                    message = f"nothing that the pipeline of '{reference}' reads holds '{label}'; remove it"
                elif label in context.labels[reference]:
                    message = (
                        f"a column of '{reference}' is labelled with '{label}', which is not left behind; remove it"
                    )
                if message:
                    yield Problem(file, (*derivation.path, "labels", number), message)


def derivations_are_approved(context: RuleContext) -> Iterator[Problem]:
    """A label is left behind with a yes from who guards it, and from an approver of each clearance that gains."""
    clearances = context.mesh.clearances
    for file, _, contract in context.every_contract if _clearances_are_known(context) else ():
        columns = column_labels(contract, context.words)
        for derivation in derivations.derivations(contract):
            said = {address.casefold() for address in derivation.approved_by}
            for label in derivation.labels:
                guards = [name for name, clearance in clearances.items() if label in clearance.reads]
                if guards and not any(said & _approvers(context, name) for name in guards):
                    message = (
                        f"nobody in 'approved-by' approves for a clearance that reads '{label}', and so guards it; "
                        f"approvers of {listed(guards)}: {listed(_addresses(context, guards))}"
                    )
                    yield Problem(file, (*derivation.path, "approved-by"), message)
                for name, clearance in clearances.items():
                    gains = label not in clearance.reads and any(c <= frozenset(clearance.reads) for c in columns)
                    if gains and not said & _approvers(context, name):
                        message = (
                            f"clearance '{name}' comes to read what derives from '{label}', and no approver of it is "
                            f"in 'approved-by'; they are {listed(_addresses(context, [name]))}"
                        )
                        yield Problem(file, (*derivation.path, "approved-by"), message)


# ---- values that the rules look up


def _clearances_are_known(context: RuleContext) -> bool:
    """Whether all words for labels are known, and what each clearance reads; what is wrong has a finding of its own."""
    partial = any(file.startswith("clearances") for file in (*context.mesh.unread, *context.mesh.partial))
    every = (label for clearance in context.mesh.clearances.values() for label in clearance.reads)
    return context.words_are_known and not partial and context.words.classifications.issuperset(every)


def _judged(context: RuleContext) -> Iterator[DeclaredPipeline]:
    """Pipelines with a clearance that can be judged."""
    for declared in every_pipeline(context, "reads", "clearance") if _clearances_are_known(context) else ():
        if declared.pipeline.clearance in context.mesh.clearances:
            yield declared


def _is_unsure(context: RuleContext, reference: str) -> bool:
    """Whether a product has a pipeline, or may have one, of which the reads cannot be judged."""
    domain, _, name = reference.partition(".")
    if context.mesh.touches(domain_file(domain), "products", name):
        return True
    pipeline = context.mesh.domains[domain].products[name].pipeline
    if pipeline is None or not pipeline.reads:
        return False
    return pipeline.clearance not in context.mesh.clearances or any(
        _labels(context, read) is None for read in (*pipeline.reads, reference)
    )


def _labels(context: RuleContext, reference: str) -> LabelNames | None:
    """Labels of a product; None where its contract cannot be used, or has words that the mesh does not know."""
    product, labels = context.mesh.product(reference), context.labels.get(reference)
    if product is None or labels is None or not labels <= context.words.classifications:
        return None
    domain, _, name = reference.partition(".")
    return None if context.mesh.touches(contract_file(domain, name, product)) else labels


def _reads_of(context: RuleContext, declared: DeclaredPipeline) -> LabelNames:
    return frozenset(context.mesh.clearances[declared.pipeline.clearance or ""].reads)


def _covering(context: RuleContext, references: Iterable[str]) -> list[str]:
    labels = LabelNames().union(*(context.labels.get(reference, LabelNames()) for reference in references))
    return [name for name, file in context.mesh.clearances.items() if labels <= frozenset(file.reads)]


def _readable(context: RuleContext, reference: str, reads: LabelNames) -> LabelNames | None:
    """Labels of what a clearance that reads these reads of a product; None where it reads nothing of it."""
    product, labels = context.mesh.product(reference), _labels(context, reference)
    if product is None or labels is None or labels <= reads:
        return labels or LabelNames()
    columns = [each for each in column_labels(context.mesh.contracts[reference], context.words) if each <= reads]
    return LabelNames().union(*columns) if columns and "table" in product.ports else None


def _every_label(context: RuleContext, declared: DeclaredPipeline) -> LabelNames:
    reads = _reads_of(context, declared)
    every = (_readable(context, reference, reads) for reference in declared.pipeline.reads)
    return LabelNames().union(*(labels for labels in every if labels))


def _derivations(context: RuleContext, reference: str) -> tuple[Derivation, ...]:
    contract = context.mesh.contracts.get(reference)
    return derivations.derivations(contract) if contract else ()


def _approvers(context: RuleContext, clearance: str) -> set[str]:
    return {address.casefold() for address in _addresses(context, [clearance])}


def _addresses(context: RuleContext, clearances: Iterable[str]) -> list[str]:
    """Addresses of the approvers of some clearances, each once."""
    every: Mapping[str, None] = dict.fromkeys(
        approver.email for name in clearances for approver in context.mesh.clearances[name].approvers
    )
    return list(every)


RULES: Final[tuple[CrossFileRule, ...]] = (
    pipelines_read_what_the_domain_consumes,
    pipelines_read_with_a_clearance,
    clearances_cover_what_is_read,
    derivations_are_in_form,
    outputs_carry_the_labels_of_what_is_read,
    derivations_leave_behind_what_is_read,
    derivations_are_approved,
)
