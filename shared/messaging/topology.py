"""Every exchange and queue by name and arguments, written once.

A queue's arguments never change under one name: RabbitMQ refuses the declaration, and with it every consumer on the
channel. Other arguments get a new version in the name.
"""

from collections.abc import Iterable
from typing import Any

from shared.contracts import intake
from shared.contracts.event import Event

#: Quorum queues: what the broker confirmed survives its restart and, in a cluster, the loss of a minority of nodes.
QUEUE_ARGUMENTS = {"x-queue-type": "quorum"}


def events_exchange(room: str) -> str:
    """nameko's own name, so that any plain nameko service can subscribe."""
    return f"{room}.events"


def inbox_queue(room: str) -> str:
    """The one durable queue of a room."""
    return f"{room}.inbox.v1"


def declare_inbox(channel: Any, room: str, heard: Iterable[type[Event]]) -> str:
    """Declares a room's own exchange and its inbox bound to everything it hears. Returns the queue's name."""
    queue = inbox_queue(room)
    _declare_exchange(channel, room)
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUEUE_ARGUMENTS)
    for event in heard:
        _declare_exchange(channel, event.room)
        channel.queue_bind(queue, events_exchange(event.room), event.name)
    return queue


def declare_intake(channel: Any, queue: str = intake.QUEUE) -> str:
    """Declares a queue of what the gateway takes in. Both ends do: the gateway may be the first to start."""
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUEUE_ARGUMENTS)
    return queue


def declare_doors(channel: Any) -> None:
    """Declares every queue that the gateway publishes to."""
    for queue in (intake.QUEUE, intake.REPLIES):
        declare_intake(channel, queue)


def _declare_exchange(channel: Any, room: str) -> None:
    channel.exchange_declare(events_exchange(room), "topic", durable=True, auto_delete=False)
