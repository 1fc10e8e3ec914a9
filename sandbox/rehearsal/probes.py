"""Probes of the live checks: calls of the personas on the targets, each with the requests that the Plan decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from mesh import names
from mesh.evaluator import Request
from mesh.plan import Plan
from sandbox.emulator.request_origin import Origin
from sandbox.rehearsal.personas import Persona, mfa_serial_number
from sandbox.rehearsal.targets import PROBE_KEY, PROBE_PREFIX, Bucket, Targets, stored_key_arn

MOST_AWAY: Final = 12
MOST_HOME: Final = 20
"""Most products, and databases, that a holder of a clearance reads elsewhere and at home."""

_FIRST: Final = 1
_FEW: Final = 2
_ROLES: Final = 3
"""Roles that a persona tries to assume, other ones for each; people, partners and outsiders try all."""

_SESSION_NAME: Final = "live-check-step"

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Probe:
    """One call. It is allowed when all its `requests` are; with a `database`, the columns answered are compared too."""

    persona: Persona
    label: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    requests: tuple[Request, ...]
    database: str = ""
    origin: Origin | None = None
    """Where the call comes from; None for where the caller works."""
    issuer: str = ""
    """The service that made the credentials of a job; empty for Glue."""
    presigned: bool = False
    place: str = ""
    """Where a database is made, which Lake Formation decides after IAM; empty for another call."""


def probes(targets: Targets, personas: list[Persona]) -> Iterator[Probe]:
    """The probes, persona by persona."""
    for persona in personas:
        yield from _object_probes(targets, persona)
        yield from _catalog_probes(targets.plan, persona)
        yield from _role_probes(targets.plan, persona)
        if persona.kind == "break-glass user":
            yield from _break_glass_probes(targets.plan, persona)
        if persona.kind == "ci":
            yield from _ci_probes(targets.plan, persona)
        yield from _key_probes(targets, persona)
        yield from _event_probes(targets.plan, persona)


def call_probe(persona: Persona, service: str, operation: str, parameters: Mapping[str, Any], on: str = "*") -> Probe:
    """The probe of one operation of boto3's client of a service, which asks for the action of its name."""
    prefix = {"stepfunctions": "states"}.get(service, service)
    action = f"{prefix}:{''.join(word.capitalize() for word in operation.split('_'))}"
    requests = (Request(persona.principal, action, on),)
    return Probe(persona, f"{operation} on {on}", service, operation, parameters, requests)


def put_probe(targets: Targets, persona: Persona, bucket: Bucket, key: str) -> Probe:
    """The probe of writing an object."""
    requests = tuple(targets.requests_to_put(persona.principal, bucket, key))
    parameters = {"Bucket": bucket.name, "Key": key, "Body": b"x"}
    return Probe(persona, f"put {bucket.name}/{key}", "s3", "put_object", parameters, requests)


# ---- the choice of targets


def _of_home(buckets: list[Bucket], persona: Persona) -> list[Bucket]:
    return [bucket for bucket in buckets if bucket.home == persona.home]


def _elsewhere(buckets: list[Bucket], persona: Persona) -> list[Bucket]:
    return [bucket for bucket in buckets if bucket.home != persona.home]


def _of_product(targets: Targets, persona: Persona) -> list[Bucket]:
    """The bucket of a pipeline's or delivery's own product; none for another persona."""
    return [bucket for bucket in _of_home(targets.products, persona) if bucket.product == persona.product]


def _one_of(items: list[ItemT], persona: Persona) -> list[ItemT]:
    """One of the items (none of an empty list): another one for another persona, the same in every process."""
    return [items[_number(persona) % len(items)]] if items else []


def _home_or_one(buckets: list[Bucket], persona: Persona) -> list[Bucket]:
    return _of_home(buckets, persona) or _one_of(buckets, persona)


