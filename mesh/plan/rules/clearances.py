"""Rules of clearances: what they read, and their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.findings import Problem, unknown
from mesh.plan.rules.context import CrossFileRule, RuleContext, clearance_file

RESERVED_CLEARANCES: Final = (
    "access",
    "deploy",
    "deploy-access",
    names.NO_CLEARANCE,
    "preview",
    "publisher",
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


RULES: Final[tuple[CrossFileRule, ...]] = (
    clearances_read_known_classifications,
    clearances_fit_a_permission_set,
    clearances_leave_the_platform_its_names,
)
