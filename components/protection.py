"""What keeps data from being deleted by a slip: one field of the Plan, for the data and for all that guards it."""

from __future__ import annotations

from pulumi import Resource, ResourceOptions


def kept(parent: Resource, deletion_protection: bool, depends_on: list[Resource] | None = None) -> ResourceOptions:
    """Options of a child that holds data, or that nobody may reach the data without.

    Pulumi deletes dependents first: were only the bucket protected, its policy would be gone when the refusal comes.
    """
    return ResourceOptions(
        parent=parent, protect=deletion_protection, retain_on_delete=deletion_protection, depends_on=depends_on
    )
