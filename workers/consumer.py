"""The part of a Celery worker that takes messages."""

from typing import ClassVar

from celery.worker.consumer import Consumer


class StepConsumer(Consumer):
    """Celery's own, without its delayed delivery: nothing here is sent for later, and the step
    would make 28 queues at the broker."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc, valid-type]
        default_steps: ClassVar[list[str]] = [
            step
            for step in Consumer.Blueprint.default_steps
            if not step.endswith(":DelayedDelivery")
        ]
