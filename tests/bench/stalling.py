"""Clients that begin a request and hardly go on: a byte now and then, so that none is sent away for its silence."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_HEAD = (
    b"POST /v1/leads?source=partner-agrimag HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n{"
)
#: Seconds between two bytes.
PAUSE = 3.0


@contextmanager
def stalling(port: int, count: int) -> Iterator[None]:
    """`count` such clients for as long as the block runs."""
    connections = [_begin(port) for _ in range(count)]
    ended = threading.Event()
    dripping = threading.Thread(target=_drip, args=(connections, ended, port), daemon=True)
    dripping.start()
    try:
        yield
    finally:
        ended.set()
        dripping.join(10)
        for connection in connections:
            connection.close()


def _begin(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.sendall(_HEAD)
    return connection


def _drip(connections: list[socket.socket], ended: threading.Event, port: int) -> None:
    while not ended.wait(PAUSE):
        for place, connection in enumerate(connections):
            try:
                connection.sendall(b" ")
            except OSError:
                # Sent away in the end; another comes in its place.
                with suppress(OSError):
                    connections[place] = _begin(port)
