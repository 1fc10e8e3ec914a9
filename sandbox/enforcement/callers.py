"""Callers by access key: the session of a role, a user, or an anonymous one."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mesh.evaluator import ANONYMOUS, UnknownError


class SignedCaller(NamedTuple):
    """A caller: the principal as the evaluator names it, the account, and the ARN of the role or user."""

    principal: str
    account: str
    identity: str
    session_policy: str = ""
    issued: tuple[tuple[str, str], ...] = ()
    """Keys that say which service made the session for code to use: of a Glue job, or of a Lambda function."""


ISSUED: Final = "issued"
"""Attribute of moto's sessions with those keys."""

ANONYMOUS_CALLER: Final = SignedCaller(ANONYMOUS, "", "")


class Callers:
    """Callers by access key, cached: a key belongs to one caller for good."""

    def __init__(self) -> None:
        self._callers: dict[str, SignedCaller] = {}

    def of(self, key: str) -> SignedCaller:
        """The caller who signed with a key. Raises UnknownError when nobody has it."""
        if not key:
            return ANONYMOUS_CALLER
        caller = self._callers.get(key)
        if caller is None:
            caller = self._callers[key] = _find(key)
        return caller


def _find(key: str) -> SignedCaller:
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    for account, backends in list(iam_backends.items()):
        iam: Any = backends["aws"]
        if key not in iam.access_keys:
            continue
        session: Any = sts_backends[account]["aws"].get_assumed_role_from_access_key(key)
        if session is not None:
            issued = getattr(session, ISSUED, ())
            return SignedCaller(session.arn, account, session.role_arn, session.policy or "", issued)
        user: str = iam.access_keys[key].user_name
        arn: str = iam.users[user].arn
        return SignedCaller(arn, account, arn)
    raise UnknownError(f"nobody has the access key {key}")
