"""The Pulumi program: from the name of the stack that runs to the part of the Plan that it deploys."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pulumi

from mesh.findings import BadInputError, listed
from mesh.folder import plan_folder
from mesh.model import Mesh, contract_file
from mesh.plan import Plan
from program import access, domain, governance, organization, partner


def deploy() -> None:
    """Reads the mesh, plans it, and registers the resources of the current stack; raises RunError for bad input."""
    config, stack = pulumi.Config("mesh"), pulumi.get_stack()
    emulated = bool(config.get_bool("emulated"))
    as_of = _day(config.get("as-of"), emulated)
    plan = _read(Path(config.get("directory") or "stacks"), as_of, stack)
    if stack not in plan.stacks:
        raise pulumi.RunError(f"there is no stack '{stack}'; stacks: {listed(plan.stacks)}")
    if not pulumi.runtime.is_dry_run() and not emulated:
        _require_accounts(plan, stack)
    _deploy(stack, plan)


def _deploy(stack: str, plan: Plan) -> None:
    kind, _, name = stack.partition("-")
    if stack == "organization":
        organization.deploy(plan.organization)
    elif stack == "governance":
        governance.deploy(plan.governance)
    elif kind == "access":
        access.deploy(plan.domains[name])
    elif kind == "domain":
        domain.deploy(plan.domains[name])
    else:
        partner.deploy(plan.partners[name])


def _require_accounts(plan: Plan, stack: str) -> None:
    """Refuses what names an account that AWS has not numbered yet: its id is assumed, and may be somebody else's."""
    if stack == "organization":
        if plan.organization.access.assumed:
            raise pulumi.RunError(
                "there is no accounts.yaml: write it with 'organization: {id: …, root: …, management: \"…\"}'"
            )
        return
    accounts = plan.access
    missing = [needed for needed in dict.fromkeys((stack, *_named_by(plan, stack))) if accounts[needed].assumed]
    if missing:
        have, it = ("has", "it is") if len(missing) == 1 else ("have", "they are")
        raise pulumi.RunError(
            f"stack '{stack}' names {listed(missing)}, which {have} no account id yet; "
            f"run `pulumi up -s organization`, then `mesh accounts`, and commit: {it} planned with an assumed id"
        )


def _named_by(plan: Plan, stack: str) -> Iterator[str]:
    """Stacks whose account ids stand in the documents of a stack."""
    kind, _, name = stack.partition("-")
    yield "governance"
    if stack == "governance":
        yield from (f"domain-{domain}" for domain in plan.governance.locations)
    elif kind in ("access", "domain"):
        for delivery in plan.domains[name].deliveries.values():
            yield from (f"partner-{agreement.partner}" for agreement in delivery.deliveries)
    else:
        for domain, deployed in plan.domains.items():
            replications = deployed.deliveries.values()
            if any(delivery.partner == name for replication in replications for delivery in replication.deliveries):
                yield f"domain-{domain}"


def _read(directory: Path, as_of: datetime.date, stack: str) -> Plan:
    """The plan of a mesh folder; an error raises RunError, lapses and warnings of the stack are logged."""
    try:
        planned = plan_folder(directory, as_of)
    except BadInputError as error:
        raise pulumi.RunError(f"the mesh is not valid\n{error}") from None
    for finding in planned.findings:
        told = finding.severity != "note"
        if told and concerned(planned.mesh, os.path.relpath(finding.file, directory)) == stack:
            pulumi.log.warn(str(finding))
    return planned.plan


def concerned(mesh: Mesh, file: str) -> str:
    """The stack that a file is about; mesh.yaml, accounts.yaml and stray contracts are the organisation's."""
    folder, _, name = file.partition("/")
    stem = name.removesuffix(".yaml")
    if folder in ("domains", "partners") and stem in {**mesh.domains, **mesh.partners}:
        return f"{folder.removesuffix('s')}-{stem}"
    for owner, about in mesh.domains.items():
        if any(contract_file(owner, product, written) == file for product, written in about.products.items()):
            return f"domain-{owner}"
    return "organization"


def _day(text: str | None, emulated: bool) -> datetime.date:
    """Today; another day in the emulator alone, for a review that has lapsed would hold again on an earlier one."""
    if text and not emulated:
        raise pulumi.RunError(
            f"mesh:as-of is '{text}', and outside of the emulator the day is today: on another one, reviews and "
            "agreements that have lapsed would hold again; remove it (`pulumi config rm mesh:as-of`), and try another "
            "day with `mesh up --as-of` or `mesh plan --as-of`"
        )
    try:
        return datetime.date.fromisoformat(text) if text else datetime.datetime.now(datetime.UTC).date()
    except ValueError:
        raise pulumi.RunError(f"mesh:as-of is '{text}'; expected a date such as 2027-05-01") from None
