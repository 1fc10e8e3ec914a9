"""Analysis of a run: an analyzer is asked of each resource before anything is done to it, and of the stack in the end.

As Pulumi's engine does it (its step generator, in pkg/resource/deploy): every resource that the
program registers is asked about, components and providers, too, with its checked inputs; the stack with its outputs,
when all is done. A mandatory diagnostic fails the run; in an update the resource is not made, and no other is begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

from google.protobuf import struct_pb2

from sandbox.engine.state import ResourceState
from sandbox.engine.urns import STACK_TYPE, provider_urn
from sandbox.engine.work import Work

EnforcementLevel = Literal["advisory", "mandatory", "remediate", "disabled"]
"""What becomes of a violation: told, or refused, or mended by the policy; a disabled policy is not asked."""


@dataclass(frozen=True, slots=True)
class PolicyDiagnostic:
    """A sentence of a policy on a resource; on the stack where the policy names none."""

    urn: str
    policy: str
    message: str
    """The policy's description, a line break, and what was found."""
    mandatory: bool

    @property
    def failure(self) -> str:
        """The sentence of the failure that it is, as Pulumi's events are told."""
        return f"[{self.policy}] {self.message}"


class AnalyzedResource(NamedTuple):
    """A resource with its provider: None for a component, a provider, and the stack."""

    resource: ResourceState
    provider: ResourceState | None


class Analyzer(Protocol):
    """A policy pack, as the engine asks it; raises RefusedError when it does not answer."""

    def remedied(self, asked: AnalyzedResource) -> tuple[struct_pb2.Struct | None, Sequence[PolicyDiagnostic]]:
        """The inputs as policies mend them, None when none does; and what they could not be asked about."""
        ...

    def of_resource(self, asked: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
        """Diagnostics on a resource that is about to be made."""
        ...

    def of_stack(self, stack: Sequence[AnalyzedResource]) -> Sequence[PolicyDiagnostic]:
        """Diagnostics on the stack, when all is done."""
        ...


class Analysis:
    """The questions of one run to an analyzer, and what it said; asks nothing where there is none."""

    def __init__(self, analyzer: Analyzer | None, work: Work) -> None:
        self._analyzer, self._work = analyzer, work
        self.diagnostics: list[PolicyDiagnostic] = []

    def of_resource(self, new: ResourceState) -> ResourceState:
        """The resource as policies leave it; raises StoppedError for a violation in an update."""
        if self._analyzer is None:
            return new
        with self._work.failing_as(new.urn):
            mended, told = self._analyzer.remedied(self._with_provider(new))
            self._keep([replace(each, urn=new.urn) for each in told])
            if mended is not None:
                new = replace(new, input_message=mended)
            found = [replace(each, urn=new.urn) for each in self._analyzer.of_resource(self._with_provider(new))]
        if self._keep(found) and not self._work.preview:
            self._work.stop()
        return new

    def of_stack(self) -> None:
        """Ask about the whole stack; not where a resource could not be made: what it would say is of half a stack."""
        if self._analyzer is None or self._work.left_out:
            return
        news = self._work.snapshot.news()
        root = next((each.urn for each in news if each.type == STACK_TYPE), "")
        with self._work.failing_as(root):
            found = self._analyzer.of_stack([self._with_provider(new) for new in news])
        known = {new.urn for new in news}
        self._keep([each if each.urn in known else replace(each, urn=root) for each in found])

    def _keep(self, found: Sequence[PolicyDiagnostic]) -> bool:
        """Keep what was said; whether some of it fails the run."""
        with self._work.lock:
            self.diagnostics += found
        mandatory = [each for each in found if each.mandatory]
        for each in mandatory:
            self._work.add_failure(each.urn, each.failure)
        return bool(mandatory)

    def _with_provider(self, resource: ResourceState) -> AnalyzedResource:
        provider = self._work.snapshot.new(provider_urn(resource.provider)) if resource.provider else None
        return AnalyzedResource(resource, provider)
