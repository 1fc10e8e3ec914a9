"""Rules on the catalog and Lake Formation: what decides on tables is a clearance, not IAM alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from mesh_guardrails.rule import RegisteredResource, Rule, StackRule

IAM_ALLOWED_PRINCIPALS: Final = "IAM_ALLOWED_PRINCIPALS"
"""Lake Formation's group of "everybody whom IAM allows": a grant to it switches Lake Formation off for the resource.

https://docs.aws.amazon.com/lake-formation/latest/dg/upgrade-glue-lake-formation-background.html
"""

DRAFTS: Final = "*__*__draft"
"""Databases of drafts, in which a domain's pipelines write before anything is published."""

_GRANT: Final = "aws:lakeformation/permissions:Permissions"
_SETTINGS: Final = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
_DATABASE: Final = "aws:glue/catalogDatabase:CatalogDatabase"
_DEFAULTS: Final = ("createDatabaseDefaultPermissions", "createTableDefaultPermissions")


def iam_allowed_principals(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a grant to everyone whom IAM admits, made directly or as the default of new resources.

    Databases of drafts alone are IAM's: who sees one, an SCP says.
    """
    if resource.type == _GRANT and resource.props.get("principal") == IAM_ALLOWED_PRINCIPALS:
        granted: Mapping[str, Any] = resource.props.get("database") or {}
        if _is_draft(granted.get("name")):
            return
        yield (
            f"'{resource.name}' grants to {IAM_ALLOWED_PRINCIPALS}, which hands the decision back to IAM; "
            "grant to a clearance"
        )
    elif resource.type == _SETTINGS or (resource.type == _DATABASE and not _is_draft(resource.props.get("name"))):
        for setting in _DEFAULTS:
            if any(map(_opens, resource.props.get(setting) or ())):
                yield (
                    f"'{resource.name}' has {IAM_ALLOWED_PRINCIPALS} in {setting}: every new resource would be open to "
                    "whom IAM allows; leave the list empty"
                )


def _is_draft(database: object) -> bool:
    return isinstance(database, str) and fnmatchcase(database, DRAFTS)


def _opens(default: Mapping[str, Any]) -> bool:
    """Whether a default permission is to everyone whom IAM admits; a database names the principal in an object."""
    principal = default.get("principal")
    if isinstance(principal, Mapping):
        principal = cast("Mapping[str, Any]", principal).get("dataLakePrincipalIdentifier")
    return principal == IAM_ALLOWED_PRINCIPALS


RULES: Final = (
    Rule(
        name="no-grant-to-iam-allowed-principals",
        theme="catalog and Lake Formation",
        severity="critical",
        description="Lake Formation grants nothing to IAMAllowedPrincipals.",
        check=iam_allowed_principals,
        types=frozenset({_GRANT, _SETTINGS, _DATABASE}),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
