"""What takes longest begins first, so that no process has it left when the others are done."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a time limit of their own are the long ones; a file goes where its first test goes."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
