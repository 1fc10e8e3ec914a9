"""Breaks of a product in its domain's file: products and ports that go, data that is kept for less long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mesh.contracts.breaks.break_rule import BreakRule, in_words, values
from mesh.contracts.breaks.paired_documents import ContractDifference, same
from mesh.model import Product

PRODUCT: Final = "product"
"""The place of differences of products."""


def product_differences(
    name: str, before: Product | None, after: Product | None, retention: tuple[int, int], renamed: str = ""
) -> Iterator[ContractDifference]:
    """Differences of a product, None where there is none; `retention` is the mesh's own before and after.

    `renamed` is the product's name after, where it has another.
    """
    if before is None or after is None:
        values_ = (before and name), (after and name)
        yield ContractDifference(PRODUCT, "", (name,), *values_, {}, {}, f"product '{name}'", ())
        return
    old, new = _said(before, retention[0]), _said(after, retention[1])
    if renamed:
        yield ContractDifference(PRODUCT, "name", (name,), name, renamed, {}, {}, f"product '{name}'", ())
    for key in dict.fromkeys((*old, *new)):
        if not same(old.get(key), new.get(key)):
            pair = old.get(key), new.get(key)
            yield ContractDifference(PRODUCT, key, (name, key), *pair, old, new, f"product '{name}'", ())


def _said(product: Product, retention: int) -> Mapping[str, Any]:
    """Keys of a product in its domain's file, with their values; each of its ports is a key."""
    data = product.model_dump(mode="json", by_alias=True, exclude_none=True)
    ports = {f"port {port}": port for port in data.pop("ports")}
    return {"retention": retention, **data, **ports}


def _is(one: ContractDifference, key: str) -> bool:
    return one.place == PRODUCT and one.key == key


def _gone(one: ContractDifference) -> str:
    return f"{one.subject} is gone, with all that it promised" if _is(one, "") and one.is_gone else ""


def _new(one: ContractDifference) -> str:
    return f"{one.subject} is new" if _is(one, "") and one.is_new else ""


def _renamed(one: ContractDifference) -> str:
    return f"{one.subject} is called '{one.after}' now: its database and bucket are others" if _is(one, "name") else ""


def _is_port(one: ContractDifference) -> bool:
    return one.place == PRODUCT and one.key.startswith("port ")


def _port_gone(one: ContractDifference) -> str:
    return f"{one.subject} has no port '{one.before}' any more" if _is_port(one) and one.is_gone else ""


def _port_new(one: ContractDifference) -> str:
    return f"{one.subject} has the port '{one.after}'" if _is_port(one) and one.is_new else ""


def _internal(one: ContractDifference) -> str:
    if not _is(one, "kind") or one.after != "internal":
        return ""
    return f"{one.subject} is internal now: no other domain consumes it, and no agreement delivers it"


def _offered(one: ContractDifference) -> str:
    said = _is(one, "kind") and one.before == "internal"
    return f"{one.subject} is offered to other domains, as {one.after}" if said else ""


def _kind(one: ContractDifference) -> str:
    return f"the kind of {one.subject} {values(one)}" if _is(one, "kind") else ""


def _days(one: ContractDifference, is_shorter: bool) -> str:
    if not _is(one, "retention") or (one.after < one.before) != is_shorter:
        return ""
    days = "day" if one.after == 1 else "days"
    return f"{one.subject} keeps old data for {one.after} {days}, and kept it for {one.before}"


def _shorter(one: ContractDifference) -> str:
    return _days(one, is_shorter=True)


def _longer(one: ContractDifference) -> str:
    return _days(one, is_shorter=False)


def _unprotected(one: ContractDifference) -> str:
    if not _is(one, "deletion-protection") or one.after is not False:
        return ""
    return f"the data of {one.subject} goes with it, if it is removed"


def _protected(one: ContractDifference) -> str:
    if not _is(one, "deletion-protection"):
        return ""
    return f"the protection of the data of {one.subject} {values(one)}"


def _unwritten(one: ContractDifference) -> str:
    said = _is(one, "pipeline") and one.is_gone
    return f"{one.subject} has no pipeline any more: nothing of the mesh writes it" if said else ""


def _pipeline(one: ContractDifference) -> str:
    return f"the pipeline of {one.subject} is another" if _is(one, "pipeline") else ""


def _moved(one: ContractDifference) -> str:
    where = in_words(one.after or "its usual place")
    return f"the contract of {one.subject} is in another file: {where}" if _is(one, "contract") else ""


RULES: Final = (
    BreakRule("product-removed", "products", "breaking", "major", "A product is gone.", _gone),
    BreakRule("product-added", "products", "safe", "minor", "A product is new.", _new),
    BreakRule(
        "product-renamed",
        "products",
        "breaking",
        "major",
        "A product has another name: it went, and one with its contract's `id` came.",
        _renamed,
    ),
    BreakRule("port-removed", "products", "breaking", "major", "A port is gone.", _port_gone),
    BreakRule("port-added", "products", "safe", "minor", "A port is new.", _port_new),
    BreakRule("product-internal", "products", "breaking", "major", "The kind is `internal` now.", _internal),
    BreakRule("product-offered", "products", "safe", "minor", "The kind is `internal` no more.", _offered),
    BreakRule("product-kind-changed", "products", "risky", "minor", "The kind is another.", _kind),
    BreakRule("retention-shortened", "products", "breaking", "major", "`retention` is shorter.", _shorter),
    BreakRule("retention-lengthened", "products", "safe", "minor", "`retention` is longer.", _longer),
    BreakRule(
        "protection-dropped", "products", "risky", "patch", "`deletion-protection` is switched off.", _unprotected
    ),
    BreakRule("protection-changed", "products", "safe", "patch", "It is switched on, or left out.", _protected),
    BreakRule("pipeline-removed", "products", "risky", "minor", "There is no pipeline any more.", _unwritten),
    BreakRule("pipeline-changed", "products", "safe", "patch", "The pipeline is another, or new.", _pipeline),
    BreakRule("contract-moved", "products", "safe", "patch", "The contract is in another file.", _moved),
)
