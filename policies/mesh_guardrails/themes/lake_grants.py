"""Rules on the catalog and Lake Formation: grants, and what an account's data lake allows to all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from mesh_guardrails.nested import first, items
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, StackRule, has
from mesh_guardrails.themes.catalog import DRAFTS

GRANT: Final = "aws:lakeformation/permissions:Permissions"
SETTINGS: Final = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
LOCATION: Final = "aws:lakeformation/resource:Resource"
OPT_IN: Final = "aws:lakeformation/optIn:OptIn"
TAG: Final = "aws:lakeformation/resourceLfTag:ResourceLfTag"
TAGS_AT_ONCE: Final = "aws:lakeformation/resourceLfTags:ResourceLfTags"

PASSING_ON: Final = ("arn:aws:organizations::*:ou/*", "arn:aws:iam::*:role/mesh/deploy*")
"""Who may pass a grant on, unless it is configured: units of the organisation, whose deployments do so."""

_BY_NAME: Final = ("table", "tableWithColumns", "dataCellsFilter")
_READS: Final = frozenset({"ALL", "SELECT", "SUPER", "SUPER_USER"})
_EVERYTHING: Final = frozenset({"ALL", "SUPER", "SUPER_USER"})
_HARMLESS: Final = frozenset({"DESCRIBE"})
_ALL_OF_AN_ACCOUNT: Final = ":IAMPrincipals"


def read_by_name(grant: RegisteredResource) -> Iterator[str]:
    """Messages on a grant that reads tables by their names: a column that becomes confidential stays open by it."""
    named = [name for name in _BY_NAME if has(grant.props, name)]
    if named and (reads := _READS & _permissions(grant)):
        yield (
            f"'{grant.name}' grants {', '.join(sorted(reads))} on a {named[0]} by its name, past all labels; grant by "
            "lfTagPolicy to a clearance"
        )


def passed_on(grant: RegisteredResource, may_pass_on: Sequence[str] = PASSING_ON) -> Iterator[str]:
    """Messages on a grant that its holder may grant to others."""
    options = [str(one) for one in items(grant.props.get("permissionsWithGrantOptions"))]
    if not options:
        return
    principal = str(grant.props.get("principal"))
    if not any(fnmatchcase(principal, pattern) for pattern in may_pass_on):
        yield (
            f"'{grant.name}' lets {principal} pass {', '.join(options)} on to others; leave "
            "permissionsWithGrantOptions out "
            f"(principals that may: {', '.join(may_pass_on)})"
        )


def everything(grant: RegisteredResource) -> Iterator[str]:
    """Messages on a grant of all there is, which includes what Lake Formation will invent; drafts are IAM's."""
    database: Mapping[str, Any] = first(grant.props.get("database"))
    if (found := _EVERYTHING & _permissions(grant)) and not fnmatchcase(str(database.get("name")), DRAFTS):
        yield f"'{grant.name}' grants {', '.join(sorted(found))}; name the permissions that are needed"


def whole_account(grant: RegisteredResource) -> Iterator[str]:
    """Messages on a grant to every identity of an account, whoever makes one."""
    principal = str(grant.props.get("principal"))
    if principal.endswith(_ALL_OF_AN_ACCOUNT) and (more := _permissions(grant) - _HARMLESS):
        yield (
            f"'{grant.name}' grants {', '.join(sorted(more))} to everybody in an account ({principal}); grant to a "
            "clearance"
        )


