"""Roles `mesh/deploy` and `mesh/preview` of every account: trust, and what a preview is refused."""

from __future__ import annotations

from mesh import names
from mesh.aws.allowed_actions import allowed_actions
from mesh.iam.buckets import READ_OBJECTS
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.trust import assumed_by
from mesh.iam.statement import Document, Statement, document, when


def read_data() -> tuple[str, ...]:
    """Actions of AWS's ReadOnlyAccess, or beside it, that read data or secrets: those that the files bound by M10.

    Of S3 those that nobody is allowed are among them, as in every policy that refuses reading.
    """
    bounded = (name for name, action in allowed_actions() if "M10" in action.bound)
    return tuple(sorted({*READ_OBJECTS, *bounded}))


def deploy_trust(perimeter: Perimeter, *continuous_integration: str) -> Document:
    """Trust of `mesh/deploy` or `mesh/preview`: CI roles of the governance account, and its break-glass role.

    The latter under a person's name.
    """
    governance = perimeter.governance_id
    named = when("Null", "aws:SourceIdentity", "false")
    return document(
        assumed_by(
            governance,
            *continuous_integration,
            sid="ContinuousIntegrationOfTheMesh",
            what="CI roles of the governance account assume the role.",
            why="What is deployed was merged; CI signs in by OIDC and holds no credential that lasts.",
        ),
        assumed_by(
            governance,
            names.break_glass_role(governance),
            sid="EmergenciesUnderAName",
            what="The break-glass role assumes the role, in a session that says who it is.",
            why="When the CI is down a person deploys, and the trail has the name.",
            also=(named,),
        ),
    )


def preview_refusals() -> Document:
    """Inline policy of `mesh/preview`: data and secrets that AWS's ReadOnlyAccess would let it read are refused."""
    return document(
        Statement(
            sid="RefuseReadingData",
            what="A preview reads no object, query result, log, metric, message, template or secret.",
            why=(
                "AWS's ReadOnlyAccess lets it, and a preview runs a pull request's code before anybody has reviewed it."
            ),
            actions=read_data(),
            resources=("*",),
        )
    )
