"""Probes of a domain's staff: what engineers, owners and auditors are for, and what is nearly that.

A trigger is not started live: a domain has none before its pipelines are made, so `glue:StartTrigger` is for the
proof alone (U2, M17).
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan import Plan
from mesh.plan.nodes import DomainPlan
from sandbox.rehearsal.personas import Persona
from sandbox.rehearsal.probes import Probe, call_probe


def probes_of_staff(plan: Plan, personas: list[Persona]) -> Iterator[Probe]:
    """The probes: each member of staff tries the work of all three."""
    for persona in personas:
        domain = plan.domains.get(persona.home)
        if persona.kind == "staff" and domain is not None:
            yield from _of_engineers(plan, persona)
            yield from _of_owners(persona, domain)
            yield from _of_auditors(persona)


def _of_engineers(plan: Plan, persona: Persona) -> Iterator[Probe]:
    glue = f"arn:aws:glue:{plan.perimeter.region}:{persona.account}"
    for operation in ("list_jobs", "list_triggers"):
        yield call_probe(persona, "glue", operation, {})
    yield call_probe(persona, "logs", "describe_log_groups", {})
    yield call_probe(persona, "glue", "start_job_run", {"JobName": "live-check"}, f"{glue}:job/live-check")
    yield call_probe(persona, "glue", "get_job_runs", {"JobName": "live-check"}, f"{glue}:job/live-check")
    yield call_probe(persona, "glue", "get_trigger", {"Name": "live-check"}, f"{glue}:trigger/live-check")


def _of_owners(persona: Persona, domain: DomainPlan) -> Iterator[Probe]:
    for product in list(domain.products.values())[:1]:
        bucket = {"Bucket": product.bucket}
        yield call_probe(persona, "s3", "get_bucket_policy", bucket, f"arn:aws:s3:::{product.bucket}")
        yield call_probe(persona, "s3", "get_bucket_versioning", bucket, f"arn:aws:s3:::{product.bucket}")


def _of_auditors(persona: Persona) -> Iterator[Probe]:
    yield call_probe(persona, "iam", "list_roles", {})
    boundary = names.boundary(persona.account)
    yield call_probe(persona, "iam", "get_policy", {"PolicyArn": boundary}, boundary)
    yield call_probe(persona, "lakeformation", "get_data_lake_settings", {})
