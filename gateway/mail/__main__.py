"""Starts the mail doors: `python -m gateway.mail --host 0.0.0.0 --port 2525`."""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

import structlog
from prometheus_client import start_http_server

from gateway import entrypoints
from gateway.intakes import from_settings
from gateway.mail.imap import Poller
from gateway.mail.smtp import Listener
from shared import clock, logs, settings

log = structlog.get_logger()


def main() -> None:
    """Serves until it is told to stop."""
    arguments = argparse.ArgumentParser(prog="python -m gateway.mail", description=__doc__)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=2525, help="of SMTP; 0: any")
    arguments.add_argument("--metrics-port", type=int, default=0, help="of /metrics; 0: none")
    given = arguments.parse_args()
    logs.configure("mail", settings.get("LEADBUS_LOG_LEVEL"))
    if given.metrics_port:
        start_http_server(given.metrics_port, given.host)
    asyncio.run(_serve(given.host, given.port))


async def _serve(host: str, port: int) -> None:
    doors = entrypoints.load(Path(settings.get("LEADBUS_COMPANY")))
    time = clock.from_setting(settings.get("LEADBUS_CLOCK_FILE"))
    intakes = from_settings()
    intakes.start()
    pollers = [Poller(box, intakes, time.now) for box in doors.mail.mailboxes.values()]
    listener = Listener(doors, intakes, time.now)
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    try:
        bound = await listener.start(host, port)
        for poller in pollers:
            poller.start()
        log.info("mail_started", port=bound, addresses=len(doors.mail.addresses), mailboxes=len(pollers))
        await told.wait()
    finally:
        await listener.stop()
        for poller in pollers:
            with contextlib.suppress(RuntimeError):
                poller.stop()
        intakes.stop()
        log.info("mail_stopped")


if __name__ == "__main__":
    main()
