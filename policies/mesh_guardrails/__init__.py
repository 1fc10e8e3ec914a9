"""Guardrails as a Pulumi policy pack: the rules (`rules`), and the policies that run them (`pack`)."""
