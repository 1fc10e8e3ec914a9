"""Deletion protection of data and of the resources that guard it, by one field of the Plan."""

from __future__ import annotations

from pulumi import Resource, ResourceOptions


def protected(parent: Resource, deletion_protection: bool, depends_on: list[Resource] | None = None) -> ResourceOptions:
    """Options of a child that holds data, or that guards it."""
    # Pulumi deletes dependents first: if only the bucket were protected, its policy would be gone before the refusal.
    return ResourceOptions(
        parent=parent, protect=deletion_protection, retain_on_delete=deletion_protection, depends_on=depends_on
    )
