"""A terminal of some columns for a command: what is printed there, and keys that are sent."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
MESH: Final = [sys.executable, "-c", "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()"]
CONTROLS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07")
UP: Final = re.compile(r"\x1b\[(\d*)A")
ERASED: Final = ("\x1b[K", "\x1b[0K", "\x1b[J", "\x1b[0J")
WHOLE_LINE: Final = "\x1b[2K"


def plain(text: str) -> str:
    """What stands on a terminal after a text, however long its lines: what was moved over or erased is gone."""
    rows, row, column = [""], 0, 0
    for token in re.findall(rf"{CONTROLS.pattern}|[\r\n\b]|[^\x1b\x07\r\n\b]+|.", text):
        if token == "\n":
            row, rows = row + 1, rows if row + 1 < len(rows) else [*rows, ""]
        elif token == "\r":
            column = 0
        elif token == "\b":
            column = max(column - 1, 0)
        elif up := UP.fullmatch(token):
            row = max(row - int(up[1] or 1), 0)
        elif token == WHOLE_LINE:
            rows[row] = ""
        elif token in ERASED:
            rows[row] = rows[row][:column]
        elif not CONTROLS.fullmatch(token):
            line = rows[row].ljust(column)
            rows[row] = line[:column] + token + line[column + len(token) :]
            column += len(token)
    return "\n".join(rows)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command on a terminal: this tree, a fixed day, and widths that the terminal says."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    return kept | {"PYTHONPATH": str(ROOT), "MESH_AS_OF": "2026-12-01", "TERM": "xterm", **(more or {})}


class Terminal:
    """A process on a terminal of its own; a context manager that ends it."""

    def __init__(
        self, command: Sequence[str], folder: Path, columns: int = 80, more: Mapping[str, str] | None = None
    ) -> None:
        self.master, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(more),
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
            preexec_fn=_controlled,
        )
        os.close(end)
        self.text = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def send(self, keys: str) -> None:
        """Sends keys."""
        os.write(self.master, keys.encode())

    def read_until(self, wanted: str, seconds: float = 60) -> str:
        """All that was printed, without control sequences, once it holds a text."""
        end = time.monotonic() + seconds
        while wanted not in self.plain and time.monotonic() < end and self._more(0.2):
            pass
        assert wanted in self.plain, self.plain
        return self.plain

    def read_all(self, seconds: float = 120) -> str:
        """All that was printed until the process ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._more(0.2):
            pass
        self.process.wait(timeout=10)
        return self.plain

    @property
    def plain(self) -> str:
        """What was printed, as it stands there."""
        return plain(self.text)

    def _more(self, seconds: float) -> bool:
        """Reads what there is; false once the process has closed its terminal."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            read = os.read(self.master, 65536)
        except OSError:
            return False
        self.text += read.decode("utf-8", "replace")
        return bool(read)


def _controlled() -> None:
    """Makes standard input the terminal that controls the process: its Ctrl-C is a signal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
