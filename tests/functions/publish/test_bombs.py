"""Drafts that are made to end the function, or to fill it: each is refused with a sentence, and others go on."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import product_publication
import pytest
import reading_limits
import table_files
from handler import Batch
from publish_settings import PublishDocuments
from reading_limits import ReadingLimits, TooMuchError

from tests.functions.publish.organization import BUCKET, SWEEP, Harbour
from tests.functions.publish.writers import Writer, ship

SHIPS = "harbour.berths, table ships: "
PLACE = f"s3://{BUCKET}/tables/ships/"
SMALL = 24 * 2**20
"""Bytes of memory that a test lets a look have: a bomb is none the smaller."""

HUGE: Final = 2**30
"""Bytes that no process of a suite has lying free: what is free is given out again without asking for more."""


@pytest.fixture
def good(organization: Harbour, writer: Writer) -> str:
    """The pointer that readers have before the bomb."""
    pointer = writer.append(ship(1))
    organization.published()
    return pointer


def put(organization: Harbour, path: str, content: bytes) -> str:
    organization.s3.put_object(Bucket=BUCKET, Key=path.removeprefix(f"s3://{BUCKET}/"), Body=content)
    return path


def varint(number: int) -> bytes:
    """A number as Avro writes it."""
    zigzag, out = number << 1, b""
    while zigzag > 127:
        out += bytes([zigzag & 127 | 128])
        zigzag >>= 7
    return out + bytes([zigzag])


def container(schema: Any, blocks: bytes, codec: str) -> bytes:
    """An Avro file with its header, and blocks as they are."""
    said = {"avro.schema": json.dumps(schema).encode(), "avro.codec": codec.encode()}
    header = b"Obj\x01" + varint(len(said))
    for key, value in said.items():
        header += varint(len(key)) + key.encode() + varint(len(value)) + value
    return header + b"\x00" + bytes(16) + blocks


def block(count: int, content: bytes) -> bytes:
    return varint(count) + varint(len(content)) + content + bytes(16)


NUMBERS = {
    501: "manifest_length",
    502: "partition_spec_id",
    503: "added_snapshot_id",
    504: "added_files_count",
    505: "existing_files_count",
    506: "deleted_files_count",
    512: "added_rows_count",
    513: "existing_rows_count",
    514: "deleted_rows_count",
}
FIELDS: list[Any] = [
    {"name": "manifest_path", "type": "string", "field-id": 500},
    *({"name": name, "type": "int", "field-id": number} for number, name in NUMBERS.items()),
]
LINE: Any = {"type": "record", "name": "manifest_file", "fields": FIELDS}


def packed_zeros() -> bytes:
    """A manifest list with a block that unpacks to 256 MB."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    zeros = b"".join(packer.compress(bytes(2**20)) for _ in range(256)) + packer.flush()
    return container(LINE, block(1, zeros), "deflate")


def list_without_an_end() -> bytes:
    """One whose line has a list of 2 ** 40 values that take no byte."""
    endless = {"name": "x", "type": {"type": "array", "items": "null", "element-id": 9001}, "field-id": 9000}
    line = bytes(len(FIELDS)) + varint(2**40) + b"\x00"
    return container({**LINE, "fields": [*FIELDS, endless]}, block(1, line), "null")


def lines_of_no_bytes() -> bytes:
    """One with 2 ** 40 lines that take no byte."""
    nothing = {"name": "manifest_path", "type": {"type": "fixed", "name": "none", "size": 0}, "field-id": 500}
    return container({**LINE, "fields": [nothing]}, block(2**40, b""), "null")


TOO_LARGE = f"{SHIPS}its files cannot be looked at with 24 MB of memory: write smaller metadata"
NO_TEXT = f"{SHIPS}'{PLACE}metadata/snap-1.avro' is no manifest list of an Iceberg table: manifest_path is 'fixed'"


@pytest.mark.parametrize(
    ("bomb", "why"), [(packed_zeros, TOO_LARGE), (list_without_an_end, TOO_LARGE), (lines_of_no_bytes, NO_TEXT)]
)
def test_a_manifest_list_that_explodes(
    organization: Harbour,
    writer: Writer,
    good: str,
    monkeypatch: pytest.MonkeyPatch,
    bomb: Callable[[], bytes],
    why: str,
) -> None:
    monkeypatch.setattr(reading_limits, "MEMORY", SMALL)
    content = bomb()
    assert len(content) < 3 * 2**20
    metadata = writer.metadata()
    metadata["snapshots"][0]["manifest-list"] = put(organization, f"{PLACE}metadata/snap-1.avro", content)
    writer.commit("ships", metadata)
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(why)


