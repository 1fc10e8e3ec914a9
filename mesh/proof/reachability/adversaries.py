"""Adversaries of a mesh: whoever has stolen one role, group or pull request of each class."""

from __future__ import annotations

from functools import cached_property

from mesh.proof.reachability.blast import BlastRadius, blast_radius
from mesh.proof.reachability.classes import LIKE_NAMED, PrincipalNode
from mesh.proof.reachability.gains import Gains
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import Subject


def scripts_of(subject: Subject) -> dict[str, tuple[str, ...]]:
    """ARNs of the objects that run as a role, by its ARN: the script of each job of the plan."""
    jobs = (job for domain in subject.plan.domains.values() for job in domain.jobs.values())
    return {job.role: (f"arn:aws:s3:::{job.scripts_bucket}/{job.script_key}",) for job in jobs if job.script}


class Adversaries:
    """One principal of each class of a subject, with its blast radius."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._of = (subject.world, subject.lakes)
        self._start()

    def _start(self) -> None:
        self.graph = PrincipalGraph(self.subject, scripts_of(self.subject))
        self._gains = Gains(self.graph)
        self._radii: dict[str, BlastRadius] = {}

    @property
    def first_of_each(self) -> tuple[PrincipalNode, ...]:
        """One principal of each class."""
        classes = self.graph.classes
        return tuple({classes[start.key]: start for start in reversed(self.starts)}.values())[::-1]

    def alike(self, start: PrincipalNode) -> int:
        """Number of the principals of one class."""
        form = self.graph.classes[start.key]
        return sum(form == each for each in self.graph.classes.values())

    @cached_property
    def starts(self) -> tuple[PrincipalNode, ...]:
        """Principals of each class that is somebody: of roles of a name alone there is none to steal.

        Of a class as many are asked as it takes for each class of what they own, and for each owner that the documents
        of others name: what leads to the one may not lead to the next.
        """
        asked: dict[str, set[str]] = {}
        return tuple(
            node
            for key, node in self.graph.nodes.items()
            if node.kind != LIKE_NAMED and self._is_new(node, asked.setdefault(self.graph.classes[key], set()))
        )

    def _is_new(self, node: PrincipalNode, asked: set[str]) -> bool:
        """Whether a principal has something to ask after that no other of its class has; it counts as asked then."""
        graph, product = self.graph, f"{node.owner}.{node.product}"
        facets = {"", *graph.estates.get(node.owner, ())}
        facets |= {f"its own: {graph.product_forms[product]}"} if product in graph.product_forms else set()
        facets |= {f"named: {node.owner}"} if node.owner in graph.mentioning else set()
        new = not facets <= asked
        asked |= facets
        return new

    def radius(self, start: PrincipalNode) -> BlastRadius:
        """The blast radius of a principal in the world as it is now."""
        now = (self.subject.world, self.subject.lakes)
        if now != self._of:
            self._of = now
            self._start()
        if start.key not in self._radii:
            self._radii[start.key] = blast_radius(self.graph, self._gains, start)
        return self._radii[start.key]
