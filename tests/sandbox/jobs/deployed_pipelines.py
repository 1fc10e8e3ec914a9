"""The tiny mesh with a Python job of Glue that does what its argument says, deployed and served for a folder."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from mesh.folder import PlannedMesh, plan_folder
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.mesh_copies import copied

TINY: Final = Path(__file__).parents[2] / "mesh" / "tiny"
DAY: Final = datetime.date(2027, 1, 1)
JOB: Final = "orders.customers"
FUNCTION: Final = "orders.parcels"

STATE_MACHINE: Final = "{script: customers.asl.json, runtime: step-functions, schedule: rate(1 hour)}"
PYTHON_JOB: Final = """{script: customers.py, runtime: glue-python, timeout: 3 minutes, \
arguments: {act: tell, kept: as it is}, windows: {january: {act: write}, march: {act: loop}}}"""

ACTS: Final = '''
"""Does what it is told, for the tests of runs."""

import json
import os
import sys
import time

import boto3

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
bucket = arguments["--mesh-bucket"]


def tell():
    print(json.dumps(arguments))
    print(json.dumps(dict(os.environ)))
    print(boto3.client("sts").get_caller_identity()["Arn"])
    print("to the errors", file=sys.stderr)


def write():
    boto3.client("s3").put_object(Bucket=bucket, Key="files/written.txt", Body=b"a line")


def trespass():
    boto3.client("s3").put_object(Bucket=bucket.replace("customers", "parcels"), Key="files/a.txt", Body=b"a line")


def fail():
    raise ValueError("there are no rows of yesterday")


def loop():
    print("begun", flush=True)
    time.sleep(600)


def die():
    os.kill(os.getpid(), 9)


globals()[arguments["--act"]]()
'''

HANDLER: Final = '''
"""Answers with what it was given."""

import time


def handler(event, _context):
    print("at work")
    time.sleep(event.get("seconds", 0))
    if "fault" in event:
        raise KeyError(event["fault"])
    return {"given": event}
'''


def laid(folder: Path) -> Path:
    """The mesh, copied into a folder, with those scripts."""
    mesh = copied(TINY, folder / "stacks")
    domain = mesh / "domains" / "orders.yaml"
    text = domain.read_text("utf-8")
    assert STATE_MACHINE in text
    domain.write_text(text.replace(STATE_MACHINE, PYTHON_JOB), "utf-8")
    (mesh / "pipelines" / "orders" / "customers.py").write_text(ACTS, "utf-8")
    (mesh / "pipelines" / "orders" / "parcels.py").write_text(HANDLER, "utf-8")
    return mesh


@contextmanager
def kept(folder: Path) -> Iterator[tuple[FreshOrganization, PlannedMesh]]:
    """Inside, the organisation is deployed, and served for the folder, which is the working one."""
    planned = plan_folder(laid(folder), DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with fresh_organization(planned) as organization:
            workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
            failures = [each for run in workspace.up(planned) for each in run.result.failures]
            assert not failures, failures
            with organization.served("embedded", 0):
                yield organization, planned
