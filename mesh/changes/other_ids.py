"""Ids that are others under the names that they had: of groups other people, of accounts other owners.

Names decide every read, and ids of `accounts.yaml` say who stands behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

from mesh.access.chains import PORTS
from mesh.changes.decided_side import NOTHING, DecidedSide, ReadColumns
from mesh.changes.people_lines import ProductPort, amount
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, labelled, number_of
from mesh.folder import PlannedMesh
from mesh.model import Mesh

IdKind = Literal["group", "domain", "account", "instance", "organization"]

_HOME: Final = "domain-"
"""Beginning of the name of a domain's account in the organisation."""


class OtherId(NamedTuple):
    """A name that both sides have, with the id that it had and the one that it has."""

    kind: IdKind
    name: str
    before: str
    after: str

    @property
    def path(self) -> tuple[str, ...]:
        """The path of the id in `accounts.yaml`."""
        match self.kind:
            case "group":
                return "identity-center", "groups", self.name
            case "domain":
                return "domains", self.name
            case "instance":
                return "identity-center", "instance"
            case "organization":
                return "organization", "id"
            case "account":
                return ("organization", self.name) if self.name == "management" else (self.name,)

    def as_json(self) -> dict[str, Any]:
        """The id as `mesh diff --json` prints it among who reads something else."""
        return {self.kind: self.name, "id": {"before": self.before, "after": self.after}}


def other_ids(before: PlannedMesh, after: PlannedMesh) -> tuple[OtherId, ...]:
    """Groups that sign in anywhere, and accounts, with another id than before; those of partners are told with them."""
    one, other = (dict(_ids(side.mesh)) for side in (before, after))
    acting = {each.group for side in (before, after) for each in _assignments(side)}
    return tuple(
        OtherId(*key, one[key], other[key])
        for key in one
        if key in other and one[key] != other[key] and (key[0] != "group" or key[1] in acting)
    )


def _ids(mesh: Mesh) -> Iterator[tuple[tuple[IdKind, str], str]]:
    accounts = mesh.accounts
    if accounts is None:
        return
    yield ("organization", "organization"), accounts.organization.id
    yield ("account", "management"), accounts.organization.management
    if accounts.governance:
        yield ("account", "governance"), accounts.governance
    for name, account in accounts.domains.items():
        yield ("domain", name), account
    if center := accounts.identity_center:
        yield ("instance", "identity-center"), center.instance
        for name, group in center.groups.items():
            yield ("group", name), group


def _assignments(side: PlannedMesh) -> Sequence[Any]:
    people = side.plan.organization.people
    return people.assignments if people else ()


def with_other_ids(section: ReportSection, before: DecidedSide, after: DecidedSide) -> ReportSection:
    """The section on people, those first who are others than before."""
    found = other_ids(before.planned, after.planned)
    if not found:
        return section
    groups = sum(each.kind == "group" for each in found)
    accounts = sum(each.kind in ("account", "domain") for each in found)
    rest = len(found) - groups - accounts
    texts = [
        *([f"{number_of(groups, 'group is', 'groups are')} other people"] if groups else []),
        *([f"{number_of(accounts, 'account is another one', 'accounts are others')}"] if accounts else []),
        *(["people sign in elsewhere"] if rest else []),
        *([section.summary] if section.lines else []),
    ]
    return replace(
        section,
        summary="; ".join(texts),
        lines=(*(_line(each, after) for each in found), *section.lines),
        data=[*section.data, *(each.as_json() for each in found)],
    )


def _line(each: OtherId, side: DecidedSide) -> ReportLine:
    ids = f"{each.before} → {each.after}"
    match each.kind:
        case "group":
            return ReportLine(f"group {each.name} is another one (id {ids}), {_roles(each.name, side)}")
        case "domain":
            told = "its data, and the roles in which its people and pipelines read, are there from now on"
            return ReportLine(f"domain {each.name} is in another account ({ids}): {told}")
        case "account":
            return ReportLine(f"the {each.name} account is another one ({ids}): whoever works there may do what it may")
        case "instance":
            return ReportLine(f"people sign in through another instance of IAM Identity Center ({ids})")
        case "organization":
            return ReportLine(f"the organisation is another one ({ids}), and with it every account that is trusted")


def _roles(group: str, side: DecidedSide) -> str:
    """`who reads 7 columns of 2 products (pii), as pii in domain-shop`."""
    held = [each for each in _assignments(side.planned) if each.group == group]
    if not held:
        return "which holds nothing any more"
    cells: dict[ProductPort, ReadColumns] = {}
    for each in held:
        reader = side.readers.get(f"{each.permission_set}@{each.account.removeprefix(_HOME)}")
        for product in side.products if reader else ():
            for port in PORTS:
                if columns := side.columns(reader, product, port):
                    cells[product, port] = cells.get((product, port), NOTHING) | columns
    roles = enumerated(sorted({f"{each.permission_set} in {each.account}" for each in held}))
    return f"which {_reads(cells, side)}signs in as {roles}"


def _reads(cells: Mapping[ProductPort, ReadColumns], side: DecidedSide) -> str:
    labels = {label for (product, _), columns in cells.items() for label in side.labels(product, columns)}
    return f"reads {amount(cells)}{labelled(labels)}, and " if cells else ""
