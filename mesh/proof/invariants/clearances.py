"""Clearances (I13, M13): each reads exactly the columns and files that it covers, in every domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mesh import names
from mesh.access import from_plan
from mesh.access.chains import PORTS, Reader, ReadPort
from mesh.evaluator.decide import Request
from mesh.plan.nodes import CatalogEntryArgs, DataProductArgs
from mesh.proof.claims import AnyClaim, Claim, Columns, Fact, Sees, Unlabelled
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenContract


def clearances_are_exact(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I13: on every clearance role, every product, its columns, its catalog entry and its files.

    Also on what nobody labelled, a new column and a new table: who holds every label reads it, and nobody else.
    """
    reads = subject.written_clearances
    readers = [
        Reader(name, domain.name, role.arn, role.account_id)
        for domain in subject.domains
        for name, role in domain.clearances.items()
    ]
    for product in subject.products:
        home = subject.domain_of(product)
        home_readers = [Reader(name, home.name, role.arn, role.account_id) for name, role in home.clearances.items()]
        entry = home.catalog.get(product.name)
        for reader in dict.fromkeys((*readers, *home_readers)):
            covered = reads.get(reader.clearance, frozenset[str]())
            if entry:
                yield from _columns(reader, entry, subject.written(product), covered)
                yield from _unlabelled(reader, entry, covered >= subject.written_classifications)
                yield from _catalog(subject, reader, entry)
            yield from _files(subject, reader, product, subject.written(product).labels <= covered)
        yield Fact(f"the contract of {home.name}.{product.name} classifies columns only", _classified(product))
    yield from _queries(subject, readers)
    yield Fact("documents of a product name no account but its own and the governance account", _no_other_account)


def _columns(
    reader: Reader, entry: CatalogEntryArgs, written: WrittenContract, covered: frozenset[str]
) -> Iterator[AnyClaim]:
    # A table that only one side has is claimed as well: the plan invents none, and loses none.
    for table in dict.fromkeys((*written.tables, *(table.name for table in entry.tables))):
        columns = written.tables.get(table, {})
        yield Columns(
            f"clearance {reader.clearance} of {reader.home}",
            reader.arn,
            reader.account,
            entry.database,
            table,
            frozenset(column for column, labels in columns.items() if labels <= covered),
        )
    yield Sees(f"clearance {reader.clearance} of {reader.home}", reader.arn, reader.account, entry.database)


def _unlabelled(reader: Reader, entry: CatalogEntryArgs, may: bool) -> Iterator[AnyClaim]:
    who = f"clearance {reader.clearance} of {reader.home}"
    for table in (None, *(table.name for table in entry.tables)):
        yield Unlabelled(who, reader.arn, reader.account, entry.database, table, may)


def _classified(product: DataProductArgs) -> Callable[[Subject], str | None]:
    """The check that no `classification` stands where no column carries it."""

    def failure(subject: Subject) -> str | None:
        astray = subject.written(product).astray
        return f"carried by no column: {', '.join(astray)}" if astray else None

    return failure


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
    """Claims on the requests of a query besides those for data; and on buckets that no clearance's policy names."""
    for reader in readers:
        who = f"clearance {reader.clearance} of {reader.home}"
        yield from _keys(subject, reader, who)
        results = f"arn:aws:s3:::{subject.plan.results_bucket(reader.home)}"
        below = {"s3:prefix": f"{reader.clearance}/"}
        yield Claim(f"{who}, finds results", Request(reader.arn, "s3:ListBucket", results, below), allowed=True)
        for purpose, request in subject.access.query_requests(reader):
            yield Claim(f"{who}, {purpose}", request, allowed=True)
        for partner in subject.partners[:1]:
            inbox = Request(reader.arn, "s3:GetObject", f"arn:aws:s3:::{partner.partner.inbox}/x")
            yield Claim(who, inbox, allowed=False, granted=False)
        audit = Request(reader.arn, "s3:GetObject", f"arn:aws:s3:::{subject.plan.governance.audit.bucket}/x")
        yield Claim(who, audit, allowed=False, granted=False)


def _keys(subject: Subject, reader: Reader, who: str) -> Iterator[AnyClaim]:
    """Claims on the permissions of a clearance role alone: keys are used through S3, and only the domains'."""
    region, through = subject.region, subject.through_s3
    account_key = from_plan.key_arn(region, reader.account, names.ACCOUNT_KEY_ALIAS)
    other_key = from_plan.key_arn(region, reader.account, "other")
    hub_key = from_plan.key_arn(region, subject.hub, names.ACCOUNT_KEY_ALIAS)
    for action, key, context in (
        ("kms:GenerateDataKey", account_key, {}),
        ("kms:GenerateDataKey", other_key, through),
        ("kms:Decrypt", account_key, {}),
        ("kms:Decrypt", hub_key, through),
    ):
        yield Claim(who, Request(reader.arn, action, key, context), granted=False)


def _no_other_account(subject: Subject) -> str | None:
    """A document of a product that names an account of another domain; None when there is none.

    Only so does one account of a class stand for the others.
    """
    ids = {domain.access.account_id for domain in subject.plan.domains.values()}
    for product in subject.products:
        bucket, key = f"arn:aws:s3:::{product.bucket}", subject.product_key(product)
        for arn in (bucket, key):
            policy = subject.world.resources[arn].policy
            text = str(policy.document) if policy else ""
            named = [account_id for account_id in ids - {product.account_id} if account_id in text]
            if named:
                return f"{arn} names {named[0]}"
    return None


# ---- reads


def reads_come_through(subject: Subject) -> Iterator[AnyClaim]:
    """Facts of M13: each link of a read allows, from the query to the result, for the widest clearance of two homes."""
    for product in subject.products:
        home = subject.domain_of(product)
        for port in PORTS:
            if port in product.ports:
                for reader in _widest_readers(subject, home.name):
                    covered = subject.written(product).labels <= subject.written_clearances[reader.clearance]
                    if port == "table" or covered:
                        yield Fact(*_chain(reader, product, port))


def _widest_readers(subject: Subject, home: str) -> Iterator[Reader]:
    """The clearance with the most classifications, in a home and in one other."""
    homes = [home, *(domain.name for domain in subject.others(home))][:2]
    for name in homes:
        roles = subject.plan.domains[name].clearances
        widest = max(roles.values(), key=lambda role: len(role.clearance.reads), default=None)
        if widest:
            yield Reader(widest.clearance.name, name, widest.arn, widest.account_id)


def _chain(reader: Reader, product: DataProductArgs, port: ReadPort) -> tuple[str, Callable[[Subject], str | None]]:
    def failure(subject: Subject) -> str | None:
        # Decided anew: a mutant may have changed a policy since the links of other reads were decided.
        broken = subject.access.fresh().read(reader, product, port).broken
        return f"{broken.purpose}: {broken.request}" if broken else None

    return f"clearance {reader.clearance} of {reader.home} reads {product.domain}.{product.name} by {port}", failure
