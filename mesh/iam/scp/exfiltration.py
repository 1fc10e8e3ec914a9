"""SCP against exfiltration, on every unit: nobody sets up what could carry data out (I7, I8, I19).

What a service, a share, a job or a network does with data no later policy sees: so it is refused where it is set up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_roles
from mesh.iam.scp.networks import compute_in_a_network, networks_without_a_way_out
from mesh.iam.scp.regions import one_region
from mesh.iam.scp.sharing import only_deployments_share
from mesh.iam.statement import Document, Statement, document, when

QUERIES: Final = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults*",
    "athena:GetQueryRuntimeStatistics",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
"""Actions on queries; only their number and ids can be listed besides."""


WHO_QUERIES: Final[Mapping[names.UnitName, tuple[str, ...]]] = {
    "governance": (),
    "domains": (names.clearance_role("*", "*"), names.check_role("*"), names.pipeline_roles("*")),
    "partners": (names.role("*", "access"),),
}
"""Roles that query in the mesh's workgroups, by the unit in which there are such roles."""


def no_exfiltration(perimeter: Perimeter, unit: names.UnitName) -> Document:
    """SCP on one unit: no service (I7), no share (I19) and no network (I8) carries data out.

    A refusal that excepts callers of one unit alone excepts nobody in the other units.
    """
    governs = unit == "governance"
    return document(
        *only_deployments_share(perimeter, governs=governs),
        *_subscriptions_stay_inside(perimeter, (perimeter.security_contact,) if governs else ()),
        *queries_are_the_cleared_ones(WHO_QUERIES[unit]),
        *compute_in_a_network(),
        *networks_without_a_way_out(perimeter, governs=governs),
        one_region(perimeter.region),
    )


def _subscriptions_stay_inside(perimeter: Perimeter, mail_addresses: tuple[str, ...]) -> tuple[Statement | None, ...]:
    return (
        Statement(
            sid="RefuseSubscriptionsOutside",
            what="Nobody subscribes to a topic but a queue or function of the caller's own account.",
            why="A topic sends what it is told to mail, HTTPS, other accounts; the security contact's mail is allowed.",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringNotLike", "sns:Endpoint", *_own_endpoints(perimeter), *mail_addresses),),
        ),
        Statement(
            sid="RefuseMailOfOthers",
            what="Only the deployment subscribes the security contact's mail.",
            why="Any topic could otherwise send mail to that address.",
            but="The alarm tells the security contact.",
            actions=("sns:Subscribe",),
            resources=("*",),
            conditions=(when("StringEquals", "sns:Endpoint", *mail_addresses), caller_is_not(deploy_roles())),
        )
        if mail_addresses
        else None,
    )


def queries_are_the_cleared_ones(who: tuple[str, ...]) -> tuple[Statement, ...]:
    """Statements about Athena: workgroups are the deployment's, and queries in them those of the roles `who`."""
    return (
        Statement(
            sid="RefuseWorkgroupChanges",
            what="Only deployments make, change or delete workgroups of Athena.",
            why="A workgroup says where results go.",
            but="Each account's stack makes its workgroups, one a clearance.",
            actions=("athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:UpdateWorkGroup"),
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
        Statement(
            sid="RefuseOtherQueries",
            what="Clearances, pipelines, checks and people of partners alone query in workgroups of the mesh.",
            why="The text of a query has values in it, and its result is data.",
            but="Workgroups are for them; which role has which, its own permissions say." if who else "",
            actions=QUERIES,
            resources=(f"arn:aws:athena:*:*:workgroup/{names.WORKGROUP}*",),
            conditions=(caller_is_not(*who),) if who else (),
        ),
    )


def _own_endpoints(perimeter: Perimeter) -> tuple[str, ...]:
    """Endpoints of the caller's account. `arn:aws:*:*:<account>:*` takes a function of that name in another one."""
    return tuple(f"arn:aws:{service}:{perimeter.region}:${{aws:PrincipalAccount}}:*" for service in ("lambda", "sqs"))
