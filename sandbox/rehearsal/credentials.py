"""Credentials of anybody in the emulated organisation, by name: for the live checks, and for who tries to break out."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final

from mesh import names
from mesh.evaluator.moments import written
from mesh.findings import NotPossibleError, listed, near_names
from mesh.plan import Plan
from sandbox.emulator import backends
from sandbox.emulator.clients import Credentials
from sandbox.emulator.request_origin import ORIGINS, Origin
from sandbox.enforcement.callers import ISSUED
from sandbox.rehearsal.personas import SESSION_NAME, Persona, personas, provision

SHELL_SESSION: Final = "by-hand"
"""Name of a session whose credentials go to a shell."""

SESSION_SECONDS: Final = 3600
"""What AWS gives a session where nobody asks for more (STS API Reference, AssumeRole)."""


GLUE_ISSUES: Final = {"glue:CredentialIssuingService": "glue.amazonaws.com"}
"""Key that is in requests with the credentials that Glue gives to a job."""


def issued_keys(persona: Persona, region: str, issuer: str) -> dict[str, str]:
    """Keys that AWS puts into requests with the credentials of a job: of Glue, or of a function of Lambda."""
    if persona.kind != "pipeline":
        return {}
    if issuer == "lambda":
        return {"lambda:SourceFunctionArn": f"arn:aws:lambda:{region}:{persona.account}:function:{persona.product}"}
    return GLUE_ISSUES


def credentials(persona: Persona, region: str, session_name: str = SESSION_NAME, issuer: str = "") -> Credentials:
    """Credentials of a persona: of a session of that name, or the access key of a user. A job's are of a service."""
    if not persona.role:
        return Credentials("", "", None)
    if persona.kind != "break-glass user":
        return session_credentials(persona.role, region, session_name, issued_keys(persona, region, issuer))
    key: Any = backends.iam(persona.account).create_access_key(user_name=names.role_name(persona.role))
    return Credentials(key.access_key_id, key.secret_access_key, None)


def session_credentials(
    role_arn: str, region: str, session_name: str = SESSION_NAME, issued: Mapping[str, str] | None = None
) -> Credentials:
    """Credentials of a session that is made without a decision: the checks ask what it may do, not who may begin it."""
    from moto.sts.models import sts_backends

    account = role_arn.split(":")[4]
    session: Any = sts_backends[account]["aws"].assume_role(region, session_name, role_arn, "", SESSION_SECONDS, "")
    setattr(session, ISSUED, tuple((issued or {}).items()))
    return Credentials(session.access_key_id, session.secret_access_key, session.session_token)


# ---- credentials for a shell


def named(plan: Plan, who: str) -> Persona:
    """The persona of that name, a clearance also as `general@ads`.

    Raises NotPossibleError, with what comes near, when there is none.
    """
    by_name = {persona.who: persona for persona in personas(plan)}
    if persona := by_name.get(who) or by_name.get(f"clearance:{who}"):
        return persona
    near = near_names(who, by_name, cutoff=0.4)
    hint = f"; near: {listed(near)}" if near else f"; there are {listed(by_name)}"
    raise NotPossibleError(f"nobody is called '{who}'{hint}")


EndpointFrom = Callable[[Origin], str]
"""The URL at which callers from an origin come in."""


def shell_environment(plan: Plan, who: str, endpoint: EndpointFrom, origin: str = "") -> dict[str, str]:
    """Environment variables that make the AWS CLI and every SDK that caller, until the organisation ends.

    It calls from where it works, or from another origin. Raises NotPossibleError for one that there is not.
    """
    caller = named(plan, who)
    where: Origin | None = next((one for one in ORIGINS if one == origin), None) if origin else caller.origin
    if where is None:
        raise NotPossibleError(f"nobody comes from '{origin}'; there are {listed(ORIGINS)}")
    environment = {"AWS_ENDPOINT_URL": endpoint(where), "AWS_DEFAULT_REGION": plan.perimeter.region}
    if not caller.role:
        return environment
    provision(plan, caller)
    keys = credentials(caller, plan.perimeter.region, SHELL_SESSION)
    token = {"AWS_SESSION_TOKEN": keys.token} if keys.token else {}
    return {**environment, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key, **token}


def environment_or_error(plan: Plan, question: Mapping[str, Any], endpoint: EndpointFrom) -> dict[str, Any]:
    """`{"who": …, "from": …}` -> `{"environment": …, "expires": "2026-12-01T13:00:00Z"}`, or `{"error": …}`.

    Keys of a user, and the lack of any, do not expire: the moment is empty. It is of this machine's clock, by which an
    SDK asks for new keys, whatever the time in the organisation is.
    """
    who, origin = str(question.get("who", "")), str(question.get("from", ""))
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=SESSION_SECONDS)
    try:
        environment = shell_environment(plan, who, endpoint, origin)
    except NotPossibleError as error:
        return {"error": str(error)}
    return {"environment": environment, "expires": written(end) if "AWS_SESSION_TOKEN" in environment else ""}
