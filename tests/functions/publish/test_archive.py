"""The archive runs by itself, with nothing of ours beside it: in a process that finds boto3 and the archive only."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from tests.functions.publish.archive import SOURCES, build
from tests.functions.publish.organization import MESH, contract, harbour
from tests.functions.publish.writers import Writer, ship

WITH_AWS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
"""What Lambda's own Python has besides the standard library."""

PROGRAM = """
import json, sys
import handler
from table_metadata import read_metadata
from metadata_checks import Counted, iceberg_findings
from table_files import TableFiles

class Body(bytes):
    read = lambda self: bytes(self)

class Files:
    def get_object(self, Bucket, Key):
        content = open(f"{sys.argv[1]}/{Key}", "rb").read()
        return {"ContentLength": len(content), "Body": Body(content), "ETag": "1"}

(product,) = handler._configuration.products.values()
table = product.tables[0]
files = TableFiles(Files(), table.location)
metadata = read_metadata(files, table.location + "metadata/1.metadata.json")
counted = Counted()
findings = list(iceberg_findings(product, table, files, metadata, None, counted))
ignored = handler.handler({"Records": [{"messageId": "1", "body": "{}"}]}, None)
import fastavro
print(json.dumps({
    "findings": findings,
    "rows": counted.rows,
    "ignored": ignored,
    "fastavro": fastavro.__file__,
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
}))
"""


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with boto3 and what it needs, and nothing else."""
    installed = Path(boto3.__file__).parents[1]
    folder = tmp_path / "runtime"
    folder.mkdir()
    for name in WITH_AWS:
        if (installed / name).exists():
            (folder / name).symlink_to(installed / name)
    return folder


def test_the_archive_reads_what_pyiceberg_wrote_and_imports_nothing_of_ours(tmp_path: Path, beside: Path) -> None:
    said = contract()
    (tmp_path / "configuration").mkdir()
    with harbour(tmp_path / "configuration", said) as organization:
        writer = Writer(organization)
        writer.append(ship(1), ship(2))
        files = tmp_path / "bucket"
        listed = organization.s3.list_objects_v2(Bucket=said["bucket"])["Contents"]
        for each in listed:
            target = files / each["Key"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(organization.s3.get_object(Bucket=said["bucket"], Key=each["Key"])["Body"].read())
        (files / "tables/ships/metadata/1.metadata.json").write_text(json.dumps(writer.metadata()))
    archive = build(tmp_path / "publish.zip", MESH, said)
    ran = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM, str(files)],
        env={"PYTHONPATH": f"{archive}:{beside}", "AWS_DEFAULT_REGION": "eu-west-1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert answer["findings"] == []
    assert answer["rows"] == 2
    assert answer["ignored"] == {"batchItemFailures": []}
    assert str(archive) in answer["fastavro"]
    assert not {"mesh", "components", "sandbox", "program", "cli", "pulumi", "pyiceberg"} & set(answer["modules"])


def test_the_sources_import_the_standard_library_boto3_and_fastavro_only() -> None:
    own = {path.stem for path in SOURCES.glob("*.py")}
    allowed = {*sys.stdlib_module_names, "boto3", "botocore", "fastavro", *own}
    imported = {
        (path.name, name.partition(".")[0])
        for path in SOURCES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert {(file, name) for file, name in imported if name not in allowed} == set()
    assert len(own) > 15
