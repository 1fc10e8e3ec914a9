"""What the evaluator refuses or decides beyond the table: gaps in the world, in the request, or in a policy."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.evaluator import (
    ANONYMOUS,
    Decision,
    Policy,
    Request,
    Resource,
    Role,
    UnknownError,
    World,
    compiled,
    decide,
)
from mesh.evaluator.policy_types import PolicyType
from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    GUEST,
    HOME,
    ORGANIZATION,
    READER,
    REFUSED,
    SESSION,
    USER,
    Case,
    allow,
    decision_of,
    deny,
    document,
)
from tests.mesh.evaluator.pages import KEYS

_TEAM = "${aws:PrincipalTag/team}"


def _answer(**more: Any) -> Decision | UnknownError:
    return decision_of(Case(name="one", expect=REFUSED, rule="One.", page=KEYS, **{"identity": EVERYTHING, **more}))


def _allowed(**more: Any) -> bool:
    answer = _answer(**more)
    assert isinstance(answer, Decision), answer
    return answer.allowed


def test_a_listed_role_without_a_trust_policy_is_assumed_by_nobody() -> None:
    steward = f"arn:aws:iam::{HOME}:role/Steward"
    reader = Role(READER, (compiled("identity", document(EVERYTHING)),))
    world = World(ORGANIZATION, "eu-west-1", roles=[Role(steward), reader])
    for caller in (READER, f"arn:aws:iam::{HOME}:root", "glue.amazonaws.com", ANONYMOUS):
        answer = decide(Request(caller, "sts:AssumeRole", steward), world)
        assert not answer.allowed
        assert not answer.assumed


@pytest.mark.parametrize(
    "stop",
    [
        deny("s3:*", f"{BUCKET}/{_TEAM}/*"),
        deny("s3:*", when={"StringEquals": {"aws:SourceVpce": _TEAM}}),
        deny("s3:*", when={"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", _TEAM]}}),
    ],
)
def test_a_deny_that_hangs_on_a_variable_without_a_value_is_refused(stop: dict[str, object]) -> None:
    context = {"aws:SourceVpce": "vpce-1", "aws:TagKeys": ("b",)}
    assert isinstance(_answer(identity=(allow(), stop), context=context), UnknownError)


def test_a_deny_that_applies_or_not_whatever_the_variable_is_decided() -> None:
    elsewhere = deny("s3:*", f"{BUCKET}-other/{_TEAM}/*")
    assert _allowed(identity=(allow(), elsewhere))
    either = deny("s3:*", when={"StringEquals": {"aws:SourceVpce": ["vpce-1", _TEAM]}})
    assert not _allowed(identity=(allow(), either), context={"aws:SourceVpce": "vpce-1"})


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime", "aws:userid", "aws:TokenIssueTime"])
def test_a_condition_on_what_aws_sends_and_nobody_said_is_refused(key: str) -> None:
    said = "x" if key in ("aws:userid", "aws:TokenIssueTime") else "1767225600"
    stop = deny("s3:*", when={"StringEquals": {key: said}})
    for caller in (READER, SESSION):
        assert isinstance(_answer(by=caller, identity=(allow(), stop)), UnknownError)
        assert not _allowed(by=caller, identity=(allow(), stop), context={key: said})


def test_a_variable_of_what_aws_sends_and_nobody_said_is_refused() -> None:
    own = (allow("s3:GetObject", f"{BUCKET}/${{aws:userid}}/*"),)
    assert isinstance(_answer(identity=own), UnknownError)


def test_a_user_without_temporary_credentials_has_no_time_of_issue() -> None:
    assert not _allowed(by=USER, identity=(allow(), deny(when={"Null": {"aws:TokenIssueTime": "true"}})))


@pytest.mark.parametrize("key", ["aws:SignInSessionArn", "aws:SourceOwner"])
def test_keys_of_other_pages_are_known(key: str) -> None:
    assert not _allowed(identity=(allow(when={"StringLike": {key: "*"}}),))


@pytest.mark.parametrize("principal", [{"AWS": 5}, {"AWS": None}, {"AWS": []}, {}, {"Federated": "*"}])
def test_a_principal_that_names_nobody_is_refused(principal: object) -> None:
    assert isinstance(_answer(policy=(allow("s3:*", to=principal),)), UnknownError)


def test_an_arn_without_an_account_is_of_the_callers_account() -> None:
    world = World(ORGANIZATION, "eu-west-1")
    for owner in (READER, GUEST):
        request = Request(owner, "sso:DescribeInstance", "arn:aws:sso:::instance/ssoins-1")
        assert decide(request, world).allowed


def test_an_image_of_no_account_is_taken_for_the_callers_own() -> None:
    request = Request(READER, "ec2:ModifyImageAttribute", "arn:aws:ec2:eu-west-1::image/ami-1")
    answer = decide(request, World(ORGANIZATION, "eu-west-1"))
    assert answer.allowed
    assert any("says no account" in each for each in answer.assumed)


def test_a_bucket_of_which_only_the_name_is_known_is_of_the_account_in_its_name() -> None:
    """Nobody else makes a bucket of that name (S3 User Guide, "Namespaces for general purpose buckets")."""
    world = World(ORGANIZATION, "eu-west-1", roles=[Role(READER, (compiled("identity", document(EVERYTHING)),))])
    stop = deny("s3:*", when={"StringNotEquals": {"aws:ResourceAccount": HOME}})
    bound = World(ORGANIZATION, "eu-west-1", roles=[Role(READER, (compiled("identity", document((allow(), stop))),))])
    own, strange = (f"arn:aws:s3:::sales-{account}-eu-west-1-an" for account in (HOME, "666666666666"))
    assert decide(Request(READER, "s3:GetObject", f"{own}/a"), bound).allowed
    assert not decide(Request(READER, "s3:GetObject", f"{strange}/a"), bound).allowed
    assert decide(Request(READER, "s3:GetObject", f"{strange}/a"), world).allowed
    told = decide(Request(READER, "s3:ListBucket", own), world)
    assert told.allowed
    assert not any("stranger" in each for each in told.assumed)


def test_a_bucket_of_the_accounts_own_namespace_is_made_by_the_caller() -> None:
    reader = Role(READER, (compiled("identity", document((allow("s3:CreateBucket"),))),))
    answer = decide(
        Request(READER, "s3:CreateBucket", f"arn:aws:s3:::sales-{HOME}-eu-west-1-an"),
        World(ORGANIZATION, "eu-west-1", roles=[reader]),
    )
    assert (answer.allowed, answer.assumed) == (True, ())


@pytest.mark.parametrize("action", ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"])
def test_on_an_alias_its_own_actions_are_decided_by_iam_alone(action: str) -> None:
    alias, policy = f"arn:aws:kms:eu-west-1:{HOME}:alias/sales", (deny("kms:*", to="*"),)
    assert _allowed(action=action, on=alias, policy=policy)
    assert not _allowed(action=action, on=alias, policy=policy, identity=(deny("kms:*Alias"),))
    assert not _allowed(action="kms:Decrypt", on=alias, policy=policy)
    assert not _allowed(action=action, on=alias.replace("alias/", "key/"), policy=policy)


def test_a_request_by_alias_is_matched_against_the_key_that_has_it() -> None:
    key, alias = (f"arn:aws:kms:eu-west-1:{HOME}:{name}" for name in ("key/1234", "alias/sales"))
    policy = compiled("key", document((allow("kms:*", to={"AWS": HOME}),)))
    resources = (Resource(key, HOME, policy, {"kms:resourcealiases": ("alias/sales",)}), Resource(alias, HOME, policy))
    for named, allowed_by in ((key, True), (alias, False), (key.replace("1234", "5678"), False)):
        role = Role(READER, (compiled("identity", document((allow("kms:Decrypt", named),))),))
        world = World(ORGANIZATION, "eu-west-1", roles=[role], resources=resources)
        assert decide(Request(READER, "kms:Decrypt", alias), world).allowed is allowed_by


def test_a_policy_is_refused_where_it_does_not_belong_every_time() -> None:
    policy = compiled("bucket", document((allow("s3:*", to="*"),)))
    for _ in range(2):
        with pytest.raises(UnknownError, match="a permissions boundary has no Principal"):
            policy.stands_as(PolicyType.BOUNDARY)
    lazy = Policy("bucket", lambda: document((allow("s3:*", to="*"),)))
    lazy.stands_as(PolicyType.SERVICE_CONTROL)
    for _ in range(2):
        with pytest.raises(UnknownError, match="a service control policy has no Principal"):
            lazy.allows("s3:getobject")
