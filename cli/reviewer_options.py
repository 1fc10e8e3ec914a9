"""Options on who asks for a change and who approved it, and the file of teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from mesh import yamlfile
from mesh.approvals.given_approvals import Reviewers
from mesh.findings import BadInputError, Finding

AuthorOption = Annotated[
    str, typer.Option("--author", help="Who asks for the change, as on GitHub.", metavar="@USER", show_default=False)
]
ApprovedByOption = Annotated[
    list[str] | None,
    typer.Option("--approved-by", help="Who approved it, a user or a team; may be repeated.", metavar="@WHO"),
]
TeamsOption = Annotated[
    Path | None,
    typer.Option("--teams", help='YAML or JSON of who is in which team: \'"@org/team": ["@user"]\'.', metavar="FILE"),
]


def reviewers(author: str, approved_by: Sequence[str] | None, teams: Path | None) -> Reviewers:
    """The people of a request; raises BadInputError for a file of teams that is none."""
    given = tuple(_handle(who) for each in approved_by or () for who in each.split(",") if who.strip())
    return Reviewers(_handle(author) if author.strip() else "", given, _teams(teams) if teams else {})


def _handle(who: str) -> str:
    """A handle with its '@', which GitHub's API leaves out; an address as it is."""
    plain = who.strip()
    return plain if "@" in plain else f"@{plain}"


def _teams(file: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        source = yamlfile.read_text(str(file), str(file))
        written = yamlfile.parse(source)
    except yamlfile.UnreadableError as error:
        raise BadInputError(error.findings) from None
    found: dict[str, tuple[str, ...]] = {}
    for team, members in written.items():
        every = cast("list[Any]", members) if isinstance(members, list) else []
        if not isinstance(members, list) or not all(isinstance(each, str) and each for each in every):
            line, column = source.place((team,), on_key=True)
            message = f'\'{team}\' has no list of handles; write "@org/team": ["@user", "@other"]'
            raise BadInputError([Finding(str(file), line, column, message)])
        found[_handle(str(team))] = tuple(_handle(each) for each in every)
    return found
