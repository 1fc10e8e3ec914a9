"""Pipelines: the role of each product's one writer, what it reads, and the job that its YAML asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh import names, yamlfile
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.pipeline import pipeline_permissions, pipeline_trust
from mesh.iam.roles.pipeline_reads import MachineRead, pipeline_reads
from mesh.iam.statement import Document, document
from mesh.plan.nodes.account_access import Tags
from mesh.plan.nodes.clearance import Clearance
from mesh.plan.nodes.grants import Grant, on_databases, on_tables
from mesh.plan.nodes.job_runs import (
    GLUE_RUNTIMES,
    OF_A_READER,
    OF_SPARK,
    UNLABELLED,
    ended,
    ended_badly,
    quiet_hours,
    told_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRoleArgs:
    """The pipeline role of a product, which is its only writer; `reading` are products that it reads besides.

    `within` is the clearance that it reads with; None where it reads nothing but its own. `by_hub` says that the hub
    grants to it. `secrets` are the last parts of the names of those that it reads.
    """

    perimeter: Perimeter
    domain: str
    product: str
    account_id: str
    within: Clearance | None = None
    reading: tuple[MachineRead, ...] = ()
    by_hub: bool = False
    secrets: tuple[str, ...] = ()

    @property
    def clearance(self) -> str | None:
        """Name of the clearance that it reads with."""
        return self.within.name if self.within else None

    @property
    def reads(self) -> tuple[str, ...]:
        """Products that it reads, as `<domain>.<product>`."""
        return tuple(read.reference for read in self.reading)

    @property
    def reads_tables(self) -> bool:
        """Whether it reads a table through Lake Formation."""
        return self.within is not None and any("table" in read.ports for read in self.reading)

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.pipeline_role(self.account_id, self.product, self.clearance or names.NO_CLEARANCE)

    @property
    def trust(self) -> Document:
        """Trust policy of the role."""
        return pipeline_trust(self.account_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        writes = pipeline_permissions(self.perimeter, self.account_id, self.domain, self.product, self.secrets)
        reads = pipeline_reads(self.perimeter, self.account_id, self.product, self.reading)
        return document(*writes.statements, *reads)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Grants to the role: the hub's expressions of its clearance, passed on as to the clearance's own role."""
        if self.within is None or not self.reads_tables or self.by_hub:
            return ()
        hub = self.perimeter.governance_id
        return (
            on_databases(self.product, self.arn, hub, self.within.classifications),
            on_tables(self.product, self.arn, hub, self.within.expression),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineArgs:
    """The job of a pipeline, its script and its triggers, in the domain's account; the component `Pipeline` takes it.

    `script` is the text of the file `script_name`, empty for the runtime `external`, of which the mesh makes no job.
    `schedule` is as AWS takes it (`cron(…)` or `rate(…)`), `event` the product with whose publication it starts.
    `arguments` have no `--`, and nobody overrides them; `windows` are those of triggers for a past window, by name.
    `reads_tables` asks of Glue Spark that it reads through Lake Formation. `secrets` are the last parts of names.
    """

    perimeter: Perimeter
    domain: str
    product: str
    account_id: str
    role: str
    runtime: str
    script: str
    script_name: str
    bucket: str
    scripts_bucket: str
    labels: frozenset[str]
    schedule: str | None = None
    event: str | None = None
    reads: tuple[str, ...] = ()
    reads_tables: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    windows: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    timeout_minutes: int = 60
    workers: int = 2
    retries: int = 0
    secrets: tuple[str, ...] = ()
    tags: Tags = field(default_factory=dict[str, str])

    @property
    def script_key(self) -> str:
        """Key of the script in the bucket of scripts."""
        return f"{self.product}/{self.script_name}"

    @property
    def workgroup(self) -> str:
        """Name of the Athena workgroup of its own."""
        return names.pipeline_workgroup(self.product)

    @property
    def results(self) -> str:
        """Place of the results of its queries, in the product's bucket, with the product's key."""
        return f"s3://{self.bucket}/{names.QUERIES}/"

    @property
    def connection(self) -> str:
        """Name of the Glue connection with which it joins the private network."""
        return names.CONNECTION

    @property
    def log_group(self) -> str:
        """Name of what the names of its log groups begin with; logs of a labelled product are labelled data."""
        return f"/{names.PATH}/{self.product}/{'.'.join(sorted(self.labels)) or UNLABELLED}"

    @property
    def log_groups(self) -> tuple[str, ...]:
        """Log groups of its runs: what Glue writes of them, and what they print; of a function there is one."""
        if self.runtime in GLUE_RUNTIMES:
            return tuple(f"{self.log_group}/{what}" for what in ("error", "output"))
        return (self.log_group,) if self.runtime == "lambda" else ()

    @property
    def job(self) -> str:
        """Name of what runs it."""
        return names.job(self.product)

    @property
    def definition(self) -> str:
        """Definition of a state machine as Step Functions takes it, which is JSON; people may write YAML."""
        if not self.script_name.endswith(".yaml"):
            return self.script
        return json.dumps(yamlfile.parse(yamlfile.Source(self.script_name, self.script)))

    @property
    def start_role(self) -> str:
        """ARN of the role with which EventBridge starts it."""
        return names.start_role(self.account_id)

    @property
    def script_location(self) -> str:
        """Place of the script, as Glue takes it."""
        return f"s3://{self.scripts_bucket}/{self.script_key}"

    @property
    def draft(self) -> str:
        """Name of the database of its drafts."""
        return names.draft_database(self.domain, self.product)

    @property
    def overridable(self) -> Mapping[str, str]:
        """Arguments, as Glue has them, that the trigger of a past window has another value of."""
        windowed = {name for arguments in self.windows.values() for name in arguments}
        return {f"--{name}": value for name, value in self.arguments.items() if name in windowed}

    @property
    def fixed(self) -> Mapping[str, str]:
        """Arguments, as Glue has them, that every run has: people's, then the mesh's own."""
        own = {f"--{name}": value for name, value in self.arguments.items()}
        spark = {**OF_SPARK, **(OF_A_READER if self.reads_tables else {})} if self.runtime == "glue-spark" else {}
        return {
            **{name: value for name, value in own.items() if name not in self.overridable},
            "--custom-logGroup-prefix": self.log_group,
            "--job-bookmark-option": "job-bookmark-disable",
            "--mesh-bucket": self.bucket,
            "--mesh-draft": self.draft,
            **({"--mesh-secrets": self.secret_names} if self.secrets else {}),
            **spark,
        }

    @property
    def secret_names(self) -> str:
        """Names of its secrets in Secrets Manager, with commas between them; the job asks for their values."""
        return ",".join(names.secret(self.product, name) for name in self.secrets)

    @property
    def machine(self) -> str:
        """ARN of its state machine."""
        return f"arn:aws:states:{self.perimeter.region}:{self.account_id}:stateMachine:{self.job}"

    def runs_that(self, end: str) -> str | None:
        """Pattern of the events of runs that `failed` or `succeeded`; None where AWS counts them by itself."""
        if self.runtime in GLUE_RUNTIMES:
            return ended(self.job, end)
        return ended_badly(self.machine) if self.runtime == "step-functions" and end == names.FAILED else None

    @property
    def start_pattern(self) -> str | None:
        """Pattern of the event with which it starts: the publication of a product."""
        return told_of(self.event) if self.event else None

    @property
    def quiet_hours(self) -> int | None:
        """Hours without a run that ended well after which something is wrong; None where no schedule says."""
        return quiet_hours(self.schedule) if self.schedule else None
