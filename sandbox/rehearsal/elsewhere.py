"""Probes from other networks: credentials of jobs, people and deployments, where they are not to be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from mesh.evaluator import Request
from sandbox.emulator.request_origin import ORIGINS, Origin
from sandbox.rehearsal.personas import Persona
from sandbox.rehearsal.probes import Probe, put_probe
from sandbox.rehearsal.targets import PROBE_KEY, PROBE_PREFIX, Bucket, Targets

OF_A_KIND: Final = 2
"""Callers of a kind that try every network."""

KINDS: Final = ("pipeline", "clearance", "people", "deploy", "partner")


def probes_from_elsewhere(targets: Targets, personas: list[Persona]) -> Iterator[Probe]:
    """Calls from every network by some callers of each kind; jobs with credentials of Glue and of Lambda."""
    for kind in KINDS:
        callers = (persona for persona in personas if persona.kind == kind and persona.home != "management")
        for persona in islice(callers, OF_A_KIND):
            for origin in ORIGINS:
                yield from _from(targets, persona, origin)


def _from(targets: Targets, persona: Persona, origin: Origin) -> Iterator[Probe]:
    issuers = ("glue", "lambda") if persona.kind == "pipeline" else ("",)
    for issuer in issuers:
        for probe in _calls(targets, persona):
            where = f"{probe.label}, from {origin}" + (f", with credentials of {issuer}" if issuer else "")
            yield replace(probe, label=where, origin=origin, issuer=issuer)
    if persona.kind in ("pipeline", "clearance") and origin in ("outside", "office"):
        bucket = _bucket(targets, persona)
        get = _get(targets, persona, bucket)
        signed = tuple(each._replace(context={**each.context, **_presigned(each)}) for each in get.requests)
        yield replace(
            get, label=f"{get.label}, presigned, from {origin}", origin=origin, requests=signed, presigned=True
        )


def _presigned(request: Request) -> dict[str, str]:
    return {"s3:authType": "REST-QUERY-STRING"} if request.action.startswith("s3:") else {}


def _calls(targets: Targets, persona: Persona) -> Iterator[Probe]:
    """A read, a write and two calls of services that do not say whose an endpoint is."""
    bucket = _bucket(targets, persona)
    yield _get(targets, persona, bucket)
    yield put_probe(targets, persona, bucket, f"{PROBE_PREFIX}elsewhere")
    plan = targets.plan
    hub, (database, *_) = (
        plan.perimeter.governance_id,
        [e.database for d in plan.domains.values() for e in d.catalog.values()],
    )
    prefix = f"arn:aws:glue:{plan.perimeter.region}:{hub}"
    resources = ("catalog", f"database/{database}", f"table/{database}/*")
    requests = tuple(Request(persona.principal, "glue:GetTables", f"{prefix}:{resource}") for resource in resources)
    parameters = {"CatalogId": hub, "DatabaseName": database}
    yield Probe(persona, f"get tables of {database}", "glue", "get_tables", parameters, requests)
    role = next(iter(next(iter(plan.domains.values())).clearances.values())).arn
    request = Request(persona.principal, "sts:AssumeRole", role, {"sts:RoleSessionName": "elsewhere"})
    parameters = {"RoleArn": role, "RoleSessionName": "elsewhere"}
    yield Probe(persona, f"assume {role}", "sts", "assume_role", parameters, (request,))


def _bucket(targets: Targets, persona: Persona) -> Bucket:
    """Its own product; for one without, the first at home, or anywhere."""
    home = [bucket for bucket in targets.products if bucket.home == persona.home]
    own = [bucket for bucket in home if bucket.product == persona.product]
    return (own or home or targets.products)[0]


def _get(targets: Targets, persona: Persona, bucket: Bucket) -> Probe:
    requests = tuple(targets.requests_to_get(persona.principal, bucket, PROBE_KEY))
    parameters = {"Bucket": bucket.name, "Key": PROBE_KEY}
    return Probe(persona, f"get {bucket.name}", "s3", "get_object", parameters, requests)
