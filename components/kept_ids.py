"""Hook of an Iceberg table: an update that would read data under other names is refused, in a preview as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceHookOptions

from mesh.contracts.catalog import CatalogTable
from mesh.contracts.renumbering import deployed_ids, renumbered


def keeping_ids(name: str, table: CatalogTable) -> ResourceHookBinding:
    """The hook of a table, whose resource has the name: it compares what is deployed with the lock."""

    def refuse(args: ResourceHookArgs) -> None:
        fields = _deployed_fields(args.old_inputs or {})
        sentences = renumbered(deployed_ids(fields), table.locked)
        if sentences:
            remedy = "restore the lock of the product from version control, and run 'mesh lock'"
            raise ValueError(f"table '{table.name}': {'; '.join(sentences)}; {remedy}")

    return ResourceHookBinding(
        before_update=[ResourceHook(f"{name}-ids", refuse, ResourceHookOptions(on_dry_run=True))]
    )


def _deployed_fields(inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    here: Any = inputs
    for key in ("openTableFormatInput", "icebergInput", "icebergTableInput", "schema"):
        here = here.get(key) or {}
    return here.get("fields") or []
