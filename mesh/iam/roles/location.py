"""Role with which Lake Formation reads the buckets of a domain. Trust and permissions."""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import READER_ACTIONS
from mesh.iam.keys import DECRYPT
from mesh.iam.perimeter import Perimeter, through
from mesh.iam.roles.trust import assumed_by_services
from mesh.iam.statement import Document, Statement, document, when


def location_trust(governance_id: str) -> Document:
    """Trust: Lake Formation assumes the role, for the governance account alone."""
    return document(
        assumed_by_services(
            governance_id,
            "lakeformation.amazonaws.com",
            sid="LakeFormationOfTheMesh",
            what="Lake Formation assumes the role, for the governance account.",
            why="Without the source account, another account's Lake Formation could read with it (confused deputy).",
            actions=("sts:AssumeRole", "sts:SetSourceIdentity", "sts:SetContext"),
        )
    )


def location_permissions(perimeter: Perimeter, domain: str, domain_id: str) -> Document:
    """Permissions: read the buckets of one domain, through its keys."""
    buckets = f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}"
    return document(
        Statement(
            sid="ReadTheDomainsBuckets",
            what="The role reads the product buckets of its one domain.",
            why="One role a domain: what a domain registers is never read with the rights of another.",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(buckets,),
            conditions=(when("StringEquals", "aws:ResourceAccount", domain_id),),
        ),
        Statement(
            sid="DecryptWithTheDomainsKeys",
            what="The role decrypts with keys of the domain's account.",
            why="Objects are encrypted; which product, its key policy decides.",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{domain_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
    )
