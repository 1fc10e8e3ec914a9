"""Acceptance of a whole plan: every value and every document that AWS would refuse, and how many were looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mesh.acceptance import property_values
from mesh.acceptance.bucket_places import misplaced
from mesh.acceptance.emitted import EmittedResource, InputRefusal, emitted
from mesh.acceptance.fitting_resources import misfits
from mesh.acceptance.inner_rules import unfit
from mesh.acceptance.key_aliases import aliases_of_others
from mesh.acceptance.key_lockout import locks_out
from mesh.acceptance.named_in_policies import MadePrincipals
from mesh.acceptance.named_resources import NamedResources
from mesh.acceptance.policy_documents import wrong_in
from mesh.acceptance.policy_places import documents, unread
from mesh.acceptance.public_policies import BlockedBuckets
from mesh.aws.property_shapes import shapes

UNLISTED: Final = "no limit and no reason is listed: name its calls in tools/shapes/members.yaml, then make shapes"
"""Reason for which a value is compared with nothing, and what to do."""


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


def accept(plan: Mapping[str, Any], *, whole: bool) -> AcceptedPlan:
    """Checks a plan as `mesh plan --json` has it; `whole` if all stacks of the mesh are in it."""
    return accept_all(tuple(emitted(plan)), whole=whole)


def accept_all(resources: Iterable[EmittedResource], *, whole: bool) -> AcceptedPlan:
    """Checks resources, in the order of their stacks."""
    every = tuple(resources)
    known, principals, blocked = shapes(), MadePrincipals(every, whole=whole), BlockedBuckets(every)
    named = NamedResources(every, principals, whole=whole)
    counts: list[property_values.ValueCount] = []
    number = 0
    unlisted: list[InputRefusal] = []
    refusals: list[InputRefusal] = []
    for resource in every:
        of_type = known.types.get(resource.type)
        if of_type is None:
            unlisted.append(resource.refused("its type", UNLISTED))
        else:
            count = property_values.check(resource, of_type)
            counts.append(count)
            unlisted += [resource.refused(path, UNLISTED) for path in count.unlisted]
            refusals += count.refusals
        refusals += [*aliases_of_others(resource), *misplaced(resource), *locks_out(resource)]
        refusals += [*unfit(resource), *named.missing(resource)]
        found, wrong = _documents(resource, principals, blocked)
        number += found
        refusals += wrong
    refusals += misfits(every)
    return AcceptedPlan(
        botocore=known.botocore,
        limited=sum(count.limited for count in counts),
        typed=sum(count.typed for count in counts),
        documents=number,
        unknown=sum(count.unknown for count in counts),
        unlisted=tuple(unlisted),
        refusals=tuple(refusals),
    )


def _documents(
    resource: EmittedResource, principals: MadePrincipals, blocked: BlockedBuckets
) -> tuple[int, list[InputRefusal]]:
    number, refusals = 0, [resource.refused(path, why) for path, why in unread(resource)]
    for document in documents(resource):
        number += 1
        wrong = list(wrong_in(document))
        if not wrong and document.type is not None:
            wrong += [*principals.missing(document), *blocked.refused(document)]
        refusals += [resource.refused(document.path, why) for why in wrong]
    return number, refusals
