"""Lake Formation: settings, LF-tags, locations and grants."""

from __future__ import annotations

import json
from typing import Any, Final

from sandbox.emulator.aws.fields import (
    Conversion,
    Field,
    Fields,
    PropertyValues,
    flag,
    many,
    mapping,
    one,
    text,
    texts,
    to_aws,
)
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType


def _catalog(call: Call) -> str:
    return str(call.inputs.get("catalogId") or call.account)


# --- settings ----------------------------------------------------------------------------------------------

_PRINCIPALS: Final = Conversion(
    lambda names: [{"DataLakePrincipalIdentifier": name} for name in names],
    lambda principals: [principal["DataLakePrincipalIdentifier"] for principal in principals],
)
_PRINCIPAL: Final = Conversion(
    lambda name: {"DataLakePrincipalIdentifier": name}, lambda principal: principal["DataLakePrincipalIdentifier"]
)
_CHOSEN: Final[PropertyValues] = {
    "admins": [],
    "authorizedSessionTagValueLists": [],
    "createDatabaseDefaultPermissions": [],
    "createTableDefaultPermissions": [],
    "externalDataFilteringAllowLists": [],
    "parameters": {},
    "readOnlyAdmins": [],
    "trustedResourceOwners": [],
}
"""Settings that AWS has where the program says nothing, as an account has them in which nobody set any."""
_DEFAULTS: Final[Fields] = {"permissions": texts(), "principal": text(convert=_PRINCIPAL)}


def _put_settings(call: Call) -> None:
    """Put the settings: what the program says no more is put as it was, what it never said is empty.

    So the IAM_ALLOWED_PRINCIPALS of a new account go.
    """
    kept = {name: call.state.get(name, empty) for name, empty in _CHOSEN.items()}
    fields = {name: field for name, field in SETTINGS.fields.items() if name != "catalogId"}
    settings = to_aws(fields, {**kept, **call.inputs})
    call.aws("put_data_lake_settings", CatalogId=_catalog(call), DataLakeSettings=settings)


def _create_settings(call: Call) -> IdAndOutputs:
    _put_settings(call)
    return _catalog(call), dict(_CHOSEN)


def _read_settings(call: Call) -> PropertyValues | None:
    settings = call.aws("get_data_lake_settings", CatalogId=call.id)["DataLakeSettings"]
    return {**_CHOSEN, **call.properties(settings)} if settings else None


def _delete_settings(call: Call) -> None:
    call.aws("put_data_lake_settings", CatalogId=call.id, DataLakeSettings={})


SETTINGS: Final = ResourceType(
    "aws:lakeformation/dataLakeSettings:DataLakeSettings",
    "Lake Formation Data Lake Settings",
    "lakeformation",
    {
        "catalogId": text(replaces=True, local=True),
        "admins": texts("DataLakeAdmins", convert=_PRINCIPALS, computed=True),
        "readOnlyAdmins": texts("ReadOnlyAdmins", convert=_PRINCIPALS, computed=True),
        "createDatabaseDefaultPermissions": many(_DEFAULTS, unordered=True, computed=True),
        "createTableDefaultPermissions": many(_DEFAULTS, unordered=True, computed=True),
        "trustedResourceOwners": texts(computed=True),
        "allowExternalDataFiltering": flag(),
        "allowFullTableExternalDataAccess": flag(),
        "externalDataFilteringAllowLists": texts("ExternalDataFilteringAllowList", convert=_PRINCIPALS, computed=True),
        "authorizedSessionTagValueLists": texts("AuthorizedSessionTagValueList", computed=True),
        "parameters": mapping(computed=True),
    },
    _create_settings,
    _read_settings,
    _put_settings,
    _delete_settings,
)

# --- LF-tags -----------------------------------------------------------------------------------------------


def _create_tag(call: Call) -> IdAndOutputs:
    call.aws("create_lf_tag", CatalogId=_catalog(call), **call.request("key", "values"))
    return f"{_catalog(call)}:{call.inputs['key']}", {"catalogId": _catalog(call)}


def _read_tag(call: Call) -> PropertyValues | None:
    catalog, _, key = call.id.partition(":")
    values = call.aws("get_lf_tag", CatalogId=catalog, TagKey=key)["TagValues"]
    return {"catalogId": catalog, "key": key, "values": values} if values else None


def _update_tag(call: Call) -> None:
    catalog, _, key = call.id.partition(":")
    new, old = set(call.inputs["values"]), set(call.old["values"])
    call.aws(
        "update_lf_tag",
        CatalogId=catalog,
        TagKey=key,
        TagValuesToAdd=sorted(new - old) or None,
        TagValuesToDelete=sorted(old - new) or None,
    )


