"""Queues, topics, secrets and event buses, as their guides show their policies."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    GUEST,
    HOME,
    ORGANIZATION,
    OTHER,
    PARTNER,
    READER,
    Case,
    Expect,
    Page,
    Statements,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    EVENTS,
    SECRETS,
    SNS,
    SQS,
)

_STOPPED = denied("resource", "Stop")
_QUEUE, _TOPIC = f"arn:aws:sqs:eu-west-1:{HOME}:orders", f"arn:aws:sns:eu-west-1:{HOME}:orders"
_SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:token-AbCdEf"
_BUS = f"arn:aws:events:eu-west-1:{HOME}:event-bus/mesh"


def _at(
    name: str, page: Page, action: str, on: str, policy: Statements | None, expect: Expect, rule: str, **more: Any
) -> Case:
    return Case(name=name, expect=expect, rule=rule, page=page, action=action, on=on, policy=policy, **more)


_FROM_TOPIC = (
    allow(
        "sqs:SendMessage", _QUEUE, to={"Service": "sns.amazonaws.com"}, when={"ArnEquals": {"aws:SourceArn": _TOPIC}}
    ),
)
_SEND, _PUBLISH, _READ_SECRET, _PUT_EVENTS = (
    "sqs:SendMessage",
    "sns:Publish",
    "secretsmanager:GetSecretValue",
    "events:PutEvents",
)
_SUBSCRIBED = "A topic sends as sns.amazonaws.com with its ARN as aws:SourceArn."
_SHARED = "A queue's policy may let in another account, whose identity policy has to allow too."
_HTTPS = (
    allow("sns:Subscribe", _TOPIC, to={"AWS": HOME}),
    deny("sns:Subscribe", _TOPIC, to="*", when={"StringNotEquals": {"sns:Protocol": "sqs"}}),
)
_NOTIFY = (
    allow(
        _PUBLISH,
        _TOPIC,
        to={"Service": "s3.amazonaws.com"},
        when={"ArnLike": {"aws:SourceArn": BUCKET}, "StringEquals": {"aws:SourceAccount": HOME}},
    ),
)
_IN_ORG = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
_PUT_POLICY = (allow(_PUT_EVENTS, _BUS, to="*", when=_IN_ORG, sid="FromTheOrganisation"),)
_MESSAGES = (
    _at(
        "a queue takes from the topic",
        SQS,
        _SEND,
        _QUEUE,
        _FROM_TOPIC,
        allowed("resource"),
        _SUBSCRIBED,
        by="sns.amazonaws.com",
        context={"aws:SourceArn": _TOPIC},
    ),
    _at(
        "a queue does not take from another topic",
        SQS,
        _SEND,
        _QUEUE,
        _FROM_TOPIC,
        denied("resource"),
        _SUBSCRIBED,
        by="sns.amazonaws.com",
        context={"aws:SourceArn": f"{_TOPIC}2"},
    ),
    _at(
        "a queue does not take from a service without a topic",
        SQS,
        _SEND,
        _QUEUE,
        _FROM_TOPIC,
        denied("resource"),
        _SUBSCRIBED,
        by="sns.amazonaws.com",
    ),
    _at(
        "a queue that takes from the topic lets nobody receive",
        SQS,
        "sqs:ReceiveMessage",
        _QUEUE,
        _FROM_TOPIC,
        denied("identity"),
        _SUBSCRIBED,
    ),
    _at(
        "a queue shared with an account",
        SQS,
        _SEND,
        _QUEUE,
        (allow(_SEND, _QUEUE, to={"AWS": OTHER}),),
        allowed(),
        _SHARED,
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a queue shared with an account, without an identity policy",
        SQS,
        _SEND,
        _QUEUE,
        (allow(_SEND, _QUEUE, to={"AWS": OTHER}),),
        denied("identity"),
        _SHARED,
        by=GUEST,
    ),
    _at(
        "a queue shared with another account",
        SQS,
        _SEND,
        _QUEUE,
        (allow(_SEND, _QUEUE, to={"AWS": PARTNER}),),
        denied("resource"),
        _SHARED,
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a queue without a policy for the own role",
        SQS,
        _SEND,
        _QUEUE,
        None,
        allowed("identity"),
        "In the account an identity policy is enough.",
        identity=EVERYTHING,
    ),
    _at(
        "a topic takes notifications of the bucket",
        SNS,
        _PUBLISH,
        _TOPIC,
        _NOTIFY,
        allowed("resource"),
        "A topic's policy ties S3 to the bucket and its account.",
        by="s3.amazonaws.com",
        context={"aws:SourceArn": BUCKET, "aws:SourceAccount": HOME},
    ),
    _at(
        "a topic takes no notifications of a bucket of that name elsewhere",
        SNS,
        _PUBLISH,
        _TOPIC,
        _NOTIFY,
        denied("resource"),
        "A topic's policy ties S3 to the bucket and its account.",
        by="s3.amazonaws.com",
        context={"aws:SourceArn": BUCKET, "aws:SourceAccount": FOREIGN},
    ),
    _at(
        "a topic for queues only, by a queue",
        SNS,
        "sns:Subscribe",
        _TOPIC,
        _HTTPS,
        allowed(),
        "sns:Protocol is the protocol subscribed with.",
        identity=EVERYTHING,
        context={"sns:Protocol": "sqs"},
    ),
    _at(
        "a topic for queues only, by e-mail",
        SNS,
        "sns:Subscribe",
        _TOPIC,
        _HTTPS,
        _STOPPED,
        "sns:Protocol is the protocol subscribed with.",
        identity=EVERYTHING,
        context={"sns:Protocol": "email"},
    ),
    _at(
        "a topic shared with the organisation",
        SNS,
        _PUBLISH,
        _TOPIC,
        (allow(_PUBLISH, _TOPIC, to="*", when=_IN_ORG),),
        allowed(),
        "A topic may be opened to the organisation.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a topic shared with the organisation, a stranger",
        SNS,
        _PUBLISH,
        _TOPIC,
        (allow(_PUBLISH, _TOPIC, to="*", when=_IN_ORG),),
        denied("resource"),
        "A topic may be opened to the organisation.",
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        identity=EVERYTHING,
    ),
    _at(
        "a secret for a role of its account",
        SECRETS,
        _READ_SECRET,
        _SECRET,
        (allow(_READ_SECRET, to={"AWS": READER}),),
        allowed("resource"),
        "A secret's policy may name a role.",
    ),
    _at(
        "a secret for a role of another account",
        SECRETS,
        _READ_SECRET,
        _SECRET,
        (allow(_READ_SECRET, to={"AWS": GUEST}),),
        allowed(),
        "Another account needs both policies.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a secret for another version stage",
        SECRETS,
        _READ_SECRET,
        _SECRET,
        (
            allow(
                _READ_SECRET,
                to={"AWS": READER},
                when={"ForAnyValue:StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
            ),
        ),
        denied("identity"),
        "secretsmanager:VersionStage is the stage asked for.",
        context={"secretsmanager:VersionStage": "AWSPREVIOUS"},
    ),
    _at(
        "a secret by the identity policy with a wildcard for its random ending",
        SECRETS,
        _READ_SECRET,
        _SECRET,
        None,
        allowed("identity"),
        "The six random characters of a secret's ARN are matched by question marks.",
        identity=(allow(_READ_SECRET, f"{_SECRET[:-6]}??????"),),
    ),
    _at(
        "a secret of a longer name",
        SECRETS,
        _READ_SECRET,
        f"{_SECRET[:-6]}two-AbCdEf",
        None,
        denied("identity"),
        "The six random characters of a secret's ARN are matched by question marks.",
        identity=(allow(_READ_SECRET, f"{_SECRET[:-6]}??????"),),
    ),
    _at(
        "a bus open to the organisation",
        EVENTS,
        _PUT_EVENTS,
        _BUS,
        _PUT_POLICY,
        allowed(),
        "A bus may be opened to the organisation.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a bus open to the organisation, a stranger",
        EVENTS,
        _PUT_EVENTS,
        _BUS,
        _PUT_POLICY,
        denied("resource"),
        "A bus may be opened to the organisation.",
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        identity=EVERYTHING,
    ),
    _at(
        "a bus open to the organisation, for a rule",
        EVENTS,
        "events:PutRule",
        _BUS,
        _PUT_POLICY,
        denied("resource"),
        "An Allow covers its own actions.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a bus for one source of events",
        EVENTS,
        _PUT_EVENTS,
        _BUS,
        (allow(_PUT_EVENTS, _BUS, to={"AWS": HOME}, when={"StringEquals": {"events:source": "mesh.sales"}}),),
        denied("identity"),
        "events:source is the source of the event.",
        context={"events:source": "mesh.hr"},
    ),
)

CASES: tuple[Case, ...] = (*_MESSAGES,)
