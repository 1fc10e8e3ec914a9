"""The policy pack: `pulumi preview --policy-pack policies`."""

from mesh_guardrails.pack import policies
from pulumi_policy import EnforcementLevel, PolicyPack

PolicyPack(name="mesh-guardrails", policies=policies(), enforcement_level=EnforcementLevel.MANDATORY)
