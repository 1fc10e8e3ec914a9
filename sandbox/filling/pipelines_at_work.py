"""Pipelines at work on a sample: those that run here make their product's rows, from what the sample has put there."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

import datetime
import hmac
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from mesh import names
from mesh.findings import NotPossibleError
from mesh.plan import Plan
from mesh.plan.nodes import PipelineArgs
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.filling.arrow_rows import parquet_file, partitioned
from sandbox.filling.product_writes import PART, ProductWrites
from sandbox.jobs.job_order import Jobs
from sandbox.jobs.pipeline_runs import Start, run_job, runnable_pipeline

INCOMING: Final = "files/incoming"
"""Where a pipeline without inputs in the mesh finds what comes from outside of it."""

SAMPLE_KEY: Final = b"key of the sample, and of nothing else"


class PipelinesAtWork:
    """Runs of the deployed pipelines; `jobs` is the organisation that is asked to begin and end them."""

    def __init__(self, organization: EnforcedOrganization, plan: Plan, jobs: Jobs) -> None:
        self._organization, self._plan, self._jobs = organization, plan, jobs

    def runnable(self, product: str) -> PipelineArgs | str:
        """The pipeline of a product, or why none runs here; empty for one that the mesh makes no job of."""
        domain, _, name = product.partition(".")
        pipeline = self._plan.domains[domain].jobs.get(name)
        if pipeline is None or pipeline.runtime == "external":
            return ""
        try:
            return runnable_pipeline(self._plan, product)
        except NotPossibleError as error:
            return str(error)

    def derive(self, pipeline: PipelineArgs, inputs: Mapping[str, pa.Table]) -> str:
        """Run a pipeline over what its inputs have, by table; why it failed, empty where it did not.

        One whose past windows have `from` and `until` is given the days that its inputs are of.
        """
        product = f"{pipeline.domain}.{pipeline.product}"
        windowed = any({"from", "until"} <= {*window} for window in pipeline.windows.values())
        return self._run(product, Start(arguments=_days(inputs) if windowed else {}))

    def take_in(
        self, pipeline: PipelineArgs, writes: ProductWrites, tables: Mapping[str, tuple[pa.Table, tuple[str, ...]]]
    ) -> str:
        """Put rows where they come in from outside, signed with the pipeline's secret, and run it; why it failed."""
        for secret in pipeline.secrets:
            self._keep(pipeline, names.secret(pipeline.product, secret))
        for rows, partitions in tables.values():
            for folder, part in partitioned(rows, partitions):
                body = parquet_file(part)
                signature = hmac.new(SAMPLE_KEY, body, "sha256").hexdigest()
                writes.put(f"{INCOMING}/{folder}{PART}", body, signature=signature)
        return self._run(writes.reference, Start())

    def _run(self, product: str, start: Start) -> str:
        try:
            end = run_job(self._plan, self._jobs, product, lambda _stream, _line: None, start)
        except NotPossibleError as error:
            return str(error)
        return "" if end.state == "SUCCEEDED" else end.sentence or end.state

    def _keep(self, pipeline: PipelineArgs, name: str) -> None:
        """Give a secret its value, as who deploys the domain does by hand."""
        session = self._organization.assume(names.deploy_role(pipeline.account_id))

        def asked(operation: str, **parameters: Any) -> dict[str, Any]:
            return session.call("secretsmanager", self._organization.region, operation, parameters)

        listed = asked("list_secrets", Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
        if not any(each["Name"] == name for each in listed):
            asked("create_secret", Name=name)
        asked("put_secret_value", SecretId=name, SecretString=SAMPLE_KEY.decode())


def _days(inputs: Mapping[str, pa.Table]) -> dict[str, str]:
    """The days that the partition columns and other dates of inputs are of, as arguments of a window."""
    days: list[datetime.date] = []
    for table in inputs.values():
        for column in table.columns:
            if pa.types.is_date(column.type) and len(column):
                days += [each for each in column.to_pylist() if each is not None]
    if not days:
        return {}
    return {"from": str(min(days)), "until": str(max(days) + datetime.timedelta(days=1))}
