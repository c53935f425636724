"""For all tests: real servers; the long ones first, so that parallel processes end together."""

import pytest

pytest_plugins = ["tests.services.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the order otherwise."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
