"""Clicks."""


def handler() -> None:
    """Nothing."""
