"""Evaluator of AWS policies: decides a request over a world of accounts, roles and resources. Pure."""

from mesh.evaluator.decide import Cause, Decision, Request, decide
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import FULL_ACCESS, Policy, compiled
from mesh.evaluator.world import ANONYMOUS, Account, Endpoint, Resource, Role, World

__all__ = [
    "ANONYMOUS",
    "FULL_ACCESS",
    "Account",
    "Cause",
    "Decision",
    "Endpoint",
    "Policy",
    "Request",
    "Resource",
    "Role",
    "UnknownError",
    "World",
    "compiled",
    "decide",
]
