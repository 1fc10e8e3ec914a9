"""The policy pack: `pulumi preview --policy-pack policies`. Files that cannot be used keep it from running."""

import os
import sys

from mesh_guardrails import configured, mesh_ids
from mesh_guardrails.exceptions import UnusableExceptionsError, read
from mesh_guardrails.pack import policies
from mesh_guardrails.rules import RULES, STACK_RULES
from pulumi_policy import EnforcementLevel, PolicyPack

try:
    exceptions = read((*RULES, *STACK_RULES), os.environ)
    ids = mesh_ids.read(os.environ)
except (UnusableExceptionsError, mesh_ids.UnusableIdsError) as error:
    sys.exit(str(error))

configured.install()
PolicyPack(
    name="mesh-guardrails",
    policies=policies(
        [mesh_ids.with_ids(rule, ids) for rule in RULES],
        [mesh_ids.with_ids(rule, ids) for rule in STACK_RULES],
        exceptions,
    ),
    enforcement_level=EnforcementLevel.MANDATORY,
)
