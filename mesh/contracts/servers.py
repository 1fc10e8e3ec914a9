"""Servers of a contract: entries that say that the data lies somewhere else than the platform keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mesh.contracts.mistakes import ContractMistake
from mesh.findings import listed
from mesh.model import Contract

OURS: Final = ("athena", "glue", "iceberg", "s3")
"""Types of servers that can describe where the platform keeps data."""


class DataPlace(NamedTuple):
    """The place of a product's data: accounts (of the data and of the catalog), region, bucket and database."""

    accounts: frozenset[str]
    region: str
    bucket: str
    database: str


def server_remarks(contract: Contract, place: DataPlace) -> Iterator[ContractMistake]:
    """Remarks on servers that are not the place where the platform keeps a product's data."""
    for number, server in enumerate(contract.data.get("servers") or ()):
        name, kind, here = server.get("server"), str(server.get("type")), ("servers", number)
        if kind not in (*OURS, "custom"):
            message = (
                f"server '{name}' is of type '{kind}', and the platform keeps the data in s3://{place.bucket} and its "
                "tables in Glue, whatever a contract says; remove the entry"
            )
            yield ContractMistake((*here, "type"), message, "warning")
            continue
        different = list(_different(server, place))
        if different:
            told = listed(f"{key} {server[key]} (not {own})" for key, own in different)
            message = (
                f"server '{name}' says another place than the platform keeps the data in: {told}; correct or remove it"
            )
            yield ContractMistake((*here, different[0][0]), message, "warning")


def _different(server: dict[str, Any], place: DataPlace) -> Iterator[tuple[str, str]]:
    """The keys that say another place, each with what is right."""
    for key, own in (
        ("account", place.accounts),
        ("region", place.region),
        ("regionName", place.region),
        ("database", place.database),
        ("schema", place.database),
        ("namespace", place.database),
    ):
        said = server.get(key)
        right = own if isinstance(own, frozenset) else frozenset({own})
        # A value with a placeholder is filled in by whoever reads the contract; accounts can be assumed still.
        if said is not None and right and "{" not in str(said) and str(said) not in right:
            yield key, " or ".join(sorted(right))
    for key in ("location", "warehouse"):
        said = server.get(key)
        if isinstance(said, str) and "{" not in said and _bucket(said) not in (None, place.bucket):
            yield key, f"s3://{place.bucket}"


def _bucket(location: str) -> str | None:
    """The bucket of a location in S3; None for a text that is no location."""
    scheme, found, rest = location.partition("://")
    if not found:
        return None
    return rest.split("/")[0] if scheme in ("s3", "s3a", "s3n") else location
