"""I13, I20, I23: a clearance reads exactly what it covers, in every domain, and the catalog passes nothing on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.access.chains import PORTS, Reader, ReadPort
from mesh.evaluator.decide import Request
from mesh.plan.nodes import CatalogEntryArgs, DataProductArgs
from mesh.plan.nodes.grants import Covered, Label, NamedResource, WholeCatalog
from mesh.proof.claims import AnyClaim, Claim, Columns, Fact, Sees
from mesh.proof.subject import Subject

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


def clearances_are_exact(subject: Subject) -> Iterator[AnyClaim]:
    """I13: a clearance held once reads, in every domain, exactly the columns that its classifications cover."""
    reads = {clearance.name: clearance.reads for clearance in subject.plan.governance.catalog.clearances}
    readers = [
        Reader(name, domain.name, role.arn, role.account_id)
        for domain in subject.domains
        for name, role in domain.clearances.items()
    ]
    for product in subject.products:
        home = subject.domain_of(product)
        own = [Reader(name, home.name, role.arn, role.account_id) for name, role in home.clearances.items()]
        entry = home.catalog.get(product.name)
        for reader in dict.fromkeys((*readers, *own)):
            covered = reads[reader.clearance]
            if entry:
                yield from _columns(reader, entry, covered)
                yield from _catalog(subject, reader, entry)
            yield from _files(subject, reader, product, product.labels <= covered)
    yield from _queries(subject, readers)
    yield Fact("documents of a product name no account but its own and the governance account", _no_other_account)


def _columns(reader: Reader, entry: CatalogEntryArgs, covered: frozenset[str]) -> Iterator[AnyClaim]:
    for table in entry.tables:
        yield Columns(
            f"clearance {reader.clearance} of {reader.home}",
            reader.arn,
            reader.account,
            entry.database,
            table.name,
            frozenset(c.name for c in (*table.columns, *table.partitions) if frozenset(c.labels) <= covered),
        )
    yield Sees(f"clearance {reader.clearance} of {reader.home}", reader.arn, reader.account, entry.database)


def _catalog(subject: Subject, reader: Reader, entry: CatalogEntryArgs) -> Iterator[AnyClaim]:
    catalog = f"arn:aws:glue:{subject.region}:{subject.hub}"
    table = f"{catalog}:table/{entry.database}/{entry.tables[0].name}"
    for resource in (f"{catalog}:catalog", f"{catalog}:database/{entry.database}", table):
        request = Request(reader.arn, "glue:GetTable", resource)
        yield Claim(f"clearance {reader.clearance} of {reader.home}", request, allowed=True)


def _files(subject: Subject, reader: Reader, product: DataProductArgs, covered: bool) -> Iterator[AnyClaim]:
    may = covered and "files" in product.ports
    who, bucket = f"clearance {reader.clearance} of {reader.home}", f"arn:aws:s3:::{product.bucket}"
    key, through = subject.product_key(product), subject.through_s3
    for request in (
        Request(reader.arn, "s3:ListBucket", bucket),
        Request(reader.arn, "s3:GetObject", f"{bucket}/files/part-0.parquet"),
        Request(reader.arn, "kms:Decrypt", key, through),
    ):
        yield Claim(who, request, allowed=may, denied=() if may else ("resource",), admitted=may)
    if may:
        yield Claim(f"{who}, not through S3", Request(reader.arn, "kms:Decrypt", key), False, admitted=False)
        yield Claim(who, Request(reader.arn, "s3:PutObject", f"{bucket}/files/x"), allowed=False, granted=False)


def _queries(subject: Subject, readers: list[Reader]) -> Iterator[AnyClaim]:
    """What a query takes besides the data, and that a clearance's policies end at the domains."""
    for reader in readers:
        who = f"clearance {reader.clearance} of {reader.home}"
        yield from _keys(subject, reader, who)
        results = f"arn:aws:s3:::{names.results_bucket(subject.plan.mesh, reader.home)}"
        yield Claim(f"{who}, finds results", Request(reader.arn, "s3:ListBucket", results), allowed=True)
        for purpose, request in subject.access.query_requests(reader):
            yield Claim(f"{who}, {purpose}", request, allowed=True)
        for partner in subject.partners[:1]:
            inbox = Request(reader.arn, "s3:GetObject", f"arn:aws:s3:::{partner.partner.inbox}/x")
            yield Claim(who, inbox, allowed=False, granted=False)
        audit = Request(reader.arn, "s3:GetObject", f"arn:aws:s3:::{names.audit_bucket(subject.plan.mesh)}/x")
        yield Claim(who, audit, allowed=False, granted=False)


