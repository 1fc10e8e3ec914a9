"""Ids of AWS are found in whatever text they stand, and words are none."""

from __future__ import annotations

import pytest

from tests.cli.named_ids import named_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("arn:aws:iam::111111111111:role/mesh/deploy", {"111111111111"}),
        ("arn:aws:organizations::1:ou/o-ab12cd34ef/ou-ab12-cd34ef56", {"o-ab12cd34ef", "ou-ab12-cd34ef56"}),
        ('"aws:PrincipalOrgPaths": "o-ab12cd34ef/r-ab12/*"', {"o-ab12cd34ef", "r-ab12"}),
        ("aurora-ads--x-333333333333-eu-west-1-an", {"333333333333"}),
        ("vpc-0123456789abcdef0", {"vpc-0123456789abcdef0"}),
        ("11111111-1111-4111-8111-111111111111", {"11111111-1111-4111-8111-111111111111"}),
        ("arn:aws:sso:::instance/ssoins-0123456789abcdef", {"ssoins-0123456789abcdef"}),
        ("2026-11-29, 1234567890123, mesh-o-clock, for-each-unit, role/mesh/deploy-access", set()),
    ],
)
def test_ids_are_found_and_nothing_else(text: str, ids: set[str]) -> None:
    assert named_ids(text) == ids
