"""Random stacks with a recogniser's slips, cut without a picture: none goes wrong unasked."""

import pytest

from bench.reading.cuts import Tally, seen, stacks
from plugins.split.cutting import cut_stack
from plugins.split.seen import Expected, Limits
from tests.split.sheaves import Sheaf, draw_sheaf
from tests.split.stacks import Trouble

_SEED = 7_000_000
_COUNT = 12


@pytest.fixture(scope="module")
def library() -> list[Sheaf]:
    return [draw_sheaf(_SEED + n) for n in range(14)]


def tally(library: list[Sheaf], noise: str, trouble: Trouble, *, sheets: bool) -> Tally:
    found = Tally()
    for case, stack in stacks(library, _SEED, _COUNT, noise, sheets, trouble):
        pages = seen(stack, case)
        found.add(case, stack, pages, cut_stack(pages, Limits(), Expected()))
    return found


@pytest.mark.parametrize("sheets", [True, False])
@pytest.mark.parametrize("noise", ["clean", "office"])
def test_ordered_stacks_are_cut_right_and_seldom_asked(
    library: list[Sheaf], noise: str, sheets: bool
) -> None:
    found = tally(library, noise, Trouble.NONE, sheets=sheets)
    assert found.silent == []
    assert found.exact / found.documents >= (0.99 if sheets else 0.95)
    assert found.asked <= _COUNT // 2


@pytest.mark.parametrize("sheets", [True, False])
@pytest.mark.parametrize("trouble", [t for t in Trouble if t is not Trouble.NONE])
def test_no_disordered_stack_is_cut_unasked(
    library: list[Sheaf], trouble: Trouble, sheets: bool
) -> None:
    assert tally(library, "clean", trouble, sheets=sheets).silent == []
