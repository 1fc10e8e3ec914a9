"""Readable sides: of a file with mistakes, what the other side says stands in the place of what cannot be told.

A mistake is no wish: nothing that stands in for a value is a change, or somebody to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

from mesh.findings import KeyPath
from mesh.model import Approver, Contract, Mesh, PartialFile, contract_file
from mesh.model.base import Owner

MESH_FILE: Final = "mesh.yaml"

_File = TypeVar("_File", bound=BaseModel)
_Who = TypeVar("_Who", Owner, Approver)

_NAMES: Final = ("group", "domain", "product", "email", "name")
_NONE: Final = object()
"""The counterpart of what the other side has not."""

UNREAD_OWNER: Final = Owner.model_construct(
    team="unknown", email="the owner of mesh.yaml (whom it does not tell)", github=None
)
"""The platform team where `mesh.yaml` does not tell it: nobody who approves is called so."""


def readable_sides(before: Mesh, after: Mesh) -> tuple[Mesh, Mesh]:
    """Both sides of a change without anything that stands in for a mistake, as far as the other side tells it.

    Who is asked says the side before alone: of a file whose owner cannot be read there the platform team is asked, and
    an approver who cannot be read is none.
    """
    after = replace(after, unread=after.unread | after.unplaced(before))
    told_before, told_after = _with_known_settings(before, after)
    asked = _who_is_asked(before, _filled(told_before, told_after, restores=False))
    return asked, _filled(told_after, asked, restores=True)


def _with_known_settings(before: Mesh, after: Mesh) -> tuple[Mesh, Mesh]:
    """Both sides, of which one whose `mesh.yaml` cannot be read has the other's in the place of a stand-in."""
    if MESH_FILE in after.unread:
        return before, replace(after, file=before.file)
    return (replace(before, file=after.file), after) if MESH_FILE in before.unread else (before, after)


def _filled(mesh: Mesh, other: Mesh, restores: bool) -> Mesh:
    """A mesh in which what cannot be told is as the other has it, where that has it."""
    if not mesh.partial:
        return mesh
    accounts = mesh.accounts and _file(mesh, "accounts.yaml", mesh.accounts, other.accounts, restores)
    return replace(
        mesh,
        file=_file(mesh, MESH_FILE, mesh.file, other.file, restores),
        accounts=accounts,
        domains=_files(mesh, "domains", mesh.domains, other.domains, restores),
        partners=_files(mesh, "partners", mesh.partners, other.partners, restores),
        clearances=_files(mesh, "clearances", mesh.clearances, other.clearances, restores),
        contracts={name: _contract(mesh, name, each, other) for name, each in mesh.contracts.items()},
    )


def _contract(mesh: Mesh, reference: str, contract: Contract, other: Mesh) -> Contract:
    """A contract; the other side's as a whole in the place of one with mistakes, whose labels cannot be told."""
    product, (domain, _, name) = mesh.product(reference), reference.partition(".")
    is_partial = product is not None and contract_file(domain, name, product) in mesh.partial
    return other.contracts.get(reference, contract) if is_partial else contract


def _files(
    mesh: Mesh, folder: str, own: Mapping[str, _File], others: Mapping[str, _File], restores: bool
) -> dict[str, _File]:
    return {
        name: _file(mesh, f"{folder}/{name}.yaml", value, others.get(name), restores) for name, value in own.items()
    }


def _file(mesh: Mesh, file: str, value: _File, other: _File | None, restores: bool) -> _File:
    partial = mesh.partial.get(file)
    if partial is None:
        return value
    return cast("_File", _Filling(partial, restores).told((), value, _NONE if other is None else other))


