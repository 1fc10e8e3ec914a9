"""Tokens of an identity provider: nobody signs `AssumeRoleWithWebIdentity`, the token says on whose behalf it is.

A token's signature and lifetime are not looked at, as codes of MFA devices are not: in the emulator whoever writes a
token is its issuer. What its claims are worth is looked at: the account of the role has to have the provider, and the
provider to take the audience (STS API Reference, `AssumeRoleWithWebIdentity`, "InvalidIdentityToken"); the role's trust
decides on the rest.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final, NamedTuple, cast

from mesh import names
from mesh.evaluator import UnknownError
from sandbox.emulator import backends
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller

OPERATION: Final = "AssumeRoleWithWebIdentity"

_SCHEME: Final = "https://"


class WebIdentity(NamedTuple):
    """Claims of a token: its issuer, without `https://`, its audience and its subject."""

    issuer: str
    audience: str
    subject: str

    @property
    def keys(self) -> dict[str, str]:
        """Keys of a request that come from the token (IAM User Guide, "Keys available for OIDC federation")."""
        return {f"{self.issuer}:aud": self.audience, f"{self.issuer}:sub": self.subject}

    @property
    def token(self) -> str:
        """A JSON Web Token that claims this, with a signature that nobody made."""
        claims = {"iss": f"{_SCHEME}{self.issuer}", "aud": self.audience, "sub": self.subject}
        return ".".join((_encoded({"alg": "RS256", "typ": "JWT"}), _encoded(claims), "bm9ib2R5"))


def shows_token(call: AwsCall) -> bool:
    """Whether a call is made with a token in the place of a signature."""
    return call.service == "sts" and call.operation == OPERATION


def bearer(call: AwsCall) -> SignedCaller:
    """The caller of a call with a token: the identity provider, in the account of the role.

    Raises UnknownError when the account has no such provider, or the provider does not take the audience.
    """
    shown, account = shown_by(call), (call.text("RoleArn").split(":") + [""] * 5)[4]
    arn = names.identity_provider(account, shown.issuer)
    providers: Any = backends.iam(account).open_id_providers if account else {}
    if arn not in providers:
        raise UnknownError(f"account {account or 'of no name'} has no identity provider for {shown.issuer}")
    if shown.audience not in providers[arn].client_id_list:
        raise UnknownError(f"{arn} takes no token for the audience {shown.audience}")
    return SignedCaller(arn, account, arn)


def shown_by(call: AwsCall) -> WebIdentity:
    """Claims of the token of a call. Raises UnknownError when it is none."""
    parts = call.text("WebIdentityToken").split(".")
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        said: object = json.loads(body)
    except (IndexError, binascii.Error, ValueError) as error:
        raise UnknownError("the token is no JSON Web Token") from error
    claims = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    issuer, audience, subject = (claims.get(name) for name in ("iss", "aud", "sub"))
    if not (isinstance(issuer, str) and isinstance(audience, str) and isinstance(subject, str)):
        raise UnknownError("the token does not say one issuer, one audience and one subject")
    return WebIdentity(issuer.removeprefix(_SCHEME), audience, subject)


def _encoded(claims: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
