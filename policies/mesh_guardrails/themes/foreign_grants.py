"""Rules on the perimeter: whom a resource lets in beside policies, and where it sends to, is an account of the mesh."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mesh_guardrails.document_reading import EVERYONE
from mesh_guardrails.mesh_parameters import ACCOUNTS, ORGANIZATION
from mesh_guardrails.nested import known_texts, values_at
from mesh_guardrails.policy_properties import IDENTITY_POLICIES, RESOURCE_POLICIES
from mesh_guardrails.rule import RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token

GRANTED_TO: Final = {
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
"""Where a resource says whom it lets in, or to whom it gives, by type: the rule waits until that is known."""

_ORGANIZATION: Final = re.compile(r"arn:aws[\w-]*:organizations::\d{12}:(?:organization|ou)/(o-[a-z0-9]+)")
_ARN: Final = re.compile(r"arn:aws[\w*-]*:[\w-]+:[\w*-]*:(\d{12})\b[^\s\"',]*")
_ID: Final = re.compile(r"\d{12}")
_NAMED_WITH_AN_ID: Final = re.compile(
    r"(?i)(account(id|identifier)?s?|owner|principal(id|identifier|arn)?s?|consumer\w*|grantee\w*)$"
)
"""Names of properties in which twelve digits are an account."""

_DOCUMENTS: Final = frozenset(
    name.rpartition(".")[2] for name in ("assumeRolePolicy", *RESOURCE_POLICIES.values(), *IDENTITY_POLICIES.values())
)
_FROM_WHERE: Final = re.compile(
    r"(?i)source|pattern|selector|filter|condition|^tags|description|baseline|^layers$|rulesPackage"
)
"""Names of properties that say from where something comes, what is filtered, or what AWS offers to everybody."""


def named_abroad(resource: RegisteredResource, accounts: Sequence[str], organization: str) -> Iterator[str]:
    """Messages on an account, or an organisation, that a resource names and that is not the mesh's, as far as known."""
    if not resource.type.startswith("aws:"):
        return
    whom = [*values_at(resource.props, GRANTED_TO[resource.type])] if resource.type in GRANTED_TO else []
    if EVERYONE in whom:
        yield f"'{resource.name}' lets everyone in; name an account or a role of the mesh"
    for name, text in known_texts(resource.props, _is_left_out):
        for named, account in _accounts(name, text):
            other = _ORGANIZATION.match(named)
            is_known = account in accounts or not accounts
            if organization and other:
                is_known = other[1] == organization
            if not is_known:
                yield (
                    f"'{resource.name}' lets {named} in, or sends to it ({name}), and that is not of the mesh; name an "
                    "account or a role of the mesh"
                )


def _accounts(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Names in a text that are of an account, each with the account: an id by itself, or ARNs within it."""
    if _ID.fullmatch(text):
        if _NAMED_WITH_AN_ID.search(name):
            yield text, text
        return
    for found in _ARN.finditer(text):
        yield found[0], found[1]


def _is_left_out(name: str) -> bool:
    """Whether a property is a policy, which has rules of its own, or does not say whom or where to."""
    return name in _DOCUMENTS or bool(_FROM_WHERE.search(name))


RULES: Final = (
    Rule(
        name="no-grant-to-a-foreign-account",
        theme="perimeter",
        severity="critical",
        description="Nothing lets in, or sends to, an account or organisation that is not the mesh's.",
        check=named_abroad,
        parameters=(ACCOUNTS, ORGANIZATION),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
