"""Condition keys of the request itself: transport, region, time, network, MFA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    EVERYTHING,
    HOME,
    SESSION,
    USER,
    Case,
    Values,
    allowed,
    denied,
    deny,
    or_refused,
)
from tests.mesh.evaluator.pages import KEYS, MFA


def _network(
    name: str,
    when: Mapping[str, object],
    *,
    stopped: bool,
    rule: str,
    context: Mapping[str, Values] | None = None,
    unknown: bool = False,
    **more: Any,
) -> Case:
    scp = (deny(when=when),)
    expect = denied("scp", "Stop") if stopped else allowed("identity")
    expect = or_refused(expect) if unknown else expect
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        scp=scp,
        identity=EVERYTHING,
        context=context or {},
        **{"page": KEYS} | more,
    )


_ALWAYS = "aws:CurrentTime and aws:EpochTime are in every request."
_ISSUED = "aws:TokenIssueTime is there only with temporary credentials."
_TLS = "aws:SecureTransport is in every request."
_VIA = "aws:ViaAWSService is true when a service passes the caller's request on."
_REGION = "aws:RequestedRegion is the region that was called."
_NO_MFA = "aws:MultiFactorAuthPresent is absent without temporary credentials of an MFA session."
_QUEUE = f"arn:aws:sqs:us-east-1:{HOME}:orders"
_ELSEWHERE = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
_WITHOUT_MFA, _MAYBE = (
    {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
)
_OUTSIDE = {"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}
_FROM = "A Deny outside the network excepts services that pass the request on."
_NETWORK = (
    _network(
        "calls are over TLS unless they say not", {"Bool": {"aws:SecureTransport": "false"}}, stopped=False, rule=_TLS
    ),
    _network("TLS is present in every call", {"Null": {"aws:SecureTransport": "true"}}, stopped=False, rule=_TLS),
    _network(
        "a call in plain text",
        {"Bool": {"aws:SecureTransport": "false"}},
        stopped=True,
        rule=_TLS,
        context={"aws:SecureTransport": False},
    ),
    _network(
        "calls come straight from the caller unless they say not",
        {"Bool": {"aws:ViaAWSService": "false"}},
        stopped=True,
        rule=_VIA,
    ),
    _network(
        "a call that a service passes on",
        {"Bool": {"aws:ViaAWSService": "true"}},
        stopped=True,
        rule=_VIA,
        context={"aws:ViaAWSService": True},
    ),
    _network(
        "the region of a queue elsewhere", _ELSEWHERE, stopped=True, rule=_REGION, action="sqs:SendMessage", on=_QUEUE
    ),
    _network(
        "the region of a queue here",
        _ELSEWHERE,
        stopped=False,
        rule=_REGION,
        action="sqs:SendMessage",
        on=_QUEUE.replace("us-east-1", "eu-west-1"),
    ),
    _network("Bool misses a caller without MFA", _WITHOUT_MFA, stopped=False, rule=_NO_MFA, page=MFA, by=USER),
    _network("BoolIfExists catches a caller without MFA", _MAYBE, stopped=True, rule=_NO_MFA, page=MFA, by=USER),
    _network(
        "BoolIfExists spares a caller with MFA",
        _MAYBE,
        stopped=False,
        rule=_NO_MFA,
        page=MFA,
        context={"aws:MultiFactorAuthPresent": "true"},
    ),
    _network(
        "IAM is called in us-east-1",
        _ELSEWHERE,
        stopped=True,
        rule="IAM has one endpoint; its calls are always made to us-east-1.",
        action="iam:GetPolicy",
        on=f"arn:aws:iam::{HOME}:policy/Reading",
    ),
    _network(
        "the time is in every call", {"Null": {"aws:CurrentTime": "true"}}, stopped=False, rule=_ALWAYS, unknown=True
    ),
    _network(
        "it is past 2020",
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}},
        stopped=True,
        rule=_ALWAYS,
        unknown=True,
    ),
    _network(
        "it is past 2020 in seconds",
        {"NumericGreaterThan": {"aws:EpochTime": "1577836800"}},
        stopped=True,
        rule=_ALWAYS,
        unknown=True,
    ),
    _network(
        "the caller's id is in every call",
        {"Null": {"aws:userid": "true"}},
        stopped=False,
        rule="aws:userid is in every request.",
        unknown=True,
    ),
    _network(
        "a session has the time of its issue",
        {"Null": {"aws:TokenIssueTime": "true"}},
        stopped=False,
        rule=_ISSUED,
        unknown=True,
        by=SESSION,
    ),
    _network(
        "a user's own key has no time of issue",
        {"Null": {"aws:TokenIssueTime": "true"}},
        stopped=True,
        rule=_ISSUED,
        by=USER,
    ),
    _network(
        "the address of a call from outside",
        _OUTSIDE,
        stopped=True,
        rule=_FROM,
        context={"aws:SourceIp": "198.51.100.1"},
    ),
    _network(
        "the address of a call from inside",
        _OUTSIDE,
        stopped=False,
        rule=_FROM,
        context={"aws:SourceIp": "203.0.113.9"},
    ),
    _network(
        "the address of a service that passes the call on",
        _OUTSIDE,
        stopped=False,
        rule=_FROM,
        context={"aws:SourceIp": "198.51.100.1", "aws:ViaAWSService": "true"},
    ),
    _network(
        "a call without an address, through an endpoint",
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        stopped=False,
        rule="aws:SourceIp is absent when the call comes through a VPC endpoint.",
        context={"aws:SourceVpce": "vpce-1"},
    ),
    _network(
        "no source account in a direct call",
        {"Null": {"aws:SourceAccount": "true"}},
        stopped=True,
        rule="aws:SourceAccount is there only when a service acts for a resource.",
    ),
    _network(
        "no source ARN in a direct call",
        {"Null": {"aws:SourceArn": "true"}},
        stopped=True,
        rule="aws:SourceArn is there only when a service acts for a resource.",
    ),
    _network(
        "no endpoint in a call over the internet",
        {"Null": {"aws:SourceVpce": "true"}},
        stopped=True,
        rule="aws:SourceVpce is there only when the call comes through an endpoint.",
    ),
)

CASES: tuple[Case, ...] = (*_NETWORK,)
