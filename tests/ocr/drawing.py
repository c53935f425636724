"""Small pages for the readers: scanned, born digital, signed; and what stands on them."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
from fpdf import FPDF
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import SimpleSigner, sign_pdf
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata

from pipeline.fonts import thai_font
from plugins.sign.trial import make_trial_pki
from schemas.page import PageText
from tests.letters.degrade import PROFILES, encode, scan, show_through
from tests.letters.stack import to_pdf
from tests.letters.stamps import RED, seal, signature
from tests.letters.typeset import Sheet, Style

LINES = (
    "ที่ ตก ๐๐๒๓.๓/๔๖๗๘๙",
    "ศาลากลางจังหวัดตาก",
    "ถนนพหลโยธิน ตก ๖๓๐๐๐",
    "เรื่อง การเตรียมความพร้อมป้องกันและแก้ไขปัญหาไฟป่า",
    "ตามที่อำเภอเมืองตากได้จัดทำบัญชีจำนวนครัวเรือนในพื้นที่เสี่ยง",
    "และสำนักงานส่งเสริมการปกครองท้องถิ่นได้รวบรวมข้อมูลแล้ว นั้น",
    "จังหวัดจึงขอให้ดำเนินการภายในวันที่ ๑๙ กุมภาพันธ์ ๒๕๖๙",
)
PHRASES = (
    "ศาลากลางจังหวัดตาก",
    "จำนวนครัวเรือนใน",
    "สำนักงานส่งเสริมการปกครองท้อง",
    "กุมภาพันธ์ ๒๕๖๙",
)
NUMBER = "๐๐๒๓.๓/๔๖๗๘๙"
MARK = "ลับมาก"


def typed() -> Image.Image:
    """An A4 page of ``LINES`` at 300 dpi."""
    sheet = Sheet(style=Style())
    for row, line in enumerate(LINES):
        sheet.write(350, 500 + 160 * row, line)
    return sheet.image


def scanned(path: Path, *turns: int | None, profile: str = "office", skew: float = 0.0) -> Path:
    """One scanned page a turn (degrees clockwise); None scans the blank back of the page."""
    page, pages = typed(), []
    for number, turn in enumerate(turns):
        art = show_through(page) if turn is None else page
        art = art.rotate(skew, fillcolor=(255, 255, 255), resample=Image.Resampling.BICUBIC)
        picture = scan(art, PROFILES[profile], np.random.default_rng([number, 5]), turn or 0)
        pages.append(encode(picture, PROFILES[profile]))
    path.write_bytes(to_pdf(pages))
    return path


def stamped(path: Path, profile: str = "office") -> Path:
    """The page with a red seal on its second and third line, a blue signature on its fifth and
    a red mark below the text."""
    sheet = Sheet(style=Style())
    for row, line in enumerate(LINES):
        sheet.write(350, 500 + 160 * row, line)
    seal(sheet, (600, 740), "")
    signature(sheet, (900, 1120), np.random.default_rng(5))
    sheet.write(1240, 2200, MARK, points=36, bold=True, align="m", colour=RED)
    picture = scan(sheet.image, PROFILES[profile], np.random.default_rng(6))
    path.write_bytes(to_pdf([encode(picture, PROFILES[profile])]))
    return path


def written(path: Path, shaped: bool = False) -> Path:
    """The same lines as a word processor would write them.

    ``shaped``: by a writer that draws the tone marks apart and maps half of SARA AM to a digit.
    """
    sheet = FPDF(format="A4")
    sheet.add_page()
    sheet.add_font("thai", fname=thai_font())
    sheet.set_font("thai", size=16)
    sheet.set_text_shaping(shaped)
    sheet.multi_cell(0, 10, "\n".join(LINES))
    path.write_bytes(bytes(sheet.output()))
    return path


def mojibake(path: Path) -> Path:
    """The same lines in a file whose text claims to be Western letters."""
    sheet = FPDF(format="A4")
    sheet.add_page()
    sheet.set_font("helvetica", size=16)
    for line in LINES:
        sheet.cell(0, 10, line.encode("cp874").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")
    path.write_bytes(bytes(sheet.output()))
    return path


def signed(source: Path, path: Path, keys: Path) -> Path:
    """``source`` with a real PAdES signature."""
    make_trial_pki(keys, "องค์การบริหารส่วนตำบลทดสอบ")
    signer = SimpleSigner.load(str(keys / "signer.key"), str(keys / "signer.pem"))  # type: ignore[no-untyped-call]
    field = SigFieldSpec("Signature", on_page=0, box=(300, 50, 500, 120))
    metadata = PdfSignatureMetadata(field_name="Signature")
    out = BytesIO()
    with source.open("rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        sign_pdf(writer, metadata, signer, new_field_spec=field, output=out)
    path.write_bytes(out.getvalue())
    return path


def picture_bytes(path: Path) -> list[bytes]:
    """The stored bytes of every picture, page by page."""
    with pikepdf.open(path) as pdf:
        return [
            picture.read_raw_bytes()
            for page in pdf.pages
            for picture in page.get_images(recursive=False).values()
        ]


def pdfium_text(path: Path, index: int) -> str:
    """What PDFium extracts from a page."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return str(pdf[index].get_textpage().get_text_bounded())
    finally:
        pdf.close()


def ink_in_words(path: Path, page: PageText) -> tuple[float, float]:
    """Shares of the page's ink inside the boxes of its words, and of word boxes that hold ink."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        shown = pdf[page.number - 1].render(scale=page.dpi / 72, grayscale=True).to_numpy()
    finally:
        pdf.close()
    ink = cv2.erode(np.asarray(shown).reshape(shown.shape[:2]), np.ones((3, 3))) < 140
    assert abs(ink.shape[1] - page.width) <= 1
    assert abs(ink.shape[0] - page.height) <= 1
    cover = np.zeros_like(ink)
    held = []
    for line in page.lines:
        for word in line.words:
            left, top, right, bottom = word.box
            cover[top - 3 : bottom + 3, left - 3 : right + 3] = True
            held.append(float(ink[top:bottom, left:right].mean()) > 0.05)
    return float((ink & cover).sum() / max(ink.sum(), 1)), float(np.mean(held))