def test_a_metadata_file_that_unpacks_to_gigabytes(organization: Harbour, writer: Writer, good: str) -> None:
    packed = gzip.compress(bytes(table_files.LARGEST + 1), 1)
    assert len(packed) < 2**20
    path = put(organization, f"{PLACE}metadata/1.gz.metadata.json", packed)
    writer.point("ships", path)
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}'{path}' unpacks to more than {table_files.LARGEST:,} bytes: ")


@pytest.mark.parametrize("deep", ["[", '{"type":', '{"fields":['])
def test_metadata_that_is_deeper_than_the_stack(organization: Harbour, writer: Writer, good: str, deep: str) -> None:
    path = put(organization, f"{PLACE}metadata/deep.metadata.json", deep.encode() * 200_000)
    writer.point("ships", path)
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}'{path}' is no metadata of an Iceberg table: RecursionError(")


def test_metadata_of_more_values_than_there_is_memory_for(
    organization: Harbour, writer: Writer, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_limits, "MEMORY", SMALL)
    path = put(organization, f"{PLACE}metadata/wide.metadata.json", b"[" + b"{}," * 2**22 + b"{}]")
    writer.point("ships", path)
    organization.published()
    assert organization.pointer() == good
    assert "its files cannot be looked at with 24 MB of memory" in organization.sentences[0]


@pytest.fixture
def slow(organization: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that has half a second for the files of a product, each of which takes longer than that."""
    monkeypatch.setattr(reading_limits, "SECONDS", 0.5)

    def wait(number: int, name: str) -> None:
        if name == "GetObject" and number:  # the first is the record
            time.sleep(1)

    organization.before_call = wait


TOO_SLOW = f"{SHIPS}its files cannot be looked at within 0 seconds: rewrite its manifests"


def test_a_draft_that_takes_too_long_is_told_once_and_looked_at_again_after_an_hour(
    organization: Harbour, writer: Writer, good: str, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever commits such drafts all the time takes a few minutes of an hour from the others."""
    for number in range(2):
        writer.append(ship(number))
        organization.published()
        assert organization.calls.count("s3:GetObject") == (1 if number else 2)
    assert organization.pointer() == good
    assert organization.sentences[0].startswith(TOO_SLOW)
    monkeypatch.setattr(product_publication, "PAUSE", timedelta())
    organization.published()
    assert organization.calls.count("s3:GetObject") > 1
    assert organization.told() == ["product published", "publication refused"]
    organization.before_call = lambda *_: None
    organization.run(organization.request("retry"))
    assert organization.pointer() == writer.pointer()


def test_a_rollback_that_takes_too_long_is_refused(
    organization: Harbour, writer: Writer, good: str, slow: None
) -> None:
    organization.before_call, wait = lambda *_: None, organization.before_call
    first = organization.record["published"]["id"]
    writer.append(ship(2))
    organization.published()
    now = organization.pointer()
    organization.before_call = wait
    organization.run(organization.request("rollback", first))
    assert organization.pointer() == now
    assert organization.sentences[0].startswith(f"rollback to {first}: {TOO_SLOW}")


def test_the_limits_end_with_what_they_are_for() -> None:
    limits = ReadingLimits(5.0, SMALL)
    with pytest.raises(TooMuchError, match=r"^ships: .* with 24 MB of memory"), limits.of("ships"):
        bytearray(HUGE)
    assert len(bytearray(HUGE)) == HUGE
    with limits.of("ships"):
        time.sleep(0.05)
    assert limits.seconds < 4.96
    limits.seconds = 0.02
    with pytest.raises(TooMuchError, match=r"^ships: "), limits.of("ships"):
        time.sleep(5)
    time.sleep(0.05)


def test_a_hint_for_which_no_time_is_left_goes_back_to_the_queue(organization: Harbour, writer: Writer) -> None:
    late = Batch(PublishDocuments(organization.folder), organization.sessions, left=lambda: 300_000)
    hint = {"source": "aws.s3", "detail": {"bucket": {"name": BUCKET}, "object": {"key": "tables/ships/metadata/1"}}}
    records = [{"messageId": name, "body": json.dumps(body)} for name, body in (("hint", hint), ("sweep", SWEEP))]
    assert late.answer({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "hint"}]}