def _delete_tag(call: Call) -> None:
    catalog, _, key = call.id.partition(":")
    call.aws("delete_lf_tag", CatalogId=catalog, TagKey=key)


LF_TAG: Final = ResourceType(
    "aws:lakeformation/lfTag:LfTag",
    "Lake Formation LF-Tag",
    "lakeformation",
    {
        "catalogId": text(replaces=True, computed=True),
        "key": text("TagKey", required=True, replaces=True),
        "values": texts("TagValues", required=True),
    },
    _create_tag,
    _read_tag,
    _update_tag,
    _delete_tag,
    name="key",
)

# --- grants ------------------------------------------------------------------------------------------------

_PRESENT: Final = Conversion(lambda value: {} if value else None, lambda value: value is not None)
_TAG_VALUES: Final[Fields] = {"key": text("TagKey", required=True), "values": texts("TagValues", required=True)}
_DATABASE: Final = one({"catalogId": text(), "name": text(required=True)}, replaces=True)
_TABLE: Final = one(
    {
        "catalogId": text(),
        "databaseName": text(required=True),
        "name": text(),
        "wildcard": flag("TableWildcard", convert=_PRESENT),
    },
    replaces=True,
)
_TARGETS: Final[dict[str, Field]] = {
    "catalogResource": flag("Catalog", convert=_PRESENT, replaces=True),
    "database": _DATABASE,
    "dataLocation": one({"catalogId": text(), "arn": text("ResourceArn", required=True)}, replaces=True),
    "table": _TABLE,
    "tableWithColumns": one(
        {
            "catalogId": text(),
            "databaseName": text(required=True),
            "name": text(required=True),
            "columnNames": texts(),
            "wildcard": flag("ColumnWildcard", convert=_PRESENT),
        },
        replaces=True,
    ),
    "lfTag": one({"catalogId": text(), **_TAG_VALUES}, "LFTag", replaces=True),
    "lfTagPolicy": one(
        {
            "catalogId": text(),
            "resourceType": text(required=True),
            "expressions": many(_TAG_VALUES, "Expression", required=True, unordered=True),
        },
        "LFTagPolicy",
        replaces=True,
    ),
}


def _grant_parameters(call: Call) -> PropertyValues:
    return {
        "CatalogId": _catalog(call),
        "Principal": {"DataLakePrincipalIdentifier": call.inputs["principal"]},
        "Resource": to_aws(_TARGETS, call.inputs),
        "Permissions": call.inputs["permissions"],
        "PermissionsWithGrantOption": call.inputs.get("permissionsWithGrantOptions") or None,
    }


def _grant(call: Call) -> IdAndOutputs:
    parameters = _grant_parameters(call)
    call.aws("grant_permissions", **parameters)
    computed: PropertyValues = {"permissionsWithGrantOptions": []}
    call.id = call.derived_id(json.dumps(parameters, sort_keys=True), length=10)
    if _read_grant(call) is None:
        # The AWS plugin ends a creation with a read, and waits for what it granted (`waitPermissionsReady` of wait.go).
        raise AwsError("timeout", "waiting for state to become 'AVAILABLE' (last state: 'NOT FOUND', timeout: 1m0s)")
    return call.id, computed


def _read_grant(call: Call) -> PropertyValues | None:
    wanted = _grant_parameters(call)
    for grant in call.pages("list_permissions", "PrincipalResourcePermissions", CatalogId=wanted["CatalogId"]):
        same_grant = grant["Principal"] == wanted["Principal"] and grant["Resource"] == wanted["Resource"]
        if same_grant and set(wanted["Permissions"]) <= set(grant["Permissions"]):
            return {"permissionsWithGrantOptions": [], **call.inputs}
    return None


def _revoke(call: Call) -> None:
    call.aws("revoke_permissions", **_grant_parameters(call))


GRANT: Final = ResourceType(
    "aws:lakeformation/permissions:Permissions",
    "Lake Formation Permissions",
    "lakeformation",
    {
        "catalogId": text(replaces=True, local=True),
        "principal": text(required=True, replaces=True),
        "permissions": texts(required=True, replaces=True),
        "permissionsWithGrantOptions": texts(replaces=True, computed=True),
        **_TARGETS,
    },
    _grant,
    _read_grant,
    None,
    _revoke,
)

# --- locations ---------------------------------------------------------------------------------------------

_NOT_KEPT: Final = "moto keeps a location's ARN and role only"
_CHOSEN_OF_A_LOCATION: Final[PropertyValues] = {
    "hybridAccessEnabled": False,
    "lastModified": "",
    "withFederation": False,
    "withPrivilegedAccess": False,
}


