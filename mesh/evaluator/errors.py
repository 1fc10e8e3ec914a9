"""What the evaluator does not know, it refuses: an error, never a guess and never a denial."""

from __future__ import annotations


class UnknownError(ValueError):
    """A policy or a request says something whose meaning the evaluator does not know."""
