"""Partial file: the places of what was left out of a file that is not wholly right, or stands in for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh.findings import KeyPath


@dataclass(frozen=True, slots=True)
class PartialFile:
    """A file of which a part is used.

    `uncertain` are the places that rules are silent about, as they are in the file; `moved` has, for each list that
    lost entries, the positions that the others have in the file.
    """

    uncertain: frozenset[KeyPath] = frozenset({()})
    moved: Mapping[KeyPath, list[int]] = field(default_factory=dict[KeyPath, list[int]])

    def is_uncertain(self, path: KeyPath) -> bool:
        """Whether what stands at a path, or would stand there, cannot be told."""
        whole = self.in_file(path)
        return any(whole[: len(place)] == place for place in self.uncertain)

    def touches(self, path: KeyPath, inert: frozenset[str] = frozenset()) -> bool:
        """Whether something at, in or around a path cannot be told, but for what is in it below an inert key."""
        whole = self.in_file(path)
        return any(
            whole[: len(place)] == place[: len(whole)] and inert.isdisjoint(place[len(whole) :])
            for place in self.uncertain
        )

    def in_file(self, path: KeyPath) -> KeyPath:
        """A path of keys with the positions that entries of lists have in the file."""
        for depth, step in enumerate(path):
            positions = self.moved.get(path[:depth])
            if positions is not None and isinstance(step, int) and step < len(positions):
                return (*path[:depth], positions[step], *path[depth + 1 :])
        return path
