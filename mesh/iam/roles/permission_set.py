"""Permission sets of IAM Identity Center: the policy of one, and the trust of the role that people enter with it."""

from __future__ import annotations

from typing import Final

from mesh.iam.roles.trust import ASSUME, assumed_by
from mesh.iam.statement import Document, Statement, document

ROLES_OF_PERMISSION_SETS: Final = "arn:aws:iam::*:role/aws-reserved/*"
"""Pattern of the roles that IAM Identity Center makes in an account, one a permission set."""


def permission_set_trust(account_id: str, permission_set: str) -> Document:
    """Trust of a role for people: assumed from the permission set in the same account.

    The role of a permission set is `aws-reserved/sso.amazonaws.com/[region/]AWSReservedSSO_<name>_<16 hex>`
    (IAM Identity Center User Guide, "Referencing permission sets in resource policies").
    """
    path = f"arn:aws:iam::{account_id}:role/aws-reserved/sso.amazonaws.com"
    role = f"AWSReservedSSO_{permission_set}_{'?' * 16}"
    return document(
        assumed_by(
            account_id,
            f"{path}/{role}",
            f"{path}/*/{role}",
            sid="PeopleWithThePermissionSet",
            what="People who hold the permission set of this name assume the role, in the same account.",
            why="Who holds it, the mesh assigns in IAM Identity Center; no other role leads here.",
        )
    )


def permission_set(role_pattern: str) -> Document:
    """Inline policy of a permission set: assume one role of the mesh, under one's own name, and nothing else."""
    return document(
        Statement(
            sid="StepIntoTheRole",
            what="Who holds the permission set assumes one role of the mesh.",
            why="All rights are the role's, so that its boundary and its trust hold for people as well.",
            effect="Allow",
            actions=ASSUME,
            resources=(role_pattern,),
        )
    )
