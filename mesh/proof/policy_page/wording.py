"""Words for whom a policy statement is about: its subject, who is excepted, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mesh import names
from mesh.iam.statement import Condition, PrincipalElement, Statement
from mesh.plan import Plan

NAMES: Final = (
    (r"(?<=[a-z0-9])-<[a-z ]+>-<region>-an\b", ""),  # account and region behind the name of a bucket
    (r"<mesh>-partner-[a-z0-9-]+?--inbox", "<inbox>"),
    (r"<mesh>-[a-z0-9-]+?--(?=\*)", "<mesh>-<domain>--"),
    (r"<mesh>-[a-z0-9-]+?--[a-z0-9-]+", "<bucket>"),
    (r"<mesh>-[a-z0-9-]+-(logs|results)(/[a-z0-9-]+(?=/))?", r"<\1>"),
    (r"<mesh>-audit", "<audit>"),
    (r"<mesh>-publications", "<publications>"),
    (r"<mesh>-[a-z0-9-]+-scripts(/[a-z0-9-]+(?=/))?", "<scripts>"),
    (r"<mesh>-\*-scripts", "<scripts>"),
    (r"(role/mesh/clearance)/[a-z0-9-]+", r"\1/<clearance>"),
    (r"(role/mesh/pipeline)/[a-z0-9-]+/[a-z0-9-]+", r"\1/<clearance>/<product>"),
    (r"(role/mesh/pipeline)/[a-z0-9-]+/\*", r"\1/<clearance>/*"),
    (r"(role/mesh/location)/[a-z0-9-]+", r"\1/<domain>"),
    (r"(role/mesh/publisher/publish-)[a-z0-9-]+", r"\1<domain>"),
    (r"(role/mesh/delivery/deliver-)[a-z0-9-]+", r"\1<product>"),
    (r"(AWSReservedSSO_)[a-z0-9-]+(_\?+)", r"\1<permission set>\2"),
    (r"(alias/mesh/product)/[a-z0-9-]+", r"\1/<product>"),
    (r"(log-group:/mesh)/(?!publication)[a-z0-9-]+", r"\1/<product>"),
    (r"\bmesh\.[a-z0-9-]+\.[a-z0-9-]+", "mesh.<domain>.<product>"),
    (r"(secret:mesh)/[a-z0-9-]+/[a-z0-9-]+(-\?+)", r"\1/<product>/<secret>\2"),
    (r"(workgroup/mesh)-(?!check)[a-z0-9-]+", r"\1-<clearance>"),
    (r"((?:database|table))/[a-z0-9_]+?__[a-z0-9_]+?__draft", r"\1/<domain>__<product>__draft"),
    (r"((?:database|table))/[a-z0-9_]+?__\*", r"\1/<domain>__*"),
    (r"repo:[^`\s]+:environment:[a-z0-9-]+", "repo:<repository>:environment:<environment>"),
    (r"\b\d{4}-\d\d-\d\dT00:00:00Z", "<day after the end>"),
)
"""Names that people chose, in the places where policies have them; `<mesh>` stands for the mesh's own already."""

ACCOUNTS: Final = {
    "*": "any account",
    "<account>": "the account",
    "<domain account>": "a domain's account",
    "<partner account>": "a partner's account",
    "<governance>": "governance",
    "<management>": "the management account",
}

OPERATORS: Final = {
    "ArnEquals": "is",
    "ArnLike": "is",
    "ArnNotLike": "is not",
    "Bool": "is",
    "BoolIfExists": "is absent, or",
    "DateLessThan": "is before",
    "ForAnyValue:ArnNotLike": "has, other than",
    "ForAnyValue:StringEquals": "has",
    "ForAnyValue:StringLike": "has",
    "ForAnyValue:StringNotEquals": "has, other than",
    "ForAnyValue:StringNotLike": "has, other than",
    "NotIpAddressIfExists": "is not in",
    "NumericGreaterThan": "is above",
    "NumericLessThan": "is below",
    "NumericLessThanEquals": "is at most",
    "StringEquals": "is",
    "StringEqualsIfExists": "is, where it is said,",
    "StringLike": "is like",
    "StringNotEquals": "is not",
    "StringNotEqualsIfExists": "is not",
    "StringNotLike": "is not",
}
"""Conditions in words; a negated one holds for an absent key, too (IAM User Guide, "String condition operators")."""


