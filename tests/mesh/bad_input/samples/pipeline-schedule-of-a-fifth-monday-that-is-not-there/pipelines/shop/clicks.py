"""Clicks."""


def handler(event: object, _context: object) -> object:
    """Answers what it was given."""
    return event
