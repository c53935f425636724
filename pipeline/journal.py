"""The station's log: our own words, and of others only that they said something."""

import logging
import os
from pathlib import Path

OWN = "saraban"


class _OwnWords(logging.Formatter):
    """Messages of libraries and of exceptions may quote a document: they are left out."""

    def format(self, record: logging.LogRecord) -> str:
        told = logging.makeLogRecord(record.__dict__)
        if record.name.partition(".")[0] != OWN:
            told.msg, told.args = f"(message withheld; {record.module}:{record.lineno})", ()
        told.exc_info = told.exc_text = told.stack_info = None
        text = super().format(told)
        kind = record.exc_info[0] if record.exc_info else None
        return f"{text} [{kind.__name__}]" if kind else text


def log_to_file(folder: Path) -> None:
    """Ids and codes only, to ``saraban.log`` in the station's folder, which its owner may read."""
    file = folder / "saraban.log"
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(_OwnWords("%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OWN).setLevel(logging.INFO)
