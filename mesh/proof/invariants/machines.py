"""Machines that read (I31), and labels that follow what they read (I32).

Both start from the files as they are written: a read, a clearance or a label that the plan loses is a witness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.plan.nodes import CatalogEntryArgs, DataProductArgs
from mesh.proof.claims import AnyClaim, Claim, Columns, Fact, Sees, Unlabelled
from mesh.proof.machine_readers import cleared_for, pipeline_of, products_named, products_read, written_reads
from mesh.proof.subject import Subject
from mesh.proof.written_labels import LabelSet, WrittenContract
from mesh.proof.written_pipelines import LeftBehind


def machines_read_by_clearance(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I31: on the pipelines that read, and one of each domain that does not, and every product."""
    quiet: set[str] = set()
    for product in subject.products:
        reads = written_reads(subject, product).reads
        if not reads and product.domain in quiet:
            continue
        if not reads:
            quiet.add(product.domain)
        yield from _of_pipeline(subject, product)


def _of_pipeline(subject: Subject, product: DataProductArgs) -> Iterator[AnyClaim]:
    role, who = pipeline_of(subject, product), f"the pipeline of {product.domain}.{product.name}"
    within, read = cleared_for(subject, product), products_read(subject, product)
    folder = written_reads(subject, product).clearance or names.NO_CLEARANCE
    yield Fact(f"{who} reads with clearance {folder}", _is_in(role, f"pipeline/{folder}/{product.name}"))
    tables = any("table" in each.ports for each in read)
    credentials = Request(role, "lakeformation:GetDataAccess", "*")
    yield Claim(who, credentials, allowed=tables, granted=tables)
    for other in subject.products:
        if other is not product:
            yield from _on_table(subject, who, product, other, within if tables else None)
            yield from _on_files(
                subject, who, product, other, other in read and subject.written(other).labels <= within
            )


def _is_in(role: str, path: str) -> Callable[[Subject], str | None]:
    return lambda _: None if role.endswith(f":role/{names.PATH}/{path}") else f"its role is {role}"


def _on_table(
    subject: Subject, who: str, product: DataProductArgs, other: DataProductArgs, within: LabelSet | None
) -> Iterator[AnyClaim]:
    """Lake Formation opens what the clearance covers, of every product; IAM lets the role find what it reads alone."""
    entry = subject.plan.governance.entries.get(f"{other.domain}.{other.name}")
    if entry is None:
        return
    role, written = pipeline_of(subject, product), subject.written(other)
    yield from _columns(who, role, product.account_id, entry, written, within)
    everything = within is not None and within >= subject.written_classifications
    yield Unlabelled(who, role, product.account_id, entry.database, entry.tables[0].name, everything)
    may = within is not None and other in products_read(subject, product)
    if may:
        yield Sees(who, role, product.account_id, entry.database)
    for account in (product.account_id, subject.hub):
        table = f"arn:aws:glue:{subject.region}:{account}:table/{entry.database}/{entry.tables[0].name}"
        for action in ("glue:GetTable", "glue:GetPartitions"):
            yield Claim(who, Request(role, action, table), allowed=may, granted=may)


def _columns(
    who: str, role: str, account: str, entry: CatalogEntryArgs, written: WrittenContract, within: LabelSet | None
) -> Iterator[AnyClaim]:
    for table in dict.fromkeys((*written.tables, *(table.name for table in entry.tables))):
        labelled = written.tables.get(table, {}).items()
        columns = (column for column, labels in labelled if within is not None and labels <= within)
        yield Columns(who, role, account, entry.database, table, frozenset(columns))


def _on_files(
    subject: Subject, who: str, product: DataProductArgs, other: DataProductArgs, covered: bool
) -> Iterator[AnyClaim]:
    role, bucket = pipeline_of(subject, product), f"arn:aws:s3:::{other.bucket}"
    may = covered and "files" in other.ports
    for request in (
        Request(role, "s3:ListBucket", bucket),
        Request(role, "s3:GetObject", f"{bucket}/files/part-0.parquet"),
        Request(role, "kms:Decrypt", subject.product_key(other), subject.through_s3),
    ):
        yield Claim(who, request, allowed=may, granted=may)
    if may:
        for key in ("tables/t/data/x", "outbound/p/x", "queries/x.csv"):
            yield Claim(who, Request(role, "s3:GetObject", f"{bucket}/{key}"), allowed=False, granted=False)
        yield Claim(who, Request(role, "s3:PutObject", f"{bucket}/files/x"), allowed=False, granted=False)


# ---- labels


def labels_follow_what_is_read(subject: Subject) -> Iterator[AnyClaim]:
    """Facts of I32: a product carries the labels of what its pipeline may read, or its contract says why not.

    What a contract leaves behind is asked of every product: a yes that nothing needs would be there for a later read.
    """
    for product in subject.products:
        who = f"{product.domain}.{product.name}"
        if written_reads(subject, product).reads:
            yield Fact(f"{who} carries the labels of what its pipeline reads", _lost(product))
        yield Fact(f"{who} leaves no label behind that it does not lose", _ahead(product))


def _lost(product: DataProductArgs) -> Callable[[Subject], str | None]:
    def failure(subject: Subject) -> str | None:
        output, within = subject.written(product), cleared_for(subject, product)
        # What it read before a review lapsed is still in the product.
        for read in products_named(subject, product):
            for label in sorted(_readable(subject.written(read), read, within) - output.labels):
                said = [left for left in output.left_behind if left.label == label]
                wrong = _unapproved(subject, output, said[0]) if said else "in silence"
                if wrong:
                    return f"it reads '{label}' of {read.domain}.{read.name} and leaves it behind {wrong}"
        return None

    return failure


def _ahead(product: DataProductArgs) -> Callable[[Subject], str | None]:
    def failure(subject: Subject) -> str | None:
        output, within = subject.written(product), cleared_for(subject, product)
        read = (_readable(subject.written(each), each, within) for each in products_named(subject, product))
        lost = LabelSet().union(*read) - output.labels
        for label in sorted({left.label for left in output.left_behind} - lost):
            return f"it leaves behind '{label}', which nothing that it reads holds, or which it carries itself"
        return None

    return failure


def _readable(written: WrittenContract, read: DataProductArgs, within: LabelSet) -> LabelSet:
    """Labels of the columns that a clearance covers; of files all, if it covers all."""
    if written.labels <= within:
        return written.labels
    columns = (labels for table in written.tables.values() for labels in table.values() if labels <= within)
    return LabelSet().union(*columns) if "table" in read.ports else LabelSet()


def _unapproved(subject: Subject, output: WrittenContract, left: LeftBehind) -> str | None:
    """The fault of a label that is left behind otherwise than people agreed; None when it has none."""
    if not left.reasoned:
        return "without a reason"
    clearances, approvers = subject.written_clearances, subject.as_written.approvers
    guards = [name for name, reads in clearances.items() if left.label in reads]
    if guards and not any(left.approved_by & approvers[name] for name in guards):
        return f"without a yes of who guards it ({', '.join(guards)})"
    columns = [labels for table in output.tables.values() for labels in table.values()]
    for name, reads in clearances.items():
        gains = left.label not in reads and any(labels <= reads for labels in columns)
        if gains and not left.approved_by & approvers[name]:
            return f"without a yes of an approver of {name}, which gains"
    return None
