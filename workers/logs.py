"""Logs as JSON lines on standard error: ids and codes, never names or text."""

import logging
import sys

import structlog

from pipeline.journal import OWN, withheld


class _OwnWords(structlog.stdlib.ProcessorFormatter):
    """Leaves out what other libraries say, as the station's own log does."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(withheld(record))


def log_as_json() -> None:
    """Every logger of this process and of the children it forks."""
    stamps: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder(
            {structlog.processors.CallsiteParameter.PROCESS}
        ),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _OwnWords(
            foreign_pre_chain=stamps,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OWN).setLevel(logging.INFO)
