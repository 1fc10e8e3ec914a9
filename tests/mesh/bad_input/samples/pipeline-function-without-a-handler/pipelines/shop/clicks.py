"""Clicks."""


def main() -> None:
    """Holds a handler that nobody can call."""

    def handler(event: object, context: object) -> None:
        """Nothing."""
