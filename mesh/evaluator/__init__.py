"""Who may do what: an evaluator of AWS's policies over the planned mesh. Pure; asks nobody."""

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
