"""Labels of Lake Formation as AWS keeps them: those that a resource has stay, and what is unknown is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NO_TAG: Final = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Tag or tag value does not exist."}
_NO_COLUMN: Final = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Column does not exist."}
_LF_TAGS: Final = ("lf_database_tags", "lf_table_tags", "lf_columns_tags")


def keeping_lf_tags() -> Iterator[tuple[Any, str, Any]]:
    """Add LF-tags to those that a resource has, and refuse unknown ones: moto replaces them, and takes any.

    Columns that their table does not have are refused, too; moto gives several columns one list of tags among them.
    """
    from moto.lakeformation.models import LakeFormationBackend

    add, init = LakeFormationBackend.add_lf_tags_to_resource, LakeFormationBackend.__init__

    def add_lf_tags(backend: Any, catalog_id: str, resource: dict[str, Any], tags: list[dict[str, Any]]) -> Any:
        unknown = [tag for tag in tags if not _exists(backend, tag.get("CatalogId") or catalog_id, tag)]
        if unknown:
            return [{"LFTag": tag, "Error": _NO_TAG} for tag in unknown]
        if not _has_columns(backend, catalog_id, resource.get("TableWithColumns")):
            return [{"LFTag": tag, "Error": _NO_COLUMN} for tag in tags]
        before = {name: dict(getattr(backend, name)) for name in _LF_TAGS}
        failures = add(backend, catalog_id, resource, tags)
        for name, tags_before in before.items():
            _keep_other_tags(tags_before, getattr(backend, name))
        return failures

    def start(backend: Any, region_name: str, account_id: str) -> None:
        init(backend, region_name, account_id)
        for name in _LF_TAGS:  # moto raises KeyError for the tags of a resource that has none
            setattr(backend, name, defaultdict(list))

    yield LakeFormationBackend, "add_lf_tags_to_resource", add_lf_tags
    yield LakeFormationBackend, "__init__", start


def _has_columns(backend: Any, catalog_id: str, columns: Mapping[str, Any] | None) -> bool:
    """Whether a table has all columns that are named; of a table that moto's Glue does not know, nothing is said."""
    from moto.glue.models import glue_backends

    if columns is None:
        return True
    glue = glue_backends[columns.get("CatalogId") or catalog_id or backend.account_id][backend.region_name]
    database = glue.databases.get(columns["DatabaseName"])
    table = database.tables.get(columns["Name"]) if database else None
    if table is None:
        return True
    described: dict[str, Any] = table.as_dict()
    storage: dict[str, Any] = described.get("StorageDescriptor") or {}
    known = [*(storage.get("Columns") or ()), *(described.get("PartitionKeys") or ())]
    return set(columns.get("ColumnNames") or ()) <= {column["Name"] for column in known}


def _exists(backend: Any, catalog_id: str, tag: Mapping[str, Any]) -> bool:
    return set(tag["TagValues"]) <= set(backend.get_lf_tag(catalog_id, tag["TagKey"]))


def _keep_other_tags(before: dict[Any, list[dict[str, Any]]], now: dict[Any, list[dict[str, Any]]]) -> None:
    for target, tags in now.items():
        old = before.get(target)
        if old is not tags:
            keys = {tag["TagKey"] for tag in tags}
            now[target] = [tag for tag in old or () if tag["TagKey"] not in keys] + list(tags)
