"""The Plan, made from a Mesh (`build`), and the validation rules that span files (`problems`)."""

from mesh.plan.build import build
from mesh.plan.nodes.plan import Plan
from mesh.plan.rules import problems

__all__ = ["Plan", "build", "problems"]
