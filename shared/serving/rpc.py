"""nameko's RPC with contracts on both sides, and with what nameko lacks against hostile or unlucky messages."""

import functools
import inspect
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from greenlet import GreenletExit
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from shared.contracts import schema
from shared.contracts.calls import Call
from shared.contracts.errors import InternalFailure, WireError
from shared.metrics import RPC_SECONDS
from shared.serving.loops import in_own_greenlet

log = structlog.get_logger()

Q = TypeVar("Q")
R = TypeVar("R")
CALL_STACK_HEADER = "nameko.call_id_stack"


class PatientQueueConsumer(QueueConsumer):
    """Stops only when running work has been answered.

    nameko's own closes the connection two seconds after SIGTERM; the acks of work still running are then skipped, and
    every deploy handles it twice.
    """

    def on_iteration(self) -> None:
        """As nameko's, but no stop is requested while workers run."""
        self._cancel_consumers_if_requested()
        if not self._consumers and self.container._worker_pool.running() == 0:
            self.should_stop = True


class GuardedRpcConsumer(RpcConsumer):
    """Survives requests that would crash one replica after the other, and a broker that leaves mid-answer."""

    queue_consumer = PatientQueueConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        """Drops what cannot be answered; everything else goes the usual way."""
        if not message.properties.get("reply_to"):
            log.warning("rpc_without_reply_to", routing_key=message.delivery_info.get("routing_key"))
            self.queue_consumer.ack_message(message)
            return
        headers = message.headers if isinstance(message.headers, dict) else {}
        if not isinstance(headers.get(CALL_STACK_HEADER, []), list):
            headers.pop(CALL_STACK_HEADER, None)
        super().handle_message(body, message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> Any:
        """Answers; when the broker is away the caller's time-out is the answer, and the process lives on."""
        try:
            return super().handle_result(message, result, exc_info)
        except Exception as error:
            log.warning("rpc_reply_lost", error=type(error).__name__)
            return result, exc_info or sys.exc_info()


class GuardedRpc(Rpc):
    """nameko's RPC entrypoint on the guarded consumer."""

    rpc_consumer = GuardedRpcConsumer()


def answers(call: Call[Q, R]) -> Callable[[Callable[[Any, Q], R]], Any]:
    """Declares a service method as the answer to `call`: it gets the checked request and returns the reply."""

    def declare(method: Callable[[Any, Q], R]) -> Any:
        if method.__name__ != call.method:
            raise TypeError(f"{method.__name__} answers {call.room}.{call.method}: the names must be equal")

        @functools.wraps(method)
        def answer(self: Any, **fields: Any) -> dict[str, Any]:
            began = time.perf_counter()
            try:
                request = schema.load(call.request, fields)
                # Apart: a time-out that the method leaves running must not hit the reply, whose place it would hold.
                return schema.dump(in_own_greenlet(lambda: method(self, request)))
            except (WireError, GreenletExit):
                raise
            except Exception as error:
                log.exception("rpc_failed", method=f"{call.room}.{call.method}", error=type(error).__name__)
                raise InternalFailure(call.method) from None
            except BaseException as error:
                # A bare eventlet.Timeout would slip through nameko and hold a place of the prefetch for ever.
                log.warning("rpc_broken_off", method=f"{call.room}.{call.method}", error=type(error).__name__)
                raise InternalFailure(call.method) from None
            finally:
                RPC_SECONDS.labels(method=f"{call.room}.{call.method}").observe(time.perf_counter() - began)

        answer.call = call  # type: ignore[attr-defined]
        return GuardedRpc.decorator(answer, expected_exceptions=WireError)

    return declare


def answered_calls(service: type) -> dict[str, Call[Any, Any]]:
    """The calls that a service class answers, by method name."""
    return {name: member.call for name, member in inspect.getmembers(service) if hasattr(member, "call")}
