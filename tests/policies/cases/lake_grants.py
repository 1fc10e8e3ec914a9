"""Cases of the rules on grants of Lake Formation, and on data lakes."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.lake_grants import GRANT, LOCATION, OPT_IN, SETTINGS, TAG, TAGS_AT_ONCE

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits

ROLE: Final = "arn:aws:iam::111122223333:role/mesh/clearance/pii"
UNIT: Final = "arn:aws:organizations::111122223333:ou/o-example1234/ou-ab12-domains1"
BUCKET: Final = "arn:aws:s3:::example-bucket"
READ: Final = ["SELECT", "DESCRIBE"]
TABLE: Final = {"databaseName": "ads__clicks", "name": "clicks"}
BY_LABEL: Final = {"resourceType": "TABLE", "expressions": [{"key": "pii", "values": ["true"]}]}


def granted(*permissions: str, principal: str = ROLE, **on: Any) -> Made:
    """A grant to a clearance, unless to somebody else."""
    return made(GRANT, principal=principal, permissions=list(permissions), **on)


def location(arn: str = f"{BUCKET}/tables", **props: Any) -> Made:
    """A registered location."""
    return made(LOCATION, **{"arn": arn, "roleArn": ROLE, **props})


CASES: Final[list[Case]] = [
    passes("grant-is-by-label", granted(*READ, lfTagPolicy=BY_LABEL)),
    passes("grant-is-by-label", granted(*READ, principal=UNKNOWN, lfTagPolicy=BY_LABEL)),
    passes("grant-is-by-label", granted("DESCRIBE", table=TABLE)),
    reports("grant-is-by-label", "grants SELECT on a table by its name", granted(*READ, table=TABLE)),
    reports(
        "grant-is-by-label", "on a tableWithColumns", granted("select", tableWithColumns={**TABLE, "name": UNKNOWN})
    ),
    reports("grant-is-by-label", "grants ALL", granted("ALL", table={"databaseName": "ads__clicks", "wildcard": True})),
    waits("grant-is-by-label", granted(UNKNOWN, table=TABLE)),
    passes("grant-stays-with-its-holder", granted(*READ)),
    passes("grant-stays-with-its-holder", granted(*READ, principal=UNIT, permissionsWithGrantOptions=READ)),
    passes("grant-stays-with-its-holder", granted(*READ, principal=UNKNOWN)),
    passes(
        "grant-stays-with-its-holder", granted(permissionsWithGrantOptions=["ALL"]), configured={"mayPassOn": [ROLE]}
    ),
    reports(
        "grant-stays-with-its-holder", "pass SELECT, DESCRIBE on to others", granted(permissionsWithGrantOptions=READ)
    ),
    reports(
        "grant-stays-with-its-holder",
        "(principals that may: nobody)",
        granted(principal=UNIT, permissionsWithGrantOptions=READ),
        configured={"mayPassOn": ["nobody"]},
    ),
    waits("grant-stays-with-its-holder", granted(principal=UNKNOWN, permissionsWithGrantOptions=READ)),
    passes("grant-names-its-permissions", granted(*READ, database={"name": UNKNOWN})),
    passes("grant-names-its-permissions", granted("ALL", database={"name": "ads__clicks__draft"})),
    reports("grant-names-its-permissions", "grants ALL;", granted("ALL", lfTagPolicy=BY_LABEL)),
    reports("grant-names-its-permissions", "grants SUPER;", granted("SUPER", database={"name": "ads__clicks"})),
    passes("grant-is-not-to-an-account", granted("DESCRIBE", principal="111122223333:IAMPrincipals")),
    passes("grant-is-not-to-an-account", granted(*READ)),
    reports("grant-is-not-to-an-account", "grants SELECT to", granted(*READ, principal="111122223333:IAMPrincipals")),
    waits("grant-is-not-to-an-account", granted(*READ, principal=UNKNOWN)),
    passes("no-hybrid-access", location(hybridAccessEnabled=False)),
    passes("no-hybrid-access", location(UNKNOWN)),
    reports("no-hybrid-access", "set it to false", location(hybridAccessEnabled=True)),
    reports("no-hybrid-access", "opts one principal in", made(OPT_IN, principal=UNKNOWN)),
    passes("location-has-a-role", location()),
    passes("location-has-a-role", location(roleArn=UNKNOWN)),
    reports("location-has-a-role", "the role of the service", location(useServiceLinkedRole=True)),
    reports("location-has-a-role", "the role of the service", made(LOCATION, arn=BUCKET)),
    passes("location-is-a-folder", location()),
    passes("location-is-a-folder", location(f"{BUCKET}/files/")),
    reports("location-is-a-folder", "all of a bucket (example-bucket)", location(BUCKET)),
    reports("location-is-a-folder", "all of a bucket", location(f"{BUCKET}/*")),
    waits("location-is-a-folder", location(UNKNOWN)),
    passes("no-privileged-location", location(roleArn=UNKNOWN)),
    passes("no-privileged-location", location(withPrivilegedAccess=False)),
    reports("no-privileged-location", "leave it out", location(withPrivilegedAccess=True)),
    passes("lake-has-administrators", made(SETTINGS, admins=[ROLE])),
    passes("lake-has-administrators", made(SETTINGS, admins=[ROLE], catalogId=UNKNOWN)),
    reports("lake-has-administrators", "names no administrator", made(SETTINGS, admins=[])),
    reports("lake-has-administrators", "names no administrator", made(SETTINGS)),
    waits("lake-has-administrators", made(SETTINGS, admins=UNKNOWN)),
    passes("lake-filters-by-itself", made(SETTINGS, allowExternalDataFiltering=False)),
    passes("lake-filters-by-itself", made(SETTINGS, admins=UNKNOWN)),
    reports("lake-filters-by-itself", "(allowExternal", made(SETTINGS, allowExternalDataFiltering=True)),
    reports("lake-filters-by-itself", "(allowFull", made(SETTINGS, allowFullTableExternalDataAccess=True)),
    passes("lake-shares-by-the-newest-version", made(SETTINGS, parameters={"CROSS_ACCOUNT_VERSION": "4"})),
    passes(
        "lake-shares-by-the-newest-version", made(SETTINGS, admins=UNKNOWN, parameters={"CROSS_ACCOUNT_VERSION": "5"})
    ),
    passes("lake-shares-by-the-newest-version", made(SETTINGS), configured={"lowestVersion": 1}),
    reports("lake-shares-by-the-newest-version", "to 5 or higher", made(SETTINGS), configured={"lowestVersion": 5}),
    reports("lake-shares-by-the-newest-version", "by version 1;", made(SETTINGS)),
    reports(
        "lake-shares-by-the-newest-version", "by version 3;", made(SETTINGS, parameters={"CROSS_ACCOUNT_VERSION": "3"})
    ),
    passes("lf-tags-are-set-one-by-one", made(TAG, lfTag={"key": "pii", "value": "true"})),
    passes("lf-tags-are-set-one-by-one", made(TAG, lfTag={"key": "pii", "value": UNKNOWN})),
    reports("lf-tags-are-set-one-by-one", "all at once", made(TAGS_AT_ONCE, lfTags=[{"key": "pii", "value": "true"}])),
]
