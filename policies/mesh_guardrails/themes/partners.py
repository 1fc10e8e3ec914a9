"""Rules on partners: their account takes what is delivered, and nothing is opened to them with everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from mesh_guardrails.accounts_of_stack import own_account, stack_of
from mesh_guardrails.document_reading import (
    ReadStatement,
    account_of,
    limits_to_organisation,
    limits_to_units,
    statements,
)
from mesh_guardrails.policy_properties import RESOURCE_POLICIES, ROLE, every_document, trust_statements
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule
from mesh_guardrails.type_tokens import token

PARTNER_STACKS: Final = "partner-*"
GRANT: Final = token("lakeformation/permissions")

_INBOX: Final = [
    "aws:athena/workgroup:Workgroup",
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ebs/*",
    "aws:glue/catalogDatabase:CatalogDatabase",
    "aws:glue/catalogTable:CatalogTable",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:kms/alias:Alias",
    "aws:kms/key:Key",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:s3/bucket*",
    "mesh:*",
    "pulumi:*",
]
"""Types of a partner's stack: an inbox, tables over it, and a place to query. No network, program or grant."""


def more_than_an_inbox(resource: RegisteredResource, types: Sequence[str]) -> Iterator[str]:
    """Messages on a resource in a partner's stack that is no part of an inbox."""
    if not _is_of_partner(resource) or not (resource.provider or resource.type.startswith("aws:")):
        return
    if not any(fnmatchcase(resource.type, pattern) for pattern in types):
        yield (
            f"'{resource.name}' ({resource.type}) is no part of a partner's inbox; leave it out of the stack "
            f"'{stack_of(resource)}'"
        )


def partner_trusts(role: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a role of a partner's account that others may become, and on a service that may."""
    if not _is_of_partner(role):
        return
    own = own_account(role, stack)
    for one in trust_statements(role):
        others = [name for kind, name in one.principals if not _is_home(kind, name, own)]
        if one.allows and others:
            yield (
                f"'{role.name}' of a partner's account may be taken on by {', '.join(others)} ({one.title}); let the "
                "partner's people alone do so"
            )


def open_to_partners(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a statement for all of the organisation: partners' accounts are in it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalOrgPaths)
    """
    for one in (each for document in every_document(resource) for each in statements(document)):
        if _is_for_the_organisation(one) and not limits_to_units(one):
            yield (
                f"'{resource.name}' is open to all of the organisation, partners' accounts too ({one.title}); add a "
                "ForAnyValue:StringLike on aws:PrincipalOrgPaths that names the unit of the domains"
            )


def granted_to_the_organisation(grant: RegisteredResource) -> Iterator[str]:
    """Messages on a grant of Lake Formation to a whole organisation, or to the unit of the partners."""
    principal = str(grant.props.get("principal"))
    whole = ":organization/" in principal
    if whole or (":ou/" in principal and "partner" in principal):
        which = "the whole organisation, partners too" if whole else "the unit of the partners"
        yield f"'{grant.name}' grants to {which}; grant to the unit of the domains, or to one role"


def _is_of_partner(resource: RegisteredResource) -> bool:
    return fnmatchcase(stack_of(resource), PARTNER_STACKS)


def _is_home(kind: str, name: str, own: str) -> bool:
    """Whether a principal is the account itself, as far as the account is known."""
    return kind == "AWS" and bool(account_of(name)) and own in ("", account_of(name))


def _is_for_the_organisation(statement: ReadStatement) -> bool:
    return statement.allows and statement.is_for_everyone and limits_to_organisation(statement)


RULES: Final = (
    Rule(
        name="partner-stack-is-an-inbox",
        theme="partners",
        severity="critical",
        description="A partner's stack holds an inbox and what queries it: no network, no program, no grant.",
        check=more_than_an_inbox,
        parameters=(
            Parameter(
                "types",
                "Patterns of the types that a partner's stack may hold.",
                {"type": "array", "items": {"type": "string"}},
                _INBOX,
            ),
        ),
    ),
    Rule(
        name="organisation-is-not-partners",
        theme="partners",
        severity="critical",
        description="What is open to the organisation names the units that are meant, since partners are in it.",
        check=open_to_partners,
        types=frozenset({*RESOURCE_POLICIES, ROLE}),
    ),
    Rule(
        name="no-grant-to-partners",
        theme="partners",
        severity="critical",
        description="Lake Formation grants nothing to the whole organisation, nor to the unit of the partners.",
        check=granted_to_the_organisation,
        types=frozenset({GRANT}),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="partner-role-stays-at-home",
        theme="partners",
        severity="critical",
        description="A role of a partner's account trusts that account alone.",
        check=partner_trusts,
        types=frozenset({ROLE}),
    ),
)
