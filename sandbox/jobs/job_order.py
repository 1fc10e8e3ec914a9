"""An order to run a job of Glue once: what Glue gives to its script; and how the run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Jobs = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""An organisation that is asked about jobs: `begin`, `end` and `invoke` of `sandbox.jobs.deployed_jobs`."""

Stream = Literal["output", "error"]
"""What a script prints on, which is the last part of the name of the log group that it goes to."""

Told = Callable[[Stream, str], None]
"""Hears each line that a job prints, without its end."""

JobState = Literal["SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED"]
"""States in which a run of Glue ends (Glue Developer Guide, "AWS Glue job run statuses on the console")."""


@dataclass(frozen=True, slots=True)
class JobOrder:
    """An order to run a job once: `script` is its place in S3, `arguments` those of the run, as Glue has them.

    `environment` has the keys of a session of its role, the region, and the endpoint by which it is in the mesh's
    network. Below `log_group` are the groups for its output and its errors.
    """

    account: str
    job: str
    run: str
    script: str
    arguments: Mapping[str, str]
    environment: Mapping[str, str]
    log_group: str
    seconds: float


@dataclass(frozen=True, slots=True)
class JobEnd:
    """The end of a run: its state, how long it took, how many lines it printed; `sentence` says why it ended badly."""

    state: JobState
    seconds: float
    lines: int
    sentence: str = ""
