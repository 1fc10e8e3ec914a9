"""Assumed ids: stand-ins that a mesh is planned with until AWS has numbered its accounts and units.

Every document that leaves this machine by a person's hand goes through `require_given`; what a stack sends goes through
`components.given_ids`, or is refused by `program.stack` before anything is sent.
"""

from __future__ import annotations

from mesh import names
from mesh.findings import NotPossibleError, listed
from mesh.plan.inputs import ASSUMED_NETWORK, ASSUMED_SUBNET, ASSUMED_UNITS, assumed_accounts
from mesh.plan.nodes import Plan


def assumed_id(account: str) -> str:
    """Stand-in of the Plan for the id of an account (`governance`, `domain-ads`) that AWS has not numbered yet."""
    kind, _, name = account.partition("-")
    return names.assumed_account_id(kind if name else "", name or kind)


def stand_ins(plan: Plan) -> dict[str, str]:
    """Every id that a plan may have assumed, with what it stands for."""
    nothing = assumed_accounts().organization
    return {
        nothing.id: "the organisation",
        nothing.root: "the root of the organisation",
        nothing.management: "the management account",
        ASSUMED_NETWORK: "the network",
        ASSUMED_SUBNET: "the subnet of jobs",
        **{getattr(ASSUMED_UNITS, unit): f"the unit '{unit}'" for unit in names.UNITS},
        **{assumed_id(one.name): f"the account '{one.name}'" for one in plan.organization.args.accounts},
    }


def assumed_in(text: str, plan: Plan) -> tuple[str, ...]:
    """Accounts, units and the rest that a text names by an id that AWS has not given."""
    return tuple(what for stand_in, what in stand_ins(plan).items() if stand_in in text)


def require_given(text: str, plan: Plan, remedy: str) -> str:
    """The text, which a person is going to apply; raises NotPossibleError when it names an id that AWS has not given.

    Such an id may be somebody else's: whoever has it would get what the text gives.
    """
    assumed = assumed_in(text, plan)
    if assumed:
        have, it = ("has", "it is") if len(assumed) == 1 else ("have", "they are")
        raise NotPossibleError(f"{listed(assumed)} {have} no id yet, and {it} named here; {remedy}")
    return text
