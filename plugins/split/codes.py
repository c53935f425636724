"""The code on a separator sheet: what it says, and reading it off a page picture."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from pipeline.errors import ConfigurationError
from pipeline.pixels import Picture

VERSION = "SRB1"
HEADING = "แผ่นคั่นเอกสาร"
INSTRUCTION = "วางหน้าหนังสือแต่ละเรื่อง ห้ามนำออกก่อนสแกน"
"""The words of every sheet; they tell a sheet whose codes cannot be read."""
_OURS = re.compile(r"SRB\d+\|")
_FIELD = re.compile(r"[A-Za-z0-9._-]{1,24}")
_PAYLOAD = re.compile(
    rf"{VERSION}\|(?P<station>[^|]+)\|(?P<batch>[^|]+)\|(?P<ordinal>\d{{1,6}})\|(?P<crc>[0-9A-F]{{8}})"
)


@dataclass(frozen=True)
class SheetCode:
    """``SRB1|station|batch|ordinal|check``: the check is the first eight hexadecimal digits of the
    SHA-256 of what stands before it. It finds printing and typing errors; it is no signature.

    ``station`` and ``batch`` are 1 to 24 of ``A-Z a-z 0-9 . _ -``; ``ordinal`` counts from 1.
    Raises ConfigurationError otherwise.
    """

    station: str
    batch: str
    ordinal: int

    def __post_init__(self) -> None:
        if not (_FIELD.fullmatch(self.station) and _FIELD.fullmatch(self.batch)):
            raise ConfigurationError(
                "separator-names",
                thai="รหัสสถานีและรหัสชุดต้องเป็นอักษรโรมัน ตัวเลข จุด ขีด 1 ถึง 24 ตัว",
                english="Station and batch must be 1 to 24 Roman letters, digits, dots, dashes.",
            )
        if not 1 <= self.ordinal <= 999_999:
            raise ConfigurationError(
                "separator-ordinal",
                thai="ลำดับแผ่นคั่นต้องอยู่ระหว่าง 1 ถึง 999999",
                english="The number of a separator sheet must lie between 1 and 999999.",
            )

    @property
    def payload(self) -> str:
        """What the printed codes say."""
        body = f"{VERSION}|{self.station}|{self.batch}|{self.ordinal}"
        return f"{body}|{hashlib.sha256(body.encode()).hexdigest()[:8].upper()}"

    @classmethod
    def parse(cls, payload: str) -> "SheetCode | None":
        """The code behind ``payload``; None when its layout or check is wrong."""
        match = _PAYLOAD.fullmatch(payload)
        if match is None:
            return None
        try:
            code = cls(match["station"], match["batch"], int(match["ordinal"]))
        except ConfigurationError:
            return None
        return code if code.payload == payload else None


@dataclass(frozen=True)
class SheetReading:
    """A page that bears codes of ours. ``code`` is None unless all of them are sound and agree."""

    code: SheetCode | None


def read_sheet(picture: Picture) -> SheetReading | None:
    """Look for separator codes at any angle; None when the page bears none of ours.

    ``picture`` at 100 dpi or more; the codes are 3 and 6 cm wide.
    """
    import cv2
    import zxingcpp

    reader: Any = zxingcpp
    found = reader.read_barcodes(
        cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY),
        formats=reader.BarcodeFormat.QRCode,
        try_invert=False,
        text_mode=reader.TextMode.Plain,
    )
    payloads = {str(code.text) for code in found if _OURS.match(code.text)}
    if not payloads:
        return None
    codes = {SheetCode.parse(payload) for payload in payloads}
    return SheetReading(codes.pop() if len(codes) == 1 else None)
