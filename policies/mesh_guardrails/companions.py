"""Which resource of a stack another one is about: a bucket's policy, a key's alias, a function's alarm."""

from __future__ import annotations

from mesh_guardrails.rule import RegisteredResource, has


def belongs_to(companion: RegisteredResource, by: str, owner: RegisteredResource, *, named: str = "") -> bool:
    """Whether the property `by` of a companion names the owner, whose own property for that is `named`, or `by` again.

    By the resource that the property was made from, where that is known: in a preview the owner's name may not be.
    """
    made_from = companion.from_resources.get(by, ())
    if owner.urn in made_from:
        return True
    if made_from:
        return False
    named = named or by
    return has(owner.props, named) and companion.props.get(by) == owner.props[named]
