"""Metadata files as the whole function meets them: their names, and those that somebody wrote over."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.functions.publish.organization import BUCKET, Harbour
from tests.functions.publish.writers import Writer, rows, ship

PLACE = f"s3://{BUCKET}/tables/ships/"


@pytest.fixture
def good(organization: Harbour, writer: Writer) -> str:
    """The pointer that readers have before."""
    pointer = writer.append(ship(1))
    organization.published()
    return pointer


def put(organization: Harbour, path: str, content: bytes) -> None:
    organization.s3.put_object(Bucket=BUCKET, Key=path.removeprefix(f"s3://{BUCKET}/"), Body=content)


@pytest.mark.parametrize("name", ["x.json", "x.metadata.json.gz", "a?b.metadata.json", "a/./b.metadata.json"])
def test_a_name_that_no_reader_takes_or_some_take_for_another(
    organization: Harbour, writer: Writer, good: str, name: str
) -> None:
    content = json.dumps(writer.metadata()).encode()
    put(organization, f"{PLACE}metadata/{name}", gzip.compress(content) if name.endswith("gz") else content)
    writer.point("ships", f"{PLACE}metadata/{name}")
    organization.published()
    assert organization.pointer() == good
    (sentence,) = organization.sentences
    assert f"{PLACE}metadata/{name}'" in sentence


@pytest.mark.parametrize("name", ["x.gz.metadata.json", "x.gz.y.metadata.json"])
def test_a_file_is_unpacked_where_readers_unpack_it(
    organization: Harbour, writer: Writer, good: str, name: str
) -> None:
    content = json.dumps(writer.metadata()).encode()
    pointer = f"{PLACE}metadata/{name}"
    put(organization, pointer, gzip.compress(content) if name == "x.gz.metadata.json" else content)
    writer.point("ships", pointer)
    organization.published()
    assert organization.pointer() == pointer
    assert len(rows(pointer)) == 1


@pytest.mark.parametrize("wrong", [float("inf"), float("nan"), 10**400, "0"])
def test_a_number_that_is_none_is_refused_with_a_sentence(
    organization: Harbour, writer: Writer, good: str, wrong: Any
) -> None:
    writer.commit("ships", {**writer.metadata(), "current-schema-id": wrong})
    organization.published()
    assert organization.pointer() == good
    assert organization.told() == ["product published", "publication refused"]
    assert organization.record["behind"]


@pytest.mark.parametrize("text", ['{"format-version": Infinity}', '{"format-version": 3}', "[]"])
def test_a_head_that_was_written_over_is_not_gone_back_to(
    organization: Harbour, writer: Writer, good: str, text: str
) -> None:
    earlier = organization.record["published"]["id"]
    now = writer.append(ship(2))
    organization.published()
    put(organization, good, text.encode())
    assert organization.run(organization.request("rollback", earlier)) == []
    assert organization.pointer() == now
    assert organization.sentences[0].startswith(f"harbour.berths, rollback to {earlier}: table ships: ")
