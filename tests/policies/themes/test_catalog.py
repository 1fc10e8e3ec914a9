"""Rules on the catalog and Lake Formation."""

from __future__ import annotations

import pytest
from mesh_guardrails.rule import RegisteredResource
from mesh_guardrails.themes import catalog

from tests.policies.registered import resource

GRANT = "aws:lakeformation/permissions:Permissions"
SETTINGS = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"
OPEN = {"principal": "IAM_ALLOWED_PRINCIPALS", "permissions": ["ALL"]}


def test_a_grant_to_everybody_whom_iam_allows_is_found() -> None:
    (message,) = catalog.iam_allowed_principals(resource(GRANT, "g", principal="IAM_ALLOWED_PRINCIPALS"))
    assert message.startswith("'g' grants to IAM_ALLOWED_PRINCIPALS")


def test_a_database_of_drafts_alone_is_open_to_everybody_whom_iam_allows() -> None:
    opened = [{"permissions": ["ALL"], "principal": {"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}}]
    for name, is_draft in (("ads__impressions__draft", True), ("ads__impressions", False), ("draft", False)):
        database = RegisteredResource(DATABASE, "d", "urn:d", {"name": name, "createTableDefaultPermissions": opened})
        grant = resource(GRANT, "g", principal="IAM_ALLOWED_PRINCIPALS", database={"name": name})
        for one in (database, grant):
            assert bool(list(catalog.iam_allowed_principals(one))) is not is_draft
    closed = resource(DATABASE, "d", createTableDefaultPermissions=[])
    assert list(catalog.iam_allowed_principals(closed)) == []


@pytest.mark.parametrize("setting", ["createDatabaseDefaultPermissions", "createTableDefaultPermissions"])
def test_a_default_grant_to_everybody_whom_iam_allows_is_found(setting: str) -> None:
    (message,) = catalog.iam_allowed_principals(resource(SETTINGS, "s", **{setting: [OPEN]}))
    assert setting in message


@pytest.mark.parametrize(
    "one",
    [
        resource(GRANT, principal="arn:aws:iam::111122223333:role/mesh/clearance/pii"),
        resource(GRANT, principal="111122223333:IAMPrincipals"),
        resource(SETTINGS, createDatabaseDefaultPermissions=[], admins=["arn:aws:iam::111122223333:role/x"]),
        resource(SETTINGS),
    ],
)
def test_other_grants_are_fine(one: RegisteredResource) -> None:
    assert list(catalog.iam_allowed_principals(one)) == []