@dataclass(frozen=True, slots=True)
class _Filling:
    """The values of a file with mistakes; it `restores` what was left out, too, where a mistake would be a loss."""

    partial: PartialFile
    restores: bool

    def told(self, path: KeyPath, value: Any, other: Any) -> Any:
        """A value in which what cannot be told is as the other side has it; itself where that has no counterpart."""
        if self.partial.is_uncertain(path):
            return value if other is _NONE else other
        if not self.partial.touches(path):
            return value
        if isinstance(value, BaseModel):
            found = {
                name: self.told((*path, field.alias or name), getattr(value, name), getattr(other, name, _NONE))
                for name, field in type(value).model_fields.items()
            }
            return value.model_copy(update=found)
        if isinstance(value, Mapping):
            known = cast("Mapping[str, Any]", other if isinstance(other, Mapping) else {})
            return self.told_items(path, cast("Mapping[str, Any]", value), known)
        if isinstance(value, tuple) and isinstance(other, tuple):
            return self.told_entries(path, cast("tuple[Any, ...]", value), cast("tuple[Any, ...]", other))
        return cast("Any", value)

    def told_items(self, path: KeyPath, items: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
        """Items by key, with those of the other side whose value here was left out."""
        left_out = {
            key: each
            for key, each in others.items()
            if self.restores and key not in items and self.partial.is_uncertain((*path, key))
        }
        return {key: self.told((*path, key), each, others.get(key, _NONE)) for key, each in items.items()} | left_out

    def told_entries(self, path: KeyPath, entries: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
        """Entries of a list, each as that of the same name; one whose name cannot be told as the one that is left over.

        Where entries were left out any that is left over may be one of them.
        """
        left, found = list(others), list[Any]()
        for place, entry in enumerate(entries):
            is_named = not any(self.partial.is_uncertain((*path, place, key)) for key in _NAMES)
            match = next((each for each in left if is_named and _name(each) == _name(entry)), _NONE)
            if match is not _NONE:
                left.remove(match)
            found.append(match)
        odd = [place for place, entry in enumerate(found) if entry is _NONE and self.partial.touches((*path, place))]
        if len(odd) == len(left) == 1:
            found[odd[0]] = left.pop()
        told = tuple(self.told((*path, place), each, found[place]) for place, each in enumerate(entries))
        return (*told, *left) if self.restores and path in self.partial.moved else told


def _name(entry: Any) -> Any:
    """Keys by which an entry of a list is known; of a text itself."""
    return tuple(getattr(entry, key, None) for key in _NAMES) if isinstance(entry, BaseModel) else entry


def _who_is_asked(written: Mesh, told: Mesh) -> Mesh:
    """The side before, as it is `told`, in which those alone are asked whom its files as they are `written` tell."""
    platform = _owner(written, MESH_FILE, written.file.owner) or UNREAD_OWNER
    domains = {
        name: each.model_copy(
            update={"owner": _owner(written, f"domains/{name}.yaml", written.domains[name].owner) or platform}
        )
        for name, each in told.domains.items()
    }
    partners = {
        name: each.model_copy(
            update={"owner": _owner(written, f"partners/{name}.yaml", written.partners[name].owner) or platform}
        )
        for name, each in told.partners.items()
    }
    clearances = {
        name: each.model_copy(update={"approvers": tuple(_approvers(written, name))})
        for name, each in told.clearances.items()
    }
    file = told.file.model_copy(update={"owner": platform})
    return replace(told, file=file, domains=domains, partners=partners, clearances=clearances)


def _owner(mesh: Mesh, file: str, owner: Owner) -> Owner | None:
    """An owner as far as a file tells who that is; None where it does not."""
    return _reachable(mesh, file, ("owner",), owner)


def _approvers(mesh: Mesh, clearance: str) -> Iterator[Approver]:
    file = f"clearances/{clearance}.yaml"
    for place, each in enumerate(mesh.clearances[clearance].approvers):
        if (approver := _reachable(mesh, file, ("approvers", place), each)) is not None:
            yield approver


def _reachable(mesh: Mesh, file: str, path: KeyPath, who: _Who) -> _Who | None:
    """Somebody by the handle or the address that can be told, in the place of the other one; None where neither can."""
    if not mesh.touches(file, *path):
        return who
    github = None if mesh.is_uncertain(file, *path, "github") else who.github
    email = github if mesh.is_uncertain(file, *path, "email") else who.email
    return None if email is None else who.model_copy(update={"email": email, "github": github})
