"""Errors of the evaluator for what it does not know: it neither guesses nor denies."""

from __future__ import annotations


class UnknownError(ValueError):
    """A policy or a request holds something whose meaning the evaluator does not know."""


class MalformedError(UnknownError):
    """A document is none that AWS takes, or not in its place; the message names the element."""


class DoubtError(UnknownError):
    """Whether a statement applies to a request is said by no page of AWS, or by two in two ways."""
