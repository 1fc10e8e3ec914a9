"""A later run of a program: updates, replacements, aliases, protection, deletion, imports, reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.sandbox.engine.engine_harness import (
    PREFIX,
    THING,
    Account,
    Cloud,
    Product,
    Stack,
    Thing,
    messages,
    on,
    steps,
)


def one(name: str = "x", options: dict[str, Any] | None = None, **props: Any) -> Callable[[], None]:
    return lambda: Thing(name, on(Account(), **(options or {})), **props) and None


def pair(dependent: dict[str, Any] | None = None, *, options: dict[str, Any] | None = None, **props: Any) -> None:
    """`leaf` takes its property `source` (or `fixed`) from `root`."""
    account = Account()
    root = Thing("root", on(account, **(options or {})), **props)
    Thing("leaf", on(account), **(dependent or {"source": root.arn}))


def fixed_pair(**props: Any) -> None:
    account = Account()
    root = Thing("root", on(account), **props)
    Thing("leaf", on(account), fixed=root.arn)


def test_a_changed_input_is_an_update_that_keeps_the_id() -> None:
    stack = Stack()
    stack.up(one(size=1))
    result = stack.up(one(size=2))
    assert steps(result) == [("update", "x")]
    assert result.steps[-1].keys == ("size",)
    assert stack.remembered()["Thing::x"].id == "x-1"
    assert stack.cloud.things["x-1"]["size"] == 2
    request = stack.cloud.last("Update")
    assert (request.old_inputs["size"], request.olds["arn"], request.news["size"]) == (1, "arn:x-1", 2)


def test_a_provider_that_cannot_compare_is_compared_for() -> None:
    stack = Stack(cloud=Cloud(answers_diffs=False))
    stack.up(one(size=1))
    assert steps(stack.up(one(size=1))) == [("same", "x")]
    assert steps(stack.up(one(size=2))) == [("update", "x")]


def test_a_replacement_creates_first_and_deletes_in_the_end() -> None:
    stack = Stack()
    stack.up(lambda: pair(fixed="a"))
    result = stack.up(lambda: pair(fixed="b"))
    assert steps(result) == [
        ("create-replacement", "root"),
        ("replace", "root"),
        ("update", "leaf"),
        ("delete-replaced", "root"),
    ]
    assert result.steps[2].replaces == ("fixed",)
    assert sorted(stack.cloud.things) == ["leaf-2", "root-3"]
    assert len(stack.state.resources) == 4


def test_the_inputs_of_a_replacement_are_checked_anew_without_the_old_ones() -> None:
    stack = Stack()
    stack.up(one(fixed="a"))
    stack.cloud.requests.clear()
    stack.up(one(fixed="b"))
    olds = [request.HasField("olds") for method, request in stack.cloud.requests if method == "Check"]
    assert olds == [True, False]


def test_delete_before_replace_deletes_dependents_that_would_be_replaced_too() -> None:
    stack = Stack()
    stack.up(lambda: fixed_pair(unique="a"))
    result = stack.up(lambda: fixed_pair(unique="b"))
    assert steps(result) == [
        ("delete-replaced", "leaf"),
        ("delete-replaced", "root"),
        ("replace", "root"),
        ("create-replacement", "root"),
        ("replace", "leaf"),
        ("create-replacement", "leaf"),
    ]
    assert result.steps[-1].replaces == ("fixed",)
    assert sorted(stack.cloud.things) == ["leaf-4", "root-3"]


def test_delete_before_replace_leaves_dependents_that_an_update_will_do_for() -> None:
    stack = Stack()
    stack.up(lambda: pair(unique="a"))
    assert steps(stack.up(lambda: pair(unique="b"))) == [
        ("delete-replaced", "root"),
        ("replace", "root"),
        ("create-replacement", "root"),
        ("update", "leaf"),
    ]


@pytest.mark.parametrize(("wanted", "first"), [(True, "delete-replaced"), (False, "create-replacement")])
def test_the_option_delete_before_replace_overrules_the_provider(wanted: bool, first: str) -> None:
    stack = Stack()
    options = {"delete_before_replace": wanted}
    stack.up(one(options=options, fixed="a", unique="a"))
    changed = {"fixed": "b"} if wanted else {"unique": "b"}
    assert steps(stack.up(one(options=options, **{"fixed": "a", "unique": "a", **changed})))[0] == (first, "x")


def test_a_removed_dependent_that_was_deleted_first_is_not_created_again() -> None:
    stack = Stack()
    stack.up(lambda: fixed_pair(unique="a"))
    result = stack.up(one("root", unique="b"))
    assert steps(result)[-1] == ("remove-pending-replace", "leaf")
    assert list(stack.cloud.things) == ["root-3"]
    assert "Thing::leaf" not in stack.remembered()


def test_replace_on_changes_makes_an_update_a_replacement() -> None:
    stack = Stack()
    stack.up(one(options={"replace_on_changes": ["size"]}, size=1))
    result = stack.up(one(options={"replace_on_changes": ["size"]}, size=2))
    assert ("create-replacement", "x") in steps(result)


def test_a_replacement_trigger_and_replace_with_force_replacements() -> None:
    def program(trigger: str) -> None:
        account = Account()
        root = Thing("root", on(account, replacement_trigger=trigger))
        Thing("leaf", on(account, replace_with=[root], depends_on=[root]))

    stack = Stack()
    stack.up(lambda: program("1"))
    assert {operation for operation, _ in steps(stack.up(lambda: program("1")))} == {"same"}
    result = stack.up(lambda: program("2"))
    assert [step for step in steps(result) if step[0] == "create-replacement"] == [
        ("create-replacement", "root"),
        ("create-replacement", "leaf"),
    ]


@pytest.mark.parametrize("path", ["tags.owner", 'tags["owner"]', "tags[*]", "tags"])
def test_ignored_changes_are_not_seen(path: str) -> None:
    stack = Stack()
    stack.up(one(tags={"owner": "a"}))
    options = {"ignore_changes": [path]}
    assert steps(stack.up(one(options=options, tags={"owner": "b"}))) == [("same", "x")]
    assert stack.remembered()["Thing::x"].inputs["tags"] == {"owner": "a"}
    assert steps(stack.up(one(tags={"owner": "b"}))) == [("update", "x")]


def test_ignoring_what_a_longer_list_cannot_give_back_is_said() -> None:
    stack = Stack()
    stack.up(one(rules=[{"a": 1}]))
    result = stack.up(one(options={"ignore_changes": ["rules[1].a"]}, rules=[{"a": 1}, {"a": 2}]))
    assert "cannot ignore changes" in result.warnings[0].message
    assert steps(result) == [("update", "x")]


def test_an_alias_carries_a_resource_to_its_new_name() -> None:
    stack = Stack()
    stack.up(one("old"))
    assert steps(stack.up(one("new", options={"aliases": [pulumi.Alias(name="old")]}))) == [("same", "new")]
    assert list(stack.remembered()) == ["Stack::mesh-dev", "aws::account", "Thing::new"]
    assert stack.remembered()["Thing::new"].aliases == ()


def test_what_depends_on_a_renamed_resource_names_it_anew() -> None:
    def program(name: str, **options: Any) -> None:
        account = Account(name, opts=pulumi.ResourceOptions(**options))
        Thing("leaf", on(account), source=Thing("root", on(account)).arn)

    stack = Stack()
    stack.up(lambda: program("old"))

    def renamed_then_fails() -> None:
        account = Account("new", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]))
        Thing("late", on(account), fail="Create")

    assert stack.run(renamed_then_fails).failures
    assert "::account" not in str([resource.provider for resource in stack.state.resources])
    assert {resource.provider.split("::")[-2] for resource in stack.state.resources if resource.provider} == {"new"}
    assert steps(stack.up(lambda: None)) == [("delete", "leaf"), ("delete", "root")]


def test_an_alias_by_urn_does_the_same() -> None:
    stack = Stack()
    stack.up(one("old"))
    assert steps(stack.up(one("new", options={"aliases": [PREFIX + f"{THING}::old"]}))) == [("same", "new")]


def test_without_the_alias_a_new_name_is_a_new_resource() -> None:
    stack = Stack()
    stack.up(one("old"))
    assert steps(stack.up(one("new"))) == [("create", "new"), ("delete", "old")]


def test_children_follow_the_alias_of_their_parent() -> None:
    def program(name: str, **options: Any) -> None:
        Product(name, pulumi.ResourceOptions(providers=[Account()], **options), data={})

    stack = Stack()
    stack.up(lambda: program("old"))
    result = stack.up(lambda: program("new", aliases=[pulumi.Alias(name="old")]))
    assert steps(result) == [("same", "new"), ("same", "new-data")]


def test_a_child_moved_out_of_its_parent_is_found_by_its_alias() -> None:
    def before() -> None:
        Product("p", pulumi.ResourceOptions(providers=[Account()]), data={})

    def after() -> None:
        account = Account()
        product = Product("p", pulumi.ResourceOptions(providers=[account]))
        Thing("p-data", on(account, aliases=[pulumi.Alias(parent=product)]))

    stack = Stack()
    stack.up(before)
    assert ("same", "p-data") in steps(stack.up(after))


def test_two_resources_cannot_claim_one_alias() -> None:
    stack = Stack()
    stack.up(one("old"))

    def program() -> None:
        account = Account()
        first = Thing("a", on(account, aliases=[pulumi.Alias(name="old")]))
        Thing("b", on(account, aliases=[pulumi.Alias(name="old")], depends_on=[first]))

    assert "Duplicate resource alias" in messages(stack.run(program))


def test_a_protected_resource_is_neither_deleted_nor_replaced() -> None:
    stack = Stack()
    options = {"protect": True}
    stack.up(one(options=options, fixed="a"))
    for preview in (True, False):
        deleted = stack.run(Account, preview=preview)
        assert f'resource "{PREFIX}{THING}::x" cannot be deleted\nbecause it is protected.' in messages(deleted)
        replaced = stack.run(one(options=options, fixed="b"), preview=preview)
        assert f'unable to replace resource "{PREFIX}{THING}::x"\nas it is currently marked for' in messages(replaced)
    assert stack.remembered()["Thing::x"].inputs["fixed"] == "a"
    assert list(stack.cloud.things) == ["x-1"]
    stack.up(one(fixed="b"))
    assert list(stack.cloud.things) == ["x-2"]


def test_a_preview_goes_on_after_a_replacement_that_protection_forbids() -> None:
    def program(value: str) -> None:
        account = Account()
        Thing("x", on(account, protect=True), fixed=value)
        Thing("y", on(account), size=value)

    stack = Stack()
    stack.up(lambda: program("a"))
    result = stack.preview(lambda: program("b"))
    assert result.failures
    assert steps(result) == [
        ("create-replacement", "x"),
        ("replace", "x"),
        ("update", "y"),
        ("delete-replaced", "x"),
    ]


def test_protection_is_inherited_from_the_parent() -> None:
    stack = Stack()
    stack.up(lambda: Product("p", pulumi.ResourceOptions(providers=[Account()], protect=True), data={}) and None)
    assert stack.remembered()["Thing::p-data"].protect


def test_a_retained_resource_leaves_the_state_but_not_the_cloud() -> None:
    stack = Stack()
    stack.up(one(options={"retain_on_delete": True}))
    assert steps(stack.up(Account)) == [("delete", "x")]
    assert list(stack.cloud.things) == ["x-1"]
    assert "Thing::x" not in stack.remembered()


def test_what_is_deleted_with_another_is_not_deleted_on_its_own() -> None:
    def program() -> None:
        account = Account()
        bucket = Thing("bucket", on(account))
        Thing("object", on(account, deleted_with=bucket))

    stack = Stack()
    stack.up(program)
    assert steps(stack.up(Account)) == [("delete", "object"), ("delete", "bucket")]
    assert stack.cloud.names("Delete") == ["bucket"]


def test_dependents_are_deleted_before_what_they_need() -> None:
    stack = Stack()
    stack.up(lambda: pair())
    stack.up(Account)
    assert stack.cloud.names("Delete") == ["leaf", "root"]


def test_a_provider_no_longer_declared_still_deletes_what_it_made() -> None:
    stack = Stack()
    stack.up(one())
    result = stack.up(lambda: None)
    assert steps(result) == [("delete", "x")]
    assert stack.cloud.things == {}
    assert [resource.name for resource in stack.state.resources] == ["mesh-dev"]


def test_a_provider_whose_change_replaces_it_replaces_its_resources() -> None:
    stack = Stack()
    stack.up(one())
    result = stack.up(lambda: Thing("x", on(Account(region="eu-north-1"))) and None)
    first = next(step for step in result.steps if step.name == "x")
    assert (first.operation, first.replaces) == ("create-replacement", ("provider",))
    assert stack.cloud.things["x-2"]["region"] == "eu-north-1"
    assert list(stack.cloud.things) == ["x-2"]


def test_a_provider_whose_change_is_an_update_keeps_its_id() -> None:
    stack = Stack()
    stack.up(lambda: Thing("x", on(Account(profile="a"))) and None)
    before = stack.remembered()["aws::account"].id
    result = stack.up(lambda: Thing("x", on(Account(profile="b"))) and None)
    assert [step.operation for step in result.steps] == ["same", "update", "same"]
    assert stack.remembered()["aws::account"].id == before


def test_a_component_changes_when_its_inputs_do() -> None:
    class Labelled(pulumi.ComponentResource):
        def __init__(self, label: str) -> None:
            super().__init__("mesh:aws:Labelled", "l", {"label": label})
            self.register_outputs({"label": label})

    stack = Stack()
    stack.up(lambda: Labelled("a") and None)
    assert steps(stack.up(lambda: Labelled("a") and None)) == [("same", "l")]
    assert steps(stack.up(lambda: Labelled("b") and None)) == [("update", "l")]
    assert stack.remembered()["Labelled::l"].outputs == {"label": "b"}


def test_an_import_takes_over_what_exists() -> None:
    stack = Stack()
    stack.cloud.things["found"] = {"size": 1, "defaulted": True, "arn": "arn:found"}
    options = {"import_": "found"}
    assert steps(stack.up(one(options=options, size=1))) == [("import", "x")]
    assert stack.remembered()["Thing::x"].id == "found"
    assert steps(stack.up(one(options=options, size=1))) == [("same", "x")]
    assert steps(stack.up(one(size=1))) == [("same", "x")]


def test_an_import_that_differs_is_updated() -> None:
    stack = Stack()
    stack.cloud.things["found"] = {"size": 1, "defaulted": True, "arn": "arn:found"}
    assert steps(stack.up(one(options={"import_": "found"}, size=2))) == [("import", "x"), ("update", "x")]
    assert stack.cloud.things["found"]["size"] == 2


def test_an_import_of_what_does_not_exist_fails() -> None:
    assert messages(Stack().run(one(options={"import_": "nothing"}))) == "resource 'nothing' does not exist"


def test_a_resource_that_is_only_read_is_never_deleted() -> None:
    stack = Stack()
    stack.cloud.things["found"] = {"size": 1, "arn": "arn:found"}
    result = stack.up(lambda: pulumi.export("arn", Thing("x", on(Account(), id="found")).arn))
    assert steps(result) == [("read", "x")]
    assert result.outputs == {"arn": "arn:found"}
    assert stack.remembered()["Thing::x"].external
    assert steps(stack.up(Account)) == [("discard", "x")]
    assert list(stack.cloud.things) == ["found"]


def test_reading_what_does_not_exist_fails() -> None:
    assert messages(Stack().run(one(options={"id": "nothing"}))) == "resource 'nothing' does not exist"


def test_a_managed_resource_that_is_only_read_from_now_on_is_let_go() -> None:
    stack = Stack()
    stack.up(one())
    assert steps(stack.up(one(options={"id": "x-1"}))) == [("read", "x")]
    stack.cloud.things["y"] = {"arn": "arn:y"}
    stack.up(one())
    result = stack.up(one(options={"id": "y"}))
    assert steps(result) == [("read-replacement", "x"), ("replace", "x"), ("delete-replaced", "x")]
    assert "y" in stack.cloud.things


def test_a_preview_does_nothing_but_says_everything() -> None:
    stack = Stack()
    stack.up(lambda: fixed_pair(unique="a"))
    stack.state.to_json()
    before, things = stack.state.to_json(), dict(stack.cloud.things)
    assert steps(stack.preview(lambda: fixed_pair(unique="b"))) == [
        ("delete-replaced", "leaf"),
        ("delete-replaced", "root"),
        ("replace", "root"),
        ("create-replacement", "root"),
        ("replace", "leaf"),
        ("create-replacement", "leaf"),
    ]
    assert steps(stack.preview(Account)) == [("delete", "leaf"), ("delete", "root")]
    assert (stack.state.to_json(), stack.cloud.things) == (before, things)


def test_what_something_protected_needs_is_not_deleted_either() -> None:
    def program() -> None:
        account = Account()
        source = Thing("source", on(account))
        Thing("other", on(account))
        Thing("kept", on(account, protect=True), source=source.arn)

    stack = Stack()
    stack.up(program)
    result = stack.run(lambda: None)
    assert "because it is protected" in messages(result)
    assert steps(result) == [("delete", "other")]
    assert set(stack.remembered()) == {"Stack::mesh-dev", "aws::account", "Thing::source", "Thing::kept"}
