"""The mesh catalog (I20, I23): its grants pass nothing on, domains read it, publishers move their domain's tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.evaluator.decide import Request
from mesh.plan.nodes.grants import EVERYONE_IAM_ALLOWS, Covered, Grant, Label, NamedResource, WholeCatalog
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.machine_readers import roles_with_a_clearance
from mesh.proof.subject import Actor, Subject

CATALOG_READS: Final = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartitions",
    "glue:SearchTables",
)
CATALOG_WRITES: Final = (
    "glue:CreateDatabase",
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:UpdateDatabase",
    "glue:DeleteTable",
    "glue:DeleteDatabase",
    "glue:BatchDeleteTable",
    "glue:BatchCreatePartition",
    "glue:BatchUpdatePartition",
)
MOVES: Final = (
    "glue:BatchCreatePartition",
    "glue:BatchUpdatePartition",
    "glue:CreatePartition",
    "glue:CreatePartitionIndex",
    "glue:CreateTable",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)
"""Writes of tables and partitions, which publishers alone make."""


# ---- grants


def nothing_is_passed_on(_: Subject) -> Iterator[AnyClaim]:
    """Facts of I20: on every grant of Lake Formation, on its settings, and on registered locations."""
    yield Fact("the hub grants to other accounts nothing but clearances, and to see databases", _hub_grants)
    yield Fact("a domain grants to a clearance the hub's own expression of it, and no further", _domain_grants)
    yield Fact("no account but the governance account holds a permission on an LF-tag", _label_grants)
    yield Fact("each publisher may make tables in its domain's databases, label them, and no more", _publishers_publish)
    yield Fact("drafts are open to all whom IAM admits, and nothing else is, in any account", _drafts_are_open)
    yield Fact("everyone of a consumer's account sees the links to what it consumes, and no more", _links_are_seen)
    yield Fact("Lake Formation is closed unless a grant opens it", _settings)
    yield Fact("every location is registered with its domain's own role, and not in hybrid mode", _locations)


def _hub_grants(subject: Subject) -> str | None:
    direct = _granted_directly(subject)
    for grant in subject.lakes.lakes[subject.hub].grants:
        if grant.principal not in direct:
            wrong = _wrong_grant(subject, grant)
        elif grant.grantable or not _is_covered(grant, direct[grant.principal]):
            wrong = f"{grant.name} for {grant.principal} is no grant of its clearance"
        else:
            wrong = None
        if wrong:
            return wrong
    return None


def _wrong_grant(subject: Subject, grant: Grant) -> str | None:
    """The fault of a grant of the hub that is to no clearance's role; None when it has none."""
    unit = subject.perimeter.domains_unit_arn
    clearances = {c.expression for c in subject.plan.governance.catalog.clearances}
    match grant.on:
        case Covered(kind="DATABASE"):
            if grant.principal != unit or grant.permissions != ("DESCRIBE",):
                return f"{grant.name} lets {grant.principal} {', '.join(grant.permissions)}"
        case Covered(expression=expression):
            if grant.principal != unit or expression not in clearances:
                return f"{grant.name} goes to {grant.principal}"
        case Label() | NamedResource():
            if f"::{subject.hub}:role/{names.PATH}/publisher/" not in grant.principal or grant.grantable:
                return f"{grant.name} goes to {grant.principal}"
        case WholeCatalog():
            return f"{grant.name} lets {grant.principal} make databases"
    return None


def _granted_directly(subject: Subject) -> dict[str, frozenset[str]]:
    """The roles to which the hub grants itself (`granted-by: hub`), with what their clearances read."""
    direct: dict[str, frozenset[str]] = {}
    for domain in subject.plan.domains.values():
        if any(role.by_hub for role in domain.clearances.values()):
            direct |= roles_with_a_clearance(subject, domain)
    return direct


def _domain_grants(subject: Subject) -> str | None:
    hub = subject.lakes.lakes[subject.hub].grants
    shared = {(grant.on, grant.permissions) for grant in hub if grant.grantable}
    for domain in subject.plan.domains.values():
        reads = roles_with_a_clearance(subject, domain)
        for grant in subject.lakes.lakes[domain.access.account_id].grants:
            if grant.on.catalog != subject.hub:
                continue
            is_shared = (grant.on, grant.permissions) in shared
            covered = _is_covered(grant, reads.get(grant.principal))
            if grant.grantable or not covered or not is_shared:
                return f"{domain.name}: {grant.name} for {grant.principal}"
    return None


