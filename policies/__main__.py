"""The policy pack: `pulumi preview --policy-pack policies`. Exceptions that cannot be used keep it from running."""

import os
import sys

from mesh_guardrails import configured
from mesh_guardrails.exceptions import UnusableExceptionsError, read
from mesh_guardrails.pack import policies
from mesh_guardrails.rules import RULES, STACK_RULES
from pulumi_policy import EnforcementLevel, PolicyPack

try:
    exceptions = read((*RULES, *STACK_RULES), os.environ)
except UnusableExceptionsError as error:
    sys.exit(str(error))

configured.install()
PolicyPack(
    name="mesh-guardrails",
    policies=policies(exceptions=exceptions),
    enforcement_level=EnforcementLevel.MANDATORY,
)
