"""One AMQP connection, opened with bounded waits and dropped without ceremony."""

import contextlib
import socket
from typing import Any

from kombu.connection import Connection

#: A peer that takes no bytes for this long is gone. py-amqp's own default of one second resets healthy connections.
TCP_USER_TIMEOUT_MS = 20_000
CONNECT_SECONDS = 5.0


def open_connection(uri: str, heartbeat: int = 0) -> Any:
    """An established py-amqp connection. Raises OSError or an AMQP error when the broker cannot be reached."""
    options = {
        "socket_settings": {socket.TCP_USER_TIMEOUT: TCP_USER_TIMEOUT_MS},
        "write_timeout": 10,
        # Without this capability py-amqp polls no socket before each publish; an alarm shows as a missing confirm.
        "client_properties": {"capabilities": {"connection.blocked": False, "consumer_cancel_notify": True}},
    }
    description = Connection(  # type: ignore[no-untyped-call]
        uri, connect_timeout=CONNECT_SECONDS, heartbeat=heartbeat, transport_options=options
    )
    return description.transport.establish_connection()


def drop(connection: Any) -> None:
    """Closes the socket and nothing else.

    A polite close waits for the broker's answer, which never comes while it is blocked by an alarm or half gone.
    """
    if connection is None:
        return
    with contextlib.suppress(Exception):
        connection.collect()
