"""Keys (I12): ways to use one, grants on it, and its administration by the deployment, which cannot use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request
from mesh.plan.nodes import PartnerPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.products import CRYPTOGRAPHY, EntitledRoles
from mesh.proof.subject import Actor, Subject


def keys_only_through_their_services(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I12: on the key of every product, of every account and of every inbox."""
    yield from _products(subject)
    for account_id, unit, where in subject.accounts:
        yield from _account(subject, account_id, unit, where)
    for partner in subject.plan.partners.values():
        yield from _inbox(subject, partner)


# ---- products


def _products(subject: Subject) -> Iterator[AnyClaim]:
    # Product keys are for S3: EC2 would take one for a disk, which leaves with a snapshot.
    elsewhere = {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"}
    for product in subject.products:
        roles, key = EntitledRoles(subject, product), subject.product_key(product)
        users = [
            ("the pipeline", roles.pipeline),
            ("the location role", roles.location),
            ("the delivery", roles.delivery),
            ("the check", roles.check),
        ]
        for who, role in users:
            for context in ({}, elsewhere):
                if role:
                    request = Request(role, "kms:Decrypt", key, context)
                    yield Claim(f"{who}, not through S3", request, allowed=False, denied=("resource",))
                    yield Claim(f"{who}, not through S3", request, admitted=False, granted=False)
            if role:
                request = Request(role, "kms:Decrypt", key, subject.through_s3)
                yield Claim(f"{who}, through S3", request, allowed=True)
        for reader in product.readers if "files" in product.ports else ():
            cleared = names.clearance_role(product.account_id, reader)
            request = Request(cleared, "kms:Decrypt", key, elsewhere)
            yield Claim("a cleared reader, not through S3", request, allowed=False, admitted=False)
        yield from _administered(subject, key, roles.deploy, roles.preview)
        yield from _known_by_its_arn(subject, product.account_id, key)
        yield from _granted(roles, key)


def _administered(subject: Subject, key: str, deploy: str, preview: str) -> Iterator[AnyClaim]:
    for action in CRYPTOGRAPHY:
        request = Request(deploy, action, key)
        yield Claim("the deployment", request, allowed=False, denied=("resource",))
    for action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey", "kms:EnableKeyRotation"):
        yield Claim("the deployment", Request(deploy, action, key), allowed=True)
    for action in ("kms:DescribeKey", "kms:GetKeyPolicy"):
        yield Claim("the preview", Request(preview, action, key), allowed=True)
    # A replica, or material from outside, would be the same key where this policy does not hold.
    for action in ("kms:ReplicateKey", "kms:ImportKeyMaterial", "kms:UpdatePrimaryRegion"):
        request = Request(deploy, action, key)
        yield Claim("the deployment, copying a key", request, allowed=False, admitted=False)
    other = subject.other(deploy.split(":")[4], None, "the key's account")
    for action in ("kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:ScheduleKeyDeletion"):
        yield Claim(other.who, Request(other.name, action, key), allowed=False, admitted=False)


NOTHING_ELSE: Final[Mapping[str, tuple[str, ...]]] = {"aws:PrincipalOrgID": (), "aws:PrincipalOrgPaths": ()}
"""A caller of whom the organisation is not said, as KMS's lock-out check may ask for it; no request is like that."""


def _known_by_its_arn(subject: Subject, account_id: str, key: str) -> Iterator[Claim]:
    """Claims on the one that a key's policy lets administer it by its ARN alone, and on namesakes and neighbours."""
    deploy = Request(names.deploy_role(account_id), "kms:PutKeyPolicy", key, NOTHING_ELSE)
    yield Claim("the deployment, as KMS's lock-out check", deploy, free=("resource",))
    others = [names.preview_role(account_id), names.deploy_access_role(account_id)]
    others += [f"arn:aws:iam::{account_id}:role/somebody"]
    others += [names.deploy_role(each) for each, _, _ in subject.accounts if each != account_id]
    for role in others:
        request = Request(role, "kms:PutKeyPolicy", key, NOTHING_ELSE)
        yield Claim("anybody else of whom nothing is said", request, denied=("resource",))


def _granted(roles: EntitledRoles, key: str) -> Iterator[AnyClaim]:
    for context in ({"kms:GrantIsForAWSResource": "false"}, {}):
        grants = Request(roles.deploy, "kms:CreateGrant", key, context)
        yield Claim("the deployment", grants, allowed=False, denied=("resource",))
    grants = Request(roles.deploy, "kms:CreateGrant", key, {"kms:GrantIsForAWSResource": "true"})
    yield Claim("the deployment", grants, free=("resource",))


# ---- an account's own key


def _account(subject: Subject, account_id: str, unit: str, where: str) -> Iterator[AnyClaim]:
    """Claims on an account's key, for query results and disks: everyone there uses it, through S3, Athena and EC2."""
    key = from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)
    other = subject.other(account_id, unit, where)
    for service in ("s3", "athena", "ec2"):
        through = {"kms:ViaService": f"{service}.{subject.region}.amazonaws.com"}
        yield Claim(other.who, Request(other.name, "kms:Decrypt", key, through), allowed=True)
    yield from _not_through(subject, key, other)
    yield from _administered(subject, key, names.deploy_role(account_id), names.preview_role(account_id))
    yield from _disks(subject, key, other)
    strangers = [subject.other(a, u, w) for a, u, w in subject.accounts_asked if a != account_id]
    for caller in strangers:
        request = Request(caller.name, "kms:Decrypt", key, subject.through_s3)
        yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)


