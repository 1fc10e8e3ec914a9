"""Wake-ups out of the queue: which product to look at, and what people of its domain asked for.

A wake-up says only that something may have happened. S3's events are durable, Glue's are best effort and in no order
(EventBridge User Guide, "Service event delivery level"), a sweep comes every quarter of an hour; so one that comes
twice, late or never changes nothing but the time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

from json_values import mapping
from publish_settings import PromisedProduct

REQUESTED: Final = "publication requested"
ACTIONS: Final = ("retry", "rollback")


@dataclass(frozen=True)
class Wakeup:
    """Products to look at; `action` is None for a hint, `retry` or `rollback` (to publication `to`) for a request.

    `id` is the event's, the same when it comes twice.
    """

    products: tuple[str, ...] = ()
    action: str | None = None
    to: str | None = None
    id: str = ""
    sweep: bool = False
    """Whether it is about all products, and comes again by itself."""
    ignored: str = ""
    """The reason why nothing is done, for the log."""


def wakeup(body: str, products: Mapping[str, PromisedProduct]) -> Wakeup:
    """The wake-up that an event of EventBridge is; one that says nothing to the function is ignored."""
    try:
        event = mapping(json.loads(body))
    except ValueError:
        return Wakeup(ignored="the message is no JSON")
    source, kind = str(event.get("source", "")), str(event.get("detail-type", ""))
    detail = mapping(event.get("detail"))
    if source == "aws.s3":
        return _hint(_of_object(detail, products.values()))
    if source == "aws.glue":
        account, database = str(event.get("account", "")), detail.get("databaseName")
        return _hint([p.name for p in products.values() if (p.account_id, p.draft) == (account, database)])
    if source == "aws.events":
        return Wakeup(tuple(products), sweep=True)
    if kind == REQUESTED:
        return _request(event, detail, products)
    return Wakeup(ignored=f"'{kind}' of '{source}' is no wake-up")


def _hint(names: Iterable[str]) -> Wakeup:
    found = tuple(names)
    return Wakeup(found) if found else Wakeup(ignored="no product has its tables there")


def _of_object(detail: Mapping[str, Any], products: Iterable[PromisedProduct]) -> list[str]:
    bucket = mapping(detail.get("bucket")).get("name")
    key = unquote_plus(str(mapping(detail.get("object")).get("key", "")))
    place = f"s3://{bucket}/{key}"
    return [each.name for each in products if any(place.startswith(table.location) for table in each.tables)]


def _request(event: Mapping[str, Any], detail: Mapping[str, Any], products: Mapping[str, PromisedProduct]) -> Wakeup:
    name, action, to = detail.get("product"), detail.get("action"), detail.get("to")
    product = products.get(str(name))
    if product is None:
        return Wakeup(ignored=f"there is no product '{name}'")
    if event.get("source") != f"mesh.{product.name}":
        return Wakeup(
            ignored=f"'{event.get('source')}' asked for a {action} of {name}; only mesh.{product.name} may: the bus "
            "lets each role speak for what is its own"
        )
    if event.get("account") != product.account_id:
        return Wakeup(
            ignored=f"account {event.get('account')} asked for a {action} of {name}, which is of account "
            f"{product.account_id}: only people of its domain may"
        )
    if action not in ACTIONS or not (to is None or isinstance(to, str)) or (action == "rollback") != bool(to):
        return Wakeup(ignored=f"'{action}' with 'to' {to!r} is no request; there are retry, and rollback with 'to'")
    return Wakeup((product.name,), str(action), to, str(event.get("id", "")))
