"""Questions of a call to KMS: its action on the key that it names, or that its ciphertext names."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_ON_NO_KEY: Final = frozenset({"CreateKey", "ListKeys", "ListAliases", "GenerateRandom"})
_ALIASES: Final = frozenset({"CreateAlias", "UpdateAlias", "DeleteAlias"})
_KEY_ID_LENGTH: Final = 36


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """Questions of a call to KMS; they are about the key of an alias where the call names an alias."""
    if call.operation in _ON_NO_KEY:
        return [Question(f"kms:{call.operation}")]
    action, context = f"kms:{call.operation}", _context(call)
    if call.operation == "ReEncrypt":
        source = stored.key_arn(_named(call, "SourceKeyId"), account, call.region)
        target = stored.key_arn(call.text("DestinationKeyId"), account, call.region)
        return [Question("kms:ReEncryptFrom", source, context), Question("kms:ReEncryptTo", target, context)]
    keys = [call.text("TargetKeyId"), call.text("AliasName")] if call.operation in _ALIASES else [_named(call, "KeyId")]
    if call.operation == "CreateAlias":
        keys = keys[:1]
    return [Question(action, stored.key_arn(key, account, call.region), context) for key in keys if key]


def _named(call: AwsCall, member: str) -> str:
    """The key that a parameter names, or the ciphertext: moto writes the id in front of it."""
    blob: Any = call.parameters.get("CiphertextBlob")
    if call.text(member) or not blob:
        return call.text(member)
    data = blob if isinstance(blob, bytes) else str(blob).encode()
    try:
        return data[:_KEY_ID_LENGTH].decode("ascii")
    except UnicodeDecodeError:
        return base64.b64decode(data)[:_KEY_ID_LENGTH].decode("ascii", "replace")


def _context(call: AwsCall) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if call.operation == "CreateGrant":
        context["kms:GrantIsForAWSResource"] = False
    if call.parameters.get("EncryptionContext"):
        context["kms:EncryptionContextKeys"] = sorted(call.parameters["EncryptionContext"])
    return context
