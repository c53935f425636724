"""The part of a Celery worker that takes messages."""

from collections.abc import Callable
from typing import Any, ClassVar

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

    def call_soon_ack(
        self, answer: Callable[..., None], log: Any, errors: tuple[type[Exception], ...], *rest: Any
    ) -> Any:
        """Answer a message: acknowledge or reject it.

        Celery only logs it when the connection is lost by then. On Redis nobody else would notice:
        with as many messages unanswered as a worker may have, it listens for no more, and would
        do so for ever. So there the error goes on to the loop, which connects anew.
        """
        own: Any = self
        celerys: Any = super()
        on_redis = own.conninfo.transport.driver_type == "redis"
        return celerys.call_soon_ack(answer, log, () if on_redis else errors, *rest)
