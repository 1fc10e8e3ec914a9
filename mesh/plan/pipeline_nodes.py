"""Nodes of pipelines, from what people wrote: the role of each product's writer, and its job."""

from __future__ import annotations

import dataclasses
from typing import Final

from mesh.iam.roles.pipeline_reads import MachineRead
from mesh.model import Product, ProductPipeline
from mesh.plan.inputs import PlanInputs
from mesh.plan.nodes import Clearance, JobBaselineArgs, PipelineArgs, PipelineRoleArgs, StartRoleArgs

TIMEOUTS: Final = {"glue-spark": 120, "glue-python": 60, "lambda": 15, "step-functions": 240, "external": 60}
"""Minutes that a run may take where the YAML does not say, by runtime."""

WORKERS: Final = 2
LEAST_WORKERS_WITH_TABLES: Final = 4
"""Workers of Glue Spark: with fine-grained access it has a system driver and executor beside those of the user.

(Glue User Guide, "Using AWS Glue with AWS Lake Formation for fine-grained access control", Considerations.)
"""


def clearance_of(product: Product) -> str | None:
    """Name of the clearance that a product's pipeline reads with; None where it reads nothing but its own."""
    return product.pipeline.clearance if product.pipeline and product.pipeline.reads else None


def is_cleared(inputs: PlanInputs, domain: str, product: str) -> bool:
    """Whether the file of its clearance lets a pipeline read on the day: by an approver's line, with a review ahead."""
    clearance = inputs.mesh.clearances.get(clearance_of(inputs.mesh.domains[domain].products[product]) or "")
    approvers = {approver.email for approver in clearance.approvers} if clearance else set[str]()
    return clearance is not None and any(
        line.product == f"{domain}.{product}" and line.approved_by in approvers and line.review >= inputs.as_of
        for line in clearance.pipelines
    )


def role(inputs: PlanInputs, domain: str, product: str) -> PipelineRoleArgs:
    """The pipeline role of a product; what its clearance's file does not let it read it does not read."""
    made = _as_declared(inputs, domain, product)
    # Its name stays: a review that lapses ends what it reads, and not the job that writes the product.
    return made if is_cleared(inputs, domain, product) else dataclasses.replace(made, reading=())


def _as_declared(inputs: PlanInputs, domain: str, product: str) -> PipelineRoleArgs:
    """The role with all that its domain's file has it read."""
    declared = inputs.mesh.domains[domain].products[product]
    within = inputs.clearances.get(clearance_of(declared) or "")
    return PipelineRoleArgs(
        perimeter=inputs.perimeter,
        domain=domain,
        product=product,
        account_id=inputs.domain_id(domain),
        within=within,
        reading=tuple(_reads(inputs, declared.pipeline)) if within and declared.pipeline else (),
        by_hub=inputs.file.granted_by == "hub",
        secrets=declared.pipeline.secrets if declared.pipeline else (),
    )


def granted_by_hub(inputs: PlanInputs) -> dict[str, tuple[str, Clearance]]:
    """Roles of pipelines to which the hub grants itself, each with its clearance, by `<domain>.<product>`."""
    if inputs.file.granted_by != "hub":
        return {}
    roles = (role(inputs, domain, name) for domain, owner in inputs.mesh.domains.items() for name in owner.products)
    return {
        f"{made.domain}.{made.product}": (made.arn, made.within) for made in roles if made.within and made.reads_tables
    }


def _reads(inputs: PlanInputs, pipeline: ProductPipeline) -> list[MachineRead]:
    reads: list[MachineRead] = []
    for reference in pipeline.reads:
        domain, _, name = reference.partition(".")
        product = inputs.mesh.product(reference)
        if product is not None:
            ports = frozenset(product.ports)
            if pipeline.clearance not in inputs.covering(inputs.labels.get(reference, frozenset())):
                ports -= {"files"}  # S3 knows no columns: files are read whole or not
            reads.append(MachineRead(domain=domain, product=name, account_id=inputs.domain_id(domain), ports=ports))
    return reads


def job(inputs: PlanInputs, domain: str, product: str) -> PipelineArgs | None:
    """The job of a product's pipeline; None where its YAML has none."""
    declared = inputs.mesh.domains[domain].products[product]
    if declared.pipeline is None:
        return None
    # A job is the same before and after a review: `access-<d>` alone opens and closes what it reads.
    pipeline, account_id, made = declared.pipeline, inputs.domain_id(domain), _as_declared(inputs, domain, product)
    buckets, name = inputs.perimeter.buckets, pipeline.script or ""
    script = inputs.mesh.scripts.files.get(f"{domain}/{name}")
    usual = LEAST_WORKERS_WITH_TABLES if made.reads_tables else WORKERS
    return PipelineArgs(
        perimeter=inputs.perimeter,
        domain=domain,
        product=product,
        account_id=account_id,
        role=made.arn,
        runtime=pipeline.runtime,
        script=script.text if script else "",
        script_name=name,
        bucket=buckets.of_product(domain, product, account_id),
        scripts_bucket=buckets.scripts(domain, account_id),
        labels=inputs.labels.get(f"{domain}.{product}", frozenset()),
        schedule=pipeline.schedule,
        event=pipeline.event,
        reads=made.reads,
        reads_tables=made.reads_tables,
        arguments=dict(pipeline.arguments),
        windows={window: dict(arguments) for window, arguments in pipeline.windows.items()},
        timeout_minutes=pipeline.timeout or TIMEOUTS[pipeline.runtime],
        workers=pipeline.workers or usual,
        retries=pipeline.retries,
        secrets=pipeline.secrets,
        tags={"mesh:product": f"{domain}.{product}"},
    )


def has_jobs(inputs: PlanInputs, domain: str) -> bool:
    """Whether a domain has a pipeline of which the mesh makes the job."""
    products = inputs.mesh.domains[domain].products.values()
    return any(each.pipeline is not None and each.pipeline.runtime != "external" for each in products)


def baseline(inputs: PlanInputs, domain: str) -> JobBaselineArgs | None:
    """Baseline of the jobs of a domain's account; None where it has none."""
    if not has_jobs(inputs, domain):
        return None
    account_id, (zone, subnet) = inputs.domain_id(domain), inputs.job_subnet
    return JobBaselineArgs(
        perimeter=inputs.perimeter,
        domain=domain,
        account_id=account_id,
        zone=zone,
        subnet=subnet,
        log_bucket=inputs.perimeter.buckets.logs(domain, account_id),
    )


def start(inputs: PlanInputs, domain: str) -> StartRoleArgs | None:
    """The role with which EventBridge starts jobs of a domain and tells it of refusals; None where there is neither."""
    published = any("table" in product.ports for product in inputs.mesh.domains[domain].products.values())
    if not (published or has_jobs(inputs, domain)):
        return None
    return StartRoleArgs(perimeter=inputs.perimeter, domain=domain, account_id=inputs.domain_id(domain))