def _is_covered(grant: Grant, reads: frozenset[str] | None) -> bool:
    """Whether a grant by LF-tags is one of a clearance: to see databases, or to read just what it covers."""
    if not isinstance(grant.on, Covered) or reads is None:
        return False
    if grant.on.kind == "DATABASE":
        return grant.permissions == ("DESCRIBE",)
    return reads == frozenset(key for key, values in grant.on.expression if "true" in values)


def _label_grants(subject: Subject) -> str | None:
    for account_id, lake in subject.lakes.lakes.items():
        for grant in lake.grants:
            if isinstance(grant.on, Label) and f"::{subject.hub}:" not in grant.principal:
                return f"{account_id}: {grant.name} for {grant.principal}"
    return None


def _publishers_publish(subject: Subject) -> str | None:
    labels = {label for label, _ in subject.plan.governance.catalog.clearances[0].expression}
    for domain in subject.plan.domains:
        publisher = names.publisher_role(subject.hub, domain)
        grants = [grant for grant in subject.lakes.lakes[subject.hub].grants if grant.principal == publisher]
        held = {(grant.permissions, _named(grant)) for grant in grants}
        wanted = {(("ASSOCIATE", "DESCRIBE"), f"label {key}") for key in labels}
        wanted |= {
            (("CREATE_TABLE", "DESCRIBE"), f"database {names.database(domain, product.name)}")
            for product in subject.plan.domains[domain].products.values()
            if "table" in product.ports
        }
        if held != wanted:
            return f"{publisher} holds {sorted(held)}"
    return None


def _named(grant: Grant) -> str:
    match grant.on:
        case Label(key=key):
            return f"label {key}"
        case NamedResource(database=database, table=None):
            return f"database {database}"
        case _:
            return str(grant.on)


def _drafts_are_open(subject: Subject) -> str | None:
    """The one exception of closed catalogs: exactly the drafts of products with a table port."""
    for lake in subject.lakes.lakes.values():
        domain = next((d for d in subject.plan.domains.values() if d.access.account_id == lake.account), None)
        drafts = {
            names.draft_database(product.domain, product.name)
            for product in (domain.products.values() if domain else ())
            if "table" in product.ports
        }
        granted = {
            grant.on.database if isinstance(grant.on, NamedResource) and grant.on.table is None else str(grant.on)
            for grant in lake.grants
            if grant.principal == EVERYONE_IAM_ALLOWS and grant.permissions == ("ALL",) and not grant.grantable
        }
        tables = {
            name
            for name, database in lake.databases.items()
            if any(table.open_by_default for table in database.tables.values())
        }
        for name in (granted ^ drafts) | (tables ^ drafts):
            return (
                f"account {lake.account}: {name} is {'not open' if name in drafts else 'open'} to all that IAM admits"
            )
    return None


def _links_are_seen(subject: Subject) -> str | None:
    for domain in subject.plan.domains.values():
        account_id = domain.access.account_id
        named = [
            grant
            for grant in subject.lakes.lakes[account_id].grants
            if isinstance(grant.on, NamedResource) and grant.principal != EVERYONE_IAM_ALLOWS
        ]
        more = next((grant for grant in named if grant.grantable or grant.permissions != ("DESCRIBE",)), None)
        visible = {grant.on.database for grant in named if isinstance(grant.on, NamedResource)}
        unseen = {domain.default.database, *(link.database for link in domain.links.values())} ^ visible
        if more or unseen:
            return f"{domain.name}: {f'{more.name} is more than to see' if more else ', '.join(sorted(unseen))}"
    return None


def _settings(subject: Subject) -> str | None:
    for lake in subject.lakes.lakes.values():
        if lake.open_by_default or lake.full_table_outside or lake.filtering_outside:
            return f"account {lake.account} is open by default"
        governs = lake.account == subject.hub
        if set(lake.administrators) != {(names.deploy_role if governs else names.deploy_access_role)(lake.account)}:
            return f"account {lake.account} is administered by {', '.join(lake.administrators)}"
    return None


def _locations(subject: Subject) -> str | None:
    owners = {
        f"arn:aws:s3:::{entry.location}": names.location_role(subject.hub, domain.name)
        for domain in subject.plan.domains.values()
        for entry in domain.catalog.values()
    }
    for location in subject.lakes.lakes[subject.hub].locations:
        if location.hybrid or owners.get(location.arn) != location.role:
            return f"{location.arn} is read with {location.role}{' in hybrid mode' if location.hybrid else ''}"
    return None


# ---- requests