def _keys(subject: Subject, reader: Reader, who: str) -> Iterator[AnyClaim]:
    """By its own permissions a clearance uses keys through S3: the domains' to read, its account's for results."""
    region, through = subject.region, subject.through_s3
    own = from_plan.key_arn(region, reader.account, names.ACCOUNT_KEY_ALIAS)
    of_another = from_plan.key_arn(region, reader.account, "other")
    hub = from_plan.key_arn(region, subject.hub, names.ACCOUNT_KEY_ALIAS)
    for action, key, context in (
        ("kms:GenerateDataKey", own, {}),
        ("kms:GenerateDataKey", of_another, through),
        ("kms:Decrypt", own, {}),
        ("kms:Decrypt", hub, through),
    ):
        yield Claim(who, Request(reader.arn, action, key, context), granted=False)


def _no_other_account(subject: Subject) -> str | None:
    """What lets one account of a class stand for the others."""
    ids = {domain.access.account_id for domain in subject.plan.domains.values()}
    for product in subject.products:
        bucket, key = f"arn:aws:s3:::{product.bucket}", subject.product_key(product)
        for arn in (bucket, key):
            policy = subject.world.resources[arn].policy
            text = str(policy.document) if policy else ""
            strange = [each for each in ids - {product.account_id} if each in text]
            if strange:
                return f"{arn} names {strange[0]}"
    return None


def reads_come_through(subject: Subject) -> Iterator[AnyClaim]:
    """M13: what a clearance covers can indeed be read, by every link: query, catalog, location role, result."""
    for product in subject.products:
        home = subject.domain_of(product)
        for port in PORTS:
            if port in product.ports:
                for reader in _two(subject, home.name):
                    covered = product.labels <= home.clearances[reader.clearance].clearance.reads
                    if port == "table" or covered:
                        yield Fact(*_chain(reader, product, port))


def _two(subject: Subject, home: str) -> Iterator[Reader]:
    """Of a home: the clearance that covers most, which comes last by size; of another home the same."""
    everywhere = [home, *(domain.name for domain in subject.others(home))][:2]
    for name in everywhere:
        roles = subject.plan.domains[name].clearances
        widest = max(roles.values(), key=lambda role: len(role.clearance.reads), default=None)
        if widest:
            yield Reader(widest.clearance.name, name, widest.arn, widest.account_id)


def _chain(reader: Reader, product: DataProductArgs, port: ReadPort) -> tuple[str, Callable[[Subject], str | None]]:
    def failure(subject: Subject) -> str | None:
        broken = subject.access.fresh().read(reader, product, port).broken
        return f"{broken.purpose}: {broken.request}" if broken else None

    return f"clearance {reader.clearance} of {reader.home} reads {product.domain}.{product.name} by {port}", failure


# ---- the catalog


def nothing_is_passed_on(_: Subject) -> Iterator[AnyClaim]:
    """I20: what leaves the hub is a clearance's expression for the domains unit, and a domain passes on that alone."""
    yield Fact("the hub grants to other accounts nothing but clearances", _hub_grants)
    yield Fact("a domain's grants are the hub's own expressions, and grant no further", _domain_grants)
    yield Fact("no account but the governance account holds a permission on an LF-tag", _label_grants)
    yield Fact("each publisher may create databases and put every label on them, and nothing more", _publishers_publish)
    yield Fact("everyone of a consumer's account sees the links to what it consumes", _links_are_seen)
    yield Fact("Lake Formation is closed unless a grant opens it", _settings)
    yield Fact("every location is registered with its domain's own role, and not in hybrid mode", _locations)


