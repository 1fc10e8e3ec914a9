"""`mesh stacks`: every stack in the order of deployment, with the environment and the role from which CI deploys it."""

from __future__ import annotations

from collections.abc import Sequence

from cli.console import answer_json, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh import names
from mesh.findings import NotPossibleError
from mesh.plan.continuous_integration import CiJob, ci_jobs


def stacks(directory: FolderOption = DEFAULT_FOLDER, as_of: AsOf = None, as_json: JsonOption = False) -> None:
    """Show the stacks in their order, and how CI deploys each.

    A kind of stacks waits for those before it: organization, governance, partners, access, domains. Those of one kind
    are deployed side by side.
    """
    planned = read(directory, as_of)
    ci, plan = planned.mesh.file.ci, planned.plan
    if ci is None:
        raise NotPossibleError("mesh.yaml has no 'ci:': people deploy this mesh, by break-glass only (docs/on-aws.md)")
    jobs = list(ci_jobs(ci, plan))
    hub = plan.access["governance"]
    previews = names.CI_OF_PREVIEWS
    document = {
        "region": planned.mesh.file.region,
        "previews": {
            "repository": ci.named_repository(previews),
            "environment": ci.environment(previews),
            "role": None if hub.assumed else names.ci_role(plan.perimeter.governance_id, previews),
        },
        "stacks": [job._asdict() for job in jobs],
    }
    if as_json:
        answer_json(document)
    else:
        _table(jobs)


def _table(jobs: Sequence[CiJob]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("stack", "kind", "environment", "role"):
        table.add_column(title)
    for job in jobs:
        table.add_row(job.stack, job.kind, job.environment, job.role or "none yet")
    screen().print(table)
    if waiting := [job.stack for job in jobs if job.role is None]:
        say(f"{waiting[0]} has no role yet: AWS has not given an id that it names; `mesh accounts --from` writes ids")
