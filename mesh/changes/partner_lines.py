"""Lines about partners: agreements that begin, end, expire or say something else, and who gets the copies."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mesh.changes.fact_lines import WrittenFact
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import became, enumerated, labelled, number_of
from mesh.folder import PlannedMesh
from mesh.model import Agreement

Agreements = Mapping[tuple[str, str], Agreement]
"""Agreements by partner and product."""


def partner_section(before: PlannedMesh, after: PlannedMesh, facts: Sequence[WrittenFact]) -> ReportSection:
    """The section on partners; `facts` are those of partners that no agreement says."""
    one, other = _agreements(before), _agreements(after)
    readers = _changed_partners(before, after)
    lines = [
        *_new_partners(before, after),
        *_other_readers(before, after),
        *(line for key in other if key not in one for line in _begun(after, key, other[key])),
        *(_ended(before, key, one[key]) for key in one if key not in other),
        *(
            line
            for key in one
            if key in other
            for line in _changed(key, one[key], other[key], (before.as_of, after.as_of))
        ),
        *(fact.line for fact in facts if fact.path and fact.path[0] not in ("agreements", "principals")),
    ]
    began = sum(_open(other.get(key), after) and not _open(one.get(key), before) for key in other)
    ended = sum(_open(one.get(key), before) and not _open(other.get(key), after) for key in one)
    texts = [
        *([f"{number_of(began, 'copy begins', 'copies begin')}"] if began else []),
        *([f"{number_of(ended, 'copy ends', 'copies end')}"] if ended else []),
        *([f"others read the copies of {number_of(len(readers), 'partner')}"] if readers else []),
    ]
    return ReportSection(
        key="partners",
        title="Partners",
        summary=", ".join(texts) or "no copy begins or ends",
        lines=tuple(lines),
        data=[*_data(one, other), *_reader_data(before, after, readers)],
    )


def _agreements(side: PlannedMesh) -> Agreements:
    return {
        (name, agreement.product): agreement
        for name, partner in side.mesh.partners.items()
        for agreement in partner.agreements
    }


def _open(agreement: Agreement | None, side: PlannedMesh) -> bool:
    return agreement is not None and agreement.expires >= side.as_of


def _new_partners(before: PlannedMesh, after: PlannedMesh) -> Iterator[ReportLine]:
    for name, partner in after.mesh.partners.items():
        if name not in before.mesh.partners:
            yield ReportLine(
                f"partner {name} is new: {partner.description} Its people: {enumerated(partner.principals)}"
            )
    for name in before.mesh.partners:
        if name not in after.mesh.partners:
            yield ReportLine(f"partner {name} is removed; what was delivered stays with it (`mesh offboard`)")


def _readers(side: PlannedMesh, name: str) -> tuple[str, ...]:
    """The readers of copies of a partner: its account, and its groups with their ids."""
    accounts = side.mesh.accounts
    center = accounts.identity_center if accounts else None
    groups = center.groups if center else {}
    account = (accounts.partners.get(name) if accounts else None) or "no account"
    return account, *(f"{group} ({groups.get(group, 'no id')})" for group in side.mesh.partners[name].principals)


def _changed_partners(before: PlannedMesh, after: PlannedMesh) -> list[str]:
    """Partners of both sides whose account is another one, or whose people are."""
    kept = [name for name in before.mesh.partners if name in after.mesh.partners]
    return [name for name in kept if set(_readers(before, name)) != set(_readers(after, name))]


def _other_readers(before: PlannedMesh, after: PlannedMesh) -> Iterator[ReportLine]:
    for name in _changed_partners(before, after):
        (had, *were), (has, *are) = _readers(before, name), _readers(after, name)
        products = [agreement.product for agreement in after.mesh.partners[name].agreements if _open(agreement, after)]
        copies = f"copies of {enumerated(products)}" if products else "no copies by now"
        if had != has:
            yield ReportLine(f"partner {name} is in another account ({had} → {has}), which gets {copies}")
        if set(were) != set(are):
            new, gone = [each for each in are if each not in were], [each for each in were if each not in are]
            said = [
                *([f"{enumerated(new)} from now on"] if new else []),
                *([f"{enumerated(gone)} no more"] if gone else []),
            ]
            yield ReportLine(f"partner {name}: {copies} are read by {', and by '.join(said)}")


def told_ids(before: PlannedMesh, after: PlannedMesh) -> frozenset[tuple[str, ...]]:
    """Paths in `accounts.yaml` of the ids that the section says: of accounts of partners, and of their groups."""
    found: set[tuple[str, ...]] = set()
    for name in _changed_partners(before, after):
        (had, *were), (has, *are) = _readers(before, name), _readers(after, name)
        if had != has:
            found.add(("partners", name))
        if set(were) != set(are):
            groups = (*before.mesh.partners[name].principals, *after.mesh.partners[name].principals)
            found.update(("identity-center", "groups", group) for group in groups)
    return frozenset(found)


def _reader_data(before: PlannedMesh, after: PlannedMesh, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        yield {"partner": name, "before": list(_readers(before, name)), "after": list(_readers(after, name))}


def _begun(after: PlannedMesh, key: tuple[str, str], agreement: Agreement) -> Iterator[ReportLine]:
    partner, product = key
    what = f"{product}{labelled(agreement.classifications)}"
    if not _open(agreement, after):
        yield ReportLine(f"{partner} gets no copy of {what}: the agreement expired on {agreement.expires}")
        return
    yield ReportLine(f"{partner} gets copies of {what} until {agreement.expires}: {agreement.purpose}")
    yield ReportLine(f"read by {enumerated(after.mesh.partners[partner].principals)}", 1)


def _ended(before: PlannedMesh, key: tuple[str, str], agreement: Agreement) -> ReportLine:
    partner, product = key
    if not _open(agreement, before):
        return ReportLine(f"{partner}: the agreement on {product}, which had expired, is removed")
    return ReportLine(f"{partner} gets no copies of {product} any more; until now: {agreement.purpose}")


def _changed(
    key: tuple[str, str], one: Agreement, other: Agreement, days: tuple[datetime.date, datetime.date]
) -> Iterator[ReportLine]:
    partner, product = key
    was_open, is_open = one.expires >= days[0], other.expires >= days[1]
    if was_open and not is_open:
        yield ReportLine(f"{partner} gets no copies of {product} any more: the agreement expired on {other.expires}")
    elif is_open and not was_open:
        yield ReportLine(f"{partner} gets copies of {product} again, until {other.expires}: {other.purpose}")
    elif one.expires != other.expires:
        longer = "longer" if other.expires > one.expires else "shorter"
        yield ReportLine(f"{partner} gets copies of {product} for {longer}: until {one.expires} → {other.expires}")
    if one.purpose != other.purpose:
        yield ReportLine(f"{partner}: purpose of the copies of {product} {became(one.purpose, other.purpose)}")
    if set(one.classifications) != set(other.classifications):
        had, has = (enumerated(sorted(each.classifications)) for each in (one, other))
        yield ReportLine(f"{partner}: labels that copies of {product} may have {had} → {has}")


def _data(one: Agreements, other: Agreements) -> Iterator[dict[str, Any]]:
    for partner, product in {**one, **other}:
        had, has = one.get((partner, product)), other.get((partner, product))
        if had != has:
            sides = (side.model_dump(mode="json", by_alias=True) if side else None for side in (had, has))
            before, after = sides
            yield {"partner": partner, "product": product, "before": before, "after": after}
