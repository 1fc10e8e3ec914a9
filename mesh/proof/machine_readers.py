"""Pipelines as readers, for claims: their roles, and what the files of domains say that each reads, and as whom."""

from __future__ import annotations

from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.subject import Subject
from mesh.proof.written_pipelines import WrittenPipeline

NOTHING = WrittenPipeline((), "")
"""What a product without a pipeline reads."""


def pipeline_of(subject: Subject, product: DataProductArgs) -> str:
    """ARN of the one writer of a product."""
    return subject.plan.domains[product.domain].pipelines[product.name].arn


def written_reads(subject: Subject, product: DataProductArgs) -> WrittenPipeline:
    """The pipeline of a product, and what it reads, as the domain's file has it."""
    return subject.as_written.pipelines.get(f"{product.domain}.{product.name}", NOTHING)


def objection_to_reading(subject: Subject, product: DataProductArgs) -> str:
    """The reason why the pipeline of a product reads nothing on the plan's day; empty where a line lets it."""
    written = written_reads(subject, product)
    return subject.written_people.objection_to(
        f"{product.domain}.{product.name}", written.clearance, subject.plan.as_of
    )


def products_read(subject: Subject, product: DataProductArgs) -> list[DataProductArgs]:
    """The products that the pipeline of a product may read: those of its domain's file, if its clearance's lets it."""
    if objection_to_reading(subject, product):
        return []
    return products_named(subject, product)


def products_named(subject: Subject, product: DataProductArgs) -> list[DataProductArgs]:
    """The products that a domain's file names for the pipeline of a product to read, whether or not it may."""
    reads = written_reads(subject, product).reads
    return [each for each in subject.products if f"{each.domain}.{each.name}" in reads]


def cleared_for(subject: Subject, product: DataProductArgs) -> frozenset[str]:
    """Classifications of the clearance that the pipeline of a product reads with; none where it names none."""
    return subject.written_clearances.get(written_reads(subject, product).clearance, frozenset())


def roles_with_a_clearance(subject: Subject, domain: DomainPlan) -> dict[str, frozenset[str]]:
    """Roles of a domain that read tables by a clearance, of people and of pipelines, each with what it covers."""
    people = {role.arn: subject.written_clearances[name] for name, role in domain.clearances.items()}
    machines = {
        pipeline_of(subject, product): cleared_for(subject, product)
        for product in domain.products.values()
        if any("table" in read.ports for read in products_read(subject, product))
    }
    return people | machines
