"""`mesh decide`: requests in bulk, one JSON object a line in, one decision a line out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from io import BufferedReader
from typing import Final, cast

import typer

from cli.console import counted, say
from cli.exit_codes import BAD_INPUT, FAULT
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read

_CHUNK: Final = 1 << 18


def decide(directory: FolderOption = DEFAULT_FOLDER, as_of: AsOf = None) -> None:
    """Decide requests, one JSON object a line.

    Over the planned mesh: requests on stdin, one decision a line on stdout.

    In: {"principal", "action", "resource", "context"?}: ARNs; a service as glue.amazonaws.com, or anonymous, as the
    principal; keys of the organisation, principal and resource are filled in. Out, in the same order:
    {"allowed", "layer", "because": [{"document", "sid"}]}, with "assumed" when the worst was taken for what the mesh
    does not list, or {"error"}. Every line has an answer, an empty one an error. Exit code 0 when all lines were
    decided, 2 when one could not be, 3 when that was a fault of ours.
    """
    planned = read(directory, as_of)
    from mesh.access import from_plan
    from mesh.access.bulk import Decider

    decider = Decider(from_plan.world(planned.plan))
    outcomes: Counter[str] = Counter()
    for lines in _lines(cast("BufferedReader", sys.stdin.buffer)):
        answers = [decider.answer(line) for line in lines]
        outcomes.update(answer.outcome for answer in answers)
        sys.stdout.write("".join(f"{answer.text}\n" for answer in answers))
        sys.stdout.flush()
    if outcomes["bad"] or outcomes["fault"]:
        say(f"{counted(outcomes['decided'], 'request')} decided, {outcomes['bad'] + outcomes['fault']:,} could not be")
        raise typer.Exit(FAULT if outcomes["fault"] else BAD_INPUT)


def _lines(stream: BufferedReader) -> Iterator[list[bytes]]:
    """Whole lines, as many at once as have come: what writes line by line is answered line by line."""
    begun: list[bytes] = []
    while chunk := stream.read1(_CHUNK):
        head, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            begun.append(chunk)
            continue
        yield b"".join((*begun, head)).split(b"\n")
        begun = [rest] if rest else []
    if begun:
        yield [b"".join(begun)]