def hybrid_location(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a location that Lake Formation guards against those alone who were opted in.

    https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html
    """
    if resource.type == OPT_IN:
        yield f"'{resource.name}' opts one principal in, and leaves all others to IAM; delete it, and end hybrid access"
    elif resource.props.get("hybridAccessEnabled"):
        yield f"'{resource.name}' leaves whoever is not opted in to IAM (hybridAccessEnabled); set it to false"


def location_without_role(location: RegisteredResource) -> Iterator[str]:
    """Messages on a location that is read with the service's own role, which reads all locations of the account."""
    if location.props.get("useServiceLinkedRole") or not has(location.props, "roleArn"):
        yield (
            f"'{location.name}' is read with the role of the service, which reads every location of the account; set "
            "roleArn to a role for this one, and useServiceLinkedRole to false"
        )


def whole_bucket(location: RegisteredResource) -> Iterator[str]:
    """Messages on a location that is a whole bucket: the files beside the tables would be Lake Formation's as well."""
    path = str(location.props.get("arn") or "").rpartition(":")[2]
    if not path.partition("/")[2].strip("/*"):
        yield f"'{location.name}' registers all of a bucket ({path}); register the folder of its tables"


def privileged_location(location: RegisteredResource) -> Iterator[str]:
    """Messages on a location on which whoever registers it may do everything."""
    if location.props.get("withPrivilegedAccess"):
        yield f"'{location.name}' gives everything to whom it is registered by (withPrivilegedAccess); leave it out"


def without_administrator(settings: RegisteredResource) -> Iterator[str]:
    """Messages on a data lake that nobody administers: whoever IAM lets then makes himself its administrator."""
    if not items(settings.props.get("admins")):
        yield f"'{settings.name}' names no administrator; set admins to the role that deploys the account's access"


def filtering_elsewhere(settings: RegisteredResource) -> Iterator[str]:
    """Messages on a data lake that leaves the filtering of rows and columns to engines of others."""
    for name in ("allowExternalDataFiltering", "allowFullTableExternalDataAccess"):
        if settings.props.get(name):
            yield (
                f"'{settings.name}' trusts engines outside of AWS with data that is not filtered ({name}); set it to "
                "false"
            )


def old_sharing(settings: RegisteredResource, lowest_version: int = 4) -> Iterator[str]:
    """Messages on a data lake that shares as it did years ago: a grant for each table, by the catalog's policy.

    https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html
    """
    parameters: Mapping[str, Any] = settings.props.get("parameters") or {}
    written = str(parameters.get("CROSS_ACCOUNT_VERSION") or "1")
    if not written.isdecimal() or int(written) < lowest_version:
        yield (
            f"'{settings.name}' shares by version {written}; set CROSS_ACCOUNT_VERSION in parameters to "
            f"{lowest_version:g} "
            "or higher"
        )


def tags_at_once(tags: RegisteredResource) -> Iterator[str]:
    """Messages on LF-tags that are set all at once: the plugin takes the others away in a second run."""
    if tags.type == TAGS_AT_ONCE:
        yield (
            f"'{tags.name}' sets LF-tags all at once, and a second run may take others away; use a ResourceLfTag for "
            "each"
        )


def _permissions(grant: RegisteredResource) -> frozenset[str]:
    return frozenset(str(one).upper() for one in items(grant.props.get("permissions")))


def _rule(name: str, severity: Any, description: str, check: Any, *types: str, **more: Any) -> Rule:
    theme: Any = "catalog and Lake Formation"
    return Rule(
        name=name,
        theme=theme,
        severity=severity,
        description=description,
        check=check,
        types=frozenset(types),
        **more,
    )


_TEXTS: Final = {"type": "array", "items": {"type": "string", "minLength": 1}}
_MAY_PASS_ON: Final = Parameter("mayPassOn", "Patterns of principals who may pass a grant on.", _TEXTS, [*PASSING_ON])
_VERSION: Final = Parameter("lowestVersion", "The oldest way of sharing.", {"type": "integer", "minimum": 1}, 4)

RULES: Final = (
    _rule("grant-is-by-label", "critical", "Tables are read by their labels, not by name.", read_by_name, GRANT),
    _rule(
        "grant-stays-with-its-holder",
        "critical",
        "No holder of a grant passes it on, but deployments.",
        passed_on,
        GRANT,
        parameters=(_MAY_PASS_ON,),
    ),
    _rule("grant-names-its-permissions", "high", "No grant is of everything.", everything, GRANT),
    _rule("grant-is-not-to-an-account", "high", "No data is granted to all of an account.", whole_account, GRANT),
    _rule(
        "no-hybrid-access", "critical", "Lake Formation guards a location for all.", hybrid_location, LOCATION, OPT_IN
    ),
    _rule(
        "location-has-a-role", "high", "Every location is read with a role of its own.", location_without_role, LOCATION
    ),
    _rule("location-is-a-folder", "medium", "No whole bucket is registered.", whole_bucket, LOCATION),
    _rule("no-privileged-location", "critical", "Nobody gets all of a location.", privileged_location, LOCATION),
    _rule(
        "lake-has-administrators", "critical", "Every data lake has administrators.", without_administrator, SETTINGS
    ),
    _rule("lake-filters-by-itself", "critical", "No engine of others filters data.", filtering_elsewhere, SETTINGS),
    _rule(
        "lake-shares-by-the-newest-version",
        "medium",
        "Every data lake shares by a version that the mesh was tried with.",
        old_sharing,
        SETTINGS,
        parameters=(_VERSION,),
    ),
    _rule("lf-tags-are-set-one-by-one", "high", "No LF-tag goes with another.", tags_at_once, TAG, TAGS_AT_ONCE),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
