"""An emulated organisation whose policies are enforced: a gate decides every call."""

from __future__ import annotations

import datetime
from typing import Final

from sandbox.emulator.emulated_organization import OPERATOR, EmulatedOrganization, Enforcement
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller
from sandbox.enforcement.gate import Gate
from sandbox.enforcement.seeding import FirstRoles, entry_role, seed

OPERATOR_STEPS_IN: Final = "the operator of the emulator steps in (on AWS: continuous integration, by federation)"


class EnforcedOrganization(EmulatedOrganization):
    """The organisation, and the `gate` that decides every call by the policies as they are stored.

    `first_roles` are those that accounts start with. The operator's first step into one of them is let through, and
    counted. `office` is an address where people work; `now` is where its clock starts.
    """

    def __init__(
        self,
        ids: OrganizationIds,
        region: str,
        first_roles: FirstRoles,
        *,
        office: str = "",
        now: datetime.datetime | None = None,
        port: int | None = None,
    ) -> None:
        by_ci = first_roles.by_ci
        operator = f"arn:aws:iam::{ids.management_account}:user/{OPERATOR}"

        def exempt(caller: SignedCaller, call: AwsCall) -> str:
            steps_in = caller.identity == operator and call.operation == "AssumeRole"
            return OPERATOR_STEPS_IN if steps_in and not entry_role(call.text("RoleArn"), ids, by_ci=by_ci) else ""

        self.gate: Final = Gate(ids, region, exempt, office)
        self.gate.world.now = now
        enforcement = Enforcement(
            guard=self.gate,
            gate=self.gate,
            behind=self.gate.behind,
            seed=lambda account: seed(first_roles, account, ids),
            entry_role=lambda role: entry_role(role, ids, by_ci=by_ci),
        )
        super().__init__(ids, region, enforcement=enforcement, port=port)
