"""The station's log: our own words, and of others only that they said something."""

import logging
import os
from pathlib import Path

OWN = "saraban"


def withheld(record: logging.LogRecord) -> logging.LogRecord:
    """What may be written of a record: our own words, and the class of an exception.

    Messages of libraries and of exceptions may quote a document.
    """
    told = logging.makeLogRecord(record.__dict__)
    text = record.getMessage()
    if record.name.partition(".")[0] != OWN:
        text = f"(message withheld; {record.module}:{record.lineno})"
    kind = record.exc_info[0] if record.exc_info else None
    told.msg, told.args = f"{text} [{kind.__name__}]" if kind else text, None
    told.exc_info = told.exc_text = told.stack_info = None
    return told


class _OwnWords(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return super().format(withheld(record))


def log_to_file(folder: Path) -> None:
    """Ids and codes only, to ``saraban.log`` in the station's folder, which its owner may read."""
    file = folder / "saraban.log"
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(_OwnWords("%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OWN).setLevel(logging.INFO)
