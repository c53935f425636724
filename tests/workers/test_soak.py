"""The soak itself, for a moment."""

from pathlib import Path

import pytest

from tests.workers.soak import soak, table


@pytest.mark.slow
@pytest.mark.service
def test_a_few_kills_do_no_harm(toy_plugin: None, tmp_path: Path) -> None:
    found = soak("redis-sqlite", tmp_path, kills=10, seconds=120, seed=3)
    assert found["violations"] == []
    assert found["kills"] == 10
    assert found["documents"]["finished"] > 0
    assert "violations" in table([found])
