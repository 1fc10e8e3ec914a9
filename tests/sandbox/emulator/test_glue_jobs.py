"""Jobs of the emulated Glue: an update keeps runs and tags, and a trigger on demand is never made active."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.emulator.emulated_organization import EmulatedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, REGION

ROLE = f"arn:aws:iam::{DOMAIN}:role/mesh/pipeline/none/sessions"
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://b/sessions.py"}


@pytest.fixture
def glue() -> Iterator[Any]:
    with EmulatedOrganization(IDS, REGION) as organization:
        organization.ensure_account("playback")
        client = organization.client("glue", DOMAIN)
        client.create_job(Name="sessions", Role=ROLE, Command=COMMAND, Timeout=60, Tags={"owner": "x"})
        yield client


def test_a_job_that_is_updated_has_what_was_sent_and_keeps_its_runs_and_tags(glue: Any) -> None:
    run = glue.start_job_run(JobName="sessions")["JobRunId"]
    glue.update_job(JobName="sessions", JobUpdate={"Role": ROLE, "Command": COMMAND, "MaxRetries": 2})
    job = glue.get_job(JobName="sessions")["Job"]
    assert (job["MaxRetries"], job.get("Timeout")) == (2, None)
    assert [each["Id"] for each in glue.get_job_runs(JobName="sessions")["JobRuns"]] == [run]
    arn = f"arn:aws:glue:{REGION}:{DOMAIN}:job/sessions"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"owner": "x"}


def test_a_trigger_on_demand_that_is_started_is_as_it_was(glue: Any) -> None:
    glue.create_trigger(Name="run", Type="ON_DEMAND", Actions=[{"JobName": "sessions"}])
    glue.start_trigger(Name="run")
    assert glue.get_trigger(Name="run")["Trigger"]["State"] == "CREATED"


def test_a_trigger_that_is_updated_stays_what_it_is(glue: Any) -> None:
    glue.create_trigger(Name="daily", Type="SCHEDULED", Schedule="cron(5 4 * * ? *)", Actions=[{"JobName": "sessions"}])
    glue.start_trigger(Name="daily")
    update = {"Actions": [{"JobName": "sessions"}], "Schedule": "cron(5 5 * * ? *)"}
    trigger = glue.update_trigger(Name="daily", TriggerUpdate=update)["Trigger"]
    assert (trigger["Type"], trigger["State"], trigger["Schedule"]) == ("SCHEDULED", "ACTIVATED", "cron(5 5 * * ? *)")


def test_a_connection_that_is_deleted_is_gone(glue: Any) -> None:
    place = {"AvailabilityZone": "eu-west-1a", "SubnetId": "subnet-1", "SecurityGroupIdList": ["sg-1"]}
    settings = {"Name": "mesh", "ConnectionType": "NETWORK", "ConnectionProperties": {}}
    glue.create_connection(ConnectionInput={**settings, "PhysicalConnectionRequirements": place})
    glue.update_connection(Name="mesh", ConnectionInput={**settings, "Description": "the network"})
    assert glue.get_connection(Name="mesh")["Connection"]["Description"] == "the network"
    glue.delete_connection(ConnectionName="mesh")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_connection(Name="mesh")
