"""Publication of one product: what a wake-up leads to, from the record of the last one to the events about this.

Checked first, then written down as an intent, then carried out; so whenever a run ends in the middle, readers have the
tables of before or those that were checked, and the next wake-up goes on where it ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_sessions import AwsSessions
from draft_checks import Drafts, State
from draft_pointers import Draft
from intents import Hub
from json_values import mapping
from publication_record import PublicationRecord, PublicationRecords
from publish_settings import PromisedProduct, PublishSettings
from reading_limits import TooMuchError
from telling import published_event, refused_event, tell
from wakeup_messages import Wakeup

TOO_MUCH: Final = "too much"
"""The place of a digest in the record of a refusal of drafts that could not be looked at to the end."""

PAUSE: Final = timedelta(hours=1)
"""Time after which such drafts are looked at again; until then they take nothing from other products."""

REMEMBERED: Final = 20
"""Requests whose repetition is noticed; the queue keeps a message for days, people ask seldom."""


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class ProductPublication:
    """One product's turn: `record` is read at its beginning and changes with each thing that is written down."""

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions
    clock: Callable[[], str] = now
    record: PublicationRecord = field(init=False)

    def __post_init__(self) -> None:
        self.records = PublicationRecords(self.sessions.own("s3"), self.settings)
        self.drafts = Drafts(self.product, self.settings, self.sessions)
        self.hub = Hub(self.product, self.settings, self.sessions)
        self.record = self.records.read(self.product)

    def run(self, request: Wakeup) -> str:
        """Finish what is under way, then do what was asked for, or look at the drafts; a word says what came of it."""
        self._tell()
        if self.record["intent"]:
            self._carry_out()
        if self.record["closed"] != self.product.digest:
            self.hub.close()
            self._write(closed=self.product.digest)
        if request.action and request.id not in self.record["answered"]:
            # Written with what comes of it.
            answered = [request.id, *self.record["answered"]][:REMEMBERED]
            self.record = self.record.changed(answered=answered)
            if request.action == "rollback":
                return self._roll_back(str(request.to))
            self._write(pinned=None, refused=None)
        return "pinned" if self.record["pinned"] else self._look()

    @property
    def published(self) -> Mapping[str, State]:
        """The tables that readers see, as the record has them."""
        return mapping(mapping(self.record["published"]).get("tables"))

    def _look(self) -> str:
        refused = mapping(self.record["refused"])
        if refused.get("drafts") == TOO_MUCH and _moment(self.clock()) < _moment(refused["at"]) + PAUSE:
            return "refused before"
        try:
            return self._look_whole()
        except TooMuchError as error:
            return self._refuse([str(error)], TOO_MUCH)

    def _look_whole(self) -> str:
        over = self.drafts.written_over(self.published)
        drafts = self.drafts.read(self.published)
        if self._is_published(drafts) and not over:
            if self.record["refused"] or self.record["behind"]:
                self._write(refused=None, behind=None)
            return "unchanged"
        refused: Mapping[str, Any] = self.record["refused"] or {}
        seen = _digest([self.product.digest, *(draft.seen for draft in drafts), *sorted(over)])
        if refused.get("drafts") == seen:
            return "refused before"
        findings = self.drafts.findings(drafts, self.published, over)
        if findings:
            return self._refuse(findings, seen, {draft.table.name: draft.pointer for draft in drafts})
        states = self.drafts.states(drafts, self.published)
        if over:
            self.record = self.record.changed(untold=[*self.record["untold"], self._healed(over)])
        self._publish(states, {}, None)
        return "published"

    def _is_published(self, drafts: Sequence[Draft]) -> bool:
        """Whether all drafts are those that readers see, under the contract of today."""
        states = self.published
        return all(
            not draft.findings
            and not draft.runs
            and draft.pointer == (states.get(draft.table.name) or {}).get("pointer")
            and (states.get(draft.table.name) or {}).get("contract", self.product.digest) == self.product.digest
            for draft in drafts
        ) and bool(self.record["published"] or not any(draft.pointer for draft in drafts))

    def _roll_back(self, to: str) -> str:
        published = mapping(self.record["published"])
        if published.get("id") == to:
            self._write(pinned=to, behind=self._behind())
            return "pinned"
        earlier: dict[str, Any] = {each["id"]: each for each in self.record["history"]}
        if to not in earlier:
            known = ", ".join(earlier) or "none yet"
            return self._refuse([f"{self.product.name}: there is no earlier publication '{to}'; there are: {known}"])
        states: dict[str, State] = earlier[to]["tables"]
        try:
            findings, ids = self.drafts.rollback(states)
        except TooMuchError as error:
            return self._refuse([f"rollback to {to}: {error}"])
        if findings:
            return self._refuse([f"{self.product.name}, rollback to {to}: {finding}" for finding in findings])
        self._publish(states, ids, earlier[to])
        return "rolled back"

    def _healed(self, over: Mapping[str, str]) -> dict[str, Any]:
        """The event for the owner that readers saw what was not checked, until the publication that goes with it."""
        sentences = [
            f"{self.product.name}, table {name}: {sentence}; readers have a newer commit now, which was checked whole"
            for name, sentence in over.items()
        ]
        return refused_event(self.product, {"id": _digest(sentences), "at": self.clock(), "sentences": sentences})

    def _refuse(self, findings: Sequence[str], seen: str = "", pointers: Mapping[str, str | None] | None = None) -> str:
        """Write down and tell what was found; `seen` is a digest of the drafts, empty if it is not about them.

        What was told is not told again, when drafts are looked at once more that were too much.
        """
        before = mapping(self.record["refused"])
        refused = {
            "id": _digest([seen, *findings]),
            "at": self.clock(),
            "drafts": seen,
            "sentences": list(findings),
            "tables": dict(pointers or {}),
        }
        again = seen == TOO_MUCH and before.get("id") == refused["id"]
        self._write(
            refused=refused,
            behind=self._behind() if seen else self.record["behind"],
            untold=self.record["untold"] + ([] if again else [refused_event(self.product, refused)]),
        )
        self._tell()
        return "refused"

    def _publish(
        self, states: Mapping[str, State], ids: Mapping[str, frozenset[int]], earlier: Mapping[str, Any] | None
    ) -> None:
        if earlier is None:
            publication = {"id": _digest([self.product.name, states]), "at": self.clock(), "tables": states}
        else:
            publication = dict(earlier)
        inputs = self.hub.inputs(states, ids)
        self._write(intent={**publication, "inputs": inputs, "pin": earlier is not None})
        self._carry_out()

    def _carry_out(self) -> None:
        """Carry out the intent, and write down that it is done; a publication told of twice has the same id."""
        self.record = self.hub.carry_out(self.records, self.record)
        intent = dict(self.record["intent"])
        del intent["inputs"]
        pinned = intent["id"] if intent.pop("pin") else None
        before = [self.record["published"]] if self.record["published"] else []
        history = [each for each in (*before, *self.record["history"]) if each["id"] != intent["id"]]
        self._write(
            intent=None,
            published=intent,
            history=history[: self.settings.rollbacks],
            refused=None,
            pinned=pinned,
            behind=self._behind() if pinned else None,
            untold=[*self.record["untold"], published_event(self.product, intent)],
        )
        self._tell()

    def _behind(self) -> str:
        """The time since when drafts wait: the first refusal, or the rollback, since all of them were published."""
        return self.record["behind"] or self.clock()

    def _tell(self) -> None:
        if self.record["untold"]:
            tell(self.sessions.own("events"), self.settings, self.product, self.record["untold"])
            self._write(untold=[])

    def _write(self, **values: Any) -> None:
        self.record = self.records.write(self.product, self.record.changed(**values))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
