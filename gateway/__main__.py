"""Starts the gateway: `python -m gateway --host 127.0.0.1 --port 8000`."""

import argparse

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

HEADER_SECONDS = 10
HEAD_BYTES = 64 * 1024
#: Connections that are served at one time; most of them only wait for a body or a confirm.
CONNECTIONS = 1024


def main() -> None:
    """Serves until it is told to stop."""
    arguments = argparse.ArgumentParser(prog="python -m gateway", description=__doc__)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=8000)
    given = arguments.parse_args()
    Granian(
        "gateway.app:app",
        address=given.host,
        port=given.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=1,
        # One process writes one spool and counts one sender's requests; more load is more replicas.
        http=HTTPModes.http1,
        websockets=False,
        backpressure=CONNECTIONS,
        workers_kill_timeout=15,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEAD_BYTES),
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
