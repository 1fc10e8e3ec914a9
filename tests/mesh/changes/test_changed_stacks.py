"""Changed stacks: what a person is shown of each, those first that stop or lose something, and the files behind it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from mesh.changes.affected_stacks import AffectedStack, StackChange
from mesh.changes.changed_stacks import MOST_LINES, changed_stacks

BUCKET: Final = "aws:s3/bucket:Bucket"


def resource(name: str, kind: str = BUCKET, *, protect: bool = False, **inputs: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:x::mesh::{kind}::{name}",
        "type": kind,
        "name": name,
        "inputs": inputs,
        "protect": protect,
        "retainOnDelete": protect,
    }


def shown(
    before: list[dict[str, Any]], after: list[dict[str, Any]], change: StackChange = "update", *files: str
) -> list[str]:
    candidate = AffectedStack("domain-ads", change, ("products.impressions.retention",))
    (found,) = changed_stacks([candidate], {"domain-ads": before}, {"domain-ads": after}, files)
    return [*found.lines(), *found.files]


def test_what_came_out_the_same_is_left_out() -> None:
    same = {"domain-ads": [resource("a")]}
    assert changed_stacks([AffectedStack("domain-ads", "update", ("name",))], same, same, ()) == ()


def test_what_stops_comes_first_then_what_is_lost_then_the_rest() -> None:
    before = [resource("kept", protect=True), resource("free"), resource("tagged", tags={"a": "1"})]
    after = [resource("tagged", tags={"a": "2"}), resource("new")]
    assert shown(before, after) == [
        "domain-ads: 1 added, 1 changed, 2 removed, 1 refused, data lost in 1",
        "  removed Bucket kept; refused, for it is protected: deploy 'deletion-protection: false' first, then remove "
        "it; its data go then",
        "  removed Bucket free; data is lost: its objects and their old versions",
        "  changed Bucket tagged: tags.a: 1 → 2",
    ]


def test_a_new_stack_and_one_that_goes_say_so() -> None:
    assert shown([], [resource("a")], "create") == ["domain-ads: new, 1 added"]
    assert shown([resource("a")], [], "destroy")[0] == "domain-ads: destroyed, 1 removed, data lost in 1"


def test_an_order_alone_is_said_to_be_one() -> None:
    one = resource("a")
    assert shown([one], [{**one, "dependencies": ["x"]}]) == ["domain-ads: the order in which it is made"]


def test_a_long_list_is_cut_with_its_number() -> None:
    before, after = ([resource(str(n), tags={"a": side}) for n in range(20)] for side in ("1", "2"))
    lines = shown(before, after)
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "  and 12 more; all of them with --json"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (["stacks/domains/ads.yaml", "stacks/domains/content.yaml"], ["stacks/domains/ads.yaml"]),
        (["stacks/contracts/x/impressions.odcs.yaml"], ["stacks/contracts/x/impressions.odcs.yaml"]),
        (["stacks/domains/ads.yaml", "stacks/mesh.yaml"], ["stacks/domains/ads.yaml", "stacks/mesh.yaml"]),
        (["stacks/clearances/pii.yaml", "stacks/mesh.yaml"], ["stacks/clearances/pii.yaml", "stacks/mesh.yaml"]),
    ],
)
def test_the_reason_is_the_files_that_it_is_made_of(files: list[str], told: list[str]) -> None:
    assert shown([resource("a")], [], "destroy", *files)[-len(told) :] == told
