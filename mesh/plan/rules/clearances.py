"""Rules of clearances: what they read, and their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.findings import Problem, listed, unknown
from mesh.model import Approver
from mesh.model.base import Owner
from mesh.plan.rules.context import CrossFileRule, RuleContext, clearance_file, domain_file

RESERVED_CLEARANCES: Final = (
    "access",
    names.CHECK,
    "deploy",
    "deploy-access",
    "forward",
    names.NO_CLEARANCE,
    "preview",
    "publisher",
    names.RETENTION,
    names.START,
    *names.STAFF,
)
LONGEST_PERMISSION_SET: Final = 32


def clearances_read_known_classifications(context: RuleContext) -> Iterator[Problem]:
    """Clearances read classifications that mesh.yaml has."""
    known = context.mesh.file.classifications
    for clearance, file in context.mesh.clearances.items():
        for number, name in enumerate(file.reads):
            if name not in known and not context.mesh.is_uncertain("mesh.yaml", "classifications", name):
                message = unknown("classification", name, known)
                yield Problem(clearance_file(clearance), ("reads", number), message)


def clearances_fit_a_permission_set(context: RuleContext) -> Iterator[Problem]:
    """Clearances have names of at most 32 characters, which IAM Identity Center takes for their permission sets."""
    for clearance in context.mesh.clearances:
        if len(clearance) > LONGEST_PERMISSION_SET:
            message = (
                f"clearance '{clearance}' has {len(clearance)} characters, and its permission set takes "
                f"{LONGEST_PERMISSION_SET}; rename the file"
            )
            yield Problem(clearance_file(clearance), (), message)


def clearances_leave_the_platform_its_names(context: RuleContext) -> Iterator[Problem]:
    """Clearances are not named like a role of the platform, or its permission sets (`mesh-…`)."""
    for clearance in context.mesh.clearances:
        if clearance in RESERVED_CLEARANCES or clearance.startswith("mesh-"):
            message = f"'{clearance}' is a name of the platform's own; rename the file of this clearance"
            yield Problem(clearance_file(clearance), (), message)


def approvers_stand_once(context: RuleContext) -> Iterator[Problem]:
    """Approvers stand once, in whatever case: of two entries with one address or handle one would be for show."""
    for clearance, number, approver in context.every_approver():
        earlier = context.mesh.clearances[clearance].approvers[:number]
        for key, name in _identities(approver):
            if any((key, name.casefold()) in _folded(other) for other in earlier):
                message = f"'{name}' approves for '{clearance}' already, in whatever case; name it once"
                yield Problem(clearance_file(clearance), ("approvers", number, key), message)


def approvers_own_no_domain(context: RuleContext) -> Iterator[Problem]:
    """Approvers own no domain: one yes is enough for the whole file, and its `reads` stand there."""
    for clearance, number, approver in context.every_approver():
        owned: dict[str, str] = {}
        for domain, terms in context.mesh.domains.items():
            same = (name for key, name in _identities(approver) if (key, name.casefold()) in _folded(terms.owner))
            if not context.mesh.touches(domain_file(domain), "owner") and (name := next(same, None)):
                owned[domain] = name
        if owned:
            message = (
                f"'{next(iter(owned.values()))}' owns domain{'s' if len(owned) > 1 else ''} {listed(owned)}, and its "
                f"yes alone decides who holds '{clearance}' and what it reads; name an approver who owns no domain"
            )
            yield Problem(clearance_file(clearance), ("approvers", number), message, "warning")


def _identities(somebody: Approver | Owner) -> Iterator[tuple[str, str]]:
    """Key and text of the address and of the handle, if there is one."""
    yield "email", somebody.email
    if somebody.github is not None:
        yield "github", somebody.github


def _folded(somebody: Approver | Owner) -> set[tuple[str, str]]:
    """Address and handle as they are compared: mail is delivered, and GitHub asks, in whatever case."""
    return {(key, name.casefold()) for key, name in _identities(somebody)}


RULES: Final[tuple[CrossFileRule, ...]] = (
    clearances_read_known_classifications,
    clearances_fit_a_permission_set,
    clearances_leave_the_platform_its_names,
    approvers_stand_once,
    approvers_own_no_domain,
)
