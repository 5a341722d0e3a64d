"""Calls nameko services from a process without nameko, with a time-out and an answer for it.

nameko's own clients wait for ever on a room that is stopped (its queue still takes the request). This one speaks the
same wire format on a connection per concurrent call, borrowed from a pool.
"""

import queue
import time
import uuid
from typing import Any, TypeVar

import amqp
import orjson

from shared.contracts import errors, schema
from shared.contracts.calls import Call
from shared.messaging.connection import drop, open_connection

Q = TypeVar("Q")
R = TypeVar("R")

EXCHANGE = "nameko-rpc"


class RpcTimeout(Exception):
    """The room did not answer in time. It may still do what it was asked."""


class RoomAway(Exception):
    """The broker cannot be reached, or no such room has ever been started."""


class RpcPool:
    """Thread-safe. At most `size` calls run at once; a further one waits for a free connection within its time-out."""

    def __init__(self, uri: str, *, size: int, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds
        self._clients: queue.LifoQueue[_Client] = queue.LifoQueue()
        for _ in range(size):
            self._clients.put(_Client(uri))

    def call(self, call: Call[Q, R], **fields: Any) -> R:
        """The reply to `call` with these request fields.

        Raises RpcTimeout, RoomAway, ContractViolation (on either side), or the WireError that the room raised.
        """
        deadline = time.monotonic() + self._timeout
        payload = schema.dump(call.request(**fields))
        try:
            client = self._clients.get(timeout=self._timeout)
        except queue.Empty:
            raise RpcTimeout(f"{call.room}.{call.method}: all connections are in use") from None
        try:
            result = client.call(f"{call.room}.{call.method}", payload, deadline)
        finally:
            self._clients.put(client)
        return schema.load(call.reply, result)


class _Client:
    """One connection with its own reply queue; used by one thread at a time."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._connection: Any = None
        self._channel: Any = None
        self._reply_to = ""
        self._replies: dict[str, bytes] = {}
        self._returned: set[str] = set()

    def call(self, target: str, payload: dict[str, Any], deadline: float) -> Any:
        correlation = uuid.uuid4().hex
        self._replies.clear()
        self._returned.clear()
        try:
            self._open()
            self._send(target, payload, correlation)
            while correlation not in self._replies and correlation not in self._returned:
                self._connection.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        except TimeoutError:
            raise RpcTimeout(f"{target} did not answer in time") from None
        except (OSError, amqp.exceptions.AMQPError) as error:
            self._close()
            raise RoomAway(f"{target}: {type(error).__name__}") from error
        except BaseException:
            self._close()
            raise
        if correlation in self._returned:
            raise RoomAway(f"{target}: nobody has ever answered this call")
        return _result_of(self._replies.pop(correlation))

    def _open(self) -> None:
        if self._connection is not None and self._connection.connected:
            return
        self._connection = open_connection(self._uri)
        self._channel = self._connection.channel()
        self._channel.auto_decode = False
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        self._reply_to = f"leadbus-{uuid.uuid4().hex}"
        name = f"rpc.reply-{self._reply_to}"
        self._channel.queue_declare(name, exclusive=True, auto_delete=True)
        self._channel.queue_bind(name, EXCHANGE, self._reply_to)
        self._channel.events["basic_return"].add(self._on_return)
        self._channel.basic_consume(name, no_ack=True, callback=self._on_reply)

    def _send(self, target: str, payload: dict[str, Any], correlation: str) -> None:
        self._channel.basic_publish(
            amqp.Message(
                orjson.dumps({"args": [], "kwargs": payload}),
                content_type="application/json",
                content_encoding="utf-8",
                correlation_id=correlation,
                reply_to=self._reply_to,
                application_headers={},
            ),
            exchange=EXCHANGE,
            routing_key=target,
            mandatory=True,
        )

    def _on_reply(self, message: Any) -> None:
        body = message.body
        self._replies[str(message.properties.get("correlation_id"))] = (
            body if isinstance(body, bytes) else body.encode()
        )

    def _on_return(self, _error: Exception, _exchange: str, _routing_key: str, message: Any) -> None:
        self._returned.add(str(message.properties.get("correlation_id")))

    def _close(self) -> None:
        drop(self._connection)
        self._connection = self._channel = None


def _result_of(body: bytes) -> Any:
    reply = orjson.loads(body)
    error = reply.get("error")
    if error is None:
        return reply["result"]
    path = str(error.get("exc_path", ""))
    module, _, name = path.rpartition(".")
    known = getattr(errors, name, None) if module == errors.__name__ else None
    if isinstance(known, type) and issubclass(known, errors.WireError):
        raise known(*error.get("exc_args", []))
    raise errors.InternalFailure(path)
