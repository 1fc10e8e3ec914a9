"""A pipeline that writes over what is published, under the same name: seen at the next look, told, and mended."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.functions.publish.organization import BUCKET, Harbour, contract, table
from tests.functions.publish.writers import Writer, ship

SHIPS = "harbour.berths, table ships: "


def key_of(path: str) -> str:
    return path.removeprefix(f"s3://{BUCKET}/")


def head(writer: Writer) -> str:
    return writer.pointer()


def listed(writer: Writer) -> str:
    snapshot = writer.table().current_snapshot()
    assert snapshot
    return str(snapshot.manifest_list)


def manifest(writer: Writer) -> str:
    table_ = writer.table()
    snapshot = table_.current_snapshot()
    assert snapshot
    return str(snapshot.manifests(table_.io)[-1].manifest_path)


FILES: list[Callable[[Writer], str]] = [head, listed, manifest]


def write_over(organization: Harbour, path: str) -> None:
    """Another content under the name of a file, which is still a good one for who reads JSON or Avro."""
    place = {"Bucket": BUCKET, "Key": key_of(path)}
    content = organization.s3.get_object(**place)["Body"].read()
    if path.endswith(".json"):
        content = json.dumps({**json.loads(content), "last-updated-ms": 7}).encode()
    else:
        content = content.replace(content[-16:], bytes(16))  # the marker between blocks is any sixteen bytes
    organization.s3.put_object(**place, Body=content)


@pytest.mark.parametrize("file", FILES)
def test_a_published_file_that_is_written_over_is_told_once_and_the_next_commit_mends_it(
    organization: Harbour, writer: Writer, file: Callable[[Writer], str]
) -> None:
    writer.append(ship(1))
    good = writer.append(ship(2))
    organization.published()
    organization.published()
    assert organization.told() == ["product published"]
    path = file(writer)
    before = organization.s3.get_object(Bucket=BUCKET, Key=key_of(path))["Body"].read()
    write_over(organization, path)
    for _ in range(2):
        organization.published()
    assert organization.told() == ["product published", "publication refused"]
    (sentence,) = organization.sentences
    assert sentence.startswith(f"{SHIPS}files of the published version '{good}' ")
    assert sentence.endswith("; commit again, which is checked whole, or roll back")
    assert organization.record["behind"]
    organization.s3.put_object(Bucket=BUCKET, Key=key_of(path), Body=before)
    organization.published()
    assert (organization.record["refused"], organization.record["behind"]) == (None, None)
    write_over(organization, listed(writer) if file is head else head(writer))
    new = writer.append(ship(3))
    organization.published()
    assert organization.pointer() == new
    assert organization.told()[2:] == ["publication refused", "product published"]
    assert organization.sentences[-1].endswith("; readers have a newer commit now, which was checked whole")


def test_what_was_skipped_as_checked_before_is_read_again_when_it_was_written_over(
    organization: Harbour, writer: Writer
) -> None:
    """A manifest of the published version is not read with the next commit, so another content would be published."""
    writer.append(ship(1))
    organization.published()
    good, path = organization.pointer(), manifest(writer)
    organization.s3.put_object(Bucket=BUCKET, Key=key_of(path), Body=b"no avro")
    writer.append(ship(2))
    organization.published()
    assert organization.pointer() == good
    assert any(f"'{path}' is no Avro file" in sentence for sentence in organization.sentences)


def test_a_version_that_was_written_over_is_not_gone_back_to(organization: Harbour, writer: Writer) -> None:
    path = writer.append(ship(1))
    organization.published()
    earlier = organization.record["published"]["id"]
    now = writer.append(ship(2))
    organization.published()
    write_over(organization, path)
    organization.run(organization.request("rollback", earlier))
    assert organization.pointer() == now
    assert f"files of the published version '{path}' were written over" in organization.sentences[0]


def test_a_file_that_is_written_over_during_the_check_is_checked_again_before_it_is_published(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(ship(1))
    path = writer.pointer()

    def over(_: int, name: str) -> None:
        if name == "ListObjectsV2":
            organization.after_call = lambda *_: None
            write_over(organization, path)

    organization.before_call = over
    organization.published()
    assert organization.pointer() == path
    organization.before_call = lambda *_: None
    organization.published()
    assert organization.sentences == []


def test_a_publication_from_before_there_were_seals_gets_one_with_the_next(
    organization: Harbour, writer: Writer
) -> None:
    writer.append(ship(1))
    organization.published()
    record = organization.record
    for key in ("seal", "list"):
        del record["published"]["tables"]["ships"][key]
    organization.hub_s3.put_object(
        Bucket="mesh-publications", Key="222222222222/berths.json", Body=json.dumps(record).encode()
    )
    write_over(organization, head(writer))
    organization.published()
    assert organization.told() == ["product published"]
    writer.append(ship(2))
    organization.published()
    assert organization.record["published"]["tables"]["ships"]["seal"]


def test_two_tables_have_a_seal_each(organization: Harbour) -> None:
    organization.configure(contract(table("ships"), table("docks")))
    writer = Writer(organization)
    writer.append(ship(1), name="docks")
    organization.published()
    states = organization.record["published"]["tables"]
    assert states["ships"]["seal"] != states["docks"]["seal"]
    write_over(organization, writer.pointer("docks"))
    organization.published()
    assert [sentence.partition(":")[0] for sentence in organization.sentences] == ["harbour.berths, table docks"]


@pytest.mark.parametrize(
    "content", [b"no json", b'{"format-version": 2, "current-schema-id": Infinity}', b"[" * 100_000]
)
def test_a_head_that_was_written_over_is_not_read_before_its_seal_is_compared(
    organization: Harbour, writer: Writer, content: bytes
) -> None:
    path = writer.append(ship(1))
    organization.published()
    earlier = organization.record["published"]["id"]
    now = writer.append(ship(2))
    organization.published()
    organization.s3.put_object(Bucket=BUCKET, Key=key_of(path), Body=content)
    assert organization.run(organization.request("rollback", earlier)) == []
    assert organization.pointer() == now
    assert organization.sentences == [
        f"harbour.berths, rollback to {earlier}: table ships: files of the published version '{path}' were written "
        "over, or deleted, after they were checked: its head, its manifest list or a manifest"
    ]