def _hub_grants(subject: Subject) -> str | None:
    unit = subject.perimeter.domains_unit_arn
    clearances = {c.expression for c in subject.plan.governance.catalog.clearances}
    for grant in subject.lakes.lakes[subject.hub].grants:
        match grant.on:
            case Covered(expression=expression):
                if grant.principal != unit or expression not in clearances:
                    return f"{grant.name} goes to {grant.principal}"
            case WholeCatalog() | Label():
                if f"::{subject.hub}:role/{names.PATH}/publisher/" not in grant.principal or grant.grantable:
                    return f"{grant.name} goes to {grant.principal}"
            case NamedResource():
                return f"{grant.name} names {grant.on.database}"
    return None


def _domain_grants(subject: Subject) -> str | None:
    hub = subject.lakes.lakes[subject.hub].grants
    shared = {(grant.on, grant.permissions) for grant in hub if grant.grantable}
    for domain in subject.plan.domains.values():
        own = {role.arn for role in domain.clearances.values()}
        for grant in subject.lakes.lakes[domain.access.account_id].grants:
            if grant.on.catalog != subject.hub:
                continue
            if grant.grantable or grant.principal not in own or (grant.on, grant.permissions) not in shared:
                return f"{domain.name}: {grant.name} for {grant.principal}"
    return None


def _label_grants(subject: Subject) -> str | None:
    for account_id, lake in subject.lakes.lakes.items():
        for grant in lake.grants:
            if isinstance(grant.on, Label) and f"::{subject.hub}:" not in grant.principal:
                return f"{account_id}: {grant.name} for {grant.principal}"
    return None


def _publishers_publish(subject: Subject) -> str | None:
    labels = {clearance for clearance, _ in subject.plan.governance.catalog.clearances[0].expression}
    for domain in subject.plan.domains:
        publisher = names.publisher_role(subject.hub, domain)
        own = [grant for grant in subject.lakes.lakes[subject.hub].grants if grant.principal == publisher]
        found = {(type(g.on).__name__, g.permissions, g.on.key if isinstance(g.on, Label) else "") for g in own}
        wanted = {("Label", ("ASSOCIATE", "DESCRIBE"), key) for key in labels}
        if found != {("WholeCatalog", ("CREATE_DATABASE",), ""), *wanted}:
            return f"{publisher} holds {sorted(found)}"
    return None


def _links_are_seen(subject: Subject) -> str | None:
    for domain in subject.plan.domains.values():
        account_id = domain.access.account_id
        seen = {g.on.database for g in subject.lakes.lakes[account_id].grants if isinstance(g.on, NamedResource)}
        unseen = {link.database for link in domain.links.values()} ^ seen
        if unseen:
            return f"{domain.name}: {', '.join(sorted(unseen))}"
    return None


def _settings(subject: Subject) -> str | None:
    for lake in subject.lakes.lakes.values():
        if lake.open_by_default or lake.full_table_outside or lake.filtering_outside:
            return f"account {lake.account} is open by default"
        if set(lake.administrators) != {names.deploy_role(lake.account)}:
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


def catalog_is_closed(subject: Subject) -> Iterator[AnyClaim]:
    """I23: the mesh catalog is read by domains and written by each domain's publisher, each in its own databases."""
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
            yield Claim(caller.who, Request(caller.name, "glue:CreateTable", f"{catalog}:catalog"), allowed=True)
    yield from _publishers(subject, catalog)


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
        own = names.snake(domain.name)
        for action in ("glue:CreateDatabase", "glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable"):
            for resource in (f"{catalog}:database/{own}__x", f"{catalog}:table/{own}__x/y"):
                yield Claim(who, Request(publisher, action, resource), allowed=True)
            for strange in (
                f"{own}x__x",
                f"x{own}__x",
                *(names.snake(d.name) + "__x" for d in subject.others(domain.name)),
            ):
                request = Request(publisher, action, f"{catalog}:table/{strange}/y")
                yield Claim(who, request, allowed=False, granted=False)
        passes = Request(publisher, "iam:PassRole", names.location_role(subject.hub, domain.name))
        yield Claim(who, passes, allowed=True)
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
