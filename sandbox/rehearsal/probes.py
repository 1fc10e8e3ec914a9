"""The calls that are made, each with what the Plan says of it: who, what on what, and the requests that it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from mesh import names
from mesh.evaluator import Request
from mesh.plan import Plan
from sandbox.rehearsal.personas import Persona, second_factor
from sandbox.rehearsal.targets import FOLDER, PROBE, Bucket, Targets, live_key

MOST_AWAY: Final = 12
MOST_HOME: Final = 20
"""Products, and databases, that one holder of a clearance reads elsewhere and at home."""

_FIRST: Final = 1
_FEW: Final = 2
_STEPS: Final = 3
"""Roles that a caller tries whose work is not to step into roles; other ones for each caller."""

MatchT = TypeVar("MatchT")


@dataclass(frozen=True, slots=True)
class Probe:
    """One call. `asks` are the requests that all have to be allowed; `columns` what is then to be seen, by table."""

    caller: Persona
    says: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    asks: tuple[Request, ...]
    database: str = ""


def probes(scene: Targets, callers: list[Persona]) -> Iterator[Probe]:
    """Every call, caller by caller."""
    for caller in callers:
        yield from _objects(scene, caller)
        yield from _catalog(scene.plan, caller)
        yield from _roles(scene.plan, caller)
        if caller.kind == "keeper":
            yield from _breaks_the_glass(scene.plan, caller)
        yield from _keys(scene, caller)
        yield from _events(scene.plan, caller)


# ---- objects


def _objects(scene: Targets, caller: Persona) -> Iterator[Probe]:
    everywhere = caller.kind in ("clearance", "partner", "outsider")
    touched = _touched_by(scene, caller)
    home = [b for b in scene.products if b.home == caller.home]
    products = _some(home, [b for b in scene.products if b.home != caller.home], caller)
    read = [*products, *scene.inboxes, scene.audit] if everywhere else touched
    for bucket in read:
        at = {"Bucket": bucket.name, "Key": PROBE}
        asked = scene.get(caller.principal, bucket, PROBE)
        yield Probe(caller, f"get {bucket.name}", "s3", "get_object", at, tuple(asked))
    if caller.kind == "people":
        return
    for number, bucket in enumerate(touched):
        for prefix in _prefixes(caller, bucket):
            key = f"{prefix}{FOLDER}{caller.who.replace(':', '-')}"
            yield from _writes(scene, caller, bucket, key, deletes=number < _FEW)
        if number < _FEW:
            listed = {"Bucket": bucket.name, "MaxKeys": 1}
            asked = scene.list(caller.principal, bucket)
            yield Probe(caller, f"list {bucket.name}", "s3", "list_objects_v2", listed, tuple(asked))
    if caller.kind not in ("preview", "hub"):
        yield from _copies(scene, caller)


def _some(home: list[MatchT], away: list[MatchT], caller: Persona) -> list[MatchT]:
    """What is at home, and so many of the others: other ones for each caller, so that together they read everything."""
    if len(away) <= MOST_AWAY:
        return [*home, *away]
    start = sum(caller.who.encode()) * MOST_AWAY % len(away)
    return [*home[:MOST_HOME], *(away * 2)[start : start + MOST_AWAY]]


def _writes(scene: Targets, caller: Persona, bucket: Bucket, key: str, *, deletes: bool) -> Iterator[Probe]:
    who, at = caller.principal, {"Bucket": bucket.name, "Key": key}
    put, says = scene.put(who, bucket, key), f"{bucket.name}/{key}"
    yield Probe(caller, f"put {says}", "s3", "put_object", {**at, "Body": b"x"}, tuple(put))
    if deletes:
        yield Probe(caller, f"delete {says}", "s3", "delete_object", at, tuple(scene.delete(who, bucket, key)))


def _touched_by(scene: Targets, caller: Persona) -> list[Bucket]:
    """One's own product; another at home; one elsewhere, another for each caller; an inbox; what accounts keep."""
    own = [b for b in scene.products if b.home == caller.home and b.product == caller.product and caller.product]
    home = [b for b in scene.products if b.home == caller.home and b not in own][:_FIRST]
    away = _turn([b for b in scene.products if b.home != caller.home], caller)
    if caller.kind in ("people", "preview"):
        return [*home, *away]
    inbox = [b for b in scene.inboxes if b.home == caller.home] or _turn(scene.inboxes, caller)
    if caller.kind in ("pipeline", "delivery", "hub"):
        return [*own, *home, *away, *inbox]
    results = [b for b in scene.results if b.home == caller.home] or _turn(scene.results, caller)
    logs = [b for b in scene.logs if b.home == caller.home] if caller.kind in ("deploy", "admin") else []
    audit = [scene.audit] if caller.home == "governance" or caller.kind == "outsider" else []
    return [*own, *home, *away, *inbox, *results, *logs, *audit]


