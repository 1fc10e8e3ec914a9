"""The error of the evaluator for what it does not know: it neither guesses nor denies."""

from __future__ import annotations


class UnknownError(ValueError):
    """A policy or a request holds something whose meaning the evaluator does not know."""