def _some(home: list[ItemT], away: list[ItemT], persona: Persona) -> list[ItemT]:
    """The items at home and some of the others: other ones for each persona, so that together they read everything."""
    if len(away) <= MOST_AWAY:
        return [*home, *away]
    start = _number(persona) * MOST_AWAY % len(away)
    return [*home[:MOST_HOME], *(away * 2)[start : start + MOST_AWAY]]


def _number(persona: Persona) -> int:
    """A number made of the persona's name."""
    return sum(persona.who.encode())


# ---- objects


def _object_probes(targets: Targets, persona: Persona) -> Iterator[Probe]:
    written = _written_buckets(targets, persona)
    for bucket in _read_buckets(targets, persona) or written:
        requests = targets.requests_to_get(persona.principal, bucket, PROBE_KEY)
        parameters = {"Bucket": bucket.name, "Key": PROBE_KEY}
        yield Probe(persona, f"get {bucket.name}", "s3", "get_object", parameters, tuple(requests))
    if persona.kind == "people":
        return
    for number, bucket in enumerate(written):
        for prefix in _prefixes(persona, bucket):
            key = f"{prefix}{PROBE_PREFIX}{persona.who.replace(':', '-')}"
            yield put_probe(targets, persona, bucket, key)
            if number < _FEW:
                yield _delete_probe(targets, persona, bucket, key)
        if number < _FEW:
            requests = targets.requests_to_list(persona.principal, bucket)
            parameters = {"Bucket": bucket.name, "MaxKeys": 1}
            yield Probe(persona, f"list {bucket.name}", "s3", "list_objects_v2", parameters, tuple(requests))
    if persona.kind not in ("preview", "governance", "ci"):
        yield from _copy_probes(targets, persona)


def _read_buckets(targets: Targets, persona: Persona) -> list[Bucket]:
    """Buckets that a clearance, a partner or an outsider reads; empty for the others, which read what they write."""
    if persona.kind not in ("clearance", "partner", "outsider"):
        return []
    home, away = _of_home(targets.products, persona), _elsewhere(targets.products, persona)
    return [*_some(home, away, persona), *targets.inboxes, targets.audit]


def _written_buckets(targets: Targets, persona: Persona) -> list[Bucket]:
    """Its own product, another at home, one elsewhere; then an inbox, and buckets of accounts, by kind of persona."""
    own = _of_product(targets, persona)
    home = [bucket for bucket in _of_home(targets.products, persona) if bucket not in own][:_FIRST]
    products = [*own, *home, *_one_of(_elsewhere(targets.products, persona), persona)]
    if persona.kind in ("people", "preview"):
        return products
    inbox = _home_or_one(targets.inboxes, persona)
    if persona.kind in ("pipeline", "delivery", "check", "governance", "ci"):
        return [*products, *inbox]
    results = _home_or_one(targets.results, persona)
    logs = _of_home(targets.logs, persona) if persona.kind in ("deploy", "admin") else []
    audit = [targets.audit] if persona.home == "governance" or persona.kind == "outsider" else []
    return [*products, *inbox, *results, *logs, *audit]


def _prefixes(persona: Persona, bucket: Bucket) -> tuple[str, ...]:
    """Prefixes of keys: query results of a clearance are below its name, so that and another one are tried."""
    return (f"{persona.clearance}/", "elsewhere/") if persona.kind == "clearance" and bucket.has_results else ("",)


def _delete_probe(targets: Targets, persona: Persona, bucket: Bucket, key: str) -> Probe:
    requests = tuple(targets.requests_to_delete(persona.principal, bucket, key))
    parameters = {"Bucket": bucket.name, "Key": key}
    return Probe(persona, f"delete {bucket.name}/{key}", "s3", "delete_object", parameters, requests)


