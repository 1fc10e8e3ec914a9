"""Sentences about looks that failed for a reason that does not lie in the draft: without values, without secrets.

They stand in the record, which people of the domain read; whatever else an error says stands in the function's log.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from athena_query import QueryFailedError
from aws_errors import RefusedForGoodError, code
from botocore.exceptions import BotoCoreError, ClientError
from catalog_tables import OvertakenError, PartitionsError
from column_labels import LabellingError
from telling import TellingError

HERE: Final = Path(__file__).parent

RIGHTS: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "NotAuthorized")

KNOWN: Final[Mapping[type[Exception], str]] = {
    QueryFailedError: "Athena did not execute the query of the quality gate, for no reason that lies in the data",
    LabellingError: "Lake Formation did not label columns",
    PartitionsError: "Glue did not write partitions",
    TellingError: "the mesh bus did not take an event",
    OvertakenError: "what was looked at changed at the same time",
}
"""What AWS said to these has names and values of the domain in it."""


def why(error: Exception) -> str:
    """The sentence of an error."""
    if type(error) in KNOWN:
        return KNOWN[type(error)]
    if isinstance(error, RefusedForGoodError):
        return f"AWS does not take labels or tables of the contract: {error}"
    if isinstance(error, ClientError):
        what = f"AWS answers {code(error)} to {error.operation_name}"
        return f"{what}: a role of the publication lacks a right" if code(error) in RIGHTS else what
    if isinstance(error, BotoCoreError):
        return f"AWS was not reached, or did not answer in time ({type(error).__name__})"
    return f"the function failed with {type(error).__name__}{_place(error)}: a fault of ours, or of the file it read"


def _place(error: Exception) -> str:
    """The function of ours that was at it."""
    ours = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).parent == HERE]
    return f" in {Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else ""
