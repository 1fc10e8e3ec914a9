"""`mesh decide` as a program meets it: a line in, a line out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli import exit_codes, main
from mesh.access import bulk, from_plan
from mesh.access.bulk import Decider
from mesh.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
DAY = ["--as-of", "2026-12-01"]
MESH = str(Path(sys.executable).parent / "mesh")

ADS, IDENTITY, HUB, PARTNER = "310000000013", "330000000039", "200000000002", "410000000072"
BUCKET = "arn:aws:s3:::aurora-identity--profiles"
FILE = f"{BUCKET}/files/part-0.parquet"
PII = f"arn:aws:iam::{ADS}:role/mesh/clearance/pii"
ADMINISTRATOR = "arn:aws:iam::330000000039:role/somebody"
GENERAL = f"arn:aws:iam::{ADS}:role/mesh/clearance/general"


def asked(principal: str, action: str, resource: str, **context: object) -> str:
    return json.dumps({"principal": principal, "action": action, "resource": resource, "context": context})


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`stdin(text)`: what the command will read."""

    def put(text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return put


@pytest.fixture
def answers(stdin: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    """`answers(text)`: the exit code and what came out, line by line."""

    def run(text: str | bytes) -> tuple[int, list[dict[str, Any]]]:
        stdin(text)
        code = main.run(["decide", "--dir", str(STACKS), *DAY])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_decisions_come_in_the_order_of_the_requests_and_name_their_statements(answers: Any) -> None:
    code, found = answers(f"{asked(GENERAL, 's3:GetObject', FILE)}\n{asked(PII, 's3:GetObject', FILE)}\n")
    refused = {"document": "policy of bucket aurora-identity--profiles", "sid": "RefuseOtherReaders"}
    allowed = {"document": "role/mesh/clearance/pii, mesh", "sid": "ReadFilesOfProducts"}
    assert found == [
        {"allowed": False, "layer": "resource", "because": [refused]},
        {"allowed": True, "layer": "identity", "because": [allowed]},
    ]
    assert code == exit_codes.FINE


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        (f"arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/profiles", True),
        (f"arn:aws:sts::{IDENTITY}:assumed-role/profiles/a-job", True),
        (f"arn:aws:sts::{ADS}:assumed-role/pii/someone@aurora.example", True),
        (f"arn:aws:sts::{ADS}:assumed-role/general/someone@aurora.example", False),
        (f"arn:aws:iam::{IDENTITY}:root", False),
        (f"arn:aws:iam::{IDENTITY}:user/an-administrator", False),
        (f"arn:aws:iam::{PARTNER}:role/mesh/access", False),
        ("arn:aws:iam::999999999999:root", False),
        ("athena.amazonaws.com", False),
        ("anonymous", False),
    ],
)
def test_every_kind_of_principal_is_decided(principal: str, allowed: bool, answers: Any) -> None:
    code, (found,) = answers(asked(principal, "s3:GetObject", FILE))
    assert (code, found["allowed"]) == (exit_codes.FINE, allowed)


def test_the_context_decides(answers: Any) -> None:
    key = f"arn:aws:kms:eu-west-1:{IDENTITY}:key/mesh-product-profiles"
    through = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
    _, found = answers(f"{asked(PII, 'kms:Decrypt', key, **through)}\n{asked(PII, 'kms:Decrypt', key)}")
    assert [each["allowed"] for each in found] == [True, False]
    assert found[1]["because"][0]["sid"] == "RefuseUseOutsideS3"


def test_a_request_is_made_on_the_day_or_at_the_time_that_it_says(answers: Any) -> None:
    writer, inbox = f"arn:aws:iam::{ADS}:role/mesh/delivery/deliver-impressions", "aurora-partner-ad-measurement--inbox"
    delivers = (writer, "s3:ReplicateObject", f"arn:aws:s3:::{inbox}/outbound/ad-measurement/ads__impressions/x")
    times: tuple[dict[str, object], ...] = (
        {},
        {"aws:CurrentTime": "2028-12-31T23:59:59Z"},
        {"aws:CurrentTime": "2029-01-01T00:00:00Z"},
        {"aws:EpochTime": 1861920000},
        {"aws:CurrentTime": "soon"},
    )
    code, decided = answers("\n".join(asked(*delivers, **time) for time in times))
    assert code == exit_codes.BAD_INPUT
    assert [each.get("allowed") for each in decided] == [True, True, False, False, None]
    assert decided[-1] == {"error": "'soon' is no date: YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.s]]Z, or seconds"}


