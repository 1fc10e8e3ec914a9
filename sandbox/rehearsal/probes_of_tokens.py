"""Probes of CI's way in: tokens of the stack's own environment, and of whoever else may have one made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.evaluator import Request
from mesh.plan import Plan
from mesh.plan.nodes import CiRoleArgs
from sandbox.enforcement.web_identity import WebIdentity
from sandbox.rehearsal.personas import SESSION_NAME, Persona
from sandbox.rehearsal.probes import Probe

STRANGER: Final = "repo:somebody/else"


def probes_of_tokens(plan: Plan, personas: list[Persona]) -> Iterator[Probe]:
    """The probes of every CI role. Who shows a token signs nothing: the caller is the one without credentials."""
    first = plan.organization.args.first_ci
    roles = (*(first.roles if first else ()), *plan.governance.ci.values())
    for persona in personas:
        for number, role in enumerate(roles if not persona.role else ()):
            for subject in (role.subject, *_of_others(role, roles[number - 1])):
                yield _signing_in(persona, role, subject)


def _of_others(role: CiRoleArgs, another: CiRoleArgs) -> Iterator[str]:
    """Subjects of tokens that are not for a role: of a pull request, of another stack, of another repository."""
    repository, _, environment = role.subject.partition(":environment:")
    yield f"{repository}:pull_request"
    yield another.subject
    yield f"{STRANGER}:environment:{environment}"


def _signing_in(persona: Persona, role: CiRoleArgs, subject: str) -> Probe:
    shown = WebIdentity(role.issuer, role.audience, subject)
    provider = names.identity_provider(role.perimeter.governance_id, role.issuer)
    context = {"sts:RoleSessionName": SESSION_NAME, **shown.keys}
    request = Request(provider, "sts:AssumeRoleWithWebIdentity", role.arn, context)
    parameters = {"RoleArn": role.arn, "RoleSessionName": SESSION_NAME, "WebIdentityToken": shown.token}
    label = f"sign in to ci/{role.stack} as {subject}"
    return Probe(persona, label, "sts", "assume_role_with_web_identity", parameters, (request,))
