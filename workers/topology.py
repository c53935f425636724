"""The broker's queues: one for each resource class and secrecy level of a station.

A worker consumes only queues within its reach, so a message about a secret letter never comes to
a machine that is not cleared for it.
"""

from urllib.parse import urlsplit

from kombu import Connection
from kombu import Queue as BrokerQueue

from pipeline.queue import Reach
from pipeline.stage import Queue
from schemas.secrecy import Secrecy

DELIVERY_LIMIT = 5
"""Deliveries after which RabbitMQ moves a message to the dead queue; the state store, which counts
attempts itself, goes on without it."""
DEAD_KEPT = 10_000
"""Messages that the dead queue keeps, for a person to look at."""


def queue_name(station: str, queue: str, exposure: str) -> str:
    """Name of the queue for steps of one resource class on documents of one exposure."""
    return f"saraban.{station}.{queue}.{exposure.lower()}"


def dead_name(station: str) -> str:
    """Name of the queue for messages that were delivered too often."""
    return f"saraban.{station}.dead"


def queues_within(station: str, reach: Reach, broker: str) -> list[BrokerQueue]:
    """The queues of a reach, as the broker at this URL wants them declared."""
    return [
        _declared(queue_name(station, queue, level), dead_name(station), broker)
        for queue in Queue
        for level in Secrecy
        if queue in reach.queues and level <= reach.clearance
    ]


def declare(station: str, connection: Connection, broker: str) -> None:
    """Make all queues of a station; those that are there stay as they are."""
    with connection.channel() as channel:
        if is_rabbitmq(broker):
            arguments = {"x-queue-type": "quorum", "x-max-length": DEAD_KEPT}
            BrokerQueue(dead_name(station), durable=True, queue_arguments=arguments)(
                channel
            ).declare()
        for queue in queues_within(station, Reach(), broker):
            queue(channel).declare()


def is_rabbitmq(broker: str) -> bool:
    """Whether the URL names an AMQP broker."""
    return urlsplit(broker).scheme.startswith("amqp")


def _declared(name: str, dead: str, broker: str) -> BrokerQueue:
    if not is_rabbitmq(broker):
        return BrokerQueue(name, routing_key=name)
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
    }
    return BrokerQueue(name, routing_key=name, durable=True, queue_arguments=arguments)
