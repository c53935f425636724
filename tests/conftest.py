"""For all tests: the long ones first, so that parallel processes end together; real servers."""

import pytest

from tests.services.fixtures import SERVERS

pytest_plugins = ["tests.services.fixtures"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses a server; keeps the order otherwise."""
    for item in items:
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
