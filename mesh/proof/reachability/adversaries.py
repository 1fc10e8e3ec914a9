"""Adversaries of a mesh: whoever has stolen one role, group or pull request of each class."""

from __future__ import annotations

from functools import cached_property

from mesh.proof.reachability.blast import BlastRadius, blast_radius
from mesh.proof.reachability.classes import LIKE_NAMED, PrincipalNode
from mesh.proof.reachability.gains import Gains
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import Subject


class Adversaries:
    """One principal of each class of a subject, with its blast radius."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._of = (subject.world, subject.lakes)
        self._start()

    def _start(self) -> None:
        self.graph = PrincipalGraph(self.subject)
        self._gains = Gains(self.graph)
        self._radii: dict[str, BlastRadius] = {}

    def alike(self, start: PrincipalNode) -> int:
        """Number of the principals of one class."""
        form = self.graph.classes[start.key]
        return sum(form == each for each in self.graph.classes.values())

    @cached_property
    def starts(self) -> tuple[PrincipalNode, ...]:
        """The first principal of each class that is somebody: of roles of a name alone there is none to steal.

        Of owners that the documents of others name, each is asked: what leads to one may not lead to the next.
        """
        first: dict[tuple[str, str], PrincipalNode] = {}
        for key, node in self.graph.nodes.items():
            if node.kind != LIKE_NAMED:
                apart = node.owner if node.owner in self.graph.mentioning else ""
                first.setdefault((self.graph.classes[key], apart), node)
        return tuple(first.values())

    def radius(self, start: PrincipalNode) -> BlastRadius:
        """The blast radius of a principal in the world as it is now."""
        now = (self.subject.world, self.subject.lakes)
        if now != self._of:
            self._of = now
            self._start()
        if start.key not in self._radii:
            self._radii[start.key] = blast_radius(self.graph, self._gains, start)
        return self._radii[start.key]