def test_what_the_mesh_does_not_list_is_taken_for_the_worst_and_said(answers: Any) -> None:
    _, (found,) = answers(asked(f"arn:aws:iam::{IDENTITY}:role/somebody", "s3:GetObject", FILE))
    assert found["allowed"] is False
    assert found["assumed"] == [
        f"arn:aws:iam::{IDENTITY}:role/somebody is not in the plan: taken for an administrator of its account"
    ]


def test_a_resource_of_no_name_is_said_to_be_taken_for_the_callers_own(answers: Any) -> None:
    _, found = answers(f"{asked(GENERAL, 's3:GetObject', '*')}\n{asked(GENERAL, 'kms:CreateKey', '*')}")
    assert found[0]["assumed"] == ["s3:GetObject on a resource of no name: taken for the caller's own"]
    assert "assumed" not in found[1]


def test_whose_a_bucket_is_that_nobody_lists_is_said_to_be_guessed(answers: Any) -> None:
    deploy, bucket = f"arn:aws:iam::{IDENTITY}:role/mesh/deploy", "arn:aws:s3:::aurora-identity--sign-ins"
    _, found = answers(f"{asked(deploy, 's3:PutObject', f'{bucket}/x')}\n{asked(deploy, 's3:CreateBucket', bucket)}")
    assert [each["allowed"] for each in found] == [False, True]
    assert found[0]["assumed"] == [
        f"{bucket}/x is not in the plan: taken for one of a stranger, since nothing says whose it is, "
        "whose own policy admits everyone"
    ]
    assert "assumed" not in found[1]


def test_a_request_by_alias_is_one_on_its_key(answers: Any) -> None:
    local, through = f"arn:aws:kms:eu-west-1:{IDENTITY}", {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
    lines = [
        asked(who, "kms:Decrypt", f"{local}:{on}", **through)
        for who in (PII, GENERAL)
        for on in ("alias/mesh/product/profiles", "key/mesh-product-profiles")
    ]
    _, found = answers("\n".join(lines))
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert [each["allowed"] for each in found] == [True, True, False, False]


WELL = asked(PII, "s3:GetObject", FILE)
OBJECTS = "arn:aws:s3:*:*:accesspoint/*/object/*, arn:aws:s3:::*/*"
FIELDS = "a request has principal, action, resource and, if need be, context"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "the line is empty; every line is a request"),
        (" \t", "the line is empty; every line is a request"),
        ("[1", "the line is no JSON: Expecting ',' delimiter, at character 3"),
        ("[" * 200_000, "the line is nested too deeply"),
        ('{"principal": "\xff"}'.encode("latin-1"), "the line is not UTF-8"),
        ("null", "the line is null; a request is an object with principal, action and resource"),
        ("3", "the line is a number; a request is an object with principal, action and resource"),
        ("[]", "the line is a list; a request is an object with principal, action and resource"),
        ('"x"', "the line is a text; a request is an object with principal, action and resource"),
        ("{}", f"field 'principal' is missing; {FIELDS}"),
        (WELL.replace("resource", "resourc"), f"unknown field 'resourc'; did you mean 'resource'? {FIELDS}"),
        (WELL.replace('"context"', '"when"'), f"unknown field 'when'; {FIELDS}"),
        (WELL.replace(f'"{PII}"', "null"), "'principal' is null; it is a text"),
        (WELL.replace(f'"{FILE}"', f'["{FILE}"]'), "'resource' is a list; it is a text"),
        (WELL.replace("{}", "[]"), "'context' is a list; it is an object of condition keys and their values"),
        (
            asked("pii@ads", "s3:GetObject", FILE),
            "'pii@ads' is no principal: the ARN of a role, user, session or account root, "
            "a service as glue.amazonaws.com, or anonymous",
        ),
        (asked(PII, "s3:GetObjekt", FILE), "'s3:GetObjekt' is no action that AWS has"),
        (
            asked(PII, "s3:GetObject", "profiles"),
            "'profiles' is no resource: an ARN, or * for an action that takes no resource",
        ),
        (
            asked(PII, "s3:GetObject", FILE.replace("arn:aws:", "arn:aws-cn:")),
            f"'{FILE.replace('arn:aws:', 'arn:aws-cn:')}' is in another partition of AWS: an ARN begins with arn:aws:",
        ),
        (
            asked("arn:aws-cn:iam::330000000039:root", "s3:GetObject", FILE),
            "'arn:aws-cn:iam::330000000039:root' is in another partition of AWS: an ARN begins with arn:aws:",
        ),
        (
            asked(ADMINISTRATOR, "s3:GetObject", "arn:aws:s3::330000000039:a/b"),
            f"s3:GetObject is not asked on 'arn:aws:s3::330000000039:a/b': it takes {OBJECTS}",
        ),
        (
            asked(PII, "s3:ListBucket", FILE),
            f"s3:ListBucket is not asked on '{FILE}': it takes arn:aws:s3:*:*:accesspoint/*, arn:aws:s3:::*",
        ),
        (
            asked(ADMINISTRATOR, "sqs:SendMessage", "arn:aws:sns:eu-west-1:330000000039:a"),
            "sqs:SendMessage is not asked on 'arn:aws:sns:eu-west-1:330000000039:a': it takes arn:aws:sqs:*:*:*",
        ),
        (
            asked(ADMINISTRATOR, "ec2:DescribeVpcs", "arn:aws:ec2:eu-west-1:330000000039:instance/i-1"),
            "ec2:DescribeVpcs takes no resource: it is asked on *, "
            "not on 'arn:aws:ec2:eu-west-1:330000000039:instance/i-1'",
        ),
        (asked(PII, "s3:GetObject", FILE, colour="red"), "'colour' is no condition key that AWS has"),
        (
            asked(PII, "s3:GetObject", FILE, **{"aws:SourceIp": {"a": 1}}),
            "the value of aws:sourceip is {'a': 1}; text, a number, true, false or a list of them is taken",
        ),
    ],
)
def test_a_line_that_cannot_be_decided_says_why_and_the_others_are_decided(
    line: str | bytes, error: str, answers: Any
) -> None:
    data = line.encode() if isinstance(line, str) else line
    code, found = answers(b"\n".join((WELL.encode(), data, WELL.encode(), b"")))
    assert [set(each) for each in found] == [
        {"allowed", "layer", "because"},
        {"error"},
        {"allowed", "layer", "because"},
    ]
    assert found[1]["error"] == error
    assert code == exit_codes.BAD_INPUT