def _copy_probes(targets: Targets, persona: Persona) -> Iterator[Probe]:
    """Copies of a product at home and of one elsewhere, into a bucket at home if there is one."""
    home, key = _of_home(targets.products, persona), f"{PROBE_PREFIX}copy"
    inboxes = _of_home(targets.inboxes, persona)
    target = (_of_product(targets, persona) or inboxes or home[-_FIRST:] or targets.inboxes)[0]
    for source in (*home[:_FIRST], *_one_of(_elsewhere(targets.products, persona), persona)):
        parameters = {"Bucket": target.name, "Key": key, "CopySource": {"Bucket": source.name, "Key": PROBE_KEY}}
        reads = targets.requests_to_get(persona.principal, source, PROBE_KEY)
        writes = targets.requests_to_put(persona.principal, target, key)
        label = f"copy {source.name} to {target.name}"
        yield Probe(persona, label, "s3", "copy_object", parameters, (*writes, *reads))


# ---- the catalog


def _catalog_probes(plan: Plan, persona: Persona) -> Iterator[Probe]:
    if not persona.role:
        return  # Glue takes no call that is not signed
    governance = plan.perimeter.governance_id
    prefix = f"arn:aws:glue:{plan.perimeter.region}:{governance}"
    for database in _databases(plan, persona):
        resources = ("catalog", f"database/{database}", f"table/{database}/*")
        yield Probe(
            persona,
            f"get tables of {database}",
            "glue",
            "get_tables",
            {"CatalogId": governance, "DatabaseName": database},
            tuple(Request(persona.principal, "glue:GetTables", f"{prefix}:{resource}") for resource in resources),
            database=database,
        )


def _databases(plan: Plan, persona: Persona) -> list[str]:
    entries = [entry for domain in plan.domains.values() for entry in domain.catalog.values()]
    if persona.kind in ("pipeline", "delivery", "people"):
        entries = entries[:_FIRST]
    home = [entry.database for entry in entries if entry.domain == persona.home]
    away = [entry.database for entry in entries if entry.domain != persona.home]
    return _some(home, away, persona) if persona.kind == "clearance" else [*home[:_FIRST], *away[:_FIRST]]


# ---- roles


def _role_probes(plan: Plan, persona: Persona) -> Iterator[Probe]:
    if not persona.role:
        return
    roles = _roles(plan, persona)
    if persona.kind not in ("people", "partner", "outsider"):
        start = _number(persona) % len(roles)
        roles = (roles * 2)[start : start + _ROLES]
    yield from (_assumption(persona, role) for role in roles)


def _assumption(persona: Persona, role: str) -> Probe:
    parameters = {"RoleArn": role, "RoleSessionName": _SESSION_NAME}
    request = Request(persona.principal, "sts:AssumeRole", role, {"sts:RoleSessionName": _SESSION_NAME})
    label = f"assume {role.partition(':role/')[2]} in {role.split(':')[4]}"
    return Probe(persona, label, "sts", "assume_role", parameters, (request,))


def _roles(plan: Plan, persona: Persona) -> list[str]:
    """Roles of every kind at home, and one elsewhere; people try every clearance of their home."""
    home = [plan.domains[persona.home]] if persona.home in plan.domains else []
    away = [domain for name, domain in plan.domains.items() if name != persona.home][:_FIRST]
    roles: list[str] = []
    for domain in (*home, *away):
        account = domain.access.account_id
        clearances = [clearance.arn for clearance in domain.clearances.values()]
        roles += clearances if persona.kind == "people" and domain in home else clearances[:_FIRST]
        roles += [staff.arn for staff in domain.staff.values()] if persona.duty or persona.kind == "people" else []
        if domain in home or not home:
            roles += [pipeline.arn for pipeline in domain.pipelines.values()][:_FIRST]
            roles += [names.delivery_role(account, product) for product in domain.deliveries][:_FIRST]
            roles.append(names.publisher_role(plan.perimeter.governance_id, domain.name))
            roles.append(names.location_role(plan.perimeter.governance_id, domain.name))
            roles.append(domain.check.arn)
        roles += [names.deploy_role(account), names.deploy_access_role(account)]
    return [*roles, *(names.role(partner.access.account_id, "access") for partner in plan.partners.values())]


