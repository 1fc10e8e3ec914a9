"""Files of the plugin's types: each is read whole, and what is wrong in one is said with what there may be."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mesh.aws.plugin_table import (
    MalformedPluginError,
    plugin_reads,
    plugin_types,
    provider_calls,
    reads_by_type,
    types_of,
)
from mesh.aws.plugin_types import AskedAction, PluginCall, as_meant, call_values

GOOD = """source: {repository: r, commit: c, version: v, read: d}
types:
  aws:x/thing:Thing:
    file: internal/service/x/thing.go
    create:
      - call: x:Create
        on: ["arn:aws:x:{region}:{account}:{path}{name}", "{settings.keyArn}"]
        keys: {x:Owner: "{owners}"}
      - {call: iam:PassRole, on: "{roleArn}", when: roleArn, forgiven: never, along: true, source: a page}
    read:
      - x:Get
    update:
      - {call: x:Update, when: [name, "kind = a or kind ^= b"]}
    import: id
    defaults: {path: "/{region}/"}
    bugs:
      - {issue: "x#1", state: open, what: "it is gone", stops: nothing}
"""


def thing(text: str = GOOD) -> tuple[PluginCall, ...]:
    return types_of(text, "x.yaml")["aws:x/thing:Thing"].every_call


def test_a_file_is_read() -> None:
    (read,) = types_of(GOOD, "x.yaml").values()
    assert [call.action for call in read.calls("create")] == ["x:Create", "iam:PassRole", "x:Get"]
    assert [call.action for call in read.calls("update")] == ["x:Update", "x:Get"]
    assert ([call.action for call in read.calls("read")], read.calls("delete")) == (["x:Get"], ())
    assert (read.import_id, read.bugs[0].state, read.create[1].forgiven) == ("id", "open", "never")
    assert [call.along for call in read.create] == [False, True]
    assert read.create[0].names == {"region", "account", "path", "name", "settings.keyArn", "owners"}


def test_a_template_is_filled_with_inputs_and_defaults_and_each_value_of_a_list() -> None:
    (read,) = types_of(GOOD, "x.yaml").values()
    values = {"region": "r", "account": "1", "name": "n", "settings": [{"keyArn": "k"}, {"keyArn": "l"}]}
    assert read.resources(read.create[0], values) == ("arn:aws:x:r:1:/r/n", "k", "l")
    assert read.resources(read.create[0], {**values, "path": "/own/"})[0] == "arn:aws:x:r:1:/own/n"
    with pytest.raises(KeyError, match="name"):
        read.resources(read.create[0], {**values, "name": ""})


def test_a_key_is_sent_once_for_each_value_and_not_at_all_without_one() -> None:
    (read,) = types_of(GOOD, "x.yaml").values()
    assert read.keys(read.create[0], {"owners": ["a", "b"]}) == ({"x:Owner": "a"}, {"x:Owner": "b"})
    assert read.keys(read.create[0], {"owners": True}) == ({"x:Owner": "true"},)
    assert read.keys(read.create[0], {}) == ({},)


@pytest.mark.parametrize(
    ("when", "inputs", "made"),
    [
        ("roleArn", {"roleArn": "x"}, True),
        ("roleArn", {"roleArn": ""}, False),
        ("enabled", {"enabled": False}, False),
        ("!enabled", {"enabled": False}, True),
        ("!enabled", {"enabled": "x"}, False),
        ("enabled != false", {}, True),
        ("enabled != false", {"enabled": False}, False),
        ("kind = a", {"kind": ["b", "a"]}, True),
        ("kind = a", {}, False),
        ("target ^= ou-", {"target": "ou-x"}, True),
        ("target !^= ou-", {"target": "ou-x"}, False),
        ("target ^= ou-", {"target": "x-ou-"}, False),
        ("a.b", {"a": [{"b": 0}]}, True),
        ("a.b", {"a": {"c": 1}}, False),
        ("one or two = b", {"two": "b"}, True),
        ("one or two = b", {"two": "c"}, False),
    ],
)
def test_a_call_is_made_where_its_condition_holds(when: str, inputs: dict[str, object], made: bool) -> None:
    assert PluginCall(action="x:Y", when=(when,)).made(inputs) is made


def test_a_call_is_made_where_all_its_conditions_hold() -> None:
    update = thing()[3]
    assert update.made({"name": "n", "kind": "bb"})
    assert not update.made({"kind": "a"})
    assert PluginCall(action="x:Y").made({})


@pytest.mark.parametrize(
    ("arn", "meant"),
    [
        ("arn:aws:kms:r:a:key/arn:aws:kms:r:a:key/k", "arn:aws:kms:r:a:key/k"),
        ("arn:aws:s3:::s3://bucket/place/metadata/*", "arn:aws:s3:::bucket/place/metadata/*"),
        ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket"),
    ],
)
def test_a_value_that_is_an_arn_or_an_address_is_meant_as_it_is(arn: str, meant: str) -> None:
    assert as_meant(arn) == meant


def test_a_call_is_asked_on_each_resource_with_each_of_its_keys_on_what_is_meant() -> None:
    (read,) = types_of(GOOD, "x.yaml").values()
    key = "arn:aws:kms:r:1:key/k"
    properties = {"name": key, "settings": {"keyArn": key}, "owners": ["a", "b"]}
    values = call_values(properties, {}, account="1", region="r", tags={}, given="")
    assert read.asked(read.create[0], values) == tuple(AskedAction("x:Create", key, {"x:Owner": o}) for o in "ab")


def test_values_are_those_of_the_resource_of_who_asks_and_of_what_is_looked_up() -> None:
    properties, tags = {"name": "n", "region": "elsewhere", "account": "x"}, {"mesh": "m"}
    values = call_values(properties, {"rolePath": "/mesh/"}, account="1", region="r", tags=tags, given="i-1")
    assert values == {"name": "n", "rolePath": "/mesh/", "account": "1", "region": "r", "tags": tags, "id": "i-1"}
    assert "id" not in call_values(properties, {}, account="1", region="r", tags={}, given="")


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_value_stands_in_a_resource_as_it_is(name: str, path: str) -> None:
    assume("arn:" not in path + name and not f"{path}{name}".startswith("::s3://"))  # another test has what is meant
    (read,) = types_of(GOOD, "x.yaml").values()
    values = {"region": "r", "account": "1", "name": name, "path": path, "settings": {"keyArn": "k"}}
    assert read.resources(read.create[0], values)[0] == f"arn:aws:x:r:1:{path}{name}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    read:\n", "    reads:\n", "x.yaml: types.aws:x/thing:Thing: 'reads' is unknown; there are bugs, create"),
        ("    import: id\n", "", "x.yaml: types.aws:x/thing:Thing.import: a text, and not empty"),
        ("      - x:Get\n", "      - Get\n", "Thing.read[0]: 'Get' is no action; one is `service:Name`"),
        ("      - x:Get\n", "      {}\n", "Thing.read: a list of calls"),
        (
            "call: x:Update",
            "calls: x:Update",
            "Thing.update[0]: 'calls' is unknown; there are along, call, forgiven, keys",
        ),
        ("kind = a or", "kind is a or", "Thing.update[0].when: 'kind is a' is `property`, `!property`, or one with"),
        ("along: true", "along: yes sir", "Thing.create[1].along: true, or it is left out"),
        (
            ", source: a page",
            "",
            "Thing.create[1].source: AWS's page that says that it is asked along",
        ),
        (
            "      - x:Get\n",
            "      - {call: x:Get, along: true, source: a page}\n",
            "Thing.read: all calls are asked along, and there is none along with which they are",
        ),
        ("state: open, ", "", "Thing.bugs.state: a text, and not empty"),
        (
            "commit: c",
            "commits: c",
            "x.yaml: source: 'commits' is unknown; there are commit, read, repository, version",
        ),
        ("types:\n", "kinds:\n", "x.yaml: 'kinds' is unknown; there are source, types"),
        ("    bugs:\n", "    bugs: [\n", "x.yaml: "),
        (GOOD, "[]", "x.yaml: it is a map of names"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(MalformedPluginError) as error:
        types_of(GOOD.replace(old, new), "x.yaml")
    assert words in str(error.value)


def test_the_provider_becomes_its_role_and_asks_who_it_is() -> None:
    assert [(step, [c.action for c in calls]) for step, calls in provider_calls().items()] == [
        ("enter", ["sts:AssumeRole"]),
        ("read", ["sts:GetCallerIdentity"]),
    ]


def test_the_reads_are_those_of_every_type_and_of_the_provider() -> None:
    assert plugin_reads() == {"sts:GetCallerIdentity"}.union(*reads_by_type().values())
    assert set(reads_by_type()) == set(plugin_types())
    assert all(reads_by_type().values())


def test_a_read_whose_refusal_is_forgiven_is_asked_all_the_same() -> None:
    kind = "aws:sns/topicSubscription:TopicSubscription"
    assert [call.action for call in plugin_types()[kind].read if call.forgiven] == ["sns:ListSubscriptionsByTopic"]
    assert reads_by_type()[kind] == ("sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic")
