"""Entry point of the notify plugin: times every stage run and logs every event."""

import logging
import time
from collections.abc import Generator
from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage, StageContext
from schemas.event import Event
from schemas.outcome import Outcome

log = logging.getLogger("saraban.journal")


@hookimpl
def on_event(event: Event) -> None:
    """Ids and counts only, as an event holds nothing else."""
    log.info("%s document=%s sequence=%d", event.type, event.document, event.sequence)


@hookimpl(wrapper=True)
def run_stage(stage: Stage[Any], context: StageContext) -> Generator[None, Outcome, Outcome]:
    began, cpu = time.perf_counter(), time.process_time()
    try:
        return (yield)
    finally:
        log.info(
            "stage=%s document=%s wall=%.3f cpu=%.3f",
            stage.name,
            context.document.id,
            time.perf_counter() - began,
            time.process_time() - cpu,
        )
