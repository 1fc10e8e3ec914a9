"""Rules on the perimeter: what is granted beside policies, to an account by its id, stays in the mesh."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mesh_guardrails.document_reading import account_of
from mesh_guardrails.mesh_parameters import ACCOUNTS, ORGANIZATION
from mesh_guardrails.nested import values_at
from mesh_guardrails.rule import RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token

_GRANTED_TO: Final = {
    token("dynamodb/tableExport"): "s3BucketOwner",
    token("ec2/vpcEndpointServiceAllowedPrinciple"): "principalArn",
    token("kms/grant"): "granteePrincipal",
    token("lakeformation/optIn"): "principal.dataLakePrincipalIdentifier",
    token("lakeformation/permissions"): "principal",
    token("oam/link"): "sinkIdentifier",
    token("ram/principalAssociation"): "principal",
    token("redshift/dataShareAuthorization"): "consumerIdentifier",
    token("redshift/endpointAuthorization"): "account",
    token("s3control/accessGrant"): "grantee.granteeIdentifier",
    token("servicecatalog/portfolioShare"): "principalId",
}
"""Where a resource says whom it lets in, or to whom it gives, by type."""

_ORGANIZATION_IN_AN_ARN: Final = re.compile(r"arn:aws[\w-]*:organizations::\d{12}:(?:organization|ou)/(o-[a-z0-9]+)")


def granted_abroad(resource: RegisteredResource, accounts: Sequence[str], organization: str) -> Iterator[str]:
    """Messages on a grant to an account, or to an organisation, that is not the mesh's, as far as that is known."""
    for value in values_at(resource.props, _GRANTED_TO[resource.type]):
        account, other = account_of(str(value)), _ORGANIZATION_IN_AN_ARN.match(str(value))
        is_known = account in ("", *accounts) or not accounts
        if organization and other:
            is_known = other[1] == organization
        if not is_known:
            yield f"'{resource.name}' lets {value} in, which is not of the mesh; name an account or a role of the mesh"


RULES: Final = (
    Rule(
        name="no-grant-to-a-foreign-account",
        theme="perimeter",
        severity="critical",
        description="Nothing is granted, beside policies, to an account or organisation that is not the mesh's.",
        check=granted_abroad,
        types=frozenset(_GRANTED_TO),
        parameters=(ACCOUNTS, ORGANIZATION),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
