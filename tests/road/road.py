"""The road from nothing: what the commands print at each of its steps, and the ids that AWS gives on it."""

from __future__ import annotations

import contextlib
import io
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, cast

from cli import exit_codes, main
from components.given_ids import replaced
from mesh import names
from mesh.access import from_plan
from mesh.access.from_plan import PlannedPolicy
from mesh.evaluator import Resource, Role
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.plan.assumed import assumed_id
from mesh.plan.footprint import DeployedResource, footprint
from tests.e2e.journal import DAY, STACKS
from tests.mesh_copies import copied
from tests.road.moment import Member, Moment

MANAGEMENT, ORGANIZATION, ROOT, NETWORK = "111111111111", "o-a1b2c3d4e5", "r-a1b2", "vpc-0123456789abcdef0"
_HOME: Final = f"arn:aws:iam::{MANAGEMENT}:"
ADMINISTRATOR: Final = f"{_HOME}role/Administrator"
JOINING: Final = "arn:aws:iam::999999999991:role/Administrator"
"""The administrator of an account that joins: of one in no organisation."""
STATE_KEEPER: Final = f"{_HOME}role/State"
"""Whose credentials reach the state: no role of the mesh does."""
KEEPER: Final = names.break_glass_user(MANAGEMENT, "keeper")
UNITS: Final = {
    unit: f"ou-a1b2-{number}aaaaaaa" for number, unit in enumerate(("governance", "domains", "partners"), 1)
}
ONE_LINE: Final = f'organization: {{id: {ORGANIZATION}, root: {ROOT}, management: "{MANAGEMENT}"}}\n'
WHO_BEGINS: Final = Path(__file__).resolve().parents[2] / "docs" / "who-begins.md"


@dataclass(frozen=True, eq=False)
class Road:
    """Plans and printed templates: `first` with the organisation's line only, `then` with the ids that AWS gave.

    `with_network` knows the network as well, `last` Identity Center, too; `policies` are those of docs/who-begins.md,
    by their headings.
    """

    first: Plan
    first_template: str
    then: Plan
    then_template: str
    with_network: Plan
    last: Plan
    ids: dict[str, str]
    """Ids of accounts by name."""
    policies: dict[str, str]
    _footprints: dict[int, dict[str, list[DeployedResource]]] = field(
        default_factory=dict[int, dict[str, list[DeployedResource]]]
    )

    def account(self, name: str) -> str:
        """Id of an account."""
        return MANAGEMENT if name == "organization" else self.ids[name]

    @cached_property
    def given(self) -> dict[str, str]:
        """Ids that AWS gives in the first run of the stack `organization`, by those that the plan assumes."""
        given = {assumed_id(name): id_ for name, id_ in self.ids.items()}
        return given | {names.assumed_unit_id(name): id_ for name, id_ in UNITS.items()}

    def sent(self, text: str) -> str:
        """A document as the first run of the stack `organization` sends it; `test_sent.py` holds it to that run."""
        return replaced(text, self.given)

    def begin(self, aws: Moment) -> None:
        """Whom docs/who-begins.md lets begin, with its policies, in one account that belongs to no organisation."""
        aws.role(ADMINISTRATOR, inline={"page": self.policies["The first administrator"]})
        aws.role(STATE_KEEPER, inline={"page": self.policies["The state"]})

        aws.role(JOINING, managed=("arn:aws:iam::aws:policy/AdministratorAccess",))

    def accounts_come(self, aws: Moment) -> None:
        """Units and accounts below them, with every control policy attached as the first run sends it."""
        for account in self.first.organization.args.accounts:
            id_, path = self.ids[account.name], (ROOT, UNITS[account.unit])
            aws.members[id_] = Member(id_, account.name, account.unit, path)
        self.control(aws, self.first)

    def control(self, aws: Moment, plan: Plan) -> None:
        """Attach the control policies of a plan, in the place of those that are there."""
        aws.controls.clear()
        for policy in plan.organization.args.policies:
            for target in policy.targets:
                # A unit and an account are both called `governance`; policies are attached to the unit.
                text = self.sent(policy.document.text())
                aws.controls.setdefault((policy.type, target), []).append((policy.name, text))
        aws.changed()

    def footprint_of(self, stack: str, plan: Plan) -> list[DeployedResource]:
        """Resources of a stack of a plan."""
        if id(plan) not in self._footprints:
            made = self._footprints.setdefault(id(plan), {})
            for resource in footprint(plan):
                made.setdefault(resource.stack, []).append(resource)
        return self._footprints[id(plan)][stack]

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles of the mesh by ARN, with their documents."""
        return {role.arn: role for role in from_plan.roles(self.then)}

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Resources that carry a policy, by ARN."""
        return {resource.arn: resource for resource in from_plan.resources(self.then)}

    def role_comes(self, aws: Moment, arn: str) -> None:
        """A role that a stack makes."""
        role = self.roles[arn]
        inline = {each.name.rpartition(", ")[2]: _text(each) for each in role.identity}
        aws.role(arn, _text(role.trust), inline, boundary=_text(role.boundary) if role.boundary else "")

    def resource_comes(self, aws: Moment, arn: str) -> None:
        """A resource with its policy, that a stack makes."""
        made = self.resources[arn]
        aws.has(arn, made.account, json.dumps(made.policy.document) if made.policy else "", made.keys)


def _text(policy: object) -> str:
    return cast("PlannedPolicy", policy).value().text()


def printed(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main.run([*arguments, "--as-of", DAY.isoformat()]) == exit_codes.FINE
    return out.getvalue()


def policies_of(page: str) -> dict[str, str]:
    """Policies of a page by the headings that they stand under."""
    section = re.compile(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return {found[1]: found[2] for found in section.finditer(page)}


def prepared(folder: Path) -> Road:
    """The road of the sample mesh, in a folder: its commands are run, and AWS's answers are those of this module."""
    stacks = folder / "stacks"
    copied(STACKS, stacks)
    accounts = stacks / "accounts.yaml"
    people = accounts.read_text().partition("identity-center:")
    accounts.write_text(ONE_LINE)
    first = plan_folder(stacks, DAY).plan
    template = printed("bootstrap", "--dir", str(stacks), "--administrator", ADMINISTRATOR)
    ids = {one.name: f"7{number:011d}" for number, one in enumerate(first.organization.args.accounts, 1)}
    outputs = {"organization": ORGANIZATION, "root": ROOT, "management": MANAGEMENT, "units": UNITS, "accounts": ids}
    (folder / "outputs.json").write_text(json.dumps(outputs))
    printed("accounts", "--dir", str(stacks), "--from", str(folder / "outputs.json"))
    then_template, then = printed("bootstrap", "--dir", str(stacks)), plan_folder(stacks, DAY).plan
    accounts.write_text(f"{accounts.read_text()}network: {NETWORK}\n")
    with_network = plan_folder(stacks, DAY).plan
    accounts.write_text(accounts.read_text() + "".join(people[1:]))
    policies = policies_of(WHO_BEGINS.read_text("utf-8"))
    return Road(first, template, then, then_template, with_network, plan_folder(stacks, DAY).plan, ids, policies)
