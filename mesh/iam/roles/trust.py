"""Trust of a role: it is assumed from one account, or by AWS on behalf of one account.

Quota of a trust policy: 2,048 characters by default.
"""

from __future__ import annotations

from mesh.iam.perimeter import caller_is
from mesh.iam.statement import Condition, Statement, account, service, when

BEGIN = ("sts:AssumeRole",)
ASSUME = (*BEGIN, "sts:SetSourceIdentity")
"""Actions on a role: to begin a session; under a name that every later call shows."""


def assumed_by(
    account_id: str,
    *arns: str,
    sid: str,
    what: str,
    why: str,
    actions: tuple[str, ...] = ASSUME,
    also: tuple[Condition, ...] = (),
) -> Statement:
    """Allow to callers of an account whose ARN is one of these, or matches one."""
    return Statement(
        sid=sid,
        what=what,
        why=why,
        effect="Allow",
        principal=account(account_id),
        actions=actions,
        conditions=(caller_is(*arns), *also),
    )


def assumed_by_services(
    account_id: str,
    *services: str,
    sid: str,
    what: str,
    why: str,
    actions: tuple[str, ...] = ("sts:AssumeRole",),
    also: tuple[Condition, ...] = (),
) -> Statement:
    """Allow to AWS services that act for an account, as `glue.amazonaws.com`."""
    return Statement(
        sid=sid,
        what=what,
        why=why,
        effect="Allow",
        principal=service(*services),
        actions=actions,
        conditions=(when("StringEquals", "aws:SourceAccount", account_id), *also),
    )