def _turn(found: list[MatchT], caller: Persona) -> list[MatchT]:
    """One of them, another for another caller, the same in every process."""
    return [found[sum(caller.who.encode()) % len(found)]] if found else []


def _prefixes(caller: Persona, bucket: Bucket) -> tuple[str, ...]:
    """Query results of a clearance are below its name: one's own place, and that of another."""
    return (f"{caller.clearance}/", "elsewhere/") if caller.kind == "clearance" and bucket.results else ("",)


def _copies(scene: Targets, caller: Persona) -> Iterator[Probe]:
    """From what one may read to where one may write, if anywhere: out of a foreign product and out of one's home."""
    own = [b for b in scene.products if b.home == caller.home and b.product == caller.product and caller.product]
    home = [b for b in scene.products if b.home == caller.home]
    target = (own or [b for b in scene.inboxes if b.home == caller.home] or home[-_FIRST:] or scene.inboxes)[0]
    for source in (*home[:_FIRST], *_turn([b for b in scene.products if b.home != caller.home], caller)):
        key = f"{FOLDER}copy"
        parameters = {"Bucket": target.name, "Key": key, "CopySource": {"Bucket": source.name, "Key": PROBE}}
        reads, writes = scene.get(caller.principal, source, PROBE), scene.put(caller.principal, target, key)
        says = f"copy {source.name} to {target.name}"
        yield Probe(caller, says, "s3", "copy_object", parameters, (*writes, *reads))


# ---- the catalog


def _catalog(plan: Plan, caller: Persona) -> Iterator[Probe]:
    if not caller.role:
        return  # Glue takes no call that is not signed
    entries = [entry for domain in plan.domains.values() for entry in domain.catalog.values()]
    if caller.kind in ("pipeline", "delivery", "people"):
        entries = entries[:_FIRST]
    home = [e for e in entries if e.domain == caller.home]
    away = [e for e in entries if e.domain != caller.home]
    chosen = _some(home, away, caller) if caller.kind == "clearance" else [*home[:_FIRST], *away[:_FIRST]]
    hub = f"arn:aws:glue:{plan.perimeter.region}:{plan.perimeter.governance_id}"
    for entry in chosen:
        asked = ("catalog", f"database/{entry.database}", f"table/{entry.database}/*")
        yield Probe(
            caller,
            f"get tables of {entry.database}",
            "glue",
            "get_tables",
            {"CatalogId": plan.perimeter.governance_id, "DatabaseName": entry.database},
            tuple(Request(caller.principal, "glue:GetTables", f"{hub}:{what}") for what in asked),
            database=entry.database,
        )


# ---- roles


