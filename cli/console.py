"""Output of the command: results to stdout, everything else to stderr; colour only on a terminal."""

from __future__ import annotations

import codecs
import json
import shutil
import sys
from functools import cache
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

if TYPE_CHECKING:
    from rich.console import Console


@cache
def screen() -> Console:
    """Standard output for people."""
    from cli.screens import Screen

    return Screen(highlight=False, width=None if sys.stdout.isatty() else 120)


@cache
def margin() -> Console:
    """Standard error: progress and findings."""
    from cli.screens import Screen

    return Screen(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 120)


def escape_what_cannot_be_written() -> None:
    """A character that a stream cannot hold is written as an escape from here on, and ends no command.

    Such are bytes of a file name that are no UTF-8, and whatever is no ASCII where the locale is that of C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """A line on standard error; in a terminal it breaks at words."""
    print(fitted(text, sys.stderr), file=sys.stderr, flush=True)  # noqa: T201 (this is the one place that prints)


def say_as_it_is(text: str) -> None:
    """A text on standard error that is to be pasted: no line of it is broken."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def answer(text: str) -> None:
    """A line on standard output; in a terminal it breaks at words."""
    print(fitted(text, sys.stdout), flush=True)  # noqa: T201


def answer_as_it_is(text: str) -> None:
    """A text on standard output that is to be pasted, or that another program wrote: no line of it is broken."""
    print(text, flush=True)  # noqa: T201


def fitted(text: str, stream: TextIO) -> str:
    """A text whose lines break at words where the stream is a terminal."""
    if not stream.isatty():
        return text
    from cli.words import wrapped

    return wrapped(text, shutil.get_terminal_size().columns)


def answer_utf8(text: str) -> None:
    """A text for a machine on standard output, in UTF-8 whatever the encoding of the stream is.

    What reads XML, SARIF or annotations of a workflow takes them for that, or is told so by their first line.
    """
    sys.stdout.flush()
    stream: BinaryIO = sys.stdout.buffer
    stream.write(f"{text}\n".encode("utf-8", "backslashreplace"))
    stream.flush()


def answer_json(value: Any) -> None:
    """The result of `--json`: one document on standard output, nothing else there."""
    sys.stdout.write(f"{json_text(value, indent=1)}\n")


def json_text(value: Any, indent: int | None = None) -> str:
    """The value as JSON; where UTF-8 or standard output cannot hold a character of it, in JSON's escapes throughout.

    A stream in another encoding gets the escapes, too: JSON is UTF-8 for whoever reads it (RFC 8259, section 8.1).
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    try:
        if not text.isascii() and codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8":
            return json.dumps(value, indent=indent)
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def counted(number: int, one: str, many: str = "") -> str:
    """`1 bucket`, `2 buckets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
