"""Witnesses against an evaluator that decides otherwise than AWS, kind by kind, and the property behind each kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.evaluator import FULL_ACCESS, Account, Request, Resource, Role, UnknownError, World, compiled, decide
from mesh.evaluator.owners import carrier
from mesh.evaluator.policy_types import PolicyType
from tests.mesh.evaluator.witnesses import HOME, KINDS, ORGANIZATION, OTHER, WITNESSES, verdict

quick = settings(max_examples=60, deadline=None, derandomize=True)


@pytest.mark.parametrize("witness", [pytest.param(witness, id=witness["id"]) for witness in WITNESSES])
def test_a_witness_is_answered_as_aws_answers(witness: dict[str, Any]) -> None:
    assert verdict(witness) in witness["aws"].split("|"), witness["page"]


def test_every_kind_has_witnesses_and_pages() -> None:
    assert len(KINDS) == 17
    assert len({witness["id"] for witness in WITNESSES}) == len(WITNESSES) > 90
    assert all(witness["page"].startswith("https://docs.aws.amazon.com/") for witness in WITNESSES)


# ---- documents: whatever the JSON, an answer or an error that names the element

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.sampled_from(["", "*", "Allow", "s3:*", "sts:AssumeRole", "arn:aws:s3:::larder/*", "arn:aws:sqs:*", "${", "é"]),
)
_ANY: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["AWS", "StringEquals", "Null", "aws:SourceIp", "Effect", "x"]), inner, max_size=2
        ),
    ),
    max_leaves=4,
)
_RIGHT: dict[str, Any] = {
    "Sid": "One",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sts:AssumeRole",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": HOME}},
}
_NAMES = (*_RIGHT, "NotPrincipal", "NotAction", "NotResource", "Strange")


@st.composite
def _documents(draw: st.DrawFn) -> Any:
    """A document that is right, but for one or two elements that are anything, missing or too many."""
    statement = dict(_RIGHT)
    for name in draw(st.lists(st.sampled_from(_NAMES), max_size=2)):
        if draw(st.booleans()):
            statement.pop(name, None)
        else:
            statement[name] = draw(_ANY)
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
    for name in draw(st.lists(st.sampled_from(["Version", "Id", "Statement"]), max_size=1)):
        document[name] = draw(_ANY)
    return draw(st.sampled_from([document, document, document, draw(_ANY)]))


@settings(quick, max_examples=300)
@given(_documents(), st.sampled_from(PolicyType))
def test_any_json_is_a_policy_or_an_error_and_never_a_crash(document: Any, type_: PolicyType) -> None:
    try:
        policy = compiled("fuzzed", document)
        policy.stands_as(type_)
    except UnknownError as error:
        assert "fuzzed" in str(error)  # noqa: PT017 (most of what is drawn is refused, and its message is looked at)
        return
    for statement in (*policy.denies("s3:getobject"), *policy.allows("s3:getobject")):
        try:
            statement.applies("arn:aws:s3:::larder/jam", {"aws:principalaccount": (HOME,)})
        except UnknownError:
            continue


# ---- the worst case

_AT_HOME = (
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:parcels"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/Janitor"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HOME}:key/11111111-2222-3333-4444-555555555555"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{HOME}:function:oven"),
    ("s3:GetObject", "arn:aws:s3:::larder/jam"),
    ("glue:GetTable", f"arn:aws:glue:eu-west-1:{HOME}:table/a/b"),
    ("athena:GetWorkGroup", f"arn:aws:athena:eu-west-1:{HOME}:workgroup/a"),
)
_CLERK = f"arn:aws:iam::{HOME}:role/Clerk"
_PRINCIPALS: tuple[Any, ...] = ("*", {"AWS": _CLERK}, {"AWS": HOME}, {"AWS": OTHER}, {"Service": "s3.amazonaws.com"})
_CALLERS = (
    _CLERK,
    f"arn:aws:sts::{HOME}:assumed-role/Clerk/eve",
    f"arn:aws:iam::{OTHER}:role/Guest",
    f"arn:aws:iam::{HOME}:root",
    "s3.amazonaws.com",
    "anonymous",
)


@quick
@given(st.sampled_from(_AT_HOME), st.sampled_from(_CALLERS), st.sampled_from(_PRINCIPALS), st.booleans(), st.booleans())
def test_an_unlisted_resource_allows_whatever_a_listed_one_with_any_policy_would(
    asked: tuple[str, str], caller: str, principal: Any, granted: bool, bounded: bool
) -> None:
    action, on = asked
    own = {"Effect": "Allow" if granted else "Deny", "Action": "*", "Resource": "*"}
    narrow = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    clerk = Role(
        _CLERK,
        (compiled("identity", {"Version": "2012-10-17", "Statement": own if granted else narrow}),),
        boundary=compiled("boundary", {"Version": "2012-10-17", "Statement": narrow}) if bounded else None,
    )
    full = ((FULL_ACCESS,),)
    accounts = [Account(a, ORGANIZATION, ("r-ca01",), False, full, full) for a in (HOME, OTHER)]
    written = {"Effect": "Allow", "Principal": principal, "Action": action}
    document = {
        "Version": "2012-10-17",
        "Statement": written if action == "sts:AssumeRole" else {**written, "Resource": "*"},
    }
    policy = compiled("resource", document)
    if action == "sts:AssumeRole":
        listed = World(ORGANIZATION, "eu-west-1", accounts, [clerk, Role(on, trust=policy)])
    else:
        owner, region, account, rest = on.split(":", 5)[2:]
        carries = Resource(carrier(owner, on, region, account, rest), HOME, None if owner == "athena" else policy)
        listed = World(ORGANIZATION, "eu-west-1", accounts, [clerk], [carries])
    unlisted = World(ORGANIZATION, "eu-west-1", accounts, [clerk])
    if decide(Request(caller, action, on), listed).allowed:
        assert decide(Request(caller, action, on), unlisted).allowed


# ---- doubt

_DOUBTFUL = "arn:aws:lambda:eu-west-1:*:payslip"
_PAYSLIP = f"arn:aws:lambda:eu-west-1:{HOME}:function:payslip"


def _decided(*statements: dict[str, Any]) -> bool | None:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    world = World(
        ORGANIZATION,
        "eu-west-1",
        [Account(HOME, ORGANIZATION, ("r-ca01",))],
        [Role(_CLERK, (compiled("identity", document),))],
        [Resource(_PAYSLIP, HOME)],
    )
    try:
        return decide(Request(_CLERK, "lambda:InvokeFunction", _PAYSLIP), world).allowed
    except UnknownError:
        return None


@pytest.mark.parametrize(
    ("others", "answer"),
    [
        (({"Effect": "Allow", "Action": "*", "Resource": "*"},), None),
        (({"Effect": "Deny", "Action": "lambda:*", "Resource": "*"},), False),
        ((), False),
    ],
    ids=["allowed but for it", "denied without it", "allowed by nothing"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_doubtful_deny_matters_only_where_all_else_allows(
    others: tuple[dict[str, Any], ...], answer: bool | None, first: bool
) -> None:
    doubtful = {"Effect": "Deny", "Action": "lambda:*", "Resource": _DOUBTFUL}
    assert _decided(*((doubtful, *others) if first else (*others, doubtful))) is answer


def test_a_doubtful_allow_matters_only_where_nothing_else_allows() -> None:
    doubtful = {"Effect": "Allow", "Action": "lambda:*", "Resource": _DOUBTFUL}
    assert _decided(doubtful) is None
    assert _decided(doubtful, {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}) is True
    never = {"StringEquals": {"aws:PrincipalAccount": OTHER}}
    assert _decided({**doubtful, "Condition": never}) is False


@pytest.mark.parametrize(
    ("action", "answer"),
    [("sns:Publish", None), ("s3:ListAllMyBuckets", None), ("route53:ListHostedZones", None), ("kms:CreateKey", True)],
)
def test_a_request_on_no_resource_has_no_owner_but_where_aws_says_so(action: str, answer: bool | None) -> None:
    stop = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:ResourceOrgID": ORGANIZATION}},
    }
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, stop]}
    world = World(
        ORGANIZATION,
        "eu-west-1",
        [Account(HOME, ORGANIZATION, ("r-ca01",))],
        [Role(_CLERK, (compiled("identity", document),))],
    )
    try:
        assert decide(Request(_CLERK, action, "*"), world).allowed is answer
    except UnknownError:
        assert answer is None
