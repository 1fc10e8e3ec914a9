"""Exceptions in the pack: what it reads, what keeps it from running, and what is told of those that were of no use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from mesh_guardrails import exceptions as module
from mesh_guardrails.exceptions import Exceptions, UnusableExceptionsError, read
from mesh_guardrails.rule import Rule
from mesh_guardrails.rules import RULES, STACK_RULES
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from mesh.findings import NotPossibleError
from mesh.model.exceptions_file import LONGEST_EXCEPTION, GuardrailException
from sandbox.engine.wire import UNKNOWN, to_struct
from sandbox.runs.policy_host import PACK
from sandbox.runs.policy_process import PolicyProcess

EVERY = (*RULES, *STACK_RULES)
CLOSED = Rule(name="closed", theme="perimeter", severity="high", description="A rule.", check=tuple[str, ...])
GRANT = "aws:lakeformation/permissions:Permissions"
BUCKET = "aws:s3/bucket:Bucket"
DAY = "2026-12-01"


def entry(**over: str) -> str:
    said = {
        "rule": "bucket-has-public-access-block",
        "resource": "domain-shop/clicks",
        "reason": "A site serves it.",
        "owner": "shop",
        "expires": "2027-05-01",
    }
    return "  - {" + ", ".join(f'{key}: "{value}"' for key, value in {**said, **over}.items() if value) + "}\n"


def written(folder: Path, *entries: str) -> dict[str, str]:
    file = folder / "exceptions.yaml"
    file.write_text("".join(["exceptions:\n", *entries]), "utf-8")
    return {"MESH_EXCEPTIONS": str(file), "MESH_AS_OF": DAY}


def test_one_that_is_right_is_read(tmp_path: Path) -> None:
    (one,) = read(EVERY, written(tmp_path, entry())).every
    assert (one.stack, one.pattern, str(one.expires)) == ("domain-shop", "clicks", "2027-05-01")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"rule": "bucket-has-public-acess-block"}, "there is no rule 'bucket-has-public-acess-block'"),
        ({"rule": "closed"}, "'closed' accepts no exception, as no rule of the theme 'perimeter' does"),
        ({"owner": ""}, "the keys rule, resource, reason, owner, expires are expected"),
        ({"reason": " "}, "'reason' is empty"),
        ({"until": "2027-01-01"}, "the keys rule, resource, reason, owner, expires are expected"),
        ({"expires": "soon"}, "'soon' is no day"),
        ({"expires": "2027-05-31"}, "it lasts until 2027-05-31, more than 180 days"),
        ({"resource": "clicks"}, "'clicks' is not <stack>/<pattern of a name>"),
        ({"resource": "*/clicks"}, "'*/clicks' is not"),
        ({"resource": "domain-shop/*"}, "'domain-shop/*' is not"),
        ({"resource": "domain-shop/a[a-z]"}, "'domain-shop/a[a-z]' is not"),
    ],
)
def test_one_that_is_wrong_keeps_the_pack_from_running(tmp_path: Path, over: dict[str, str], said: str) -> None:
    with pytest.raises(UnusableExceptionsError) as error:
        read((*EVERY, CLOSED), written(tmp_path, entry(resource="domain-shop/orders"), entry(**over)))
    assert f"exceptions.yaml: exceptions[1]: {said}" in str(error.value)


@pytest.mark.parametrize(("key", "text"), [("reason", '"A site serves it."'), ("owner", '"shop"')])
@pytest.mark.parametrize("value", ["[shop]", "7", "{a: b}"])
def test_a_reason_or_an_owner_that_is_no_text_keeps_the_pack_from_running(
    tmp_path: Path, key: str, text: str, value: str
) -> None:
    shown = entry().replace(f"{key}: {text}", f"{key}: {value}")
    assert f"{key}: {value}" in shown
    with pytest.raises(UnusableExceptionsError, match=rf"exceptions\[0\]: '{key}' is no text"):
        read(EVERY, written(tmp_path, shown))


def test_the_last_day_that_is_allowed_is_allowed(tmp_path: Path) -> None:
    assert read(EVERY, written(tmp_path, entry(expires="2027-05-30"))).every


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the key 'exceptions' is expected at the top, and nothing else"),
        ("exceptions:\n", "'exceptions' is expected to be a list"),
        ("exceptions: []\nmore: 1\n", "the key 'exceptions' is expected at the top"),
        ("exceptions: [\n", "expected"),
        ("exceptions:\n  - {rule: a, rule: b}\n", "a key stands twice in line 2"),
        ("exceptions: []\nexceptions: []\n", "a key stands twice in line 1"),
        ("exceptions:\n  - 7\n", "exceptions[0]: the keys"),
    ],
)
def test_a_file_that_is_wrong_is_never_none(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "exceptions.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(UnusableExceptionsError) as error:
        read(EVERY, {"MESH_EXCEPTIONS": str(file), "MESH_AS_OF": DAY})
    assert said in str(error.value)


def test_the_pack_and_the_model_of_the_file_ask_the_same() -> None:
    keys = {field.alias or name for name, field in GuardrailException.model_fields.items()}
    schema = GuardrailException.model_json_schema(by_alias=True)
    assert (keys, module.LONGEST) == (set(module.KEYS), LONGEST_EXCEPTION)
    assert schema["properties"]["resource"]["pattern"] == f"^{module.RESOURCE.pattern}$"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnusableExceptionsError) as error:
        read(EVERY, written(tmp_path, entry(rule="no"), entry(expires="soon"), entry(), entry()))
    assert len(str(error.value).splitlines()) == 3
    assert "is excepted twice for 'domain-shop/clicks'" in str(error.value)


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableExceptionsError, match="cannot be used"):
        read(EVERY, {"MESH_EXCEPTIONS": str(tmp_path / "none.yaml")})
    with pytest.raises(UnusableExceptionsError, match="MESH_AS_OF is 'today'"):
        read(EVERY, {"MESH_EXCEPTIONS": "", "MESH_AS_OF": "today"})


def test_without_a_variable_the_file_beside_the_pack_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BESIDE_THE_PACK", tmp_path / "exceptions.yaml")
    assert read(EVERY, {}).every == ()
    written(tmp_path, entry())
    assert read(EVERY, {"MESH_AS_OF": DAY}).every
    assert read(EVERY, {"MESH_EXCEPTIONS": "", "MESH_AS_OF": DAY}).every == ()


def of_the_shop(name: str) -> str:
    return f"urn:pulumi:domain-shop::mesh::{BUCKET}::{name}"


def shop(tmp_path: Path, *entries: str, day: str = DAY) -> Exceptions:
    return read(EVERY, {**written(tmp_path, *entries), "MESH_AS_OF": day})


def test_an_exception_is_of_its_rule_its_stack_and_its_names(tmp_path: Path) -> None:
    every = shop(tmp_path, entry(resource="domain-shop/clicks-*"))
    rule = "bucket-has-public-access-block"
    assert every.covering(rule, of_the_shop("clicks-1"), "clicks-1")
    assert not every.covering(rule, of_the_shop("clicks"), "clicks")
    assert not every.covering("no-default-provider", of_the_shop("clicks-1"), "clicks-1")
    assert not every.covering(rule, of_the_shop("clicks-1").replace("shop", "shops"), "clicks-1")


def test_of_one_that_was_of_use_nothing_is_told_and_the_next_run_asks_anew(tmp_path: Path) -> None:
    every = shop(tmp_path, entry())
    every.covering("bucket-has-public-access-block", of_the_shop("clicks"), "clicks")
    assert list(every.mistakes("domain-shop", ["clicks"])) == []
    assert len(list(every.mistakes("domain-shop", ["clicks"]))) == 1


def test_one_that_allows_nothing_is_told_with_the_reason(tmp_path: Path) -> None:
    every = shop(tmp_path, entry(), entry(resource="domain-shop/click"), entry(resource="domain-other/clicks"))
    idle, astray = every.mistakes("domain-shop", ["clicks", "orders"])
    assert "for 'domain-shop/clicks' allows nothing: 1 of the stack's resources match, and none of them" in idle
    assert "for 'domain-shop/click' matches none of the 2 resources of the stack; correct it" in astray


def test_one_that_has_ended_allows_nothing_and_is_told(tmp_path: Path) -> None:
    every = shop(tmp_path, entry(), day="2027-05-02")
    assert not every.covering("bucket-has-public-access-block", of_the_shop("clicks"), "clicks")
    (told,) = every.mistakes("domain-shop", ["clicks"])
    assert "ended on 2027-05-01" in told
    assert shop(tmp_path, entry(), day="2027-05-01").covering(
        "bucket-has-public-access-block", of_the_shop("clicks"), "clicks"
    )


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The pack with exceptions for the bucket `clicks` and the grant `all`, in a process of its own."""
    said = written(
        tmp_path_factory.mktemp("mesh"),
        entry(),
        entry(rule="no-grant-to-iam-allowed-principals", resource="domain-shop/all"),
    )
    with PolicyProcess(PACK, said) as process, grpc.insecure_channel(process.address()) as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)


