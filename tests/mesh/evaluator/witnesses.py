"""Witnesses of what the evaluator once decided otherwise than AWS: requests with AWS's answer and its page.

`aws` is what AWS does: `allow`, `deny`, or `refuse` where it takes no such document. `refuse` as a second answer stands
where AWS's own pages leave the answer open: there the evaluator may say that it does not know.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from mesh.evaluator import FULL_ACCESS, Account, Policy, Request, Resource, Role, UnknownError, World, compiled, decide
from mesh.evaluator.owners import carrier

HOME, OTHER, MANAGEMENT, ORGANIZATION = "121212121212", "343434343434", "565656565656", "o-cases0001"

WITNESSES: Final[tuple[dict[str, Any], ...]] = tuple(
    json.loads(Path(__file__).with_name("witnesses.json").read_text(encoding="utf-8"))
)
KINDS: Final = {witness["kind"] for witness in WITNESSES}


def verdict(witness: dict[str, Any]) -> str:
    """The library's answer, as the witnesses write AWS's."""
    try:
        request = Request(_caller(witness), witness["action"], witness["on"], witness.get("context", {}))
        return "allow" if decide(request, _world(witness)).allowed else "deny"
    except UnknownError:
        return "refuse"


def _caller(witness: dict[str, Any]) -> str:
    return str(witness.get("by", f"arn:aws:iam::{HOME}:role/Clerk"))


def _one(witness: dict[str, Any], name: str) -> Policy | None:
    return compiled(name, witness[name]) if name in witness else None


def _world(witness: dict[str, Any]) -> World:
    full, stop = ((FULL_ACCESS,), (FULL_ACCESS,)), _one(witness, "scp")
    bound = ((FULL_ACCESS, *((stop,) if stop else ())), (FULL_ACCESS,))
    accounts = [
        Account(
            number,
            ORGANIZATION,
            ("r-ca01",),
            management=number == MANAGEMENT,
            service_control=bound if number == HOME else full,
            resource_control=full,
        )
        for number in (HOME, OTHER, MANAGEMENT)
    ]
    caller, on = _caller(witness), str(witness["on"])
    parts = caller.split("/")
    role = f"arn:aws:iam::{caller.split(':')[4]}:role/{parts[1]}" if ":assumed-role/" in caller else caller
    identity = tuple(compiled(f"identity{i}", document) for i, document in enumerate(witness.get("identity", [])))
    own = Role(role, identity, boundary=_one(witness, "boundary"), session=_one(witness, "session"))
    roles = [own] if role.startswith("arn:") else []
    if "trust" in witness:
        return World(ORGANIZATION, "eu-west-1", accounts, [*roles, Role(on, trust=_one(witness, "trust"))])
    return World(ORGANIZATION, "eu-west-1", accounts, roles, _resources(witness, on))


def _resources(witness: dict[str, Any], on: str) -> list[Resource]:
    if witness.get("unlisted") or on == "*" or ":aws:" in on[8:]:
        return []
    owner, region, account, rest = on.split(":", 5)[2:]
    return [Resource(carrier(owner, on, region, account, rest), account or HOME, _one(witness, "policy"))]
