"""Optimizers of drafts, stopped for as long as readers need files that drafts no longer name.

An optimizer looks at the draft alone: what it takes for old may be what is published. It is deleted rather than
switched off, for whoever changes one passes it a role (Glue API, UpdateTableOptimizer), and the function passes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from catalog_tables import code
from kept_snapshots import MARGIN, is_safe
from publication_record import PublicationRecord
from publish_settings import PromisedProduct, PublishSettings
from telling import days_behind

KINDS: Final = ("compaction", "orphan_file_deletion", "retention")


def are_due(record: PublicationRecord, settings: PublishSettings, now: str) -> bool:
    """Whether optimizers of a product whose draft waits are to stop.

    With the alarm; where the draft does not name any more what readers see, or nobody looks whether it does, because
    the product is pinned; and before what readers see is old enough, though the draft may have waited for a moment.
    """
    if record["pinned"] or not record["held"] or days_behind(record["behind"], now) >= settings.lag_days:
        return True
    published = record["published"]
    return bool(published) and not is_safe(published, settings.snapshot_days, datetime.fromisoformat(now) + MARGIN)


def stop(glue: Any, product: PromisedProduct) -> Iterator[str]:
    """Delete the optimizers of a product's drafts that are still there; a sentence for each that was."""
    for table in product.tables:
        for kind in KINDS if table.format == "iceberg" else ():
            place = {"CatalogId": product.account_id, "DatabaseName": product.draft, "TableName": table.name}
            try:
                glue.delete_table_optimizer(**place, Type=kind)
            except ClientError as error:
                if code(error) != "EntityNotFoundException":
                    raise
            else:
                yield f"{product.name}: stopped {kind} of {product.draft}.{table.name}, for publications lag"