def granted(pack: Any, name: str, principal: str = "IAM_ALLOWED_PRINCIPALS") -> list[tuple[str, int]]:
    urn = f"urn:pulumi:domain-shop::mesh::{GRANT}::{name}"
    used = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:aws", name="account", urn="urn:p")
    answer = pack.Analyze(
        analyzer_pb2.AnalyzeRequest(
            type=GRANT, name=name, urn=urn, properties=to_struct({"principal": principal}), provider=used
        )
    )
    own = ("no-grant-to-iam-allowed-principals", "excepted-resources")
    return [(each.policyName, each.enforcementLevel) for each in answer.diagnostics if each.policyName in own]


def in_the_stack(pack: Any, *names: str) -> dict[str, list[str]]:
    resources = [
        analyzer_pb2.AnalyzerResource(type=BUCKET, name=name, urn=of_the_shop(name), properties=to_struct({}))
        for name in names
    ]
    answer = pack.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    told: dict[str, list[str]] = {}
    for each in answer.diagnostics:
        told.setdefault(each.policyName, []).append(each.message)
    return told


def test_what_is_excepted_is_told_as_advice_and_what_is_not_is_refused(pack: Any) -> None:
    assert granted(pack, "all") == [("excepted-resources", analyzer_pb2.ADVISORY)]
    assert granted(pack, "others") == [("no-grant-to-iam-allowed-principals", analyzer_pb2.MANDATORY)]
    told = in_the_stack(pack, "clicks", "orders")
    (excepted,) = told["excepted-in-the-stack"]
    assert excepted.endswith("\nexcepted until 2027-05-01 by shop: A site serves it.")
    (refused,) = told["bucket-has-public-access-block"]
    assert "'orders' has no BucketPublicAccessBlock" in refused
    assert "exceptions-are-used" not in told


def test_one_that_nothing_needs_in_a_run_fails_the_run(pack: Any) -> None:
    in_the_stack(pack, "clicks")
    told = in_the_stack(pack, "orders")
    assert len(told["exceptions-are-used"]) == 2
    assert "excepted-in-the-stack" not in told


def test_a_value_that_is_not_known_yet_may_need_its_exception(pack: Any) -> None:
    in_the_stack(pack, "clicks")
    assert granted(pack, "all", UNKNOWN) == [("no-grant-to-iam-allowed-principals", analyzer_pb2.ADVISORY)]
    assert "exceptions-are-used" not in in_the_stack(pack, "clicks")


def test_a_pack_with_a_wrong_file_does_not_start_and_says_why(tmp_path: Path) -> None:
    said = written(tmp_path, entry(rule="no-such-rule"))
    with PolicyProcess(PACK, said) as process, pytest.raises(NotPossibleError) as error:
        process.address()
    assert "did not start" in str(error.value)
    assert "exceptions[0]: there is no rule 'no-such-rule'" in str(error.value)
