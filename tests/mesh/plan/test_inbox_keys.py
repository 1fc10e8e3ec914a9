"""Keys of partners' inboxes: named by their alias until `accounts.yaml` has their id, by their own ARN from then on."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from mesh.plan import Plan

TINY = Path(__file__).parents[1] / "tiny"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


def planned(folder: Path, more: str) -> Plan:
    mesh = Path(shutil.copytree(TINY, folder / "mesh"))
    file = mesh / "accounts.yaml"
    file.write_text(f"{file.read_text('utf-8')}{more}", "utf-8")
    return plan_folder(mesh, datetime.date(2027, 1, 1)).plan


@pytest.mark.parametrize(
    ("more", "named"), [("", "alias/mesh/inbox"), (f"inbox-keys: {{courier: {KEY}}}\n", f"key/{KEY}")]
)
def test_replication_names_the_key_by_its_own_arn_once_its_id_is_known(tmp_path: Path, more: str, named: str) -> None:
    plan = planned(tmp_path, more)
    deliveries = [
        delivery
        for domain in plan.domains.values()
        for replication in domain.deliveries.values()
        for delivery in replication.deliveries
    ]
    assert {delivery.key for delivery in deliveries} == {f"arn:aws:kms:eu-west-1:410000000072:{named}"}
    assert plan.inbox_keys == ({"courier": KEY} if more else {})
