"""Templates of archive names, checked when they are loaded."""

import re
from string import Formatter
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from pipeline.stage import StageOptions
from schemas.letter import LetterKind

FIELDS: Final = {
    "year": "2569",
    "agency": "A" * 10,
    "code": "000000.000.000.000.000",
    "mark": "W" * 4,
    "running": "000000",
    "date": "25690119",
    "kind": "announcement",
    "id": "0" * 8,
}
"""The fields a template may name, each with its longest value."""
LONGEST: Final = 160
"""Leaves room for suffixes and extensions within the 255 bytes of a file name."""
_LITERAL = re.compile(r"[A-Za-z0-9_-]*")


def checked_template(template: str) -> str:
    """``template`` itself. Raises ValueError on unknown fields, odd letters or too long names."""
    for literal, field, spec, conversion in Formatter().parse(template):
        if not _LITERAL.fullmatch(literal):
            raise ValueError("only Latin letters, digits, _ and - may stand between the fields")
        if field is not None and (field not in FIELDS or spec or conversion):
            raise ValueError(f"fields are {', '.join(f'{{{name}}}' for name in FIELDS)}")
    if not 1 <= len(template.format(**FIELDS)) <= LONGEST:
        raise ValueError(f"the longest name it makes must have 1 to {LONGEST} letters")
    return template


Template = Annotated[str, AfterValidator(checked_template)]


class Templates(StageOptions):
    """One template for each kind. Only that of external letters follows a written rule."""

    external: Template = Field(
        "{year}_{agency}_{code}_{mark}{running}",
        description="หนังสือภายนอก: B.E. year, agency, owner's number, number in the register.",
    )
    internal: Template = Field(
        "{year}_{agency}_{code}_{mark}{running}_MEMO", description="หนังสือภายใน (บันทึกข้อความ)."
    )
    stamped: Template = Field(
        "{year}_{agency}_{code}_{mark}{running}",
        description="หนังสือประทับตรา; shares the outgoing register with external letters.",
    )
    order: Template = Field("{year}_{agency}_ORDER_{running}", description="คำสั่ง ระเบียบ ข้อบังคับ.")
    announcement: Template = Field(
        "{year}_{agency}_NOTICE_{running}", description="ประกาศ แถลงการณ์ ข่าว that carry a number."
    )
    evidence: Template = Field(
        "{year}_{agency}_{code}_{mark}{running}_CERT",
        description="หนังสือรับรอง รายงานการประชุม บันทึก that carry a number.",
    )
    unnumbered: Template = Field(
        "{date}_{agency}_{kind}_{id}", description="Every document without a number."
    )

    def of(self, kind: LetterKind) -> str:
        """The template for numbered documents of ``kind``."""
        return str(getattr(self, kind.value))
