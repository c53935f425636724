"""What the questions of both stages share: their choices, and answers that cannot be followed."""

from collections.abc import Iterable

from pipeline.errors import DocumentError
from schemas.decision import Choice

ACCEPT = Choice(value="accept", thai="ตัดตามนี้", english="Cut like this")
ONE_LETTER = Choice(
    value="one-letter", thai="ทั้งหมดเป็นหนังสือเรื่องเดียว", english="It is all one letter"
)
RESCAN = Choice(
    value="rescan", thai="ไม่ครบ ให้สแกนใหม่", english="Something is missing: scan it again"
)
CHOICES = (ACCEPT, ONE_LETTER, RESCAN)


class AnswerError(ValueError):
    """The content of an answer cannot be followed; ``thai`` and ``english`` say why."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__(english)
        self.thai, self.english = thai, english


def rescan_wanted() -> DocumentError:
    """The error for the answer ``rescan``."""
    return DocumentError(
        "rescan-wanted",
        thai="ผู้ตรวจขอให้สแกนเอกสารนี้ใหม่ ต้นฉบับที่สแกนไว้ยังเก็บอยู่",
        english="A person wants this document scanned again; what came in is kept.",
    )


def check_once(chosen: list[int], known: Iterable[int]) -> None:
    """Raises AnswerError when a page is chosen twice, or is none of the document's."""
    pages = set(known)
    wrong = sorted({n for n in chosen if chosen.count(n) > 1 or n not in pages})
    if wrong:
        raise AnswerError(
            f"หน้า {listed(wrong)} ซ้ำหรือไม่มีอยู่",
            f"Pages {listed(wrong)} come twice or do not exist.",
        )


def unreadable_answer() -> AnswerError:
    return AnswerError(
        "คำตอบไม่อยู่ในรูปแบบรายการหน้า", "The answer is no list of pieces with their pages."
    )


def listed(numbers: list[int]) -> str:
    """Page numbers for a sentence, ten at most."""
    shown = ", ".join(str(number) for number in numbers[:10])
    return f"{shown}, ..." if len(numbers) > 10 else shown