def _ci_probes(plan: Plan, persona: Persona) -> Iterator[Probe]:
    """Assumptions by CI of a stack: deploy and preview of an account of each kind and of its own, and other roles."""
    hub, home = plan.perimeter.governance_id, plan.domains.get(persona.home)
    domains = [domain.access.account_id for domain in plan.domains.values()]
    partners = [partner.access.account_id for partner in plan.partners.values()]
    own = [home.access.account_id] if home else []
    for account in dict.fromkeys((plan.perimeter.management_id, hub, *own, *domains[:_FEW], *partners[:_FIRST])):
        yield _assumption(persona, names.deploy_role(account))
        yield _assumption(persona, names.preview_role(account))
    publisher = persona.home if home else next(iter(plan.domains), "")
    for role in (
        *(names.publisher_role(hub, name) for name in (publisher,) if name),
        names.break_glass_role(hub),
        *(names.ci_role(hub, stack) for stack in ("organization", "access")),
    ):
        yield _assumption(persona, role)


def _break_glass_probes(plan: Plan, persona: Persona) -> Iterator[Probe]:
    """Assumptions of the break-glass role: with the MFA device and the own source identity, and without one of them."""
    role = names.break_glass_role(plan.perimeter.governance_id)
    user = names.role_name(persona.role)
    device = {"SerialNumber": mfa_serial_number(persona), "TokenCode": "000000"}
    with_mfa = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": 0}
    for label, source_identity, mfa_parameters, mfa_context in (
        ("break the glass", user, device, with_mfa),
        ("break the glass without a second factor", user, {}, {}),
        ("break the glass under another's name", "somebody-else", device, with_mfa),
        ("break the glass without a name", "", device, with_mfa),
    ):
        parameters = {"RoleArn": role, "RoleSessionName": _SESSION_NAME, **mfa_parameters}
        context = {"sts:RoleSessionName": _SESSION_NAME, **mfa_context}
        actions = ["sts:AssumeRole"]
        if source_identity:
            parameters["SourceIdentity"] = source_identity
            context["sts:SourceIdentity"] = source_identity
            actions.append("sts:SetSourceIdentity")
        requests = tuple(Request(persona.principal, action, role, context) for action in actions)
        yield Probe(persona, label, "sts", "assume_role", parameters, requests)


# ---- keys and events


def _key_probes(targets: Targets, persona: Persona) -> Iterator[Probe]:
    """Direct uses of keys, which only S3 may use for a caller."""
    if not persona.role:
        return
    home = _of_home([*targets.products, *targets.inboxes], persona)[:_FIRST]
    away = _elsewhere(targets.products, persona)[:_FIRST]
    for bucket in home or away:
        parameters = {"KeyId": stored_key_arn(targets.region, bucket.account, bucket.alias), "KeySpec": "AES_256"}
        request = Request(persona.principal, "kms:GenerateDataKey", bucket.key(targets.region))
        yield Probe(persona, f"use the key of {bucket.name}", "kms", "generate_data_key", parameters, (request,))


def _event_probes(plan: Plan, persona: Persona) -> Iterator[Probe]:
    if not persona.role:
        return
    bus = f"arn:aws:events:{plan.perimeter.region}:{plan.perimeter.governance_id}:event-bus/{names.BUS}"
    own = names.event_source(persona.home, persona.product) if persona.kind == "pipeline" else "mesh.live.check"
    for source, kind, label in (
        (own, "product updated", "put an event on the mesh's bus"),
        ("mesh.somebody.else", "product updated", "put an event of somebody else's product on the mesh's bus"),
        (own, "nothing happened", "put an event of an unknown type on the mesh's bus"),
    ):
        entry = {"EventBusName": bus, "Source": source, "DetailType": kind, "Detail": "{}"}
        context = {"events:source": source, "events:detail-type": kind}
        request = Request(persona.principal, "events:PutEvents", bus, context)
        yield Probe(persona, label, "events", "put_events", {"Entries": [entry]}, (request,))