def _not_through(subject: Subject, key: str, caller: Actor, service: str = "sqs") -> Iterator[AnyClaim]:
    for context in ({}, {"kms:ViaService": f"{service}.{subject.region}.amazonaws.com"}):
        request = Request(caller.name, "kms:Decrypt", key, context)
        yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
    by_itself = Request("s3.amazonaws.com", "kms:Decrypt", key, subject.for_the_mesh)
    yield Claim("a service of the mesh", by_itself, allowed=False, free=("resource",))


def _disks(subject: Subject, key: str, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on grants of an account's key: EC2 takes one for a disk, for its own use, and nobody else does."""
    ec2, for_aws = f"ec2.{subject.region}.amazonaws.com", "kms:GrantIsForAWSResource"
    for context, may in (
        ({"kms:ViaService": ec2, for_aws: "true"}, True),
        ({"kms:ViaService": ec2, for_aws: "false"}, False),
        ({"kms:ViaService": ec2}, False),
        ({"kms:ViaService": f"s3.{subject.region}.amazonaws.com", for_aws: "true"}, False),
        ({"kms:ViaService": f"sqs.{subject.region}.amazonaws.com", for_aws: "true"}, False),
    ):
        # By the key's own policy, too: the SCP on grants is the other line.
        yield Claim(caller.who, Request(caller.name, "kms:CreateGrant", key, context), allowed=may, admitted=may)


# ---- a partner's inbox


def _inbox(subject: Subject, partner: PartnerPlan) -> Iterator[AnyClaim]:
    account_id = partner.access.account_id
    key = from_plan.key_arn(subject.region, account_id, names.INBOX_KEY_ALIAS)
    other = subject.other(account_id, "partners", f"partner {partner.name}")
    yield Claim(other.who, Request(other.name, "kms:Decrypt", key, subject.through_s3), allowed=True)
    yield from _not_through(subject, key, other, "ec2")
    yield from _administered(subject, key, names.deploy_role(account_id), names.preview_role(account_id))
    for writer in partner.partner.writers:
        for action, may in (("kms:GenerateDataKey", True), ("kms:Encrypt", True), ("kms:Decrypt", False)):
            request = Request(writer, action, key, subject.through_s3)
            yield Claim("a declared writer", request, allowed=may, admitted=may)
        for context in ({}, {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"}):
            request = Request(writer, "kms:Encrypt", key, context)
            yield Claim("a declared writer, not through S3", request, allowed=False, admitted=False, granted=False)
    for domain in subject.domains[:2]:
        stranger = subject.other(domain.access.account_id, "domains", f"domain {domain.name}")
        request = Request(stranger.name, "kms:GenerateDataKey", key, subject.through_s3)
        yield Claim(stranger.who, request, allowed=False, admitted=False)
