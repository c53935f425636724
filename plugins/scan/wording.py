"""What a fault of a scan is called, for the person who decides."""

from collections.abc import Iterable, Mapping, Sequence

from plugins.scan.faults import ScanFault
from schemas.decision import Choice, Exhibit, Question

QUESTION = "confirm-scan"
ACCEPT = Choice(value="accept", thai="รับไว้ตามที่เป็น", english="Accept it as it is")
RESCAN = Choice(
    value="rescan",
    thai="ให้สแกนใหม่ (พิมพ์ใบขอสแกนใหม่ ภาพเดิมยังเก็บไว้)",
    english="Scan it again (a slip is printed; what came in is kept)",
)
FAULTS: dict[ScanFault, tuple[str, str]] = {
    ScanFault.COARSE: ("ความละเอียดต่ำกว่าที่กำหนด", "the resolution is too low"),
    ScanFault.CUT_OFF: ("ข้อความขาดหายที่ขอบภาพ", "text runs out of the picture"),
    ScanFault.DARK: ("ภาพมืดเกินไป", "too dark"),
    ScanFault.FAINT: ("ตัวอักษรจางเกินไป", "the ink is too faint"),
    ScanFault.BLURRED: ("ภาพไม่ชัด อ่านไม่ได้", "too blurred to be read"),
}
"""Thai and English for each fault."""


def scan_question(
    faults: Mapping[int, tuple[ScanFault, ...]], stack_pages: Sequence[int]
) -> Question:
    """Ask whether a badly scanned document shall go on.

    ``faults`` by page of the document, 1-based; ``stack_pages`` says which page of the stack each
    of the document's pages is, for the words of the question name those.
    """
    by_fault = {
        fault: [stack_pages[page - 1] for page, found in faults.items() if fault in found]
        for fault in ScanFault
    }
    thai, english = (
        "; ".join(
            f"{FAULTS[fault][language]} ({word} {listed(pages)})"
            for fault, pages in by_fault.items()
            if pages
        )
        for language, word in enumerate(("หน้า", "page"))
    )
    return Question(
        code=QUESTION,
        thai=f"ภาพสแกนบกพร่อง: {thai} (เลขหน้าของกอง) จะรับไว้หรือให้สแกนใหม่",
        english=f"Badly scanned: {english}, pages of the stack. Accept it, or scan it again?",
        choices=(ACCEPT, RESCAN),
        exhibits=tuple(
            Exhibit(page=page, note="; ".join(" / ".join(FAULTS[fault]) for fault in found))
            for page, found in faults.items()
        ),
    )


def listed(pages: Iterable[int]) -> str:
    """``3, 4, 9``."""
    return ", ".join(map(str, pages))
