"""RCP at the root: no resource is reached from a foreign network, or with a presigned URL from anywhere (I9)."""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import Perimeter, not_a_service
from mesh.iam.scp.origins import LENT_TO_SERVICES, not_for_a_service
from mesh.iam.statement import Condition, Document, Statement, document, when

TELL_WHOSE_ENDPOINT: Final = ("ecr:*", "kms:*", "s3:*", "sqs:*")
"""Services that take an RCP and send `aws:VpceOrgID` (aws-samples, `network_perimeter_vpceorgid_rcp.json`)."""

TELL_THE_NETWORK_ONLY: Final = ("dynamodb:*", "logs:*", "secretsmanager:*", "sts:AssumeRole")
"""Services that take an RCP and say the VPC alone (aws-samples, `network_perimeter_sourcevpc_rcp.json`)."""

PRESIGNED: Final = ("POST", "REST-QUERY-STRING")
"""Ways to sign that hand the signer's access to whoever holds a form or a link (S3, "Signature Version 4 specific
policy keys").
"""


def requests_come_from_our_networks(perimeter: Perimeter) -> Document:
    """RCP at the root: no foreign endpoint, and no presigned URL but from people's addresses (I9).

    An endpoint of an account without an organisation has no `aws:VpceOrgID`: that an endpoint is there says
    `aws:SourceVpce`, and `IfExists` refuses one that does not say whose it is.
    """
    return document(
        Statement(
            sid="RefuseForeignNetworks",
            what="A request through a VPC endpoint of another organisation, or of none, is refused.",
            why="Stolen credentials are not used from the thief's own network.",
            but="Athena, S3 and optimizers use roles that are lent to them from networks of AWS's own.",
            principal="*",
            actions=TELL_WHOSE_ENDPOINT,
            resources=("*",),
            conditions=(
                *_through_an_endpoint(),
                when("StringNotEqualsIfExists", "aws:VpceOrgID", perimeter.organization),
            ),
        ),
        Statement(
            sid="RefuseOtherVpcs",
            what="A request through a VPC endpoint of any network but the mesh's is refused.",
            why="These services do not say whose an endpoint is, but in which VPC.",
            but="Athena, S3 and optimizers use roles that are lent to them from networks of AWS's own.",
            principal="*",
            actions=TELL_THE_NETWORK_ONLY,
            resources=("*",),
            conditions=(*_through_an_endpoint(), when("StringNotEqualsIfExists", "aws:SourceVpc", perimeter.network)),
        ),
        Statement(
            sid="RefusePresignedUrls",
            what="Presigned URLs and forms of S3 are refused, but from people's addresses where there is a list.",
            why="Whoever holds one has its maker's access, from anywhere; no job and no service of the mesh needs one.",
            principal="*",
            actions=("s3:*",),
            resources=("*",),
            conditions=(when("StringEquals", "s3:authType", *PRESIGNED), *_elsewhere(perimeter)),
        ),
    )


def _through_an_endpoint() -> tuple[Condition, ...]:
    """The caller itself uses an endpoint; services do for themselves, for callers, and with the roles lent to them."""
    return (
        when("Null", "aws:SourceVpce", "false"),
        not_a_service(),
        not_for_a_service(),
        when("ArnNotLikeIfExists", "aws:PrincipalArn", *LENT_TO_SERVICES),
    )


def _elsewhere(perimeter: Perimeter) -> tuple[Condition, ...]:
    addresses = perimeter.people_addresses
    return (when("NotIpAddressIfExists", "aws:SourceIp", *addresses),) if addresses else ()
