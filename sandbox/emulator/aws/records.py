"""Records of an emulated organisation: values that only it keeps, and the live resources counted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sandbox.emulator.asked_actions import changes

RecordKey = tuple[str, str, str, str]
"""(account id, region, type token, resource id)"""


@dataclass(frozen=True, slots=True)
class Count:
    """The number of live resources of a type in an account; `recorded` of them exist only in the record store."""

    account_id: str
    type: str
    total: int
    recorded: int


CallOutcome = Literal["made", "along", "left"]
"""Outcome of a call of the AWS plugin here: moto was sent it; AWS asks it along with another call, and so did the gate;
or the gate decided it, and it was left at that."""


class PluginCallCount(NamedTuple):
    """Numbers of the calls that the AWS plugin makes of an action for a type, all of them decided by the policies.

    `made` reached moto, `along` is what AWS asks along with another call. The others were left at the decision:
    `unread` is of reads whose answer nobody waits for, `spared` of changes that moto has and that another call stands
    for, or that nothing hangs on here, `impossible` what the emulator could not make.
    """

    type: str
    action: str
    made: int
    along: int
    unread: int
    spared: int
    impossible: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """The content of an emulated organisation: resources by account and type, why some are only recorded, accounts.

    With it come the calls that the AWS plugin makes for what was done so far.
    """

    counts: Sequence[Count]
    reasons: Mapping[str, Sequence[str]]
    accounts: Mapping[str, str]
    plugin_calls: Sequence[PluginCallCount] = ()

    def to_json(self) -> dict[str, Any]:
        """The inventory as plain values."""
        return {
            "counts": [[c.account_id, c.type, c.total, c.recorded] for c in self.counts],
            "reasons": {token: list(why) for token, why in self.reasons.items()},
            "accounts": dict(self.accounts),
            "plugin-calls": [list(count) for count in self.plugin_calls],
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> Inventory:
        """The inventory that `to_json` gave."""
        counts = [Count(*row) for row in values["counts"]]
        calls = [PluginCallCount(*row) for row in values["plugin-calls"]]
        return Inventory(counts, values["reasons"], values["accounts"], calls)


@dataclass(frozen=True, slots=True)
class UnacknowledgedAnswer:
    """The answer to a creation whose resource no engine has named since: it may not have arrived."""

    account: str
    id: str
    inputs: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(slots=True)
class Records:
    """Recorded values by key, reasons of live resources by key, and answers that may not have arrived. Thread-safe."""

    values: dict[RecordKey, dict[str, Any]] = field(default_factory=dict)
    live: dict[RecordKey, str] = field(default_factory=dict)
    unacknowledged: dict[str, UnacknowledgedAnswer] = field(default_factory=dict[str, UnacknowledgedAnswer])
    plugin_calls: Counter[tuple[str, str, CallOutcome]] = field(default_factory=Counter[tuple[str, str, CallOutcome]])
    lock: threading.RLock = field(default_factory=threading.RLock)

    def keep(self, key: RecordKey, values: dict[str, Any]) -> None:
        """Keep values in place of those kept so far."""
        with self.lock:
            self.values[key] = dict(values)

    def get(self, key: RecordKey) -> dict[str, Any] | None:
        """A copy of the values, or None."""
        with self.lock:
            values = self.values.get(key)
            return None if values is None else dict(values)

    def forget(self, key: RecordKey) -> None:
        """Drop the values, if any are kept."""
        with self.lock:
            self.values.pop(key, None)

    def add(self, key: RecordKey, reason: str) -> None:
        """Count a live resource; the reason, if any, says why it or a part of it is only recorded."""
        with self.lock:
            self.live[key] = reason

    def remove(self, key: RecordKey) -> None:
        """Count a deleted resource no longer, and drop its values."""
        with self.lock:
            self.live.pop(key, None)
            self.values.pop(key, None)

    def count_plugin_call(self, token: str, action: str, outcome: CallOutcome) -> None:
        """Count a call that the AWS plugin makes for a type."""
        with self.lock:
            self.plugin_calls[token, action, outcome] += 1

    def plugin_call_counts(self, possible: Callable[[str, str], bool]) -> list[PluginCallCount]:
        """The calls of the AWS plugin, sorted; `possible` says of a type and an action whether it can be made here."""
        with self.lock:
            counted = Counter(self.plugin_calls)
        return [
            _plugin_call_count(token, action, counted, possible)
            for token, action in sorted({(token, action) for token, action, _ in counted})
        ]

    def keep_answer(self, urn: str, answer: UnacknowledgedAnswer) -> None:
        """Keep an answer: the engine's process, or the connection to it, may end before the answer arrives."""
        with self.lock:
            self.unacknowledged[urn] = answer

    def unacknowledged_answer(self, urn: str) -> UnacknowledgedAnswer | None:
        """The answer to an earlier creation of the resource, if no engine has named the resource since."""
        with self.lock:
            return self.unacknowledged.get(urn)

    def acknowledge(self, urn: str) -> None:
        """Drop the answer: the engine has named the resource, so it has arrived."""
        with self.lock:
            self.unacknowledged.pop(urn, None)

    def counts(self) -> list[Count]:
        """The numbers of live resources by account and type, sorted."""
        with self.lock:
            total = Counter((account, token) for account, _, token, _ in self.live)
            recorded = Counter((key[0], key[2]) for key, reason in self.live.items() if reason)
        return [
            Count(account, token, number, recorded[account, token])
            for (account, token), number in sorted(total.items())
        ]

    def reasons(self) -> dict[str, set[str]]:
        """The reasons why live resources are only recorded, by type."""
        reasons: dict[str, set[str]] = {}
        with self.lock:
            for (_, _, token, _), reason in self.live.items():
                if reason:
                    reasons.setdefault(token, set()).add(reason)
        return reasons


def _plugin_call_count(
    token: str, action: str, counted: Counter[tuple[str, str, CallOutcome]], possible: Callable[[str, str], bool]
) -> PluginCallCount:
    left = counted[token, action, "left"]
    unmade = left if left and possible(token, action) else 0
    unread, spared = (0, unmade) if changes(action) else (unmade, 0)
    made, along = counted[token, action, "made"], counted[token, action, "along"]
    return PluginCallCount(token, action, made, along, unread, spared, left - unmade)
