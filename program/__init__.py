"""Stacks of each kind, deployed: nodes of the Plan, a provider for each account, and components."""

from program.stack import deploy

__all__ = ["deploy"]
