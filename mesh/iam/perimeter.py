"""Perimeter: ids of the organisation as policies name them, and the conditions that are made from them.

Sources: AWS global condition context keys (IAM User Guide), "Establishing a data perimeter on AWS" (whitepaper).
"""

from __future__ import annotations

from dataclasses import dataclass

from mesh import names
from mesh.bucket_names import BucketNames
from mesh.iam.statement import Condition, when


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """Ids that policies name: the organisation, its units, the two central accounts, the region, whom to tell.

    `mesh` is the prefix of all buckets, `kept_buckets` those whose name is older than the rule that makes names.
    Every document takes its ids from here, so a document's size depends on no list of accounts.
    """

    mesh: str
    region: str
    organization: str
    root: str
    governance_unit: str
    domains_unit: str
    partners_unit: str
    management_id: str
    governance_id: str
    security_contact: str
    network: str
    people_addresses: tuple[str, ...] = ()
    kept_buckets: frozenset[str] = frozenset()

    @property
    def buckets(self) -> BucketNames:
        """Names of the buckets of the mesh."""
        return BucketNames(self.mesh, self.region, self.kept_buckets)

    def path(self, unit: str) -> str:
        """`aws:PrincipalOrgPaths` of everything below a unit; ends in `/*`, for a path names the account's parents."""
        return f"{self.organization}/{self.root}/{unit}/*"

    @property
    def domains(self) -> str:
        """Organisation path of the domain accounts."""
        return self.path(self.domains_unit)

    @property
    def governance(self) -> str:
        """Organisation path of the governance account."""
        return self.path(self.governance_unit)

    @property
    def partners(self) -> str:
        """Organisation path of the partner accounts."""
        return self.path(self.partners_unit)

    @property
    def domains_unit_arn(self) -> str:
        """ARN of the domains unit, as Lake Formation and RAM name it as a principal."""
        return f"arn:aws:organizations::{self.management_id}:ou/{self.organization}/{self.domains_unit}"


def not_a_service() -> Condition:
    """The caller is no AWS service; also true for an anonymous caller, for whom the key is absent."""
    return when("BoolIfExists", "aws:PrincipalIsAWSService", "false")


def outside_organization(perimeter: Perimeter) -> Condition:
    """The caller is of no account of the organisation, or anonymous."""
    return when("StringNotEqualsIfExists", "aws:PrincipalOrgID", perimeter.organization)


def outside_units(*paths: str) -> Condition:
    """The caller's account is below none of these paths; `ForAllValues` is what catches a caller without the key."""
    return when("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", *paths)


def inside_units(*paths: str) -> Condition:
    """The caller's account is below one of these paths; false for a caller without the key."""
    return when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", *paths)


def in_organization(perimeter: Perimeter) -> Condition:
    """A fixed organisation id; S3 calls an Allow to `*` public without one (S3 User Guide, "The meaning of public")."""
    return when("StringEquals", "aws:PrincipalOrgID", perimeter.organization)


def caller_is(*arns: str) -> Condition:
    """The caller is one of these roles; a session matches by its role's ARN, path included."""
    return when("ArnLike", "aws:PrincipalArn", *arns)


def caller_is_not(*arns: str) -> Condition:
    """The caller is none of these roles; also true for a caller without an ARN."""
    return when("ArnNotLike", "aws:PrincipalArn", *arns)


def through(perimeter: Perimeter, *services: str) -> Condition:
    """The caller uses the key through one of these services."""
    return when("StringEquals", "kms:ViaService", *(f"{name}.{perimeter.region}.amazonaws.com" for name in services))


def deploy_roles() -> str:
    """Pattern of the deploy role of every account; `iam:CreateRole` on it is denied to everyone else."""
    return names.deploy_role("*")


def deploy_access_roles() -> str:
    """Pattern of the role of every domain's account that deploys who reads; nobody makes another of that name."""
    return names.deploy_access_role("*")
