"""Acceptance of a whole plan: every value and every document that AWS would refuse, and how many were looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesh.acceptance.emitted import EmittedResource, InputRefusal, emitted
from mesh.acceptance.fitting_resources import misfits
from mesh.acceptance.named_in_policies import MadePrincipals
from mesh.acceptance.named_resources import NamedResources
from mesh.acceptance.own_findings import OwnFindings, own_findings
from mesh.acceptance.policy_places import documents
from mesh.acceptance.public_policies import BlockedBuckets
from mesh.aws.property_shapes import shapes


@dataclass(frozen=True, slots=True)
class AcceptedPlan:
    """A plan as it was compared with AWS's models: numbers of values and documents, and what AWS would refuse."""

    botocore: str
    limited: int
    """Values compared with a length, a range, a pattern or an enumeration."""
    typed: int
    """Values compared with a type, of which AWS's models say no more."""
    documents: int
    unknown: int
    """Values that AWS alone knows, or a part of them, which cannot be compared."""
    unlisted: tuple[InputRefusal, ...]
    """Values that were compared with nothing: no shape of the property or of the type is known."""
    refusals: tuple[InputRefusal, ...]

    def __str__(self) -> str:
        refused = f"{len(self.refusals):,} refused" if self.refusals else "none refused"
        return (
            f"{self.limited:,} values compared with AWS's limits (botocore {self.botocore}), {self.typed:,} with their "
            f"type alone, and {self.documents:,} documents: {refused}; not compared: {self.unknown:,} values that AWS "
            f"will say, {len(self.unlisted):,} that are not listed"
        )

    def findings(self) -> Iterator[str]:
        """Each refusal, and each value that nothing is known of, with what to do."""
        yield from (f"AWS would refuse: {refusal}" for refusal in self.refusals)
        yield from (f"not compared with AWS: {each}" for each in self.unlisted)


def accept(plan: Mapping[str, Any], *, whole: bool, own: Iterable[OwnFindings] | None = None) -> AcceptedPlan:
    """Checks a plan as `mesh plan --json` has it; `whole` if all stacks of the mesh are in it.

    `own` is what is known of its resources already, in their order.
    """
    return accept_all(tuple(emitted(plan)), whole=whole, own=own)


def accept_all(
    resources: Iterable[EmittedResource], *, whole: bool, own: Iterable[OwnFindings] | None = None
) -> AcceptedPlan:
    """Checks resources, in the order of their stacks; raises ValueError for `own` of other resources."""
    every = tuple(resources)
    principals, blocked = MadePrincipals(every, whole=whole), BlockedBuckets(every)
    named = NamedResources(every, principals, whole=whole)
    each_own = tuple(own if own is not None else map(own_findings, every))
    refusals: list[InputRefusal] = []
    for resource, found in zip(every, each_own, strict=True):
        refusals += [*found.refusals, *named.missing(resource), *found.unread]
        refusals += _in_documents(resource, found, principals, blocked)
    refusals += misfits(every)
    return AcceptedPlan(
        botocore=shapes().botocore,
        limited=sum(found.limited for found in each_own),
        typed=sum(found.typed for found in each_own),
        documents=sum(len(found.documents) for found in each_own),
        unknown=sum(found.unknown for found in each_own),
        unlisted=tuple(each for found in each_own for each in found.unlisted),
        refusals=tuple(refusals),
    )


def _in_documents(
    resource: EmittedResource, own: OwnFindings, principals: MadePrincipals, blocked: BlockedBuckets
) -> Iterator[InputRefusal]:
    """Refusals of each document; the principals that it names are asked of one that is right by itself."""
    for document, wrong in zip(documents(resource), own.documents, strict=True) if own.documents else ():
        yield from wrong
        if not wrong and document.type is not None:
            for why in (*principals.missing(document), *blocked.refused(document)):
                yield resource.refused(document.path, why)
