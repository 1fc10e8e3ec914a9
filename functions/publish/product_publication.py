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

from aws_errors import RefusedForGoodError
from aws_sessions import AwsSessions
from draft_checks import Drafts, State
from draft_pointers import Draft
from fault_sentences import why
from intents import Hub
from json_values import mapping
from kept_snapshots import is_safe
from publication_record import PublicationRecord, PublicationRecords
from publish_settings import PromisedProduct, PublishSettings
from reading_limits import RUN, TooMuchError, share
from telling import published_event, refused_event, tell
from unwritten_drafts import SortedDrafts, sort_drafts
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
    """One product's turn: `record` is read at its beginning and changes with each thing that is written down.

    `left` are the seconds that the run has left, of which files and queries get a share.
    """

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions
    left: float = RUN
    clock: Callable[[], str] = now
    record: PublicationRecord = field(init=False)
    waits: bool = field(init=False, default=True)
    """Whether a commit waits, as far as this look has come; before it has seen the drafts one may."""

    def __post_init__(self) -> None:
        self.records = PublicationRecords(self.sessions.own("s3"), self.settings)
        self.drafts = Drafts(self.product, self.settings, self.sessions, share(self.left))
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
        came = "pinned" if self.record["pinned"] else self._look()
        if self.record["failed"]:
            self._write(failed=None)
        return came

    def fail(self, error: Exception) -> None:
        """Write down that the look failed, since when and why: a commit that may wait counts as one that does.

        Nothing is written if somebody else has written meanwhile: their look is newer.
        """
        record = self.records.read(self.product)
        if record.etag != self.record.etag:
            return
        since = str(mapping(record["failed"]).get("since") or self.clock())
        behind = record["behind"] or (self.clock() if self.waits else None)
        failed = {"since": since, "sentence": why(error)}
        noted = record.changed(failed=failed, behind=behind, unwritten=self.record["unwritten"])
        if noted != record:
            self.record = self.records.write(self.product, noted)

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
        drafts = sort_drafts(self.drafts, self.drafts.read(self.published), self.published)
        self.waits = not self._is_published(drafts.shown)
        if not self.waits and not over and not self.drafts.findings(drafts.unwritten, self.published, over):
            now = {"refused": None, "behind": None, "unwritten": drafts.names}
            if any(self.record[key] != value for key, value in now.items()):
                self._write(**now)
            return "unchanged" if self.record["published"] or not drafts.names else "nothing written yet"
        self.record = self.record.changed(unwritten=drafts.names)  # written with what comes of the look
        refused: Mapping[str, Any] = self.record["refused"] or {}
        seen = self._seen(drafts, over)
        if refused.get("drafts") == seen:
            return "refused before"
        pointers = {draft.table.name: draft.pointer for draft in drafts.all}
        findings = self.drafts.findings(drafts.all, self.published, over)
        if findings:
            return self._refuse(findings, seen, pointers)
        states = self.drafts.states(drafts.shown, self.published)
        if over:
            self.record = self.record.changed(untold=[*self.record["untold"], self._healed(over)])
        done = self._publish(states, {}, None, {"drafts": seen, "tables": pointers})
        return "published" if done else "refused"

    def _seen(self, drafts: SortedDrafts, over: Mapping[str, str]) -> str:
        """A digest of the drafts and of what is known of them, by which a refusal is known again."""
        marks = [*(draft.seen for draft in drafts.all), *sorted(over), *(f"unwritten {name}" for name in drafts.names)]
        return _digest([self.product.digest, *marks])

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
        if not self._is_safe(earlier[to]):
            gone = f"it was committed more than {self.settings.snapshot_days} days ago, and its files may be gone"
            return self._refuse([f"{self.product.name}, rollback to {to}: {gone}; go back to a later one"])
        states: dict[str, State] = earlier[to]["tables"]
        try:
            findings, ids = self._goes_back(states)
        except TooMuchError as error:
            return self._refuse([f"rollback to {to}: {error}"])
        if findings:
            return self._refuse([f"{self.product.name}, rollback to {to}: {finding}" for finding in findings])
        if not self._publish(states, ids, earlier[to], {}):
            return "refused"
        if self.record["failed"]:
            self._write(failed=None)
        return "rolled back"

    def _is_safe(self, publication: Mapping[str, Any]) -> bool:
        return is_safe(publication, self.settings.snapshot_days, _moment(self.clock()))

    def _goes_back(self, states: Mapping[str, State]) -> tuple[list[str], dict[str, frozenset[int]]]:
        """Findings against going back, and the ids of columns there: a file is read when its seal has been compared."""
        over = self.drafts.written_over(states)
        there = [
            table.name
            for table in self.product.tables
            if table.name in over and self.drafts.files(table).tag(states[table.name]["pointer"])
        ]
        if there:
            return [f"table {name}: {over[name]}" for name in there], {}
        return self.drafts.rollback(states)

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
        refused = self._refusal(findings, {"drafts": seen, "tables": pointers})
        again = seen == TOO_MUCH and before.get("id") == refused["id"]
        self._write(
            refused=refused,
            held=self.drafts.hold(self.published) if seen else self.record["held"],
            behind=self._behind() if seen else self.record["behind"],
            untold=self.record["untold"] + ([] if again else [refused_event(self.product, refused)]),
        )
        self._tell()
        return "refused"

    def _publish(
        self,
        states: Mapping[str, State],
        ids: Mapping[str, frozenset[int]],
        earlier: Mapping[str, Any] | None,
        about: Mapping[str, Any],
    ) -> bool:
        """Write an intent down and carry it out; `about` are the drafts, for a refusal. False if AWS refuses it."""
        if earlier is None:
            publication = {"id": _digest([self.product.name, states]), "at": self.clock(), "tables": states}
        else:
            publication = dict(earlier)
        inputs = self.hub.inputs(states, ids)
        before = [each for each in (self.record["published"], *self.record["history"]) if each]
        kept = [each["id"] for each in before if earlier is not None or self.drafts.hold(each["tables"])]
        self._write(intent={**publication, "inputs": inputs, "pin": earlier is not None, "about": about, "kept": kept})
        return self._carry_out()

    def _carry_out(self) -> bool:
        """Carry out the intent, or undo it where AWS refuses it for good; a publication told of twice has one id."""
        if "undo" not in self.record["intent"]:
            try:
                self.record = self.hub.move(self.records, self.record)
            except RefusedForGoodError as error:
                self._write(intent={**self.record["intent"], "undo": str(error)})
        if "undo" in self.record["intent"]:
            self._undo()
            return False
        self._end(self.hub.open(self.records, self.record))
        return True

    def _end(self, shut: Sequence[str]) -> None:
        """Write down that the intent is done; `shut` says which labels AWS refuses, so that columns stay closed."""
        intent = dict(self.record["intent"])
        about: Mapping[str, Any] = intent.pop("about", {})
        del intent["inputs"]
        pinned = intent["id"] if intent.pop("pin") else None
        before = [self.record["published"]] if self.record["published"] else []
        history = [each for each in (*before, *self.record["history"]) if each["id"] != intent["id"]]
        kept: list[str] | None = intent.pop("kept", None)
        history = [each for each in history if self._is_safe(each) and (kept is None or each["id"] in kept)]
        refused = None
        if shut:
            # A state of no contract is published again by the next look that is not this refusal's.
            intent["tables"] = {name: {**state, "contract": ""} for name, state in intent["tables"].items()}
            refused = self._refusal([self._shut(sentence) for sentence in shut], about)
        told = [published_event(self.product, intent), *([refused_event(self.product, refused)] if refused else [])]
        self._write(
            intent=None,
            published=intent,
            history=history[: self.settings.rollbacks],
            held=True,
            refused=refused,
            pinned=pinned,
            behind=self._behind() if pinned or refused else None,
            untold=[*self.record["untold"], *told],
        )
        self.waits = False
        self._tell()

    def _shut(self, sentence: str) -> str:
        return (
            f"{self.product.name}: readers see this version, but AWS refuses labels for good, and columns without them "
            f"stay closed: {sentence}; ask the platform team, then `mesh publish --retry {self.product.name}`"
        )

    def _undo(self) -> None:
        """Take the intent back, drop it, and tell the owner; the same drafts are not tried again."""
        intent: Mapping[str, Any] = self.record["intent"]
        left = self.hub.undo(self.records, self.record, self.published)
        again = "go back to another publication" if intent["pin"] else "commit again without it, or take the run back"
        sentences = [
            f"{self.product.name}: AWS refuses this publication for good: {intent['undo']}; readers keep what they "
            f"had: {again}"
        ]
        sentences += [
            f"{self.product.name}: and it refuses to take this back, which the platform team has to do: {each}"
            for each in left
        ]
        about: Mapping[str, Any] = intent.get("about") or {}
        refused = self._refusal(sentences, about)
        self._write(
            intent=None,
            refused=refused,
            behind=self.record["behind"] if intent["pin"] else self._behind(),
            untold=[*self.record["untold"], refused_event(self.product, refused)],
        )
        self._tell()

    def _refusal(self, sentences: Sequence[str], about: Mapping[str, Any]) -> dict[str, Any]:
        seen = str(about.get("drafts", ""))
        return {
            "id": _digest([seen, *sentences]),
            "at": self.clock(),
            "drafts": seen,
            "sentences": list(sentences),
            "tables": dict(about.get("tables") or {}),
        }

    def _behind(self) -> str:
        """The time since when drafts wait: the first refusal, or the rollback, since all of them were published."""
        return self.record["behind"] or self.clock()

    def _tell(self) -> None:
        if self.record["untold"]:
            given_up = tell(self.sessions.own("events"), self.settings, self.product, self.record["untold"])
            self._write(untold=[])
            for sentence in given_up:
                print(json.dumps({"given up": sentence}))  # noqa: T201 - the function's log is its output

    def _write(self, **values: Any) -> None:
        self.record = self.records.write(self.product, self.record.changed(**values))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