class Placeholders:
    """Texts of a plan with its ids and names left out, so that documents of one kind read alike."""

    def __init__(self, plan: Plan) -> None:
        perimeter = plan.perimeter
        self._literals = {
            perimeter.governance_id: "<governance>",
            perimeter.management_id: "<management>",
            perimeter.domains: "<domains unit>",
            perimeter.governance: "<governance unit>",
            perimeter.partners: "<partners unit>",
            perimeter.network: "<network>",
            **dict.fromkeys(perimeter.people_addresses, "<people's addresses>"),
            perimeter.organization: "<organization>",
            perimeter.region: "<region>",
            perimeter.security_contact: "<security contact>",
            **{domain.access.account_id: "<domain account>" for domain in plan.domains.values()},
            **{partner.access.account_id: "<partner account>" for partner in plan.partners.values()},
        }
        self._mesh = re.compile(rf"\b{re.escape(plan.mesh)}-")

    def put(self, text: str, account: str | None) -> str:
        """The text with placeholders; `account` is the one that owns the document's resource."""
        literals = {**self._literals, account: "<account>"} if account else self._literals
        for literal, placeholder in literals.items():
            text = text.replace(literal, placeholder)
        text = self._mesh.sub("<mesh>-", text)
        for pattern, placeholder in NAMES:
            text = re.sub(pattern, placeholder, text)
        return text


class KeyWording(NamedTuple):
    """A condition on one key in words: "`aws:RequestedRegion`", "is not", and the values."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class Wording(NamedTuple):
    """A statement in words: whom it is about, who is excepted, and conditions on the request."""

    subjects: tuple[str, ...]
    exceptions: tuple[str, ...]
    conditions: tuple[KeyWording, ...]


def wording(statement: Statement, bearer: str, put: Callable[[str], str]) -> Wording:
    """A statement in words; `bearer` is whom it is about if it names no principal, `put` puts placeholders."""
    subjects, exceptions = list(_principal(statement, bearer, put)), list[str]()
    conditions: list[KeyWording] = []
    for condition in statement.conditions:
        negated = "Not" in condition.operator
        callers = tuple(_callers(condition, put))
        if not callers:
            conditions.append(_condition(condition, put))
        elif negated or (condition.key, condition.values) == ("aws:PrincipalIsAWSService", ("false",)):
            exceptions += callers
        else:
            subjects = [*callers]
    exceptions += [_resource(put(arn)) for arn in statement.not_resources]
    return Wording(tuple(dict.fromkeys(subjects)), tuple(dict.fromkeys(exceptions)), tuple(conditions))


def _principal(statement: Statement, bearer: str, put: Callable[[str], str]) -> Iterator[str]:
    principal = statement.principal
    if principal is None:
        yield bearer
    elif not isinstance(principal, PrincipalElement):
        yield "everybody"
    elif principal.kind == "AWS":
        yield from (f"everybody of {ACCOUNTS[put(arn).split(':')[4]]}" for arn in principal.ids)
    elif principal.kind == "Federated":
        yield from (f"tokens of `{name.partition('oidc-provider/')[2]}`" for name in principal.ids)
    else:
        yield from (f"`{name}`" for name in principal.ids)


def _callers(condition: Condition, put: Callable[[str], str]) -> Iterator[str]:
    """The callers that a condition names; none for a condition on something else."""
    match condition.key:
        case "aws:PrincipalArn":
            yield from (caller(put(arn)) for arn in condition.values)
        case "aws:PrincipalIsAWSService":
            yield "AWS services"
        case "aws:PrincipalOrgID" if "Not" in condition.operator:
            yield "callers of the organisation"
        case "aws:PrincipalOrgPaths" if "Not" in condition.operator:
            yield from (f"callers of the {put(path)[1:-1]}" for path in condition.values)
        case "aws:PrincipalAccount" | "kms:CallerAccount":
            yield from (f"callers of {ACCOUNTS[put(account)]}" for account in condition.values)
        case _:
            return


def caller(arn: str) -> str:
    """A pattern of callers' ARNs: `arn:aws:iam::*:role/mesh/deploy` is "`deploy` of any account"."""
    account, resource = arn.split(":", 5)[4:]
    where = ACCOUNTS[account]
    if resource == "*":
        return f"callers of {where}"
    if resource == "root":
        return f"root users of {where}"
    if f"AWSReservedSSO_{names.PARTNER_PERMISSION_SET}_" in resource:
        return f"role of the partners' permission set in {where}"
    if "AWSReservedSSO_" in resource:
        return f"role of the permission set in {where}"
    kind, _, path = resource.partition("/")
    return f"`{path.removeprefix('mesh/')}` of {where}" if kind == "role" else f"{kind}s `/{path}` of {where}"


def _resource(arn: str) -> str:
    """A resource in words, as its caller if it is a role."""
    return caller(arn) if ":role/" in arn else f"`{arn}`"


def _condition(condition: Condition, put: Callable[[str], str]) -> KeyWording:
    if condition.operator == "Null":
        return KeyWording(condition.key, "is absent" if condition.values == ("true",) else "is present")
    values = tuple(put(value) for value in condition.values)
    return KeyWording(condition.key, OPERATORS[condition.operator], values)
