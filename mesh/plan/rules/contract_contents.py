"""Rules of what contracts say: what they promise and nothing watches, what they mention, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.contracts import standard_keys
from mesh.contracts.mentions import mentions
from mesh.contracts.remarks import remarks
from mesh.contracts.servers import DataPlace, server_remarks
from mesh.contracts.standard_keys import KEYS
from mesh.findings import Problem
from mesh.model import Contract
from mesh.plan.rules.context import CrossFileRule, RuleContext

WITHOUT_NAMES: Final = KEYS["properties"].keys() - {"name", "physicalName", "id", "properties", "items", "map"}
"""Keys of a column in which no name of an element stands."""


def contracts_declare_what_is_watched(context: RuleContext) -> Iterator[Problem]:
    """Contracts declare nothing that is not watched; what they do declare of it is counted in one note."""
    for file, _, contract in context.every_contract:
        counts = standard_keys.unwatched(contract)
        if counts:
            parts = [f"{number} {kind.one if number == 1 else kind.many}" for kind, number in counts.items()]
            are = "is" if sum(counts.values()) == 1 else "are"
            told = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
            yield Problem(file, (), f"{told} {are} declared and not watched yet", "note")


def contracts_mention_what_is_there(context: RuleContext) -> Iterator[Problem]:
    """Service levels, relationships and quality rules of contracts name elements that are there."""

    def lookup(file: str) -> Contract | None:
        if not names_are_known(context, file):
            return None
        return context.contracts_by_file[file]

    for file, _, contract in context.every_contract:
        if not names_are_known(context, file):
            continue
        for path, message, severity in mentions(contract, file, lookup):
            yield Problem(file, path, message, severity)


def names_are_known(context: RuleContext, file: str) -> bool:
    """Whether the names of all elements of a contract could be read."""
    mesh = context.mesh
    places = mesh.partial[file].uncertain if file in mesh.partial else ()
    return file not in mesh.unread and all(place[0] != "schema" or place[-1] in WITHOUT_NAMES for place in places)


def contracts_are_shown_as_they_are(context: RuleContext) -> Iterator[Problem]:
    """Contracts are in force, describe tables, and have labels where they say so; no text of theirs is cut."""
    for file, _, contract in context.every_contract:
        for path, message, severity in remarks(contract, context.words):
            yield Problem(file, path, message, severity)


def servers_are_where_data_lies(context: RuleContext) -> Iterator[Problem]:
    """Servers of contracts are the place where the platform keeps the product's data."""
    if any(context.mesh.is_uncertain("mesh.yaml", key) for key in ("name", "region")):
        return
    for file, reference, contract in context.every_contract:
        if contract.data.get("servers"):
            for path, message, severity in server_remarks(contract, _place(context, reference)):
                yield Problem(file, path, message, severity)


def _place(context: RuleContext, reference: str) -> DataPlace:
    domain, _, product = reference.partition(".")
    mesh, accounts = context.mesh.file, context.mesh.accounts
    ids = (accounts.governance, accounts.domains.get(domain)) if accounts else ()
    known = frozenset(account for account in ids if account)
    builder = context.builder
    bucket = builder.perimeter.buckets.of_product(domain, product, builder.domain_id(domain))
    return DataPlace(known, mesh.region, bucket, names.database(domain, product))


def contracts_are_of_their_product(context: RuleContext) -> Iterator[Problem]:
    """Contracts that name a product or a mesh name the one that they belong to."""
    mesh = context.mesh.file.name
    for file, reference, contract in context.every_contract:
        domain, _, product = reference.partition(".")
        said = contract.data.get("dataProduct")
        if said is not None and _plain(said) not in map(_plain, (product, reference, contract.data.get("name") or "")):
            other = next((name for name in (said, f"{domain}.{said}") if name in context.products), None)
            message = f"the contract says data product '{said}', but it is the contract of '{reference}'; "
            message += f"write '{product}', or leave the key out"
            yield Problem(file, ("dataProduct",), message, "error" if other else "warning")
        tenant = contract.data.get("tenant")
        if (
            tenant is not None
            and not context.mesh.is_uncertain("mesh.yaml", "name")
            and _plain(mesh) not in _plain(tenant)
        ):
            message = (
                f"the contract says tenant '{tenant}', and this mesh is '{mesh}'; correct it, or leave the key out"
            )
            yield Problem(file, ("tenant",), message, "warning")


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.casefold())


def contracts_have_their_own_id(context: RuleContext) -> Iterator[Problem]:
    """Ids of contracts are all different."""
    first: dict[str, str] = {}
    for file, _, contract in context.every_contract:
        name = contract.data.get("id")
        if name in first and first[name] != file:
            message = (
                f"the id '{name}' is the one of {first[name]} already, and no two contracts have the same; give this "
                "one its own"
            )
            yield Problem(file, ("id",), message, "warning")
        if name is not None:
            first.setdefault(name, file)


RULES: Final[tuple[CrossFileRule, ...]] = (
    contracts_declare_what_is_watched,
    contracts_mention_what_is_there,
    contracts_are_shown_as_they_are,
    servers_are_where_data_lies,
    contracts_are_of_their_product,
    contracts_have_their_own_id,
)
