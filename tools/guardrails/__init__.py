"""Writer of `mesh/guardrail_rules.json`: the rules of the policy pack as data."""
