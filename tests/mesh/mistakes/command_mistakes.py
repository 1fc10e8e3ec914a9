"""Mistakes at the command line: each is told with the argument that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class CommandMistake:
    """Words of a command, `FOLDER` among them for the mesh folder, and what has to be said of the one at `place`."""

    name: str
    words: tuple[str, ...]
    place: str
    found: str
    allowed: str
    do: str


COMMAND_MISTAKES: Final = (
    CommandMistake(
        name="a stack in the singular",
        words=("plan", "-C", "FOLDER", "--stack", "recommendation"),
        place="--stack",
        found="there is no stack 'recommendation'",
        allowed="stacks: access-ads, access-content,",
        do="did you mean 'recommendations'?",
    ),
    CommandMistake(
        name="a file in place of the mesh folder",
        words=("validate", "FOLDER/domains/ads.yaml"),
        place="'DIR'",
        found="FOLDER/domains/ads.yaml is a file",
        allowed="lapses of one file alone: `mesh validate --only FOLDER/domains/ads.yaml`",
        do="give its mesh folder, FOLDER",
    ),
    CommandMistake(
        name="a folder inside of the mesh folder",
        words=("plan", "-C", "FOLDER/domains"),
        place="FOLDER/domains:1:1",
        found="there is no mesh in this folder",
        allowed="that holds mesh.yaml",
        do="give the folder",
    ),
    CommandMistake(
        name="a day as Americans write it",
        words=("plan", "-C", "FOLDER", "--as-of", "12/25/2026"),
        place="--as-of",
        found="the day is '12/25/2026'",
        allowed="expected a day that exists, as year-month-day",
        do="write 2026-12-25",
    ),
    CommandMistake(
        name="a new domain with a capital and an underscore",
        words=("new", "domain", "Customer_Care", "--description", "Calls.", "-C", "FOLDER", "--yes"),
        place="NAME",
        found="'Customer_Care' is not a name that fits here",
        allowed="Expected lower-case letters, digits and single hyphens",
        do="did you mean 'customer-care'?",
    ),
    CommandMistake(
        name="a new member of a clearance that is called otherwise",
        words=("new", "member", "growth-analysts", "--clearance", "finance", "-C", "FOLDER", "--yes"),
        place="--clearance",
        found="there is no clearance 'finance'",
        allowed="Allowed: financial, general, pii and restricted",
        do="did you mean 'financial'?",
    ),
    CommandMistake(
        name="a new agreement with a misspelt partner",
        words=("new", "agreement", "subtitlng", "content.titles", "-C", "FOLDER", "--yes"),
        place="PARTNER",
        found="there is no partner 'subtitlng'",
        allowed="Allowed: ad-measurement and subtitling",
        do="did you mean 'subtitling'?",
    ),
)
