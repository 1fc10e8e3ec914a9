"""Roles `mesh/deploy` and `mesh/preview` of every account: trust, and what a preview is refused."""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.settings_reads import SETTINGS_READS
from mesh.iam.roles.trust import assumed_by
from mesh.iam.statement import Document, Statement, document, when


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
    """Inline policy of `mesh/preview`: everything is refused but the reading of settings, whatever AWS lets it do."""
    return document(
        Statement(
            sid="RefuseAllButSettings",
            what="A preview reads settings, and does nothing else by any action: no data, log, secret or message.",
            why=(
                "AWS's ReadOnlyAccess and the policy of any resource would let it, and a preview runs a pull request's "
                "code before anybody has reviewed it."
            ),
            not_actions=SETTINGS_READS,
            resources=("*",),
        )
    )
