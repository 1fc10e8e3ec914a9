"""Parquet files that are broken: whatever reading one leads to is a finding about it."""

from __future__ import annotations

import random
import struct
from typing import Final

import pytest
from parquet_footer import read_footer
from table_files import TableFiles, UnreadableFileError

from tests.functions.publish.organization import BUCKET, Harbour
from tests.functions.publish.test_parquet import batch

PLACE: Final = f"s3://{BUCKET}/tables/calls/"


def outcome(organization: Harbour, body: bytes) -> str:
    """The sentence about a file; empty if it was read."""
    organization.s3.put_object(Bucket=BUCKET, Key="tables/calls/f", Body=body)
    try:
        read_footer(TableFiles(organization.s3, PLACE), f"{PLACE}f")
    except UnreadableFileError as error:
        return str(error)
    return ""


def test_flipped_bytes_of_a_footer_are_read_or_refused(organization: Harbour) -> None:
    good, chosen = batch(1, 2), random.Random(20261129)
    size = struct.unpack("<I", good[-8:-4])[0] + 8
    said: list[str] = []
    for number in range(600):
        body = bytearray(good)
        for _ in range(1 + number % 3):
            body[-1 - chosen.randrange(size)] = chosen.randrange(256)
        said.append(outcome(organization, bytes(body)))
    refused = [sentence for sentence in said if sentence]
    assert len(refused) > 100
    assert all(sentence.startswith(f"'{PLACE}f' ") for sentence in refused)


@pytest.mark.parametrize(
    "body",
    [
        b"PAR1",
        b"PAR1PAR1",
        b"\xff\xff\xff\xffPAR1",
        b"PAR1" + b"\0" * 4 + b"PAR1",
        b"x" * 20 + struct.pack("<I", 0) + b"PAR1",
        b"x" * 20 + struct.pack("<I", 2**32 - 1) + b"PAR1",
        b"\x1c" * 50_000 + struct.pack("<I", 50_000) + b"PAR1",
        b"\x15" + b"\xff" * 50_000 + struct.pack("<I", 50_001) + b"PAR1",
        b"x" * 20 + b"PARE",
    ],
    ids=["a mark", "two marks", "a size", "no size", "nothing", "much", "deep", "a number without end", "encrypted"],
)
def test_what_is_no_parquet_is_refused(organization: Harbour, body: bytes) -> None:
    assert outcome(organization, body).startswith(f"'{PLACE}f' is ")
