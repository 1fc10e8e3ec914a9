"""Mesh -> Plan: everything that can be known before AWS is asked, and the rules that span files."""

from mesh.plan.build import build
from mesh.plan.nodes import Plan
from mesh.plan.rules import problems

__all__ = ["Plan", "build", "problems"]
