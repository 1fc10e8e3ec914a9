"""Refusals of AWS as HTTP responses, in the protocol of the API that was called."""

from __future__ import annotations

import json
from typing import Final
from xml.sax.saxutils import escape

from sandbox.emulator.moto_transport import HttpResponse
from sandbox.enforcement.aws_call import AwsCall

_FORBIDDEN: Final = 403
_BAD_REQUEST: Final = 400
_QUERY: Final = frozenset({"sts", "iam", "sns", "sqs", "cloudformation", "cloudwatch", "ec2"})


def refusal(service: str, message: str, call: AwsCall | None = None) -> HttpResponse:
    """The response AccessDenied of a service, as SDKs read it."""
    if service in ("s3", "s3control"):
        body = f"<Error><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        return _FORBIDDEN, {"Content-Type": "application/xml"}, body
    json_protocol = call is not None and "json" in call.header("content-type")
    if service == "ec2":
        error = f"<Error><Code>UnauthorizedOperation</Code><Message>{escape(message)}</Message></Error>"
        return _FORBIDDEN, {"Content-Type": "text/xml"}, f"<Response><Errors>{error}</Errors></Response>"
    if service in _QUERY and not json_protocol:
        details = f"<Code>AccessDenied</Code><Message>{escape(message)}</Message>"
        error = f"<Error><Type>Sender</Type>{details}</Error>"
        return _FORBIDDEN, {"Content-Type": "text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>"
    name = "AccessDeniedException"
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": name}
    return _BAD_REQUEST, headers, json.dumps({"__type": name, "message": message, "Message": message})