def _register(call: Call) -> IdAndOutputs:
    """Register a place; one that is registered already counts as done, as in the plugin (`resourceResourceCreate`)."""
    linked = call.inputs.get("useServiceLinkedRole") or None
    try:
        call.aws("register_resource", **call.request(), UseServiceLinkedRole=linked)
    except AwsError as error:
        if error.code != "AlreadyExistsException":
            raise
    return str(call.inputs["arn"]), {**_CHOSEN_OF_A_LOCATION, "roleArn": call.inputs.get("roleArn", "")}


def _read_location(call: Call) -> PropertyValues:
    location = call.aws("describe_resource", ResourceArn=call.id)["ResourceInfo"]
    return {**_CHOSEN_OF_A_LOCATION, **call.properties(location)}


def _deregister(call: Call) -> None:
    call.aws("deregister_resource", ResourceArn=call.id)


LOCATION: Final = ResourceType(
    "aws:lakeformation/resource:Resource",
    "Lake Formation Resource",
    "lakeformation",
    {
        "arn": text("ResourceArn", required=True, replaces=True),
        "roleArn": text(replaces=True, computed=True),
        "useServiceLinkedRole": flag(replaces=True, recorded=_NOT_KEPT),
        "hybridAccessEnabled": flag(replaces=True, computed=True, recorded=_NOT_KEPT),
        "withFederation": flag(replaces=True, computed=True, recorded=_NOT_KEPT),
        "withPrivilegedAccess": flag(replaces=True, computed=True, recorded=_NOT_KEPT),
    },
    _register,
    _read_location,
    None,
    _deregister,
    outputs=("lastModified",),
    name="arn",
)

# --- LF-tags on resources ----------------------------------------------------------------------------------

_TAGGED: Final[dict[str, Field]] = {
    "database": _DATABASE,
    "table": _TABLE,
    "tableWithColumns": one(
        {
            "catalogId": text(),
            "databaseName": text(required=True),
            "name": text(required=True),
            "columnNames": texts(),
            "columnWildcard": one({"excludedColumnNames": texts()}),
        },
        replaces=True,
    ),
}


def _assignment(call: Call) -> PropertyValues:
    tag = call.inputs["lfTag"]
    lf_tag = {"CatalogId": tag.get("catalogId") or _catalog(call), "TagKey": tag["key"], "TagValues": [tag["value"]]}
    return {"CatalogId": _catalog(call), "Resource": to_aws(_TAGGED, call.inputs), "LFTags": [lf_tag]}


def _assign(call: Call) -> IdAndOutputs:
    parameters = _assignment(call)
    failures: list[Any] = call.aws("add_lf_tags_to_resource", **parameters).get("Failures") or []
    for failure in failures:
        raise AwsError(failure["Error"]["ErrorCode"], failure["Error"]["ErrorMessage"])
    return call.derived_id(json.dumps(parameters, sort_keys=True), length=10), {}


def _read_assignment(call: Call) -> PropertyValues | None:
    wanted = _assignment(call)
    answer = call.aws("get_resource_lf_tags", CatalogId=wanted["CatalogId"], Resource=wanted["Resource"])
    # Of several columns the AWS plugin looks at the first in the answer (`findTag` of resource_lf_tag.go).
    columns = [tag for column in answer.get("LFTagsOnColumns", [])[:1] for tag in column["LFTags"]]
    tags = [*answer.get("LFTagOnDatabase", []), *answer.get("LFTagsOnTable", []), *columns]
    assigned = wanted["LFTags"][0]
    exists = any(tag["TagKey"] == assigned["TagKey"] and tag["TagValues"] == assigned["TagValues"] for tag in tags)
    return dict(call.inputs) if exists else None


def _unassign(call: Call) -> None:
    if _read_assignment(call) is not None:
        call.aws("remove_lf_tags_from_resource", **_assignment(call))


ASSIGNMENT: Final = ResourceType(
    "aws:lakeformation/resourceLfTag:ResourceLfTag",
    "Lake Formation Resource LF-Tag",
    "lakeformation",
    {
        "catalogId": text(replaces=True),
        "lfTag": one(
            {"catalogId": text(), "key": text(required=True), "value": text(required=True)},
            required=True,
            replaces=True,
        ),
        **_TAGGED,
    },
    _assign,
    _read_assignment,
    None,
    _unassign,
)

RESOURCES: Final = (SETTINGS, LF_TAG, GRANT, LOCATION, ASSIGNMENT)
