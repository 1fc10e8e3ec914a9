"""Events of the function on the mesh bus: what was published, and what was refused with the sentences to the owner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aws_errors import RefusedForGoodError, all_taken, taken
from publish_settings import PromisedProduct, PublishSettings

PUBLISHED: Final = "product published"
REFUSED: Final = "publication refused"

LONGEST: Final = 100_000
"""Bytes of all sentences of an event, as they are sent; EventBridge takes 256 KB (EventBridge User Guide, quotas)."""


METRIC: Final = ("mesh/publication", "DaysBehind")
"""Namespace and name of the metric of drafts that wait; its dimension `Mesh` is the name of the mesh."""


class TellingError(Exception):
    """The bus did not take an event; it stays in the record and is sent by the next wake-up."""


def published_event(product: PromisedProduct, publication: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a publication, to everybody on the bus."""
    tables = {name: table["pointer"] for name, table in publication["tables"].items()}
    return {"type": PUBLISHED, "detail": {**_detail(product, publication), "tables": tables}}


def refused_event(product: PromisedProduct, refused: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a refusal, which rules bring to the account of the product's domain and to no other."""
    return {"type": REFUSED, "detail": {**_detail(product, refused), "sentences": _short(refused["sentences"])}}


def _detail(product: PromisedProduct, what: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "product": product.name,
        "id": what["id"],
        "at": what["at"],
        "version": product.version,
        "owner": dict(product.owner),
    }


def _short(sentences: Sequence[str]) -> list[str]:
    kept: list[str] = []
    size = 0
    for number, sentence in enumerate(sentences):
        size += len(json.dumps(sentence))
        if size > LONGEST:
            return [*kept, f"and {len(sentences) - number:,} more: `mesh publish --status` has them"]
        kept.append(sentence)
    return kept


def tell(
    events: Any, settings: PublishSettings, product: PromisedProduct, untold: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Send events; raises TellingError if the bus does not take one, so that none is forgotten.

    One that the bus refuses for what is in it is given up, so that it does not hold up all others: a sentence each.
    """
    given_up: list[str] = []
    for event in untold:
        entry = {
            "EventBusName": settings.bus,
            "Source": f"mesh.{product.domain}.{product.product}",
            "DetailType": event["type"],
            "Detail": json.dumps(event["detail"]),
        }
        what = f"{product.name}, the event '{event['type']}' {event['detail'].get('id', '')}"
        try:
            with taken(what):
                answer = events.put_events(Entries=[entry])
            if answer.get("FailedEntryCount"):
                all_taken(what, answer["Entries"])
                raise TellingError(f"{product.name}: {answer['Entries']}")
        except RefusedForGoodError as error:
            given_up.append(str(error))
    return given_up


def days_behind(behind: str, now: str) -> float:
    """Days for which a draft has waited."""
    return (datetime.fromisoformat(now) - datetime.fromisoformat(behind)).total_seconds() / 86400


def lag_line(settings: PublishSettings, product: PromisedProduct, behind: str, now: str) -> str:
    """A line of the log that CloudWatch makes a metric of: the days since when a draft waits.

    CloudWatch User Guide, "Specification: Embedded metric format": out of the log, so no right and no endpoint of
    CloudWatch is needed; which product it is stands in the line alone, so there is one metric however many wait.
    """
    moment = datetime.fromisoformat(now)
    namespace, name = METRIC
    said = {"Namespace": namespace, "Dimensions": [["Mesh"]], "Metrics": [{"Name": name, "Unit": "None"}]}
    about = {"Timestamp": int(moment.timestamp() * 1000), "CloudWatchMetrics": [said]}
    return json.dumps(
        {"_aws": about, "Mesh": settings.mesh, name: round(days_behind(behind, now), 3), "product": product.name}
    )
