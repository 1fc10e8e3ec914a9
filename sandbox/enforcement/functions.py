"""Functions of Lambda at work: a handler runs in this process, from its deployed archive, as its execution role.

Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle": modules stay loaded from one event
to the next, until code or configuration change. Nothing ends a handler that takes longer than its timeout, and no other
runtime than Python runs here.
"""

from __future__ import annotations

import json
import os
import threading
import traceback
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from mesh.evaluator.world import World
from mesh.temporary_folders import temporary_folder
from sandbox.emulator.clients import Credentials
from sandbox.emulator.request_origin import Origin
from sandbox.enforcement.callers import ISSUED
from sandbox.enforcement.function_clients import boto3_of
from sandbox.enforcement.function_modules import FunctionModules
from sandbox.enforcement.service_requests import assumption, first_refusal, source_keys

_TURN: Final = threading.RLock()
"""One function at a time: its environment variables are the process's."""


class Invocation(NamedTuple):
    """The end of one run of a function: what it answered, as JSON, or why it failed; and what it printed."""

    function: str
    answer: Any
    error: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """The second argument of a handler, as far as the emulator has something to say."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    log_group_name: str
    aws_request_id: str
    function_version: str = "$LATEST"
    log_stream_name: str = "emulated"
    identity: Any = None
    client_context: Any = None
    timeout: int = field(default=3, repr=False)

    def get_remaining_time_in_millis(self) -> int:
        """The whole timeout: the clock of the organisation stands still."""
        return self.timeout * 1000


class _Container(NamedTuple):
    """Modules of a function that stay loaded, and the clients of its role; `ends` keeps its folder."""

    modules: FunctionModules
    clients: Mapping[str, Any]
    ends: ExitStack


class Functions:
    """Functions of all accounts; `invocations` are the runs of them, in their order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._containers: dict[tuple[Any, ...], _Container] = {}
        self.invocations: Final[list[Invocation]] = []

    def invoke(self, function: Any, event: Mapping[str, Any]) -> Invocation:
        """Run a function (moto's) with an event. Never raises what a handler raises."""
        if error := self._impossible(function):
            ended = Invocation(function.function_arn, None, error)
        else:
            ended = self._run(function, event)
        self.invocations.append(ended)
        return ended

    def _impossible(self, function: Any) -> str:
        if not str(function.run_time or "").startswith("python"):
            return f"the emulator runs functions of Python alone, not of {function.run_time or function.package_type}"
        if not function.code_bytes:
            return "its archive is not in the emulator"
        keys = source_keys(self._world, function.function_arn, function.account_id)
        return first_refusal(self._world, [assumption("lambda.amazonaws.com", function.role, keys)])

    def _run(self, function: Any, event: Mapping[str, Any]) -> Invocation:
        request = f"{len(self.invocations) + 1:08}"
        context = FunctionContext(
            function_name=function.function_name,
            invoked_function_arn=function.function_arn,
            memory_limit_in_mb=str(function.memory_size),
            log_group_name=function.logs_group_name,
            aws_request_id=request,
            timeout=int(function.timeout),
        )
        lines = [f"START RequestId: {request}"]
        answer, error = None, ""
        with _TURN, _environment(function):
            container = self._container(function)
            try:
                answer = json.loads(json.dumps(container.modules.run(function.handler, dict(event), context)))
            except (Exception, SystemExit) as raised:  # noqa: BLE001 (the handler is not ours)
                error = f"{type(raised).__name__}: {raised}"
                lines += [*container.modules.printed(), *traceback.format_exc().splitlines()]
            lines += container.modules.printed()
        lines.append(f"END RequestId: {request}")
        _log(container.clients["boto3"], function, lines)
        return Invocation(function.function_arn, answer, error, tuple(lines[1:-1]))

    def _container(self, function: Any) -> _Container:
        key = (
            function.function_arn,
            function.code_sha_256,
            function.role,
            str(function.environment_vars),
            _origin(function),
        )
        if key not in self._containers:
            session = execution_session(function.role, function.region, function.function_name, function.function_arn)
            clients = boto3_of(session, function.region, _origin(function))
            ends = ExitStack()
            modules = FunctionModules(function.code_bytes, ends.enter_context(temporary_folder("function")), clients)
            self._containers[key] = _Container(modules, clients, ends)
        return self._containers[key]


def execution_session(role: str, region: str, name: str, function: str = "") -> Credentials:
    """Credentials of a function's role: for its code, or for Lambda itself, which polls for it, without `function`.

    Lambda Developer Guide, "Using source function ARN to control function access behavior": the key is in requests of
    the code, and not in those that Lambda makes with the role.
    """
    from moto.sts.models import sts_backends

    session: Any = sts_backends[role.split(":")[4]]["aws"].assume_role(region, name, role, "", 3600, "")
    setattr(session, ISSUED, (("lambda:SourceFunctionArn", function),) if function else ())
    return Credentials(session.access_key_id, session.secret_access_key, session.session_token)


def _origin(function: Any) -> Origin:
    """The network of a function in a VPC, which here is the mesh's; the internet for any other."""
    settings: Mapping[str, Any] = function._vpc_config or {}
    return "network" if settings.get("SubnetIds") else "outside"


@contextmanager
def _environment(function: Any) -> Generator[None]:
    """Inside, the process has the environment variables of a function."""
    variables = {
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        **function.environment_vars,
    }
    with ExitStack() as undo:
        for name, value in variables.items():
            before = os.environ.get(name)
            undo.callback(os.environ.pop, name, None) if before is None else undo.callback(
                os.environ.__setitem__, name, before
            )
            os.environ[name] = str(value)
        yield


def _log(boto3: Any, function: Any, lines: list[str]) -> None:
    """Write lines to the function's log group as its role; where that is refused they are lost, as on AWS."""
    from botocore.exceptions import BotoCoreError, ClientError

    from sandbox.emulator.moto_transport import NotServedError

    settings: Mapping[str, Any] = getattr(function, "logging_config", None) or {}
    group = settings.get("LogGroup") or function.logs_group_name
    where = {"logGroupName": group, "logStreamName": "emulated"}
    logs = boto3.client("logs")
    try:
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(**where)
        moments = [{"timestamp": int(_now() * 1000), "message": line} for line in lines]
        logs.put_log_events(**where, logEvents=moments)
    except (ClientError, BotoCoreError, NotServedError):
        return


def _now() -> float:
    from moto.core.utils import unix_time

    return float(unix_time())
