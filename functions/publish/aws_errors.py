"""Errors of AWS: their codes, and calls that it refuses for good, whoever repeats them how often.

What lies in the call itself is refused for good: a value that is too long, empty or of no known form. A missing right,
a limit of requests or a service that is out of order is not: it may be mended, and the same call is made again.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

FOR_GOOD: Final = re.compile(
    r"Invalid(Input|Parameter|Argument|Request|Value|Type|Name)|Validation|Missing(Required)?Parameter|Malformed"
    r"|Serialization(Exception|Error)|(Request|RequestEntity|Entity|Payload|Key)Too(Large|Long)|413"
)
"""The beginnings of codes that say the call itself is wrong (Common Errors of each API reference)."""

LONGEST: Final = 300
"""Characters of AWS's answer that a sentence has."""


class RefusedForGoodError(Exception):
    """AWS refuses a call for what is in it: the text says which, and what AWS answers."""


def code(error: ClientError) -> str:
    """AWS's code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def taken(what: str) -> Generator[None]:
    """Inside, a call is made that changes `what`. Raises RefusedForGoodError when AWS refuses it for what is in it."""
    try:
        yield
    except ParamValidationError as error:
        raise RefusedForGoodError(f"{what}: {_short(str(error))}") from error
    except ClientError as error:
        if not FOR_GOOD.match(code(error)):
            raise
        raise RefusedForGoodError(f"{what}: {_short(str(error))}") from error


def all_taken(what: str, details: Sequence[Mapping[str, Any]]) -> None:
    """Raise RefusedForGoodError for the first of an answer's errors that is one; `details` has codes and messages."""
    for each in details:
        if FOR_GOOD.match(str(each.get("ErrorCode", ""))):
            answer = f"{each['ErrorCode']}: {each.get('ErrorMessage', '')}"
            raise RefusedForGoodError(f"{what}: {_short(answer)}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
