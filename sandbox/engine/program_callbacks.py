"""Callbacks of a program in this process: its transforms and hooks, called in its own loop.

The SDK would start a gRPC server for them, and with it threads, where no engine calls any: a hook of an update has
nothing to do while everything is new.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, NoReturn

import grpc
from pulumi.runtime._callbacks import _CallbackServicer  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime.proto import callback_pb2

from sandbox.engine.grpc_calls import RefusedError

_TARGET: Final = "this process"


class ThreadNeededError(Exception):
    """Raised before a call is begun that may call the program back: it would wait for the thread that it is made in."""


class ProgramCallbacks(_CallbackServicer):
    """The SDK's own callbacks without its server, in the settings of a run from its beginning."""

    def __init__(self, monitor: Any, loop: asyncio.AbstractEventLoop) -> None:  # pyright: ignore[reportMissingSuperCall]
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor = monitor
        self._target = _TARGET
        self._loop = loop

    def answer(self, message: callback_pb2.CallbackInvokeRequest) -> callback_pb2.CallbackInvokeResponse:
        """The program's answer, for another thread than that of the loop; raises RefusedError where it fails."""
        context: Any = _Refusing()
        return asyncio.run_coroutine_threadsafe(self.Invoke(message, context), self._loop).result()


class _Refusing:
    """The context of a call; what ends it is a refusal."""

    async def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise RefusedError(details, code)


def is_in_loop() -> bool:
    """Whether the caller's own thread runs a loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
