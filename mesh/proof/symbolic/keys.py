"""Keys (I12) for all strings: the way, the account and the grant of each use."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.proof.invariants.products import CRYPTOGRAPHY
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.assumptions import not_a_service
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.obligations import Obligation
from mesh.proof.symbolic.shapes import role
from mesh.proof.symbolic.texts import some


def keys_only_through_their_services(subject: Subject) -> Iterator[Obligation]:
    """Obligations of I12: a key is used through its own services only, and an account's key in its account only."""
    s3, ec2, athena = (f"{name}.{subject.region}.amazonaws.com" for name in ("s3", "ec2", "athena"))
    for product, policies in documents.product_keys(subject):
        yield _not_through(policies, s3)
        # Of a product with tables it starts them, through S3, whose policy says which objects.
        if "table" not in product.ports:
            yield _by_its_deployment(policies, product.account_id)
        request = SymbolicRequest(policies)
        grants = request.key("kms:GrantIsForAWSResource")
        assumptions = (some((grants.absent, grants.is_(False))),)
        yield Obligation(what="a grant", request=request, actions=("kms:CreateGrant",), assumptions=assumptions)
    for account_id, policies in documents.account_keys(subject):
        yield _not_through(policies, s3, ec2, athena)
        request = SymbolicRequest(policies)
        assumptions = (not_a_service(request), request.key("kms:CallerAccount").is_none_of(account_id))
        yield Obligation(what="another account", request=request, actions=CRYPTOGRAPHY, assumptions=assumptions)
    for partner in subject.partners:
        yield _not_through(documents.inbox_key(subject, partner), s3, ec2, athena)


def _not_through(policies: documents.Policies, *services: str) -> Obligation:
    request = SymbolicRequest(policies)
    assumptions = (not_a_service(request), request.key("kms:ViaService").is_none_of(*services))
    return Obligation(what="another service, or none", request=request, actions=CRYPTOGRAPHY, assumptions=assumptions)


def _by_its_deployment(policies: documents.Policies, account_id: str) -> Obligation:
    """Obligation on the deployment: it administers a key, and uses it by no service and in no organisation."""
    request = SymbolicRequest(policies)
    assumptions = (not_a_service(request), request.key("aws:PrincipalArn").shaped(role("deploy", account_id)))
    return Obligation(what="the deployment", request=request, actions=CRYPTOGRAPHY, assumptions=assumptions)
