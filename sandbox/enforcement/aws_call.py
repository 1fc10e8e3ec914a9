"""Calls to AWS as they arrive at the emulator: operation, parameters, and the access key that signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from mesh.evaluator import UnknownError

_SIGNED: Final = re.compile(r"Credential=([A-Z0-9]{16,})/\d{8}/([a-z0-9-]+)/")
_LOOPBACK: Final = ("127.0.0.1", "localhost")
_MODELS: Final = {"ssoadmin": "sso-admin", "awslambda": "lambda", "elbv2": "elbv2"}
"""Names of services in botocore that differ from moto's."""

_PREFIXES: Final = {"monitoring": "cloudwatch", "s3control": "s3"}
"""Prefixes of actions that differ from the name for which requests are signed."""


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A call to AWS: `service` is the prefix of its actions, `operation` and `parameters` are as in the API.

    `key` is the access key that signed, empty for an anonymous call. It alone tells the caller: signatures are not
    checked, because moto keeps nothing to check them with.
    """

    service: str
    operation: str
    region: str
    key: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    secure: bool = True
    presigned: bool = False

    def text(self, name: str) -> str:
        """The value of a text parameter; empty when it is not given."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""

    def header(self, name: str) -> str:
        """The value of a header; empty when it is not sent."""
        return self.headers.get(name, "")


def parse(service: str, request: Any) -> AwsCall:
    """The call of a request (moto's) to one of moto's services. Raises UnknownError when it is no call."""
    from botocore.exceptions import BotoCoreError
    from botocore.model import OperationNotFoundError
    from moto.core.routing import get_service_router
    from moto.core.utils import get_service_model
    from werkzeug.exceptions import HTTPException

    model_name = _MODELS.get(service, service)
    try:
        model: Any = get_service_model(model_name)
        if service == "s3":
            _require_path_style(request)
        operation, uri = _operation(model, get_service_router(model_name), request)
    except (HTTPException, BotoCoreError, OperationNotFoundError, NotImplementedError, ValueError) as error:
        raise UnknownError(f"{request.method} {request.path} is no operation of {service}: {error}") from error
    key, region, presigned = _signature(request)
    return AwsCall(
        service=_PREFIXES.get(str(model.signing_name), str(model.signing_name)),
        operation=operation.name,
        region=region,
        key=key,
        parameters=_parameters(model, operation, uri, request),
        headers={header.lower(): value for header, value in request.headers.items()},
        secure=request.scheme == "https" or request.host.partition(":")[0] in _LOOPBACK,
        presigned=presigned,
    )


def _require_path_style(request: Any) -> None:
    from moto.s3.responses import S3Response

    if S3Response().subdomain_based_buckets(request):
        raise ValueError("buckets are named in the path here, not in the host")


def _operation(model: Any, router: Any, request: Any) -> tuple[Any, dict[str, Any]]:
    target = request.headers.get("X-Amz-Target")
    if target:
        return model.operation_model(target.rpartition(".")[2]), {}
    action = request.values.get("Action") if model.protocol in ("query", "ec2") else None
    if action:
        return model.operation_model(action), {}
    return router.match(request)


def _parameters(model: Any, operation: Any, uri: Mapping[str, Any], request: Any) -> Mapping[str, Any]:
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import determine_request_protocol

    protocol = determine_request_protocol(model, request.content_type)
    parser: Any = PROTOCOL_PARSERS[protocol](operation, map_type=dict)
    parts = {"method": request.method, "values": request.values, "headers": request.headers, "body": request.data}
    parameters: Mapping[str, Any] = parser.parse({**parts, "url_path": request.path, "url_params": uri})
    return parameters


def _signature(request: Any) -> tuple[str, str, bool]:
    """The access key and the region of a signature, and true when it is in the URL (presigned)."""
    header = request.headers.get("Authorization", "")
    if match := _SIGNED.search(header):
        return match.group(1), match.group(2), False
    if header:
        raise UnknownError("the Authorization header is no signature of version 4")
    credential = parse_qs(request.query_string.decode()).get("X-Amz-Credential", [""])[0].split("/")
    if len(credential) > 2:
        return credential[0], credential[2], True
    return "", "", False
