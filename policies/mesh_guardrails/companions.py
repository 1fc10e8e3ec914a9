"""Companions: the resource of a stack that another one is about, such as a bucket of a policy, or a key of an alias.

A stack is seen by what comes out of its resources. In a preview what the program left out, and AWS computes, is unknown
there; after an update it is AWS's own default.
"""

from __future__ import annotations

from typing import Any

from pulumi_policy.proxy import UnknownValueError

from mesh_guardrails.rule import RegisteredResource


def belongs_to(companion: RegisteredResource, by: str, owner: RegisteredResource, *, named: str = "") -> bool:
    """Whether the property `by` of a companion names the owner, whose own property for that is `named`, or `by` again.

    By the resource that the property was made from, where that is known: in a preview the owner's name may not be.
    """
    made_from = companion.from_resources.get(by, ())
    if owner.urn in made_from:
        return True
    if made_from:
        return False
    name = written(owner, named or by)
    return name is not None and companion.props.get(by) == name


def written(resource: RegisteredResource, name: str) -> Any:
    """A property of a resource of a stack; None where the program left it out, and only AWS will say it.

    Raises UnknownValueError where the program made it from another resource, whose value is not known yet.
    """
    try:
        return resource.props.get(name)
    except UnknownValueError:
        if resource.from_resources.get(name):
            raise
        return None