def _roles(plan: Plan, caller: Persona) -> Iterator[Probe]:
    if not caller.role:
        return
    wanted = _wanted(plan, caller)
    start = sum(caller.who.encode()) % len(wanted)
    for role in wanted if caller.kind in ("people", "partner", "outsider") else (wanted * 2)[start : start + _STEPS]:
        parameters = {"RoleArn": role, "RoleSessionName": "live-check-step"}
        asked = Request(caller.principal, "sts:AssumeRole", role, {"sts:RoleSessionName": "live-check-step"})
        says = f"assume {role.partition(':role/')[2]} in {role.split(':')[4]}"
        yield Probe(caller, says, "sts", "assume_role", parameters, (asked,))


def _wanted(plan: Plan, caller: Persona) -> list[str]:
    """Roles of every kind at home, and one elsewhere; people try every clearance of their home."""
    home = [plan.domains[caller.home]] if caller.home in plan.domains else []
    away = [domain for name, domain in plan.domains.items() if name != caller.home][:_FIRST]
    found: list[str] = []
    for domain in (*home, *away):
        account = domain.access.account_id
        cleared = [each.arn for each in domain.clearances.values()]
        found += cleared if caller.kind == "people" and domain in home else cleared[:_FIRST]
        if domain in home or not home:
            found += [each.arn for each in domain.pipelines.values()][:_FIRST]
            found += [names.delivery_role(account, product) for product in domain.deliveries][:_FIRST]
            found.append(names.publisher_role(plan.perimeter.governance_id, domain.name))
            found.append(names.location_role(plan.perimeter.governance_id, domain.name))
        found.append(names.deploy_role(account))
    return [*found, *(names.role(partner.access.account_id, "access") for partner in plan.partners.values())]


def _breaks_the_glass(plan: Plan, caller: Persona) -> Iterator[Probe]:
    """With all that it takes, and less."""
    role = names.break_glass_role(plan.perimeter.governance_id)
    own, other = names.role_name(caller.role), "somebody-else"
    device = {"SerialNumber": second_factor(caller), "TokenCode": "000000"}
    factor = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": 0}
    for says, name, shown, keys in (
        ("break the glass", own, device, factor),
        ("break the glass without a second factor", own, {}, {}),
        ("break the glass under another's name", other, device, factor),
        ("break the glass without a name", "", device, factor),
    ):
        named = {"SourceIdentity": name} if name else {}
        parameters = {"RoleArn": role, "RoleSessionName": "live-check-step", **named, **shown}
        context = {"sts:RoleSessionName": "live-check-step", **keys}
        if name:
            context["sts:SourceIdentity"] = name
        asked = tuple(
            Request(caller.principal, action, role, context)
            for action in (("sts:AssumeRole", "sts:SetSourceIdentity") if name else ("sts:AssumeRole",))
        )
        yield Probe(caller, says, "sts", "assume_role", parameters, asked)


# ---- keys and events


def _keys(scene: Targets, caller: Persona) -> Iterator[Probe]:
    """Keys are called directly, which only S3 may do for somebody."""
    if not caller.role:
        return
    home = [b for b in (*scene.products, *scene.inboxes) if b.home == caller.home][:_FIRST]
    away = [b for b in scene.products if b.home != caller.home][:_FIRST]
    for bucket in home or away:
        made = live_key(scene.region, bucket.account, bucket.alias)
        asked = Request(caller.principal, "kms:GenerateDataKey", bucket.key(scene.region))
        says, parameters = f"use the key of {bucket.name}", {"KeyId": made, "KeySpec": "AES_256"}
        yield Probe(caller, says, "kms", "generate_data_key", parameters, (asked,))


def _events(plan: Plan, caller: Persona) -> Iterator[Probe]:
    if not caller.role:
        return
    bus = f"arn:aws:events:{plan.perimeter.region}:{plan.perimeter.governance_id}:event-bus/{names.BUS}"
    entry = {"EventBusName": bus, "Source": "live-check", "DetailType": "nothing happened", "Detail": "{}"}
    asked = Request(caller.principal, "events:PutEvents", bus)
    yield Probe(caller, "tell the mesh's bus", "events", "put_events", {"Entries": [entry]}, (asked,))