def test_how_many_could_not_be_decided_is_said_on_stderr(stdin: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stdin(f"{WELL}\n{WELL}\nx\n")
    assert main.run(["decide", "--dir", str(STACKS), *DAY]) == exit_codes.BAD_INPUT
    assert "2 requests decided, 1 could not be" in capsys.readouterr().err


def test_no_line_is_no_answer(answers: Any) -> None:
    assert answers("") == (exit_codes.FINE, [])


def test_a_fault_of_ours_spoils_one_line_and_the_exit_code(answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(bulk, "decide", broken)
    code, found = answers(WELL)
    assert code == exit_codes.FAULT
    assert found == [{"error": "a fault of ours, please report it: RuntimeError: broken on purpose"}]


def test_a_mesh_that_is_not_valid_stops_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["decide", "--dir", str(tmp_path)]) == exit_codes.BAD_INPUT
    assert "mesh.yaml" in capsys.readouterr().err


def test_what_asks_line_by_line_is_answered_line_by_line() -> None:
    command = [MESH, "decide", *DAY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1) as asking:
        assert asking.stdin
        assert asking.stdout
        for principal, allowed in ((PII, True), (GENERAL, False)):
            asking.stdin.write(f"{asked(principal, 's3:GetObject', FILE)}\n")
            asking.stdin.flush()
            assert json.loads(asking.stdout.readline())["allowed"] is allowed
        asking.stdin.close()
        assert asking.wait(timeout=30) == exit_codes.FINE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELD = st.sampled_from(
    [PII, "anonymous", "glue.amazonaws.com", "s3:GetObject", "kms:Decrypt", FILE, "*", "arn:aws:s3:::"]
)
CONTEXT = st.dictionaries(
    st.sampled_from(["aws:PrincipalArn", "aws:SourceIp", "aws:PrincipalOrgPaths", "kms:ViaService", "aws:CurrentTime"])
    | st.text(max_size=6),
    JSON,
    max_size=3,
)
REQUEST = st.fixed_dictionaries(
    {"principal": FIELD | JSON, "action": FIELD | JSON, "resource": FIELD | JSON}, optional={"context": CONTEXT | JSON}
)


@given(st.lists(REQUEST.map(json.dumps).map(str.encode) | st.binary(max_size=30), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_line_its_answer_is_one_line_and_no_fault(plan: Plan, lines: list[bytes]) -> None:
    decider = Decider(from_plan.world(plan))
    for line in lines:
        answer = decider.answer(line)
        assert answer.outcome in ("decided", "bad"), answer.text
        assert "\n" not in answer.text
        assert isinstance(json.loads(answer.text), dict)


def test_a_refusal_stands_whatever_the_resource_is(answers: Any) -> None:
    """A line of an attacker that no service would take is refused all the same, and said to be."""
    code, found = answers(
        asked(PII, "kinesis:SubscribeToShard", "arn:aws:kinesis:eu-west-1:330000000039:stream/x").encode()
    )
    assert (code, found[0]["allowed"]) == (0, False)
