"""Credentials of anybody in the emulated organisation, by name: for a person who tries to break out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from mesh.findings import NotPossibleError, listed
from mesh.plan import Plan
from sandbox.rehearsal.personas import Persona, credentials, personas, provision

SESSION: Final = "by-hand"


def named(plan: Plan, who: str) -> Persona:
    """The persona of that name. Raises NotPossibleError, with what comes near, when there is none."""
    by_name = {persona.who: persona for persona in personas(plan)}
    if who in by_name:
        return by_name[who]
    near = difflib.get_close_matches(who, by_name, 3, 0.4)
    hint = f"; near: {listed(near)}" if near else f"; there are {listed(by_name)}"
    raise NotPossibleError(f"nobody is called '{who}'{hint}")


def handed_out(plan: Plan, who: str, endpoint: str) -> dict[str, str]:
    """The environment with which the AWS CLI and every SDK is that caller, from now until the organisation ends."""
    caller = named(plan, who)
    environment = {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": plan.perimeter.region}
    if not caller.role:
        return environment
    provision(plan, caller)
    keys = credentials(caller, plan.perimeter.region, SESSION)
    token = {"AWS_SESSION_TOKEN": keys.token} if keys.token else {}
    return {**environment, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key, **token}


def answer(plan: Plan, question: Mapping[str, Any], endpoint: str) -> dict[str, Any]:
    """`{"who": …}` -> `{"environment": …}`, or `{"error": …}`."""
    try:
        return {"environment": handed_out(plan, str(question.get("who", "")), endpoint)}
    except NotPossibleError as error:
        return {"error": str(error)}
