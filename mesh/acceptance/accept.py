"""Acceptance of a whole plan: every value and every document that AWS would refuse, and how many were looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mesh.acceptance import property_values
from mesh.acceptance.emitted import EmittedResource, InputRefusal, emitted
from mesh.acceptance.key_aliases import aliases_of_others
from mesh.acceptance.named_in_policies import MadePrincipals
from mesh.acceptance.policy_documents import wrong_in
from mesh.acceptance.policy_places import documents, unplaced
from mesh.aws.property_shapes import shapes


@dataclass(frozen=True, slots=True)
class AcceptedPlan:
    """A plan as it was compared with AWS's models: numbers of values and documents, and what AWS would refuse."""

    botocore: str
    values: int
    documents: int
    unknown: int
    """Values that AWS alone knows, which cannot be compared."""
    unlisted: tuple[tuple[str, str], ...]
    """Types, each with a property, of which no shape and no reason is known; of a type of which nothing is, ""."""
    refusals: tuple[InputRefusal, ...]

    def __str__(self) -> str:
        refused = f"{len(self.refusals)} refused" if self.refusals else "none refused"
        return (
            f"{self.values:,} values and {self.documents:,} documents checked against AWS's models "
            f"(botocore {self.botocore}): {refused}"
        )


def accept(plan: Mapping[str, Any], *, whole: bool) -> AcceptedPlan:
    """Checks a plan as `mesh plan --json` has it; `whole` if all stacks of the mesh are in it."""
    return accept_all(tuple(emitted(plan)), whole=whole)


def accept_all(resources: Iterable[EmittedResource], *, whole: bool) -> AcceptedPlan:
    """Checks resources, in the order of their stacks."""
    every = tuple(resources)
    known, principals = shapes(), MadePrincipals(every, whole=whole)
    values = unknown = number = 0
    unlisted: dict[tuple[str, str], None] = {}
    refusals: list[InputRefusal] = []
    for resource in every:
        of_type = known.types.get(resource.type)
        if of_type is None:
            unlisted[resource.type, ""] = None
        else:
            count = property_values.check(resource, of_type)
            values, unknown = values + count.checked, unknown + count.unknown
            unlisted |= dict.fromkeys((resource.type, path) for path in count.unlisted)
            refusals += count.refusals
        refusals += aliases_of_others(resource)
        found, wrong = _documents(resource, principals)
        number += found
        refusals += wrong
    return AcceptedPlan(known.botocore, values, number, unknown, tuple(unlisted), tuple(refusals))


def _documents(resource: EmittedResource, principals: MadePrincipals) -> tuple[int, list[InputRefusal]]:
    number, refusals = (
        0,
        [resource.refused(path, "a policy document stands where none is looked for") for path in unplaced(resource)],
    )
    for document in documents(resource):
        number += 1
        wrong = list(wrong_in(document))
        if not wrong and document.type is not None:
            wrong += principals.missing(document)
        refusals += [resource.refused(document.path, why) for why in wrong]
    return number, refusals
