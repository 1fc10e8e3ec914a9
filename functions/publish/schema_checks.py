"""Checks of a draft's schema against its contract: columns, ids, types, needs. Each finding is a sentence to the owner.

Labels hang on names, data on ids: a column with another name or id than the lock's would be read under a wrong label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iceberg_document import FORMAT, StoredField, fields
from publish_settings import PromisedProduct, PromisedTable
from table_metadata import TableMetadata


def promised_fields(table: PromisedTable) -> tuple[StoredField, ...]:
    """The fields of a contract, each followed by those in it, as a metadata file would have them."""
    struct = {
        "fields": [
            {"id": column.id, "name": column.name, "type": column.iceberg_type, "required": column.required}
            for column in table.columns
        ]
    }
    return tuple(fields(struct))


def schema_findings(
    product: PromisedProduct, table: PromisedTable, metadata: TableMetadata, missing_is_fine: bool = False
) -> Iterator[str]:
    """Differences between a draft's current schema and the contract; a rollback may lack columns of today."""
    if metadata.version != FORMAT:
        yield other_version(product, metadata)
        return
    promised = promised_fields(table)
    stored = metadata.schema
    yield from _stored(product, promised, stored)
    if not missing_is_fine:
        yield from _missing(product, promised, stored)


def other_version(product: PromisedProduct, metadata: TableMetadata) -> str:
    """A sentence about metadata of another format version."""
    return (
        f"the draft has format version {metadata.version}, allowed is {FORMAT}: {product.evolving} makes drafts of "
        f"version {FORMAT}; do not set `format-version`"
    )


def _stored(product: PromisedProduct, promised: Sequence[StoredField], stored: Sequence[StoredField]) -> Iterator[str]:
    by_id, by_path = {each.id: each for each in promised}, {each.path: each for each in promised}
    reported: set[tuple[str, ...]] = set()
    for field in stored:
        if field.parent in reported:
            reported.add(field.path)
            continue
        finding = _finding(product, field, by_id.get(field.id), by_path.get(field.path))
        if finding:
            yield finding
            reported.add(field.path)


def _finding(
    product: PromisedProduct, field: StoredField, same_id: StoredField | None, same_path: StoredField | None
) -> str:
    what = f"column '{field.name}'"
    if same_id is None and same_path is None:
        return (
            f"{what} (id {field.id}, {field.type}) is not in the contract; allowed are the columns of version "
            f"{product.version}: take it out of the draft, or add it to the contract, run `mesh lock` and then "
            f"{product.evolving}"
        )
    if same_path is None and same_id is not None:
        return (
            f"{what} has the id {field.id}, which is '{same_id.name}' in the contract: readers would see values of "
            f"'{same_id.name}' under a name without its labels; give it its name back, or write the rename into the "
            f"contract (`renamedFrom`), run `mesh lock` and then {product.evolving}"
        )
    if same_path is not None and same_path.id != field.id:
        return (
            f"{what} has the id {field.id}, the lock gives it {same_path.id}: a client's CREATE, REPLACE or ALTER "
            f"numbers columns anew, or the draft has the ids of an older schema; {product.evolving} evolves the draft "
            "with the lock's ids"
        )
    return _other_kind(product, field, same_path)


def _other_kind(product: PromisedProduct, field: StoredField, promised: StoredField | None) -> str:
    if promised is None:
        return ""
    if field.type != promised.type:
        return (
            f"column '{field.name}' is {field.type}, the contract says {promised.type}: write it as {promised.type}, "
            f"or change the contract, run `mesh lock` and then {product.evolving}"
        )
    if promised.required and not field.required:
        return (
            f"column '{field.name}' takes null, the contract says it is required: {product.evolving} makes it required "
            "in the draft"
        )
    if field.required and not promised.required:
        return (
            f"column '{field.name}' is required, the contract lets it be null: {product.evolving} brings the draft to "
            "the contract"
        )
    return ""


def _missing(product: PromisedProduct, promised: Sequence[StoredField], stored: Sequence[StoredField]) -> Iterator[str]:
    ids, paths = {each.id for each in stored}, {each.path for each in stored}
    gone: set[tuple[str, ...]] = set()
    for field in promised:
        if field.parent in gone:
            gone.add(field.path)
        elif field.id not in ids and field.path not in paths:
            gone.add(field.path)
            yield (
                f"column '{field.name}' (id {field.id}, {field.type}) is missing, the contract of version "
                f"{product.version} has it: {product.evolving} evolves the draft"
            )


def snapshot_findings(
    table: PromisedTable, metadata: TableMetadata, base: TableMetadata | None, product: PromisedProduct, anew: bool
) -> Iterator[str]:
    """Snapshots that would show a name of the contract over other values to who reads the table as of then.

    A snapshot is read with the schema that it was written with. Those of the published metadata were checked then. A
    new contract (`anew`) may give one of their names to another column, whose labels then stand over other values; a
    name that is no column's any more is shown to nobody.
    """
    names = {each.id: each.path for each in promised_fields(table)}
    paths = {path: number for number, path in names.items()}
    for number, snapshot in metadata.snapshots.items():
        known = is_known(metadata, base, number)
        if known and not anew:
            continue
        for field in metadata.schema_of(snapshot):
            if known and field.path not in paths:
                continue
            if names.get(field.id) != field.path or paths.get(field.path) != field.id:
                yield (
                    f"snapshot {number} was written when column '{field.name}' had the id {field.id}, which the "
                    f"contract of version {product.version} does not say: readers could ask for the table as of then; "
                    "expire that snapshot (`expire_snapshots`) and commit again"
                )
                break


def is_known(metadata: TableMetadata, base: TableMetadata | None, number: int) -> bool:
    """Whether a snapshot stands in the published metadata just so, with the same schema."""
    if base is None or base.snapshots.get(number) != metadata.snapshots[number]:
        return False
    return base.schema_of(base.snapshots[number]) == metadata.schema_of(metadata.snapshots[number])
