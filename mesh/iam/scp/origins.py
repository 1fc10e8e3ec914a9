"""SCP at the root: credentials work from the mesh's network, and people's from their addresses (I9).

Whoever runs code in a job can read its credentials, and carry them away. So what is bound is the credential, not the
role: AWS puts a key into each request with the credentials of a Glue job or a Lambda function's code, and into none
that Glue or Lambda makes for itself, but for those listed here. Both keys are missing in resource-based policies, so
this is no RCP. (Lambda Developer Guide, "Using source function ARN to control function access behavior"; Glue Developer
Guide, "Control settings using condition keys or context keys"; aws-samples/data-perimeter-policy-examples,
`network_perimeter_{glue,lambda}_scp.json`.)

Our network is known in two ways. `aws:VpceOrgID` says whose the endpoint is, and few services send it (of those in use:
Athena, ECR, KMS, Lambda, S3, SQS). The others (Glue, Lake Formation, CloudWatch Logs, EventBridge, Secrets Manager,
STS) say the VPC alone (IAM User Guide, "AWS global condition context keys"). A request with either is ours.
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is, caller_is_not
from mesh.iam.roles.permission_set import ROLES_OF_PERMISSION_SETS
from mesh.iam.statement import Condition, Document, Statement, document, when

WRITTEN_BY_GLUE: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
"""Actions of Glue itself with a job's credentials: it writes the job's log from its own network."""

WRITTEN_BY_LAMBDA: Final = (*WRITTEN_BY_GLUE, "xray:PutTraceSegments")
"""Actions of Lambda itself that carry the function's ARN. Its third, mounting EFS, is of no service in use."""

LENT_TO_SERVICES: Final = (
    names.location_role("*", "*"),
    names.delivery_role("*", "*"),
    names.retention_role("*"),
)
"""Roles that a service alone assumes and whose credentials neither code nor people hold, by Lake Formation (Athena
reads with them, from networks of AWS's), by S3, which replicates, and by optimizers of Glue; a job with the last one
does nothing (`RefuseJobsOfOptimizers`).

(Athena User Guide, "Control access to Amazon S3 from Athena": no restriction by address, VPC or endpoint.)
"""

BECOME_BY_THE_FUNCTION: Final = (names.check_role("*"), names.publisher_role("*", "*"))
"""Roles that the publication function becomes. A session that another one begins has no mark of the function."""

ROLES_OF_PEOPLE: Final = (
    names.clearance_role("*", "*"),
    *(names.staff_role("*", duty) for duty in names.STAFF),
    ROLES_OF_PERMISSION_SETS,
)
"""Roles that people work with: those of clearances, of a domain's staff, and of permission sets."""


def roles_of_partners_people() -> str:
    """Pattern of the roles of the partners' permission set: people of other companies, at addresses of their own."""
    return ROLES_OF_PERMISSION_SETS.removesuffix("*") + f"*/AWSReservedSSO_{names.PARTNER_PERMISSION_SET}_*"


def not_for_a_service() -> Condition:
    """No service makes the request for the caller, as Athena and S3 do (forward access sessions)."""
    return when("BoolIfExists", "aws:ViaAWSService", "false")


def from_no_network_of_ours(perimeter: Perimeter) -> tuple[Condition, Condition]:
    """The request comes neither through an endpoint of the organisation nor from the mesh's VPC.

    `IfExists` is what catches an account without an organisation, whose endpoints have no `aws:VpceOrgID`.
    """
    return (
        when("StringNotEqualsIfExists", "aws:VpceOrgID", perimeter.organization),
        when("StringNotEqualsIfExists", "aws:SourceVpc", perimeter.network),
    )


def credentials_stay_in_the_network(perimeter: Perimeter) -> Document:
    """SCP at the root: credentials of jobs from the network alone, people's from their addresses too (I9)."""
    elsewhere = (not_for_a_service(), *from_no_network_of_ours(perimeter))
    return document(
        Statement(
            sid="RefuseGlueCredentialsElsewhere",
            what="The credentials of a Glue job do nothing from outside the network.",
            why="Whoever runs code in a job can read its credentials; Glue itself writes the log from its own network.",
            not_actions=WRITTEN_BY_GLUE,
            resources=("*",),
            conditions=(when("Null", "glue:CredentialIssuingService", "false"), *elsewhere),
        ),
        Statement(
            sid="RefuseFunctionCredentialsElsewhere",
            what="The credentials of a Lambda function's code do nothing from outside the network.",
            why="Whoever runs code in a function can read its credentials; Lambda itself writes log and traces.",
            not_actions=WRITTEN_BY_LAMBDA,
            resources=("*",),
            conditions=(when("Null", "lambda:SourceFunctionArn", "false"), *elsewhere),
        ),
        *_by_the_name_of_the_role(elsewhere),
        Statement(
            sid="RefuseForeignEndpoints",
            what="Nobody of the organisation does anything through an endpoint that is not its own.",
            why="Stolen credentials are used from the thief's own network; most services take no RCP.",
            but="Athena, S3 and optimizers use roles that are lent to them from networks of AWS's own.",
            actions=("*",),
            resources=("*",),
            conditions=(when("Null", "aws:SourceVpce", "false"), *elsewhere, caller_is_not(*LENT_TO_SERVICES)),
        ),
        Statement(
            sid="RefuseNamesakesOfTheNetwork",
            what="A VPC of another region that has the id of the mesh's is not taken for it.",
            why="Ids of VPCs are unique in a region only.",
            actions=("*",),
            resources=("*",),
            conditions=(
                when("StringEquals", "aws:SourceVpc", perimeter.network),
                when("StringNotEqualsIfExists", "aws:RequestedRegion", perimeter.region),
            ),
        ),
        _people_at_their_addresses(perimeter, elsewhere),
    )


def _by_the_name_of_the_role(elsewhere: tuple[Condition, ...]) -> tuple[Statement, Statement]:
    """Statements about roles whose sessions do not say what they are for, or of whose sessions one kind is none."""
    return (
        Statement(
            sid="RefuseChecksAndPublishersElsewhere",
            what="The roles that the publication function becomes do nothing from outside the network.",
            why="Such a session says nothing of the function, so it is bound by its role; Athena reads for it.",
            actions=("*",),
            resources=("*",),
            conditions=(caller_is(*BECOME_BY_THE_FUNCTION), *elsewhere),
        ),
        Statement(
            sid="RefuseJobsOfOptimizers",
            what="A job of Glue does nothing with the role that optimizers have, from inside the network as well.",
            why="Glue takes a role for whatever of its own it is passed to, and this one deletes what is published.",
            actions=("*",),
            resources=("*",),
            conditions=(when("Null", "glue:CredentialIssuingService", "false"), caller_is(names.retention_role("*"))),
        ),
    )


def _people_at_their_addresses(perimeter: Perimeter, elsewhere: tuple[Condition, ...]) -> Statement | None:
    if not perimeter.people_addresses:
        return None
    return Statement(
        sid="RefusePeopleElsewhere",
        what="People's roles do nothing from an address that is not on the list of `mesh.yaml`.",
        why="Stolen sessions are used from the thief's address.",
        but="Partners' people are of other companies, and have addresses of their own.",
        actions=("*",),
        resources=("*",),
        conditions=(
            caller_is(*ROLES_OF_PEOPLE),
            caller_is_not(roles_of_partners_people()),
            when("NotIpAddressIfExists", "aws:SourceIp", *perimeter.people_addresses),
            *elsewhere,
        ),
    )
