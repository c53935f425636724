"""Making a new station: a folder with settings, keys, trial certificates and a definition."""

import csv
from importlib.resources import files
from pathlib import Path
from string import Template

from pipeline.durable import write_durably
from pipeline.errors import ConfigurationError
from pipeline.host import Host
from pipeline.keys import StationKey
from pipeline.settings import FILE, StationSection

_SETTINGS = Template("""\
# Settings of this station. Any of them can be overridden by SARABAN_SECTION__NAME.
default_definition = "standard"
state = "sqlite:///state.db"
store = "file:artifacts"

[station]
code = "$code"
organisation = "$organisation"
agency = "$agency"
trial = true   # keys and certificates below are for trial only / ใบรับรองทดลอง

[secrets]
station-key = "file:keys/station.key"
signer-key = "file:keys/signer.key"
signer-cert = "file:keys/signer.pem"
signer-chain = "file:keys/chain.pem"
tsa-key = "file:keys/tsa.key"
tsa-cert = "file:keys/tsa.pem"
registrar-certs = "file:keys/registrar.pem"

[runner]
workers = 0   # 0: one process a core
""")


def make_station(folder: Path, *, code: str, organisation: str, agency: str) -> list[str]:
    """Make the folder and answer the files made, relative to it.

    Raises ConfigurationError when there is a station already or a value does not fit.
    """
    if (folder / FILE).exists():
        raise ConfigurationError(
            "station-exists",
            thai=f"มีสถานีอยู่แล้วใน {folder} จะไม่เขียนทับ",
            english=f"There is a station in {folder} already; nothing was overwritten.",
        )
    try:
        StationSection(code=code, organisation=organisation, agency=agency)
    except ValueError as error:
        raise ConfigurationError(
            "bad-station",
            thai="ค่าที่ระบุใช้ไม่ได้: --code ต้องเป็นอักษรโรมันตัวใหญ่หรือตัวเลข 2 ถึง 12 ตัว เช่น TAK01 "
            "--agency ต้องเป็นอักษรโรมันตัวใหญ่ 2 ถึง 8 ตัว เช่น TAK",
            english="A value does not fit: --code takes 2 to 12 capital letters or digits (TAK01), "
            "--agency 2 to 8 capital letters (TAK).",
        ) from error
    if '"' in organisation or "\\" in organisation:
        raise ConfigurationError(
            "bad-station",
            thai='ชื่อหน่วยงานต้องไม่มีเครื่องหมาย " หรือ \\',
            english="The organisation's name may hold neither \" nor \\.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    values = {"code": code, "organisation": organisation, "agency": agency}
    values["prefixes"] = "\n".join(f'"{thai}" = "{roman}"' for thai, roman in _prefixes())
    definition = Template((files("pipeline") / "definitions" / "standard.toml").read_text("utf-8"))
    write_durably(folder / "keys" / "station.key", [StationKey.generate()], replace=False)
    made = ["keys/station.key"]
    for names in Host().hook.prepare_station(folder=folder, organisation=organisation):
        made += names
    for name, text in (
        ("definitions/standard.toml", definition.substitute(values)),
        (FILE, _SETTINGS.substitute(values)),
    ):
        write_durably(folder / name, [text.encode()], replace=False, mode=0o644)
        made.append(name)
    return made


def _prefixes() -> list[tuple[str, str]]:
    """Thai and Roman codes of the provinces on which the sources agree; the office may edit."""
    table = (files("schemas") / "codes" / "province_codes.csv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines())
    return [(row["thai_code"], row["roman_code"]) for row in rows if row["roman_code"]]
