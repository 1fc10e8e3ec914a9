"""Heartbeats of players: what came in since the last run, as the files of a run of its own (Lambda)."""

import hmac
import os
import uuid

import boto3

BUCKET = os.environ.get("MESH_BUCKET", "")
SECRET = os.environ.get("MESH_SECRETS", "")
INCOMING = "files/incoming/"


def handler(_event, _context):
    """Takes what players sent below `files/incoming/<partition>/` and signed into a new run, which is then whole."""
    s3, run = boto3.client("s3"), f"tables/heartbeats/run={uuid.uuid4()}"
    key = boto3.client("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"].encode()
    for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=INCOMING).get("Contents", ()):
        sent = s3.get_object(Bucket=BUCKET, Key=found["Key"])
        body, signature = sent["Body"].read(), sent["Metadata"].get("signature", "")
        if hmac.compare_digest(signature, hmac.new(key, body, "sha256").hexdigest()):
            s3.put_object(Bucket=BUCKET, Key=f"{run}/{found['Key'].removeprefix(INCOMING)}", Body=body)
    s3.put_object(Bucket=BUCKET, Key=f"{run}/_SUCCESS")
