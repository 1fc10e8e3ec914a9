"""What the emulated organisation keeps itself, because moto has no API for it, and the count of everything made."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RecordKey = tuple[str, str, str, str]
"""(account id, region, type token, resource id)"""


@dataclass(frozen=True, slots=True)
class Count:
    """So many live resources of a type in an account; `recorded` of them exist only in the record store."""

    account_id: str
    type: str
    total: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is in an emulated organisation: resources by account and type, why some are only recorded, accounts."""

    counts: Sequence[Count]
    reasons: Mapping[str, Sequence[str]]
    accounts: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "counts": [[c.account_id, c.type, c.total, c.recorded] for c in self.counts],
            "reasons": {token: list(why) for token, why in self.reasons.items()},
            "accounts": dict(self.accounts),
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> Inventory:
        """What `to_json` gave."""
        return Inventory([Count(*row) for row in values["counts"]], values["reasons"], values["accounts"])


@dataclass(frozen=True, slots=True)
class Unheard:
    """What a creation made and answered, of which no engine has shown yet that it knows."""

    account: str
    id: str
    inputs: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(slots=True)
class Records:
    """Recorded values by key, a ledger of live resources, and answers that may be lost. Safe under threads."""

    values: dict[RecordKey, dict[str, Any]] = field(default_factory=dict)
    live: dict[RecordKey, str] = field(default_factory=dict)
    answers: dict[str, Unheard] = field(default_factory=dict[str, Unheard])
    lock: threading.RLock = field(default_factory=threading.RLock)

    def keep(self, key: RecordKey, values: dict[str, Any]) -> None:
        """Remember values, in place of what was remembered."""
        with self.lock:
            self.values[key] = dict(values)

    def get(self, key: RecordKey) -> dict[str, Any] | None:
        """The values remembered, or None."""
        with self.lock:
            found = self.values.get(key)
            return None if found is None else dict(found)

    def forget(self, key: RecordKey) -> None:
        """Drop the values, if there are any."""
        with self.lock:
            self.values.pop(key, None)

    def born(self, key: RecordKey, reason: str) -> None:
        """Count a resource; a reason says why it, or a part of it, is only recorded."""
        with self.lock:
            self.live[key] = reason

    def gone(self, key: RecordKey) -> None:
        """Count it no more."""
        with self.lock:
            self.live.pop(key, None)
            self.values.pop(key, None)

    def answer(self, urn: str, made: Unheard) -> None:
        """Remember what is answered: the process that asked, or the connection to it, may end before it is heard."""
        with self.lock:
            self.answers[urn] = made

    def unheard(self, urn: str) -> Unheard | None:
        """What was made for the resource, if the engine never showed that it knows."""
        with self.lock:
            return self.answers.get(urn)

    def heard(self, urn: str) -> None:
        """The engine knows."""
        with self.lock:
            self.answers.pop(urn, None)

    def counts(self) -> list[Count]:
        """Live resources by account and type, sorted."""
        with self.lock:
            total = Counter((account, token) for account, _, token, _ in self.live)
            recorded = Counter((key[0], key[2]) for key, reason in self.live.items() if reason)
        return [
            Count(account, token, number, recorded[account, token])
            for (account, token), number in sorted(total.items())
        ]

    def reasons(self) -> dict[str, set[str]]:
        """Why something is recorded, by type, over the live resources."""
        found: dict[str, set[str]] = {}
        with self.lock:
            for (_, _, token, _), reason in self.live.items():
                if reason:
                    found.setdefault(token, set()).add(reason)
        return found
