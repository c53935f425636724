"""The example stack: eight letters with separators, attachments, blank backs and a turned page."""

from datetime import date
from pathlib import Path

from .numbers import thai
from .spec import Agency, Attachment, Item, Kind, Letter, Level, Person, StackSpec, Urgency
from .text import (
    BUREAU,
    CANARIES,
    GOVERNOR,
    LOCAL_OFFICE,
    PROCLAIMER,
    PROVINCE,
    SIGNERS,
    VICE_GOVERNOR,
    body,
)

SEED = 2569
ROOT = Path(__file__).resolve().parents[2]
STACK_FILE = ROOT / "examples" / "stack.pdf"
TRUTH_FILE = Path(__file__).resolve().parent / "golden" / "stack.truth.json"


def _village_rows() -> tuple[tuple[str, ...], ...]:
    rows = [("ลำดับที่", "หมู่บ้าน", "ครัวเรือน", "อาสาสมัคร (คน)", "หมายเหตุ")]
    for i, village in enumerate(body("villages"), 1):
        note = "จุดหลัก" if i % 4 == 1 else "-"
        rows.append((thai(i), village, thai(48 + 37 * i % 211), thai(6 + 5 * i % 17), note))
    return tuple(rows)


FIRE_PLAN = Attachment(
    "แผนปฏิบัติการป้องกันและแก้ไขปัญหาไฟป่าและหมอกควัน ประจำปี ๒๕๖๙",
    "แผนปฏิบัติการป้องกันและแก้ไขปัญหาไฟป่าและหมอกควัน ประจำปี ๒๕๖๙",
    body("fire_plan"),
    _village_rows(),
    (0.9, 2.6, 1.2, 1.5, 1.7),
)
REPORT_FORM = Attachment(
    "แบบรายงานผลประจำสัปดาห์",
    "แบบรายงานผลการดำเนินการประจำสัปดาห์",
    (
        "ชื่อหน่วยงาน .................................... อำเภอ ........................",
        "รายงาน ณ วันที่ ........................... ผู้รายงาน ........................",
    ),
    (
        ("ที่", "กิจกรรม", "เป้าหมาย", "ผลงาน"),
        ("๑", "จัดทำแนวกันไฟรอบพื้นที่ป่าชุมชน (กิโลเมตร)", "๔๕", ""),
        ("๒", "ลาดตระเวนร่วมกับเครือข่ายราษฎรอาสาสมัคร (ครั้ง)", "๑๒๐", ""),
        ("๓", "ประชาสัมพันธ์ผ่านหอกระจายข่าว (ครั้ง)", "๓๖", ""),
        ("๔", "เปิดห้องปลอดฝุ่นในสถานบริการสาธารณสุข (แห่ง)", "๙", ""),
        ("๕", "แจกหน้ากากอนามัยแก่กลุ่มเปราะบาง (ชิ้น)", "๘,๗๐๐", ""),
    ),
    (0.6, 4.2, 1.2, 1.2),
    "จำนวน ๑ แผ่น",
)
FIRE_LETTER = Letter(
    Kind.EXTERNAL,
    "ตก ๐๐๒๓.๓/๔๕๗๘",
    date(2026, 1, 19),
    "การเตรียมความพร้อมป้องกันและแก้ไขปัญหาไฟป่าและหมอกควัน ประจำปี ๒๕๖๙",
    "นายอำเภอทุกอำเภอ และนายกองค์กรปกครองส่วนท้องถิ่นทุกแห่งในเขตจังหวัดตาก",
    body("fire_letter"),
    LOCAL_OFFICE,
    GOVERNOR,
    ("หนังสือจังหวัดตาก ที่ ตก ๐๐๒๓.๓/ว ๓๙๑๖ ลงวันที่ ๒๔ ธันวาคม ๒๕๖๘",),
    (FIRE_PLAN, REPORT_FORM),
    receipt="๑๐๗๒/๒๕๖๙",
)
CIRCULAR = Letter(
    Kind.EXTERNAL,
    "ตก ๐๐๒๓.๓/ว ๐๐๒๖",
    date(2026, 2, 5),
    "ซักซ้อมแนวทางการรับส่งหนังสือราชการด้วยระบบสารบรรณอิเล็กทรอนิกส์",
    "นายอำเภอ ทุกอำเภอ",
    body("circular"),
    LOCAL_OFFICE,
    GOVERNOR,
    urgency=Urgency.MOST_URGENT,
    receipt="๒๓๘๔/๒๕๖๙",
)
MEMO = Letter(
    Kind.INTERNAL,
    "ตก ๐๐๑๗.๑/๖๘๙",
    date(2026, 2, 27),
    "ขออนุมัติจัดโครงการฝึกอบรมเจ้าหน้าที่งานสารบรรณ รุ่นที่ ๔",
    "หัวหน้าสำนักงานจังหวัดตาก",
    body("memo"),
    BUREAU,
    SIGNERS[2],
)
ORDER = Letter(
    Kind.ORDER,
    "๑๒๓๔/๒๕๖๙",
    date(2026, 4, 3),
    "แต่งตั้งคณะกรรมการอำนวยการจัดงานวันสารบรรณไทย ประจำปี ๒๕๖๙",
    "",
    body("order"),
    PROCLAIMER,
    GOVERNOR,
)
EMERGENCY = Letter(
    Kind.EXTERNAL,
    "ปท ๐๐๑๓ / ฉ ๐๐๑",
    date(2026, 5, 21),
    "ขอความอนุเคราะห์เครื่องสูบน้ำระยะไกลเพื่อช่วยเหลือผู้ประสบอุทกภัย",
    "ผู้ว่าราชการจังหวัดตาก",
    body("emergency"),
    Agency(
        "ศาลากลางจังหวัดปทุมธานี",
        ("ถนนปทุมธานี - สามโคก", "อำเภอเมืองปทุมธานี ปท ๑๒๐๐๐"),
        ("สำนักงานป้องกันและบรรเทาสาธารณภัยจังหวัด", "ฝ่ายปฏิบัติการ"),
        "๐ ๒๕๕๕ ๐๑๔๖",
        roman="PTE",
    ),
    Person("นายธนวัตน์ ศรีสุวรรณภูมิ", ("รองผู้ว่าราชการจังหวัด ปฏิบัติราชการแทน", "ผู้ว่าราชการจังหวัดปทุมธานี")),
    receipt="๕๖๙๐/๒๕๖๙",
)
CONFIDENTIAL_LETTER = Letter(
    Kind.EXTERNAL,
    "ตก ๐๐๑๗.๒/๘๔",
    date(2026, 6, 9),
    "การตรวจสอบทรัพย์สินตามโครงการกุญแจมรกต",
    "ผู้อำนวยการสำนักงานตรวจเงินแผ่นดินภูมิภาคที่ ๙",
    body("confidential"),
    PROVINCE,
    VICE_GOVERNOR,
    level=Level.CONFIDENTIAL,
    canaries=CANARIES[Level.CONFIDENTIAL],
)
SECRET_LETTER = Letter(
    Kind.EXTERNAL,
    "ตก ๐๐๑๘.๑/๓๐๗",
    date(2026, 7, 15),
    "แผนเผชิญเหตุดอกบัวเหล็กในพื้นที่ชายแดน",
    "ผู้บัญชาการหน่วยเฉพาะกิจร่วมชายแดนที่ ๔",
    body("secret"),
    PROVINCE,
    GOVERNOR,
    level=Level.SECRET,
    canaries=CANARIES[Level.SECRET],
)
TOP_SECRET_LETTER = Letter(
    Kind.EXTERNAL,
    "ตก ๐๐๑๗.๒/๕",
    date(2026, 8, 28),
    "การเคลื่อนย้ายวัตถุสำคัญตามแผนพญานาคศิลา",
    "เลขาธิการคณะกรรมการอำนวยการความมั่นคงแห่งภูมิภาค",
    body("top_secret"),
    PROVINCE,
    GOVERNOR,
    level=Level.TOP_SECRET,
    canaries=CANARIES[Level.TOP_SECRET],
)


def example_spec() -> StackSpec:
    """The stack of examples/stack.pdf."""
    return StackSpec(
        (
            Item(FIRE_LETTER, blank_after=frozenset({4, 5})),
            Item(CIRCULAR, blank_after=frozenset({1})),
            Item(MEMO, turns=((2, 180),)),
            Item(ORDER),
            Item(EMERGENCY, blank_after=frozenset({1})),
            Item(CONFIDENTIAL_LETTER),
            Item(SECRET_LETTER),
            Item(TOP_SECRET_LETTER, blank_after=frozenset({2})),
        )
    )
