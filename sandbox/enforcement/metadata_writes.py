"""Questions of Glue's writing of Iceberg metadata: what Glue asks in the name of who makes or changes the table.

Lake Formation Developer Guide, "Creating Apache Iceberg tables", Prerequisites: `s3:PutObject`, `s3:GetObject` and
`s3:DeleteObject` at a place that is not registered, `lakeformation:GetDataAccess` at one that is. Which of them a
CreateTable at a registered place asks, nobody here saw: both are asked there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sandbox.emulator.iceberg_tables import iceberg_change
from sandbox.enforcement import s3
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

WRITES: Final = frozenset({"CreateTable", "UpdateTable"})
_ACTIONS: Final = ("s3:PutObject", "s3:GetObject", "s3:DeleteObject")
_KEY_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_FILE: Final = "metadata/00000-written-by-glue.metadata.json"
"""A name for the file that is asked about: Glue's has a number and an id in it."""


def asks(call: AwsCall, catalog: str, stored: Stored) -> Iterable[Question]:
    """Questions about the metadata file that a call has Glue write; none of one that has it write none."""
    change = iceberg_change(call.parameters) if call.operation in WRITES else None
    if change is None:
        return
    place = change.location.removeprefix("s3://").rstrip("/")
    by_glue: dict[str, Any] = {"aws:ViaAWSService": True, "aws:CalledVia": ["glue.amazonaws.com"]}
    for action in _ACTIONS:
        yield Question(action, f"arn:aws:s3:::{place}/{_FILE}", by_glue)
    if key := stored.bucket_key(place.partition("/")[0]):
        for action in _KEY_ACTIONS:
            yield s3.through_s3(call, action, key)
    if stored.registered(catalog, call.region, place):
        yield Question("lakeformation:GetDataAccess", context=by_glue)
