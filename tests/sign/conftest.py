"""A trial PKI and a finished letter, made once."""

import io
from pathlib import Path

import fpdf
import pikepdf
import pikepdf.pdfa
import pytest

from pipeline.fonts import thai_font
from plugins.sign.trial import make_trial_pki

SECRETS = {
    "signer-key": "signer.key",
    "signer-cert": "signer.pem",
    "signer-chain": "chain.pem",
    "tsa-key": "tsa.key",
    "tsa-cert": "tsa.pem",
}


def secrets_of(keys: Path) -> dict[str, bytes]:
    """The stage's secrets, from the files of a trial PKI."""
    return {name: (keys / file).read_bytes() for name, file in SECRETS.items()}


def letter(path: Path, turn: int = 0) -> Path:
    """A PDF/A-2b of one page with Thai text, shown turned by ``turn`` degrees."""
    sheet = fpdf.FPDF(format="A4")
    sheet.add_page()
    sheet.add_font("thai", fname=thai_font())
    sheet.set_font("thai", size=16)
    sheet.set_text_shaping(True)
    sheet.multi_cell(0, 10, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖\nเรื่อง ขอเชิญประชุมเตรียมความพร้อม")
    with pikepdf.open(io.BytesIO(bytes(sheet.output()))) as pdf:
        del pdf.Root.OpenAction
        pdf.pages[0].rotate(turn, relative=False)
        pikepdf.pdfa.save(pdf, path, "2b")
    return path


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("station") / "keys"
    make_trial_pki(folder, "องค์การบริหารส่วนตำบลทดสอบ จังหวัดตาก")
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return letter(tmp_path_factory.mktemp("finished") / "finished.pdf")
