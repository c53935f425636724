"""Received letters ask for a line in the register of their level."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.errors import DocumentError, SecurityError
from pipeline.testing.harness import Harness
from plugins.register.export import COLUMNS
from plugins.register.stage import RegisterOptions, RegisterReceived
from schemas.document import Form
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Done, RegisterRequest
from schemas.secrecy import Secrecy

FACTS = LetterFacts(
    kind=Reading(value=LetterKind.EXTERNAL),
    number=Reading(value=LetterNumber.parse("ตก 0023.3/ว 0026")),
    date=Reading(value=ThaiDate(year_be=2568, month=12, day=30)),
    subject=Reading(value="ซักซ้อมแนวทาง"),
    addressee=Reading(value="นายอำเภอ"),
    sender=Reading(value="ศาลากลางจังหวัดตาก"),
)


def registered(root: Path, level: Secrecy, *, classified: bool = True) -> RegisterRequest:
    outcome, _ = Harness(root).run(
        RegisterReceived(RegisterOptions()),
        facts=(FACTS,),
        form=Form.SET,
        secrecy=level,
        classified=classified,
    )
    assert isinstance(outcome, Done)
    assert outcome.register_request
    return outcome.register_request


def test_a_normal_letter_goes_into_the_open_register(tmp_path: Path) -> None:
    request = registered(tmp_path, Secrecy.NORMAL)
    assert request.register_name == "received"
    assert request.entry["letter_number"] == "ตก ๐๐๒๓.๓/ว ๐๐๒๖"
    assert request.entry["dated"] == "๓๐ ธ.ค. ๒๕๖๘"
    assert request.entry["sender"] == "ศาลากลางจังหวัดตาก"
    assert set(request.entry) == set(COLUMNS["received"]) - {"number"}


def test_the_year_is_that_of_receipt_in_thailand(tmp_path: Path) -> None:
    today = datetime.now(timezone(timedelta(hours=7))).date()
    request = registered(tmp_path, Secrecy.NORMAL)
    assert request.year == today.year + 543
    assert request.entry["received_on"] == ThaiDate.of(today).format(thai=True, short=True)


@pytest.mark.parametrize("level", [Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_secret_letters_go_into_the_registrars_own(tmp_path: Path, level: Secrecy) -> None:
    request = registered(tmp_path, level)
    assert request.register_name == "received-secret"
    assert request.entry["secrecy"] == level.thai
    assert set(request.entry) == set(COLUMNS["received-secret"]) - {"number"}


def test_no_level_and_the_highest_level_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SecurityError, match="not-classified"):
        registered(tmp_path, Secrecy.NORMAL, classified=False)
    with pytest.raises(SecurityError, match="paper-only"):
        registered(tmp_path, Secrecy.TOP_SECRET)


def test_an_unread_letter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="letter-unread"):
        Harness(tmp_path).run(RegisterReceived(RegisterOptions()), classified=True)
