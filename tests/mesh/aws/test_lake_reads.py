"""Reads that Lake Formation filters: to whom it shows what the plugin reads, at the end of an update and in a refresh.

IAM lets a preview read them all, and Lake Formation shows it nothing: `docs/on-aws.md` has it made without a refresh.
"""

from __future__ import annotations

from typing import Final

import botocore.session
import pytest

from mesh.acceptance.emitted import emitted
from mesh.aws.plugin_table import plugin_types
from mesh.folder import plan_folder
from mesh.plan.footprint import DeployedResource, footprint
from tests.mesh.conftest import DAY, TINY
from tests.program.sample import Planned

FILTERED: Final = frozenset(
    {
        "glue:GetDatabase",
        "glue:GetPartitionIndexes",
        "glue:GetTable",
        "lakeformation:GetLFTag",
        "lakeformation:GetResourceLFTags",
        "lakeformation:ListPermissions",
    }
)
"""Actions that Lake Formation answers by its own grants: DESCRIBE on the database, table or LF-tag, and of grants those
that the caller may see (Lake Formation Developer Guide, "Lake Formation permissions reference", "Metadata access
control"). Settings and registered places it shows to whom IAM lets."""
SETTINGS: Final = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
TYPES: Final = frozenset(
    token for token, each in plugin_types().items() if FILTERED & {call.action for call in each.read}
)


@pytest.fixture(scope="module")
def resources() -> list[DeployedResource]:
    return [each for each in footprint(plan_folder(TINY, DAY).plan) if each.type in TYPES]


@pytest.fixture(scope="module")
def administrators(planned_tiny: Planned) -> dict[str, list[str]]:
    """Administrators of Lake Formation by account, as the program says them."""
    settings = [each for each in emitted(planned_tiny.document) if each.type == SETTINGS]
    return {each.account: each.inputs["admins"] for each in settings}


def test_who_deploys_is_shown_by_lake_formation_what_it_reads(
    resources: list[DeployedResource], administrators: dict[str, list[str]]
) -> None:
    """An account whose settings nobody put leaves it to IAM (`IAM_ALLOWED_PRINCIPALS`): the partner's catalog."""
    hidden = [
        (each.access.deploy_role, each.type, each.name)
        for each in resources
        if each.access.account_id in administrators
        and each.access.deploy_role not in administrators[each.access.account_id]
        and not is_a_draft(each)
    ]
    assert hidden == []
    assert {each.type for each in resources} == TYPES


def is_a_draft(resource: DeployedResource) -> bool:
    """Whether it is a table that is open to all whom IAM admits, by the default permissions of its database."""
    return str(resource.inputs.get("databaseName", "")).endswith("__draft")


def test_the_preview_is_shown_nothing(resources: list[DeployedResource], administrators: dict[str, list[str]]) -> None:
    previews = {each.access.preview_role for each in resources}
    assert not previews & {role for roles in administrators.values() for role in roles}


def test_grants_are_listed_by_what_the_caller_may_see() -> None:
    """So a preview would find none, and the plugin takes a grant that is not listed for one that is gone."""
    model = botocore.session.get_session().get_service_model("lakeformation")
    assert "filtered by the permissions of the caller" in model.operation_model("ListPermissions").documentation
