"""People and pipelines that connect to data with a tool: by a clearance, as a pipeline, for a partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mesh import names
from mesh.findings import NotPossibleError, nearest
from mesh.plan import Plan

UserKind = Literal["clearance", "pipeline", "partner"]


@dataclass(frozen=True, slots=True)
class DataUser:
    """Somebody who connects: `home` is the domain or partner, `name` the clearance or the product that is written."""

    who: str
    """As `mesh as` has it: `clearance:general@ads`."""
    kind: UserKind
    home: str
    name: str
    account: str
    role: str
    permission_set: str
    """With which people sign in; empty for a pipeline."""

    @property
    def workgroup(self) -> str:
        """The Athena workgroup."""
        if self.kind == "clearance":
            return names.workgroup(self.name)
        return names.pipeline_workgroup(self.name) if self.kind == "pipeline" else names.WORKGROUP


def data_user(plan: Plan, who: str) -> DataUser:
    """The user of a name, a clearance also as `general@ads`; NotPossibleError where it is nobody who reads data."""
    known = {each.who: each for each in _data_users(plan)}
    found = known.get(who) or known.get(f"clearance:{who}")
    if found is None:
        raise NotPossibleError(
            f"'{who}' is nobody who connects to data: a clearance in a domain does (general@ads), a pipeline "
            f"(pipeline:<domain>.<product>) and a partner (partner:<partner>){nearest(who, known)}"
        )
    return found


def _data_users(plan: Plan) -> Iterator[DataUser]:
    for domain, deployed in plan.domains.items():
        for name, role in deployed.clearances.items():
            who = f"clearance:{name}@{domain}"
            yield DataUser(who, "clearance", domain, name, role.account_id, role.arn, name)
        for product, role in deployed.pipelines.items():
            who = f"pipeline:{domain}.{product}"
            yield DataUser(who, "pipeline", domain, product, role.account_id, role.arn, "")
    for partner, deployed in plan.partners.items():
        account = deployed.access.account_id
        role, people = names.role(account, "access"), names.PARTNER_PERMISSION_SET
        yield DataUser(f"partner:{partner}", "partner", partner, "", account, role, people)
