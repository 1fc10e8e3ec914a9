"""Archive of a function: the same for the same input, whole without anything of ours, and run as AWS runs it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pulumi import AssetArchive, StringAsset

from components.function_archive import function_archive, function_files
from sandbox.emulator.archives import ARCHIVE, ASSET, zipped
from sandbox.engine.wire import SIGNATURE

DOCUMENTS = {
    "mesh.json": json.dumps(
        {
            "mesh": "m",
            "region": "eu-west-1",
            "hub": "222222222222",
            "bus": "arn:aws:events:eu-west-1:222222222222:event-bus/mesh",
            "publications_bucket": "m-publications",
            "classifications": [],
            "domains": {},
            "lag_days": 14,
            "snapshot_days": 30,
            "rollbacks": 5,
            "workgroup": "mesh-check",
        }
    ),
    "contracts/ads/x.json": json.dumps({"domain": "ads"}),
}


def on_the_wire(files: dict[str, str]) -> dict[str, object]:
    assets = {path: {SIGNATURE: ASSET, "text": text} for path, text in files.items()}
    return {SIGNATURE: ARCHIVE, "assets": assets}


def test_an_archive_has_source_what_it_imports_and_documents() -> None:
    files = function_files("publish", DOCUMENTS)
    assert {"handler.py", "fastavro/__init__.py", *DOCUMENTS} <= files.keys()
    assert list(files) == sorted(files)
    assert {Path(path).suffix for path in files} == {".py", ".json"}


def test_the_same_input_makes_the_same_archive() -> None:
    first, second = (zipped(on_the_wire(function_files("publish", DOCUMENTS))) for _ in range(2))
    assert first == second
    other = {**DOCUMENTS, "mesh.json": "{}"}
    assert zipped(on_the_wire(function_files("publish", other))) != first


def test_no_text_of_an_archive_is_empty() -> None:
    """Pulumi takes an asset of no text for none."""
    archive = function_archive("publish", DOCUMENTS)
    assert isinstance(archive, AssetArchive)
    assert [
        path for path, asset in archive.assets.items() if not isinstance(asset, StringAsset) or not asset.text
    ] == []


def test_a_document_does_not_take_the_place_of_source() -> None:
    with pytest.raises(ValueError, match=r"handler\.py"):
        function_files("publish", {"handler.py": "x"})


def test_the_handler_runs_from_the_archive_and_imports_nothing_of_ours(tmp_path: Path) -> None:
    """A fresh interpreter has the archive on its path, and what AWS's runtime has: boto3."""
    archive = zipped(on_the_wire(function_files("publish", DOCUMENTS | {"contracts/ads/x.json": _CONTRACT})))
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(tmp_path)
    runs = (
        "import sys, handler; answer = handler.handler({'Records': []}, None); "
        "ours = sorted({'mesh', 'components', 'sandbox', 'cli', 'program'} & set(sys.modules)); "
        "import fastavro; print(answer, ours, fastavro.__file__)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", runs], cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": ""}
    )
    assert ran.stdout.strip() == f"{{'batchItemFailures': []}} [] {tmp_path}/fastavro/__init__.py", ran.stderr


_CONTRACT = json.dumps(
    {
        "domain": "ads",
        "product": "x",
        "account_id": "1",
        "bucket": "b",
        "database": "ads__x",
        "draft": "ads__x__draft",
        "owner": {},
        "version": "1",
        "tables": [],
    }
)