def catalog_is_closed(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I23: on reads and writes of the catalog by strangers, domains, services, governance and publishers."""
    catalog = f"arn:aws:glue:{subject.region}:{subject.hub}"
    strangers = (*subject.of_partners, *subject.of_management, *subject.outsiders)
    for resource in (f"{catalog}:catalog", f"{catalog}:database/ads__x", f"{catalog}:table/ads__x/y"):
        for caller in strangers:
            for action in (*CATALOG_READS[:2], *CATALOG_WRITES[:2]):
                request = Request(caller.name, action, resource)
                yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
        yield from _domains(subject, resource)
        yield from _services(subject, resource)
    for caller in subject.of_governance:
        if caller.kind in ("other", "root"):
            for action in CATALOG_WRITES:
                request = Request(caller.name, action, f"{catalog}:table/ads__x/y")
                yield Claim(caller.who, request, allowed=False, denied=("resource",))
        elif caller.kind == "deploy":
            yield from _governance(caller, catalog)
    yield from _publishers(subject, catalog)


def _governance(deployment: Actor, catalog: str) -> Iterator[AnyClaim]:
    """Claims on the deployment of governance: it makes and changes databases, removes, and moves no table."""
    parts = (f"{catalog}:catalog", f"{catalog}:database/ads__x", f"{catalog}:table/ads__x/y")
    for action in ("glue:CreateDatabase", "glue:UpdateDatabase", "glue:DeleteDatabase"):
        yield from (Claim(deployment.who, Request(deployment.name, action, part), allowed=True) for part in parts[:2])
    for part in parts:
        yield Claim(deployment.who, Request(deployment.name, "glue:DeleteTable", part), allowed=True)
        for action in MOVES:
            request = Request(deployment.name, action, part)
            yield Claim(deployment.who, request, allowed=False, denied=("resource",))


def _domains(subject: Subject, resource: str) -> Iterator[AnyClaim]:
    for domain in subject.domains[:2]:
        other = subject.other(domain.access.account_id, "domains", f"domain {domain.name}")
        for action in CATALOG_READS:
            yield Claim(other.who, Request(other.name, action, resource), free=("resource",), admitted=True)
        for action in CATALOG_WRITES:
            request = Request(other.name, action, resource)
            yield Claim(other.who, request, allowed=False, denied=("resource",), admitted=False)


def _services(subject: Subject, resource: str) -> Iterator[AnyClaim]:
    shares = Request("ram.amazonaws.com", "glue:ShareResource", resource, subject.for_the_mesh)
    yield Claim("RAM, for Lake Formation", shares, allowed=True)
    other = Request("s3.amazonaws.com", "glue:GetTable", resource, subject.for_the_mesh)
    yield Claim("another service", other, allowed=False, free=("resource",), admitted=False)
    writing = Request("glue.amazonaws.com", "glue:CreateTable", resource, subject.for_the_mesh)
    yield Claim("another service", writing, allowed=False, free=("resource",))


def _publishers(subject: Subject, catalog: str) -> Iterator[AnyClaim]:
    for domain in subject.domains:
        publisher, who = names.publisher_role(subject.hub, domain.name), f"the publisher of {domain.name}"
        prefix = names.snake(domain.name)
        own = (f"{catalog}:catalog", f"{catalog}:database/{prefix}__x", f"{catalog}:table/{prefix}__x/y")
        for action in CATALOG_WRITES:
            if "Database" in action or "Delete" in action:
                for resource in own:
                    request = Request(publisher, action, resource)
                    yield Claim(who, request, allowed=False, denied=("resource",), granted=False)
        for action in ("glue:CreateTable", "glue:UpdateTable", "glue:BatchCreatePartition"):
            for resource in own:
                yield Claim(who, Request(publisher, action, resource), allowed=True)
            for database in (
                f"{prefix}x__x",
                f"x{prefix}__x",
                *(names.snake(d.name) + "__x" for d in subject.others(domain.name)),
            ):
                request = Request(publisher, action, f"{catalog}:table/{database}/y")
                yield Claim(who, request, allowed=False, granted=False)
        passes = Request(publisher, "iam:PassRole", names.location_role(subject.hub, domain.name))
        yield Claim(who, passes, allowed=False, granted=False)
        for other in subject.others(domain.name):
            request = Request(publisher, "iam:PassRole", names.location_role(subject.hub, other.name))
            yield Claim(who, request, allowed=False, granted=False)
            location = names.location_role(subject.hub, domain.name)
            theirs = next(iter(other.products.values()), None)
            if theirs:
                read = Request(location, "s3:GetObject", f"arn:aws:s3:::{theirs.bucket}/tables/x")
                yield Claim(f"the location role of {domain.name}", read, allowed=False, granted=False)
                decrypt = Request(location, "kms:Decrypt", subject.product_key(theirs), subject.through_s3)
                yield Claim(f"the location role of {domain.name}", decrypt, allowed=False, granted=False)
