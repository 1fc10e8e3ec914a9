"""A command in a terminal of its own, with answers typed when they are asked for; and what the screen then shows."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from mesh.beginnings.kinds import KINDS

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = sorted({question.name.lower() for kind in KINDS.values() for question in kind.questions})
PROMPT: Final = re.compile(rf"^(?:{'|'.join(map(re.escape, NAMES))})(?: \[.*\])?:(?: |$)", re.MULTILINE)
PATIENCE: Final = 120.0
MESH: Final = (sys.executable, "-c", "import sys; sys.argv[0] = 'mesh'; from cli.main import main; main()")


class Shown(NamedTuple):
    """A session as it was shown, the exit code, and the answers that nobody asked for."""

    text: str
    code: int
    left: list[str]


def environment() -> dict[str, str]:
    """The environment of a session: a terminal without escapes, a fixed day, this tree."""
    return {**os.environ, "TERM": "dumb", "MESH_AS_OF": "2026-12-01", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def session(words: Sequence[str], answers: Sequence[str], folder: Path) -> Shown:
    """Types `mesh` with words, in a folder, and an answer at each prompt."""
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover (the other process)
        os.chdir(folder)
        os.execve(MESH[0], [*MESH, *words], environment())
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    shown, seen, left = b"", 0, list(answers)
    try:
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                part = os.read(terminal, 65_536)
            except OSError:  # the terminal's other end is closed
                break
            if not part:
                break
            shown += part
            line = shown[seen:].decode("utf-8", "ignore").replace("\r", "").rpartition("\n")[2]
            if PROMPT.fullmatch(line) and left:
                seen = len(shown)
                os.write(terminal, left.pop(0).encode() + b"\n")
    finally:
        os.close(terminal)
    _, status = os.waitpid(child, 0)
    return Shown(shown.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status), left)


def typed(transcript: str) -> list[str]:
    """The answers of a transcript: what stands behind its prompts."""
    return [line[match.end() :] for line in transcript.splitlines() if (match := PROMPT.match(line))]
