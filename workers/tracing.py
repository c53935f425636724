"""OpenTelemetry spans, one a stage run: ids, stage names and outcome kinds; never names or text."""

from collections.abc import Generator
from typing import Any

from celery import signals
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, Tracer

from pipeline.hookspecs import hookimpl
from pipeline.settings import Settings
from pipeline.stage import Stage, StageContext
from schemas.outcome import Outcome


class StepSpans:
    """A plugin of a pool process's host. Exceptions are named by their class only."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer

    @hookimpl(wrapper=True, tryfirst=True)
    def run_stage(
        self, stage: Stage[Any], context: StageContext
    ) -> Generator[None, Outcome, Outcome]:
        with self.tracer.start_as_current_span(
            f"step {stage.name}",
            attributes={
                "saraban.stage": stage.name,
                "saraban.revision": stage.revision,
                "saraban.document": str(context.document.id),
                "saraban.batch": str(context.document.batch),
            },
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                outcome = yield
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            span.set_attribute("saraban.outcome", type(outcome).__name__.lower())
            return outcome


def step_spans(settings: Settings) -> list[StepSpans]:
    """The plugin when the settings name a collector, else nothing.

    A pool process ends without Python's own exit; what it has not sent by then, Celery's signal
    makes it send.
    """
    collector = settings.workers.otlp
    if collector is None:
        return []
    service = {"service.name": "saraban", "service.instance.id": settings.station.code}
    provider = TracerProvider(resource=Resource.create(service))
    exporter = OTLPSpanExporter(endpoint=f"{collector.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    signals.worker_process_shutdown.connect(lambda **_: provider.shutdown(), weak=False)
    return [StepSpans(provider.get_tracer("saraban"))]
