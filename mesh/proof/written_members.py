"""Holders of clearances, staff and partners' people as the files have them, read by a parser apart from the plan's.

The proof of I26 and I27 starts from here: an assignment, or a pipeline that reads, that no approved line of a file
accounts for is a witness, whatever the model and the rules made of the files.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

USUAL_HORIZON: Final = 400
"""Days that a review may lie ahead where mesh.yaml says nothing (decision 0029)."""


@dataclass(frozen=True, slots=True)
class WrittenMember:
    """A line below `members` of a clearance's file."""

    clearance: str
    group: str
    domain: str
    approved_by: str
    review: datetime.date


@dataclass(frozen=True, slots=True)
class WrittenClearedPipeline:
    """A line below `pipelines` of a clearance's file; `product` is `<domain>.<product>`."""

    clearance: str
    product: str
    approved_by: str
    review: datetime.date


@dataclass(frozen=True, slots=True)
class WrittenStaff:
    """A group below `engineers` or `owners` of a domain's file, or below `auditors` of mesh.yaml for each domain."""

    duty: str
    group: str
    domain: str


@dataclass(frozen=True, slots=True)
class WrittenPeople:
    """Members; staff; `approvers` by clearance, `principals` by partner, ids of groups by name; days of the horizon.

    `machines` are pipelines that hold a clearance.
    """

    members: tuple[WrittenMember, ...]
    staff: tuple[WrittenStaff, ...]
    approvers: Mapping[str, frozenset[str]]
    principals: Mapping[str, frozenset[str]]
    ids: Mapping[str, str]
    horizon: int
    machines: tuple[WrittenClearedPipeline, ...] = ()

    def objection(self, member: WrittenMember | WrittenClearedPipeline, day: datetime.date) -> str:
        """The reason why a line gives nothing on a day; empty where it gives the clearance."""
        if member.approved_by not in self.approvers.get(member.clearance, ()):
            return f"{member.approved_by} is no approver of {member.clearance}"
        if member.review < day:
            return f"its review was due on {member.review}"
        if (member.review - day).days > self.horizon:
            return f"its review is due on {member.review}, more than {self.horizon} days ahead"
        return ""

    def objection_to(self, product: str, clearance: str, day: datetime.date) -> str:
        """The reason why a product's pipeline may not read with a clearance on a day; empty where a line lets it."""
        lines = [line for line in self.machines if (line.product, line.clearance) == (product, clearance)]
        said = [self.objection(line, day) for line in lines] or [f"no line of {clearance or 'a clearance'} is for it"]
        return "" if "" in said else said[0]


def read(directory: Path) -> WrittenPeople:
    """People in the files of a mesh folder, which is known to be valid; the files are read anew."""
    clearances, partners = dict(_files(directory, "clearances")), dict(_files(directory, "partners"))
    file = directory / "accounts.yaml"
    accounts: Mapping[str, Any] = load(file) if file.exists() else {}
    center: Mapping[str, Any] = accounts.get("identity-center") or {}
    whole = load(directory / "mesh.yaml")
    horizon = str(whole.get("review-horizon") or f"{USUAL_HORIZON} days")
    auditors: list[str] = whole.get("auditors") or []
    return WrittenPeople(
        tuple(member for name, file in clearances.items() for member in _members(name, file)),
        tuple(staff for name, file in _files(directory, "domains") for staff in _staff(name, file, auditors)),
        {name: frozenset(_approvers(file)) for name, file in clearances.items()},
        {name: frozenset(cast("list[str]", file.get("principals") or ())) for name, file in partners.items()},
        cast("Mapping[str, str]", center.get("groups") or {}),
        int(horizon.split()[0]),
        tuple(line for name, file in clearances.items() for line in _cleared_pipelines(name, file)),
    )


def reads(directory: Path) -> dict[str, frozenset[str]]:
    """Classifications that each clearance reads, as its file has them."""
    files = _files(directory, "clearances")
    return {name: frozenset(cast("list[str]", file["reads"] or ())) for name, file in files}


def load(file: Path) -> Mapping[str, Any]:
    """The mapping in a file, each scalar the text that it is: `classification: no` is a word, too."""
    # The base loader makes no truth value, number or date of a text.
    return cast("Mapping[str, Any]", yaml.load(file.read_text("utf-8-sig"), Loader=yaml.CBaseLoader))  # noqa: S506


def _files(directory: Path, folder: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and content of every YAML file of a folder."""
    for file in sorted((directory / folder).glob("[!.]*.yaml")):
        yield file.stem, load(file)


def _members(clearance: str, file: Mapping[str, Any]) -> Iterator[WrittenMember]:
    entries: list[Mapping[str, str]] = file.get("members") or []
    for entry in entries:
        review = datetime.date.fromisoformat(entry["review"])
        yield WrittenMember(clearance, entry["group"], entry["domain"], entry["approved-by"], review)


def _cleared_pipelines(clearance: str, file: Mapping[str, Any]) -> Iterator[WrittenClearedPipeline]:
    entries: list[Mapping[str, str]] = file.get("pipelines") or []
    for entry in entries:
        review = datetime.date.fromisoformat(entry["review"])
        yield WrittenClearedPipeline(clearance, entry["product"], entry["approved-by"], review)


def _staff(domain: str, file: Mapping[str, Any], auditors: list[str]) -> Iterator[WrittenStaff]:
    engineers: list[str] = file.get("engineers") or []
    owners: list[str] = file.get("owners") or []
    for duty, groups in (("engineer", engineers), ("owner", owners), ("auditor", auditors)):
        yield from (WrittenStaff(duty, group, domain) for group in groups)


def _approvers(file: Mapping[str, Any]) -> Iterator[str]:
    entries: list[str | Mapping[str, str]] = file.get("approvers") or []
    for entry in entries:
        yield entry if isinstance(entry, str) else entry["email"]
