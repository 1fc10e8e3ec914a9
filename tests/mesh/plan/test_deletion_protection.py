"""Protection from deletion: the product's word counts before its owner's file, and that before the mesh's default."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh.folder import plan_folder
from tests.e2e.journal import DAY

ON, OFF, NOTHING = "deletion-protection: true", "deletion-protection: false", ""


@pytest.mark.parametrize(
    ("default", "owner", "product", "account_is", "product_is"),
    [
        (NOTHING, NOTHING, NOTHING, True, True),
        (OFF, NOTHING, NOTHING, False, False),
        (NOTHING, OFF, NOTHING, False, False),
        (OFF, ON, NOTHING, True, True),
        (NOTHING, OFF, ON, False, True),
        (NOTHING, ON, OFF, True, False),
    ],
)
def test_the_nearest_file_decides(
    tiny: Path, default: str, owner: str, product: str, account_is: bool, product_is: bool
) -> None:
    for file, line in (("mesh.yaml", f"defaults: {{{default}}}"), ("domains/shop.yaml", owner)):
        (tiny / file).write_text(f"{(tiny / file).read_text()}{line}\n")
    domain = tiny / "domains/shop.yaml"
    domain.write_text(domain.read_text().replace("retention: 30 days", f"retention: 30 days, {product}".rstrip(", ")))
    plan = plan_folder(tiny, DAY).plan
    accounts = {one.name: one.deletion_protection for one in plan.organization.args.accounts}
    assert (accounts["domain-shop"], plan.domains["shop"].account.deletion_protection) == (account_is, account_is)
    assert plan.domains["shop"].products["clicks"].deletion_protection == product_is
    # Its neighbour is what the default says.
    assert accounts["domain-orders"] == (default != OFF)


def test_a_partner_has_the_key_too(tiny: Path) -> None:
    file = tiny / "partners/courier.yaml"
    file.write_text(f"{file.read_text()}{OFF}\n")
    plan = plan_folder(tiny, DAY).plan
    courier = plan.partners["courier"]
    accounts = {one.name: one.deletion_protection for one in plan.organization.args.accounts}
    assert not accounts["partner-courier"]
    assert (courier.account.deletion_protection, courier.partner.deletion_protection) == (False, False)
    assert accounts["governance"]
