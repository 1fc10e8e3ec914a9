"""Commands on terminals of their own, forked from one process that has imported them all: none imports anew."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.main import COMMANDS, main
from tests.cli.terminal import ROOT, environment, plain


class WarmCommands:
    """The process that has imported the commands; a context manager that ends it."""

    def __enter__(self) -> WarmCommands:
        command = [sys.executable, "-m", "tests.cli.warm_commands"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=60)

    def printed(
        self, words: Sequence[str], folder: Path, columns: int = 80, more: Mapping[str, str] | None = None
    ) -> str:
        """What a `mesh` command prints on a terminal of some columns: as it stands there in the end."""
        assert self.process.stdin
        assert self.process.stdout
        asked = {"words": [*words], "folder": str(folder), "columns": columns, "more": {**(more or {})}}
        self.process.stdin.write(f"{json.dumps(asked)}\n")
        self.process.stdin.flush()
        return plain(json.loads(self.process.stdout.readline()))


def _serve() -> None:
    """Answers each line of standard input, which asks for a command, with the text that the command prints."""
    for module in COMMANDS.values():
        importlib.import_module(f"cli.{module}")
    for line in sys.stdin:
        child, terminal = pty.fork()
        if child == 0:
            _run(**json.loads(line))
        text = b""
        while part := _part(terminal):
            text += part
        os.close(terminal)
        os.waitpid(child, 0)
        print(json.dumps(text.decode("utf-8", "replace")), flush=True)  # noqa: T201 (the answer)


def _part(terminal: int) -> bytes:
    """Bytes that were printed; none once the terminal's other end is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def _run(words: list[str], folder: str, columns: int, more: dict[str, Any]) -> None:
    """Runs a command in this process, with the streams that a new process would have; ends it."""
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.environ.update(more)
    encoding = more.get("PYTHONIOENCODING", sys.stdout.encoding)
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        errors = "backslashreplace" if name == "stderr" else "strict"
        stream = os.fdopen(number, mode, encoding=encoding, errors=errors, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.chdir(folder)
    sys.argv = ["mesh", *words]
    main()


if __name__ == "__main__":
    _serve()
