"""Secrets in files that only their owner can read."""

import stat
from pathlib import Path

from pipeline.errors import ConfigurationError


def read_key_file(path: Path, *, private: bool = False) -> bytes:
    """Bytes of the file. Raises ConfigurationError when it is missing or others may read a key.

    Certificates lie in such files too, and may be read by others; what is ``private`` never.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "secret-unreadable",
            thai=f"อ่านไฟล์กุญแจ {path} ไม่ได้: {error.strerror} โปรดตรวจที่อยู่และเจ้าของไฟล์",
            english=f"The key file {path} cannot be read: {error.strerror}. "
            "Check where it is and who owns it.",
        ) from error
    private = private or b"PRIVATE KEY" in content or path.suffix == ".key"
    if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            "secret-exposed",
            thai=f"ผู้อื่นอ่านไฟล์กุญแจ {path} ได้ โปรดสั่ง chmod 600",
            english=f"Others may read the key file {path}. Run `chmod 600` on it.",
        )
    return content
