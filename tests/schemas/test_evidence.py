"""Evidence that no rule could weigh is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.evidence import Evidence, Finding
from schemas.secrecy import Secrecy

MARK: dict[str, Any] = {"detector": "other", "finding": Finding.MARK, "page": 1}


@pytest.mark.parametrize("level", [None, Secrecy.NORMAL])
def test_a_mark_has_a_level(level: Secrecy | None) -> None:
    with pytest.raises(ValidationError):
        Evidence(**MARK, level=level)
    Evidence(**MARK, level=Secrecy.CONFIDENTIAL)
    Evidence(**(MARK | {"finding": Finding.DOUBT}), level=level)


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_score_lies_between_nothing_and_all(score: float) -> None:
    with pytest.raises(ValidationError):
        Evidence(**MARK, level=Secrecy.SECRET, score=score)
