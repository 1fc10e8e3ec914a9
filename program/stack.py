"""From the name of the stack that Pulumi runs to the part of the Plan that it deploys."""

from __future__ import annotations

import datetime
from pathlib import Path

import pulumi

from mesh.findings import BadInputError, listed
from mesh.load import load
from mesh.plan import Plan, build, problems
from mesh.plan.build import by_stack
from program import domain, governance, organization, partner


def deploy() -> None:
    """Reads the mesh, plans it, and registers the resources of the current stack; raises RunError for bad input."""
    config = pulumi.Config("mesh")
    try:
        plan = _plan(Path(config.get("directory") or "stacks"), _day(config.get("as-of")))
    except BadInputError as error:
        raise pulumi.RunError(f"the mesh is not valid\n{error}") from None
    stack = pulumi.get_stack()
    access = by_stack(plan).get(stack)
    if access is None:
        raise pulumi.RunError(f"there is no stack '{stack}'; stacks: {listed(plan.stacks)}")
    if access.assumed and not pulumi.runtime.is_dry_run() and not config.get_bool("emulated"):
        raise pulumi.RunError(
            f"stack '{stack}' has no account id yet; run `pulumi up -s organization`, then `mesh accounts`, and commit"
        )
    _deploy(stack, plan)


def _deploy(stack: str, plan: Plan) -> None:
    kind, _, name = stack.partition("-")
    if stack == "organization":
        organization.deploy(plan.organization)
    elif stack == "governance":
        governance.deploy(plan.governance)
    elif kind == "domain":
        domain.deploy(plan.domains[name])
    else:
        partner.deploy(plan.partners[name])


def _plan(directory: Path, as_of: datetime.date) -> Plan:
    """The plan of a mesh folder; a lapse is told and deploys closed, an error stops."""
    loaded = load(directory)
    mesh = loaded.usable()
    findings = loaded.place(problems(mesh, as_of))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise BadInputError(errors)
    for finding in findings:
        pulumi.log.warn(str(finding))
    return build(mesh, as_of)


def _day(text: str | None) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text) if text else datetime.datetime.now(datetime.UTC).date()
    except ValueError:
        raise pulumi.RunError(f"mesh:as-of is '{text}'; expected a date such as 2027-05-01") from None
