"""Mistakes of a resource that are seen without another one: most of the work, which processes can share.

What depends on the other resources of a plan is `accept.py`'s, which puts both together.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mesh.acceptance import property_values
from mesh.acceptance.bucket_places import misplaced
from mesh.acceptance.emitted import EmittedResource, InputRefusal
from mesh.acceptance.inner_rules import unfit
from mesh.acceptance.key_aliases import aliases_of_others
from mesh.acceptance.key_lockout import locks_out
from mesh.acceptance.policy_documents import wrong_in
from mesh.acceptance.policy_places import documents, unread
from mesh.aws.property_shapes import shapes

UNLISTED: Final = "no limit and no reason is listed: name its calls in tools/shapes/members.yaml, then make shapes"
"""Reason for which a value is compared with nothing, and what to do."""


class OwnFindings(NamedTuple):
    """A resource compared with AWS's models, alone: numbers of values, and what AWS would refuse."""

    limited: int
    typed: int
    unknown: int
    unlisted: tuple[InputRefusal, ...]
    refusals: tuple[InputRefusal, ...]
    """Of its values."""
    unread: tuple[InputRefusal, ...]
    """Of documents where none is looked for."""
    documents: tuple[tuple[InputRefusal, ...], ...]
    """Of each of its documents, in their order."""


def own_findings(resource: EmittedResource) -> OwnFindings:
    """Everything that is wrong with a resource, whatever else is in the plan."""
    of_type = shapes().types.get(resource.type)
    if of_type is None:
        count = property_values.ValueCount(0, 0, 0, (), ())
        unlisted = [resource.refused("its type", UNLISTED)]
    else:
        count = property_values.check(resource, of_type)
        unlisted = [resource.refused(path, UNLISTED) for path in count.unlisted]
    own = [*count.refusals, *aliases_of_others(resource), *misplaced(resource), *locks_out(resource), *unfit(resource)]
    return OwnFindings(
        limited=count.limited,
        typed=count.typed,
        unknown=count.unknown,
        unlisted=tuple(unlisted),
        refusals=tuple(own),
        unread=tuple(resource.refused(path, why) for path, why in unread(resource)),
        documents=tuple(
            tuple(resource.refused(document.path, why) for why in wrong_in(document))
            for document in documents(resource)
        ),
    )
