"""Heartbeats of players: what came in since the last run, as one Parquet file of a run of its own (Lambda)."""

import os
import uuid

import boto3

BUCKET = os.environ.get("MESH_BUCKET", "")


def handler(_event, _context):
    """Copies what players sent below `files/incoming/` to a new run, and says that the run is whole."""
    s3, run = boto3.client("s3"), f"tables/heartbeats/run={uuid.uuid4()}"
    for found in s3.list_objects_v2(Bucket=BUCKET, Prefix="files/incoming/").get("Contents", ()):
        s3.copy({"Bucket": BUCKET, "Key": found["Key"]}, BUCKET, f"{run}/{found['Key'].rpartition('/')[2]}")
    s3.put_object(Bucket=BUCKET, Key=f"{run}/_SUCCESS")
