"""The road from nothing: what the commands print at each of its steps, and the ids that AWS gives on it."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cli import exit_codes, main
from components.given_ids import replaced
from mesh import names
from mesh.access import from_plan
from mesh.access.from_plan import PlannedPolicy
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.plan.assumed import assumed_id
from tests.e2e.journal import DAY, STACKS
from tests.road.moment import Member, Moment

MANAGEMENT, ORGANIZATION, ROOT, NETWORK = "111111111111", "o-a1b2c3d4e5", "r-a1b2", "vpc-0123456789abcdef0"
ADMINISTRATOR = f"arn:aws:iam::{MANAGEMENT}:role/Administrator"
KEEPER = names.break_glass_user(MANAGEMENT, "keeper")
UNITS = {unit: f"ou-a1b2-{number}aaaaaaa" for number, unit in enumerate(("governance", "domains", "partners"), 1)}
ONE_LINE = f'organization: {{id: {ORGANIZATION}, root: {ROOT}, management: "{MANAGEMENT}"}}\n'


@dataclass(frozen=True)
class Road:
    """Plans and printed templates: `first` with the organisation's line only, `then` with the ids that AWS gave."""

    first: Plan
    first_template: str
    then: Plan
    then_template: str
    ids: dict[str, str]
    """Ids of accounts by name."""

    def account(self, name: str) -> str:
        """Id of an account."""
        return MANAGEMENT if name == "organization" else self.ids[name]

    def sent(self, text: str) -> str:
        """A document as the first run of the stack `organization` sends it."""
        given = {assumed_id(name): id_ for name, id_ in self.ids.items()}
        given |= {names.assumed_unit_id(name): id_ for name, id_ in UNITS.items()}
        return replaced(text, given)

    def begin(self, aws: Moment) -> None:
        """The administrator of one account that belongs to no organisation."""
        aws.role(ADMINISTRATOR, managed=("arn:aws:iam::aws:policy/AdministratorAccess",))

    def accounts_come(self, aws: Moment) -> None:
        """Units and accounts below them, with every control policy attached as the first run sends it."""
        for account in self.first.organization.args.accounts:
            id_, path = self.ids[account.name], (ROOT, UNITS[account.unit])
            aws.members[id_] = Member(id_, account.name, account.unit, path)
        for policy in self.first.organization.args.policies:
            for target in policy.targets:
                # A unit and an account are both called `governance`; policies are attached to the unit.
                aws.controls.setdefault((policy.type, target), []).append(
                    (policy.name, self.sent(policy.document.text()))
                )
        aws.changed()

    def roles_come(self, aws: Moment, account: str, *, below: str) -> None:
        """Roles that a stack makes in an account, of those below a path."""
        made = [role for role in from_plan.roles(self.then) if role.arn.startswith(f"{names.role(account, below)}")]
        assert made, below
        for role in made:
            inline = {each.name.rpartition(", ")[2]: _text(each) for each in role.identity}
            aws.role(role.arn, _text(role.trust), inline, boundary=_text(role.boundary) if role.boundary else "")


def _text(policy: object) -> str:
    return cast("PlannedPolicy", policy).value().text()


def printed(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main.run([*arguments, "--as-of", DAY.isoformat()]) == exit_codes.FINE
    return out.getvalue()


def prepared(folder: Path) -> Road:
    """The road of the sample mesh, in a folder: its commands are run, and AWS's answers are those of this module."""
    stacks = folder / "stacks"
    shutil.copytree(STACKS, stacks)
    people = (stacks / "accounts.yaml").read_text().partition("identity-center:")
    (stacks / "accounts.yaml").write_text(ONE_LINE + "".join(people[1:]))
    first = plan_folder(stacks, DAY).plan
    template = printed("bootstrap", "--dir", str(stacks), "--administrator", ADMINISTRATOR)
    ids = {one.name: f"7{number:011d}" for number, one in enumerate(first.organization.args.accounts, 1)}
    outputs = {"organization": ORGANIZATION, "root": ROOT, "management": MANAGEMENT, "units": UNITS, "accounts": ids}
    (folder / "outputs.json").write_text(json.dumps(outputs))
    printed("accounts", "--dir", str(stacks), "--from", str(folder / "outputs.json"))
    then_template = printed("bootstrap", "--dir", str(stacks))
    return Road(first, template, plan_folder(stacks, DAY).plan, then_template, ids)
