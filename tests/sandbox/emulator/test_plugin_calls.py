"""Calls of the AWS plugin beside the handler's: decided where they come, refused as AWS refuses, counted by outcome.

The table here is made by hand: two types of a service that nobody has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from mesh.aws.plugin_table import types_of
from mesh.aws.plugin_types import AskedAction
from sandbox.emulator import plugin_calls
from sandbox.emulator.asked_actions import Decides, note
from sandbox.emulator.aws import lifecycle
from sandbox.emulator.aws.fields import PropertyValues, text
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsError, Call, ResourceType, Tagging
from sandbox.emulator.moto_inventory import has_operation

ACCOUNT, REGION = "333333333333", "eu-west-1"
SHELF, BOX = "aws:shop/shelf:Shelf", "aws:shop/box:Box"
TABLE = """
source: {repository: hashicorp/terraform-provider-aws, commit: none, version: none, read: 2026-11-28}
types:
  aws:shop/shelf:Shelf:
    file: shelf.go
    create:
      - {call: shop:ListShelves}
      - {call: shop:CreateShelf, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
      - call: iam:PassRole
        on: "{role}"
        when: role
        keys: {iam:PassedToService: shop.amazonaws.com}
        along: true
        source: a page
      - {call: shop:PaintShelf, on: "arn:aws:shop:{region}:{account}:shelf/{id}"}
    read:
      - {call: shop:GetShelf, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
      - {call: shop:GetShelfLabels, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
      - {call: shop:GetShelfColour, on: "arn:aws:shop:{region}:{account}:shelf/{name}", forgiven: "it is white"}
    update:
      - {call: shop:UpdateShelf, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
    delete:
      - {call: shop:DeleteShelf, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
      - {call: shop:ListShelves}
    tag:
      - {call: shop:TagResource, on: "arn:aws:shop:{region}:{account}:shelf/{name}"}
    import: name
    defaults: {id: s-0}
  aws:shop/box:Box:
    file: box.go
    create: [shop:CreateBox, shop:SealBox]
    read: [shop:GetBox]
    update: []
    delete: [shop:DeleteBox]
    import: none
"""


@dataclass
class Shop:
    """A session whose gate refuses some actions, and whose AWS only remembers what it was sent."""

    refuses: frozenset[str] = frozenset()
    account_id: str = ACCOUNT
    records: Records = field(default_factory=Records)
    sent: list[str] = field(default_factory=list[str])
    asked: list[AskedAction] = field(default_factory=list[AskedAction])

    @property
    def decides(self) -> Decides | None:
        return self._refusals

    def _refusals(self, region: str, asked: Sequence[AskedAction]) -> Sequence[str]:
        assert region == REGION
        self.asked += asked
        return [f"no {each.action} on {each.resource}" if each.action in self.refuses else "" for each in asked]

    def call(self, service: str, region: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        action = f"{service}:{''.join(part.title() for part in operation.split('_'))}"
        note(action, f"arn:aws:{service}:{region}:{self.account_id}:shelf/{parameters['Name']}", {})
        self.sent.append(action)
        return {}


def create_shelf(call: Call) -> tuple[str, PropertyValues]:
    call.aws("create_shelf", Name=call.inputs["name"])
    call.id = "s-1"
    return call.id, {"colour": "white"}


def read_shelf(call: Call) -> PropertyValues | None:
    call.aws("get_shelf", Name=call.inputs["name"])
    return None if call.inputs["name"] == "gone" else {"name": call.inputs["name"], "colour": "white"}


def update_shelf(call: Call) -> None:
    call.aws("update_shelf", Name=call.inputs["name"])


def delete_shelf(call: Call) -> None:
    call.aws("delete_shelf", Name=call.inputs["name"])


class Untagged(Tagging):
    """Tags that nobody keeps."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        pass

    def read(self, call: Call) -> dict[str, str]:
        return {}


FIELDS = {"name": text(replaces=True), "role": text(), "kind": text()}
SHELF_TYPE = ResourceType(
    SHELF, "Shelf", "shop", FIELDS, create_shelf, read_shelf, update_shelf, delete_shelf, ("colour",),
    tagging=Untagged("", "", ""),
)  # fmt: skip
BOX_TYPE = ResourceType(
    BOX, "Box", "", {"name": text()}, lambda _: ("b-1", {}), lambda _: {"name": "b"}, recorded="there are no boxes"
)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_calls, "plugin_types", lambda: types_of(TABLE, "the table of this test"))


def call(shop: Shop, resource: ResourceType = SHELF_TYPE, /, **inputs: str) -> Call:
    return Call(shop, resource, REGION, {"name": "a", **inputs}, tags={"owner": "x"})


def actions(asked: Iterable[AskedAction]) -> list[str]:
    return [each.action for each in asked]


def outcomes(shop: Shop) -> dict[tuple[str, str], int]:
    return {(action, outcome): number for (_, action, outcome), number in shop.records.plugin_calls.items()}


def test_a_creation_asks_what_comes_first_then_what_the_handler_left_out_and_the_read() -> None:
    shop = Shop()
    lifecycle.create(call(shop))
    assert shop.sent == ["shop:CreateShelf"]
    first, *rest = actions(shop.asked)
    assert first == "shop:ListShelves"
    assert rest == [
        "shop:ListShelves",
        "shop:PaintShelf",
        "shop:GetShelf",
        "shop:GetShelfLabels",
        "shop:GetShelfColour",
    ]
    painted = next(each for each in shop.asked if each.action == "shop:PaintShelf")
    assert painted.resource == f"arn:aws:shop:{REGION}:{ACCOUNT}:shelf/s-1"


def test_what_reached_moto_is_not_asked_again() -> None:
    shop = Shop()
    lifecycle.read(call(shop))
    assert shop.sent == ["shop:GetShelf"]
    assert actions(shop.asked) == ["shop:GetShelfLabels", "shop:GetShelfColour"]


def test_another_resource_and_another_key_are_asked_though_the_action_was_made() -> None:
    made = AskedAction("iam:PassRole", "arn:a", {"aws:SecureTransport": True})
    assert made.covers(AskedAction("iam:PassRole", "arn:a", {}))
    assert not made.covers(AskedAction("iam:PassRole", "arn:b", {}))
    assert not made.covers(AskedAction("iam:PassRole", "arn:a", {"iam:PassedToService": "shop.amazonaws.com"}))


@pytest.mark.parametrize("refused", ["shop:ListShelves", "iam:PassRole"])
def test_a_refusal_of_what_comes_first_leaves_nothing(refused: str) -> None:
    shop = Shop(frozenset({refused}))
    made = call(shop, role="arn:aws:iam::333333333333:role/painter")
    with pytest.raises(AwsError, match=f"AccessDenied: no {refused} on "):
        lifecycle.create(made)
    assert (shop.sent, made.id, made.changed, shop.records.counts()) == ([], "", False, [])


@pytest.mark.parametrize("refused", ["shop:PaintShelf", "shop:GetShelfLabels"])
def test_a_refusal_behind_the_creation_leaves_the_resource_half_made(refused: str) -> None:
    shop = Shop(frozenset({refused}))
    made = call(shop)
    with pytest.raises(AwsError, match=f"AccessDenied: no {refused} on arn:aws:shop:"):
        lifecycle.create(made)
    assert (shop.sent, made.id, made.changed, made.state) == (["shop:CreateShelf"], "s-1", True, {"colour": "white"})
    assert [count.total for count in shop.records.counts()] == [1]


def test_what_the_plugin_forgives_is_no_failure() -> None:
    lifecycle.create(call(Shop(frozenset({"shop:GetShelfColour"}))))


def test_a_role_is_passed_to_the_service_that_the_table_names() -> None:
    shop = Shop()
    lifecycle.create(call(shop, role="arn:aws:iam::333333333333:role/painter"))
    passed = next(each for each in shop.asked if each.action == "iam:PassRole")
    assert passed.resource == "arn:aws:iam::333333333333:role/painter"
    assert passed.keys == {"iam:PassedToService": "shop.amazonaws.com"}


def test_a_resource_that_is_gone_is_asked_nothing_more() -> None:
    shop = Shop()
    assert lifecycle.read(call(shop, name="gone")) is None
    assert shop.asked == []


def test_a_change_asks_its_calls_and_the_read_and_tags_theirs() -> None:
    shop = Shop()
    changed = call(shop, kind="new")
    changed.old, changed.state = {"name": "a"}, {"tagsAll": {"owner": "x"}}
    lifecycle.update(changed)
    assert shop.sent == ["shop:UpdateShelf"]
    assert actions(shop.asked) == ["shop:GetShelf", "shop:GetShelfLabels", "shop:GetShelfColour"]
    tagged = call(shop)
    tagged.old, shop.asked = {"name": "a"}, []
    lifecycle.update(tagged)
    assert actions(shop.asked) == ["shop:TagResource"]


def test_a_refused_deletion_deletes_nothing() -> None:
    shop = Shop(frozenset({"shop:ListShelves"}))
    with pytest.raises(AwsError, match="AccessDenied: no shop:ListShelves on "):
        lifecycle.delete(call(shop))
    assert shop.sent == []


def test_a_type_that_is_only_recorded_is_refused_before_it_is_recorded() -> None:
    made = call(Shop(frozenset({"shop:CreateBox"})), BOX_TYPE)
    with pytest.raises(AwsError, match="no shop:CreateBox"):
        lifecycle.create(made)
    assert made.id == ""
    half = call(Shop(frozenset({"shop:SealBox"})), BOX_TYPE)
    with pytest.raises(AwsError, match="no shop:SealBox"):
        lifecycle.create(half)
    assert (half.id, half.changed) == ("b-1", True)


def test_calls_are_counted_by_outcome() -> None:
    shop = Shop()
    lifecycle.create(call(shop, role="arn:aws:iam::333333333333:role/painter"))
    lifecycle.delete(call(shop))
    assert outcomes(shop) == {
        ("shop:ListShelves", "left"): 2,
        ("shop:CreateShelf", "made"): 1,
        ("iam:PassRole", "along"): 1,
        ("shop:PaintShelf", "left"): 1,
        ("shop:GetShelf", "left"): 1,
        ("shop:GetShelfLabels", "left"): 1,
        ("shop:GetShelfColour", "left"): 1,
        ("shop:DeleteShelf", "made"): 1,
    }
    has = {"shop:GetShelf", "shop:PaintShelf"}
    counts = {count.action: count[2:] for count in shop.records.plugin_call_counts(lambda _, action: action in has)}
    assert counts["shop:GetShelf"] == (0, 0, 1, 0, 0)
    assert counts["shop:PaintShelf"] == (0, 0, 0, 1, 0)
    assert counts["shop:GetShelfLabels"] == (0, 0, 0, 0, 1)


def test_a_value_that_nobody_gave_is_no_silent_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = TABLE.replace("shelf/{id}", "shelf/{number}")
    monkeypatch.setattr(plugin_calls, "plugin_types", lambda: types_of(wrong, "the table of this test"))
    with pytest.raises(AwsError, match="NotDecided: on what shop:PaintShelf is asked cannot be told"):
        lifecycle.create(call(Shop()))


def test_a_stand_in_for_an_id_is_not_asked_before_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first = '{call: shop:LabelShelf, along: true, source: a page, on: "arn:aws:shop:{region}:{account}:shelf/{id}"}'
    early = TABLE.replace(
        "- {call: shop:ListShelves}\n      - {call: shop:Create", f"- {first}\n      - {{call: shop:Create"
    )
    monkeypatch.setattr(plugin_calls, "plugin_types", lambda: types_of(early, "the table of this test"))
    shop = Shop()
    lifecycle.create(call(shop))
    labelled = [each.resource for each in shop.asked if each.action == "shop:LabelShelf"]
    assert labelled == [f"arn:aws:shop:{REGION}:{ACCOUNT}:shelf/s-1"]


def test_without_policies_nothing_is_asked_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shop, "decides", None)
    shop = Shop(frozenset({"shop:GetShelf"}))
    lifecycle.create(call(shop))
    assert outcomes(shop) == {}


@pytest.mark.parametrize(
    ("action", "has"),
    [
        ("glue:GetPartitionIndexes", True),
        ("budgets:ViewBudget", True),
        ("s3:GetLifecycleConfiguration", True),
        ("s3:GetBucketRequestPayment", False),
        ("iam:ListOrganizationsFeatures", False),
        ("kms:EnableKeyRotation", True),
        ("ram:AssociateResourceShare", False),
        ("nobody:GetAnything", False),
    ],
)
def test_moto_has_an_operation_or_a_call_counts_as_one_that_cannot_be_made(action: str, has: bool) -> None:
    assert has_operation(action) is has
