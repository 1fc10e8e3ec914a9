"""Fields before a change whose data the fields after it go on with, by the ids of the locks and by `renamedFrom`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mesh.contracts.breaks.contract_fields import ContractField
from mesh.model import LockedField, LockedTable

_Fields = Mapping[str, ContractField]


def former_fields(
    olds: _Fields, news: _Fields, before: LockedTable | None = None, after: LockedTable | None = None
) -> dict[str, str | None]:
    """The path before of each path after; None for a field that is new.

    Data files know a field of an Iceberg table by its id: the ids of both locks decide, whatever the contracts say. Of
    a field that they say nothing on, `renamedFrom` is followed as `mesh lock` follows it: before a name that stayed.
    """
    decided = _Decided(olds, news, before, after, _owners(before), {})
    for depth in sorted({path.count(".") for path in news}):
        decided.decide([path for path in news if path.count(".") == depth])
    return {path: decided.found[path] for path in news}


def _owners(table: LockedTable | None) -> Mapping[int, str]:
    return {one.id: path for path, one in table.fields.items() if one.id} if table else {}


class _Decided(NamedTuple):
    """The fields of both sides, with the locks of their table, and what is decided so far."""

    olds: _Fields
    news: _Fields
    before: LockedTable | None
    after: LockedTable | None
    owners: Mapping[int, str]
    found: dict[str, str | None]

    def decide(self, paths: Sequence[str]) -> None:
        """Decides on the fields of one depth; of several that name the same one, only one goes on with its data."""
        claims: dict[str, list[str]] = {}
        for path in paths:
            self.found[path] = source = self._former(path)
            if source is not None:
                claims.setdefault(source, []).append(path)
        for source, claiming in claims.items():
            stays = next((path for path in claiming if self._usual(path) == source), claiming[0])
            for path in claiming:
                if path != stays:
                    usual = self._usual(path)
                    self.found[path] = usual if usual in self.olds and usual not in claims else None

    def _usual(self, path: str) -> str | None:
        """The path before of a field that has the name that it had; None of one in what is new."""
        return self._named(path, self.news[path].name)

    def _named(self, path: str, name: str) -> str | None:
        parent = self.news[path].parent
        before = self.found.get(parent) if parent else ""
        return None if before is None else f"{before}.{name}" if before else name

    def _former(self, path: str) -> str | None:
        renamed, usual = self.news[path].renamed, self._usual(path)
        locked = self._locked(path)
        if locked.id and (renamed is None or renamed in locked.was):
            owner = self.owners.get(locked.id)
            if owner in self.olds:
                return owner
            if usual not in self.olds or (self.before and usual in self.before.fields):
                return None
        if usual is None:
            return None
        if isinstance(renamed, str) and renamed and not self._was_followed(usual, renamed):
            former = self._named(path, renamed)
            if former in self.olds:
                return former
        return usual if usual in self.olds else None

    def _locked(self, path: str) -> LockedField:
        """The field in the lock after, where both locks know the table by ids."""
        if not self.before or not self.after or {self.before.format, self.after.format} != {"iceberg"}:
            return LockedField()
        return self.after.fields.get(path, LockedField())

    def _was_followed(self, usual: str, renamed: str) -> bool:
        """Whether a field had its name before the change already, and another one before that."""
        if usual not in self.olds:
            return False
        locked = self.before.fields.get(usual, LockedField()) if self.before else LockedField()
        return self.olds[usual].renamed == renamed or renamed in locked.was
