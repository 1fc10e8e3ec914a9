"""`mesh stacks`: every stack in the order of deployment, with the environment and the role from which CI deploys it."""

from __future__ import annotations

from collections.abc import Sequence

from cli.console import answer_json, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh import names
from mesh.folder import PlannedMesh
from mesh.plan.continuous_integration import CiJob, ci_jobs


def stacks(directory: FolderOption = DEFAULT_FOLDER, as_of: AsOf = None, as_json: JsonOption = False) -> None:
    """Show the stacks in their order, and how CI deploys each.

    A kind of stacks waits for those before it: organization, governance, partners, access, domains. Those of one kind
    are deployed side by side.
    """
    planned = read(directory, as_of)
    jobs = list(ci_jobs(planned.mesh.file.ci, planned.plan))
    if as_json:
        file = planned.mesh.file
        document = {"region": file.region, "audience": file.ci.audience if file.ci else None}
        answer_json({**document, "previews": _previews(planned), "stacks": [job._asdict() for job in jobs]})
        return
    _table(jobs)
    if planned.mesh.file.ci is None:
        say("mesh.yaml has no 'ci:': people deploy this mesh, by break-glass only")
    elif waiting := [job.stack for job in jobs if job.role is None]:
        say(f"{waiting[0]} has no role yet: AWS has not given an id that it names; `mesh accounts --from` writes ids")


def _previews(planned: PlannedMesh) -> dict[str, str | None] | None:
    """The job that previews any stack; None in a mesh without CI."""
    ci, plan = planned.mesh.file.ci, planned.plan
    if ci is None:
        return None
    role = names.ci_role(plan.perimeter.governance_id, names.CI_OF_PREVIEWS)
    return {
        "repository": ci.named_repository(names.CI_OF_PREVIEWS),
        "environment": ci.environment(names.CI_OF_PREVIEWS),
        "role": None if plan.access["governance"].assumed else role,
    }


def _table(jobs: Sequence[CiJob]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("stack", "kind", "environment", "role"):
        table.add_column(title)
    for job in jobs:
        table.add_row(job.stack, job.kind, job.environment or "", job.role or "")
    screen().print(table)
