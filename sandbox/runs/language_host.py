"""The language host of Pulumi's CLI for this project: what `pulumi preview`, typed by hand, starts to run the program.

Pulumi's installer brings a host of its own. The CLI that `make pulumi` builds has none, as it is not served as a Go
module: then `.tools/pulumi-language-python`, beside that CLI, runs this. It runs programs of this checkout, in this
virtual environment; the SDK's server for inline programs does the work. It runs policy packs, too: a CLI that finds a
language host asks nobody else.

    pulumi-language-python ENGINE_ADDRESS
"""

# ruff: noqa: N802 - the names are the protocol's

from __future__ import annotations

import os
import queue
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine.driver import entry_point

NAME: Final = "pulumi-language-python"
_ROOT: Final = Path(__file__).resolve().parents[2]
_SCRIPT: Final = """\
#!/bin/sh
# Made by `make pulumi`: the CLI beside it looks for its Python language host here.
PYTHONPATH={root}${{PYTHONPATH:+:$PYTHONPATH}} exec {python} -m sandbox.runs.language_host "$@"
"""
_SIZES: Final[list[tuple[str, Any]]] = [
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
]


class Host(LanguageServer):
    """Runs the entry point of the folder that the CLI names."""

    def __init__(self, engine: str) -> None:
        super().__init__(lambda: None)
        self._engine = engine

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:  # noqa: ARG002
        """The name and version of this host."""
        return plugin_pb2.PluginInfo(version="3.0.0")

    def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:
        """Run the program, as `python` would in its folder."""
        folder = Path(request.info.program_directory)
        script = folder / request.info.entry_point
        os.chdir(folder)
        self.program = entry_point(script / "__main__.py" if script.is_dir() else script)
        request.args[:] = [self._engine]
        ran: Any = super()  # the SDK's own is not typed
        return ran.Run(request, context)

    def RunPlugin(self, request: Any, context: Any) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack, the one kind of plugin that is a Python program here, until the CLI hangs up."""
        if request.kind != "analyzer":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no plugin of kind '{request.kind}' can be run")
        pack = subprocess.Popen(  # noqa: S603 (the pack that the user names)
            [sys.executable, "-u", "-m", "pulumi.policy", *request.args, request.info.program_directory],
            cwd=request.pwd,
            env=dict(one.split("=", 1) for one in request.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(pack.kill)
        yield from _told(pack)


def _told(process: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    """Every line of a process as it comes, and in the end how it ended."""
    answer = language_pb2.RunPluginResponse
    answers: queue.Queue[language_pb2.RunPluginResponse | None] = queue.Queue()

    def read(stream: IO[bytes], error: bool) -> None:
        for line in stream:
            answers.put(answer(stderr=line) if error else answer(stdout=line))
        answers.put(None)

    for stream, error in ((process.stdout, False), (process.stderr, True)):
        threading.Thread(target=read, args=(stream, error), daemon=True).start()
    yield from iter(answers.get, None)
    yield from iter(answers.get, None)
    yield answer(exitcode=process.wait())


def install(folder: Path) -> Path:
    """Make the executable that runs this host, with this Python, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / NAME
    script.write_text(_SCRIPT.format(root=shlex.quote(str(_ROOT)), python=shlex.quote(sys.executable)), "utf-8")
    script.chmod(0o755)
    return script


def main() -> None:
    """Serve until the CLI ends this process, or ends."""
    if sys.argv[1:2] == ["--install"]:
        install(Path(sys.argv[2]))
        return
    cli = os.getppid()
    engine = next(argument for argument in reversed(sys.argv[1:]) if not argument.startswith("-"))
    server = grpc.server(futures.ThreadPoolExecutor(4), options=_SIZES)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):  # that is how the CLI ends its plugins
        while server.wait_for_termination(timeout=1) and os.getppid() == cli:
            pass
    server.stop(None)


if __name__ == "__main__":
    main()
