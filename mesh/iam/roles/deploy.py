"""Roles `mesh/deploy` and `mesh/preview` of every account, `mesh/deploy-access` of a domain's: who enters, and how far.

Trust of all three, and what a preview is refused; what `mesh/deploy-access` may do is in `deploy_access`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.continuous_integration import account_below
from mesh.iam.roles.settings_reads import READ_JOBS, READ_OF_THE_MESH, SCRIPT_READS, SETTINGS_READS
from mesh.iam.roles.trust import BEGIN, assumed_by
from mesh.iam.statement import Condition, Document, Statement, document, when

_WHY: Final = "What is deployed was merged; CI signs in by OIDC and holds no credential that lasts."


def deploy_trust(perimeter: Perimeter, account_id: str, *, by_ci: bool) -> Document:
    """Trust of `mesh/deploy` in an account: the CI role of the account's stack, and the break-glass role.

    One text serves all accounts but for the account's own id, so each CI role is let in where its stack is, and
    nowhere else. Without CI (`by_ci`) the break-glass role is the only way in.
    """
    return document(*(_continuous_integration(perimeter, account_id) if by_ci else ()), _emergencies(perimeter))


def deploy_access_trust(perimeter: Perimeter, *, by_ci: bool) -> Document:
    """Trust of `mesh/deploy-access`, which accounts of domains alone have: CI of access, and the break-glass role."""
    hub = perimeter.governance_id
    ci = assumed_by(
        hub,
        names.ci_role(hub, "access"),
        sid="ContinuousIntegrationOfAccess",
        what="CI of the stacks `access-<d>` assumes the role, in every domain.",
        why="Who reads is decided apart: a domain's own CI deploys what the domain owns, and makes no reader.",
        actions=BEGIN,
    )
    return document(*((ci,) if by_ci else ()), _emergencies(perimeter))


def preview_trust(perimeter: Perimeter, *, by_ci: bool) -> Document:
    """Trust of `mesh/preview`: CI roles, each in the accounts that its own policy names, and the break-glass role."""
    ci = assumed_by(
        perimeter.governance_id,
        names.ci_role(perimeter.governance_id, "*"),
        sid="ContinuousIntegrationOfTheMesh",
        what="CI roles of the governance account assume the role.",
        why="A pull request is previewed, and so is an update; it reads settings, and no data.",
        actions=BEGIN,
    )
    return document(*((ci,) if by_ci else ()), _emergencies(perimeter))


def administrator_trust(management_id: str, administrator: str) -> Document:
    """Trust of both roles in the management account for the first run, which makes the account that CI has roles in.

    One administrator of that account, by ARN; the template that follows leaves the statement out.
    """
    return document(
        assumed_by(
            management_id,
            administrator,
            sid="TheFirstAdministrator",
            what="An administrator of the management account, who is named, assumes the role.",
            why="CI's roles and break-glass come with the governance account, which the first run makes.",
            actions=BEGIN,
        )
    )


def _continuous_integration(perimeter: Perimeter, account_id: str) -> Iterator[Statement]:
    hub, management = perimeter.governance_id, perimeter.management_id

    def of_stack(stack: str, title: str, what: str, where: Condition) -> Statement:
        sid = f"ContinuousIntegrationOf{title}"
        return assumed_by(hub, names.ci_role(hub, stack), sid=sid, what=what, why=_WHY, actions=BEGIN, also=(where,))

    yield of_stack(
        "organization",
        "TheOrganisation",
        "CI of the stack `organization` assumes the role in the management account.",
        when("StringEquals", "aws:ResourceAccount", management),
    )
    yield of_stack(
        "governance",
        "Governance",
        "CI of the stack `governance` assumes the role in the governance account.",
        when("StringEquals", "aws:ResourceAccount", hub),
    )
    yield of_stack(
        names.ci_of_domain(account_id),
        "TheDomain",
        "CI of a domain assumes the role in the domain's own account, whose id is in the name of the CI role.",
        account_below(perimeter.domains),
    )
    yield of_stack(
        "partners",
        "Partners",
        "CI of partners' stacks assumes the role in partners' accounts.",
        account_below(perimeter.partners),
    )


def _emergencies(perimeter: Perimeter) -> Statement:
    governance = perimeter.governance_id
    return assumed_by(
        governance,
        names.break_glass_role(governance),
        sid="EmergenciesUnderAName",
        what="The break-glass role assumes the role, in a session that says who it is.",
        why="When the CI is down a person deploys, and the trail has the name.",
        also=(when("Null", "aws:SourceIdentity", "false"),),
    )


def preview_refusals(perimeter: Perimeter) -> Document:
    """Inline policy of `mesh/preview`: everything is refused but the reading of settings, whatever AWS lets it do."""
    return document(
        Statement(
            sid="RefuseOtherObjects",
            what="A preview looks at no object but the scripts of jobs.",
            why="The plugin compares a script with the program's; what else is in a bucket is data.",
            actions=SCRIPT_READS,
            not_resources=(f"arn:aws:s3:::{perimeter.buckets.every_scripts}/*",),
        ),
        Statement(
            sid="RefuseAllButSettings",
            what="A preview reads settings and scripts, and does nothing else by any action: no data, log or secret.",
            why=(
                "AWS's ReadOnlyAccess and the policy of any resource would let it, and a preview runs a pull request's "
                "code before anybody has reviewed it."
            ),
            not_actions=(*SCRIPT_READS, *SETTINGS_READS),
            resources=("*",),
        ),
        Statement(
            sid="RefuseOtherJobs",
            what="A preview reads jobs, triggers, workflows and state machines of the mesh, and no other.",
            why="Arguments and definitions of others may hold secrets; those of the mesh stand in the repository.",
            actions=READ_JOBS,
            not_resources=names.EVERY_JOB,
        ),
        Statement(
            sid="RefuseFunctionsOfOthers",
            what="A preview reads functions and alarms of the mesh, and no others.",
            why="Environment variables of a function may be secrets; those that the mesh makes have none.",
            actions=READ_OF_THE_MESH,
            not_resources=(names.FUNCTIONS, names.ALARMS),
        ),
        Statement(
            sid="RefuseOtherConnections",
            what="A preview reads the Glue connection to the mesh's network, and no other.",
            why="A connection can hold the password of what a job reads; the mesh's holds none.",
            actions=("glue:GetConnection",),
            # AWS asks of the connection and of the catalog around it.
            not_resources=("arn:aws:glue:*:*:catalog", f"arn:aws:glue:*:*:connection/{names.CONNECTION}"),
        ),
    )
