"""Probes of a domain's staff: what engineers, owners and auditors are for, and what is nearly that.

A trigger is not started live: a domain has none before its pipelines are made, so `glue:StartTrigger` is for the
proof alone (U2, M17).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh import names
from mesh.evaluator import Request
from mesh.plan import Plan
from mesh.plan.nodes import DomainPlan
from sandbox.rehearsal.personas import Persona
from sandbox.rehearsal.probes import Probe


def probes_of_staff(plan: Plan, personas: list[Persona]) -> Iterator[Probe]:
    """The probes: each member of staff tries the work of all three."""
    for persona in personas:
        domain = plan.domains.get(persona.home)
        if persona.kind == "staff" and domain is not None:
            yield from _of_engineers(plan, persona)
            yield from _of_owners(persona, domain)
            yield from _of_auditors(persona)


def _call(persona: Persona, service: str, operation: str, parameters: Mapping[str, Any], on: str = "*") -> Probe:
    prefix = {"stepfunctions": "states"}.get(service, service)
    action = f"{prefix}:{''.join(word.capitalize() for word in operation.split('_'))}"
    requests = (Request(persona.principal, action, on),)
    return Probe(persona, f"{operation} on {on}", service, operation, parameters, requests)


def _of_engineers(plan: Plan, persona: Persona) -> Iterator[Probe]:
    glue = f"arn:aws:glue:{plan.perimeter.region}:{persona.account}"
    for operation in ("list_jobs", "list_triggers"):
        yield _call(persona, "glue", operation, {})
    yield _call(persona, "logs", "describe_log_groups", {})
    yield _call(persona, "glue", "start_job_run", {"JobName": "live-check"}, f"{glue}:job/live-check")
    yield _call(persona, "glue", "get_job_runs", {"JobName": "live-check"}, f"{glue}:job/live-check")
    yield _call(persona, "glue", "get_trigger", {"Name": "live-check"}, f"{glue}:trigger/live-check")


def _of_owners(persona: Persona, domain: DomainPlan) -> Iterator[Probe]:
    for product in list(domain.products.values())[:1]:
        bucket = {"Bucket": product.bucket}
        yield _call(persona, "s3", "get_bucket_policy", bucket, f"arn:aws:s3:::{product.bucket}")
        yield _call(persona, "s3", "get_bucket_versioning", bucket, f"arn:aws:s3:::{product.bucket}")


def _of_auditors(persona: Persona) -> Iterator[Probe]:
    yield _call(persona, "iam", "list_roles", {})
    boundary = names.boundary(persona.account)
    yield _call(persona, "iam", "get_policy", {"PolicyArn": boundary}, boundary)
    yield _call(persona, "lakeformation", "get_data_lake_settings", {})
