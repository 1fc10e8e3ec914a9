"""Refusals: the message, from which the live checks read the cause, and the HTTP response in the API's protocol."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from mesh.evaluator import Decision, Request
from sandbox.emulator.aws.resource import INTERNAL_FAILURE, NOT_IMPLEMENTED, AwsError
from sandbox.enforcement.aws_call import AwsCall

if TYPE_CHECKING:
    from sandbox.emulator.moto_transport import HttpResponse

_FORBIDDEN: Final = 403
_BAD_REQUEST: Final = 400
_QUERY: Final = frozenset({"sts", "iam", "sns", "sqs", "cloudformation", "cloudwatch", "ec2"})

REFUSAL_CODES: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
"""Codes of refusals as SDKs read them; `403` where a response has no body."""

UNDECIDED: Final = "not decided, therefore refused"
"""Part of the message for a call that the evaluator does not know."""

LAKE_REFUSAL: Final = "Insufficient Lake Formation permission(s)"
"""The beginning of a refusal by Lake Formation, and its cause in short."""

_OF_OURS: Final = frozenset({INTERNAL_FAILURE, NOT_IMPLEMENTED})

_MESSAGE: Final = re.compile(
    r"perform: (?P<action>\S+) on .*?"
    r"(?:explicit deny in (?P<layer>\w+) \(.*, statement (?P<sid>\S+)\)|because no (?P<silent>\w+) policy allows it)"
)


def refusal_message(request: Request, decision: Decision) -> str:
    """A refusal in AWS's words, with the layer and, where one denies, the statement."""
    refused = f"{request.principal} is not authorized to perform: {request.action} on resource: {request.resource}"
    if not decision.because:
        return f"{refused} because no {decision.layer} policy allows it"
    deny = decision.because[0]
    return f"{refused} with an explicit deny in {decision.layer} ({deny.document}, statement {deny.sid})"


def cause(action: str, decision: Decision) -> str:
    """The cause of a refusal in short: the action, the layer and, where one denies, the statement."""
    return _cause(action, decision.layer, decision.because[0].sid if decision.because else "")


def cause_in(message: str) -> str:
    """The cause in a message of `refusal_message`, as `cause` has it; the message itself where it is another."""
    if LAKE_REFUSAL in message:
        return LAKE_REFUSAL
    match = _MESSAGE.search(message)
    return _cause(match["action"], match["layer"] or match["silent"], match["sid"]) if match else message


def _cause(action: str, layer: str, sid: str | None) -> str:
    return f"{action}: {layer}, statement {sid}" if sid else f"{action}: no {layer} policy allows it"


def is_refusal(error: AwsError) -> bool:
    """Whether an error is a refusal that was decided: by policies, or by Lake Formation."""
    return (error.code in REFUSAL_CODES or LAKE_REFUSAL in error.message) and not of_the_emulator(error)


def of_the_emulator(error: AwsError) -> bool:
    """Whether an error is the emulator's: it failed, has no such API, or could not decide and refused for that."""
    return error.code in _OF_OURS or UNDECIDED in error.message


def refusal(service: str, message: str, call: AwsCall | None = None) -> HttpResponse:
    """The response AccessDenied of a service, as SDKs read it."""
    if service in ("s3", "s3control"):
        return _failure(service, "AccessDenied", message, _FORBIDDEN, call)
    if service == "ec2":
        return _failure(service, "UnauthorizedOperation", message, _FORBIDDEN, call)
    if _asks_by_query(service, call):
        return _failure(service, "AccessDenied", message, _FORBIDDEN, call)
    return _failure(service, "AccessDeniedException", message, _BAD_REQUEST, call)


def malformed(service: str, error: str, call: AwsCall) -> HttpResponse:
    """The response of a service to a policy that it does not take: `error` is its code, a colon and the words."""
    code, _, message = error.partition(": ")
    return _failure(service, code, message, _BAD_REQUEST, call)


def _asks_by_query(service: str, call: AwsCall | None) -> bool:
    return service in _QUERY and not (call is not None and "json" in call.header("content-type"))


def _failure(service: str, code: str, message: str, status: int, call: AwsCall | None) -> HttpResponse:
    details = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service in ("s3", "s3control"):
        return status, {"Content-Type": "application/xml"}, f"<Error>{details}</Error>"
    if service == "ec2":
        return status, {"Content-Type": "text/xml"}, f"<Response><Errors><Error>{details}</Error></Errors></Response>"
    if _asks_by_query(service, call):
        error = f"<Error><Type>Sender</Type>{details}</Error>"
        return status, {"Content-Type": "text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>"
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return status, headers, json.dumps({"__type": code, "message": message, "Message": message})
