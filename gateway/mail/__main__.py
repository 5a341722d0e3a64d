"""Starts the mail doors: `python -m gateway.mail --host 0.0.0.0 --port 2525`."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from dataclasses import replace
from pathlib import Path

import structlog
from prometheus_client import start_http_server

from gateway import entrypoints
from gateway.intakes import from_settings
from gateway.keys import KeyRing
from gateway.mail.certificate import Certificate, CertificateError
from gateway.mail.imap import Poller
from gateway.mail.smtp import Listener, NotSecured
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
    # The library writes down every line that a client says: addresses of people among them.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    if given.metrics_port:
        start_http_server(given.metrics_port, given.host)
    try:
        asyncio.run(_serve(given.host, given.port))
    except (entrypoints.CompanyError, CertificateError, NotSecured) as error:
        # A sentence for the operator, not a stack of calls.
        sys.exit(f"leadbus mail: {error}")


async def _serve(host: str, port: int) -> None:
    doors = entrypoints.load(Path(settings.get("LEADBUS_COMPANY")))
    doors = replace(doors, mail=replace(doors.mail, replies=settings.get("LEADBUS_REPLY_ADDRESS") or None))
    certificate = Certificate.at(settings.get("LEADBUS_MAIL_CERTIFICATE"), settings.get("LEADBUS_MAIL_KEY"))
    keys = KeyRing(Path(settings.get("LEADBUS_KEYS_FILE")))
    time = clock.from_setting(settings.get("LEADBUS_CLOCK_FILE"))
    intakes = from_settings()
    intakes.start()
    pollers = [Poller(box, intakes, time.now, doors.mail) for box in doors.mail.mailboxes.values()]
    listener = Listener(doors, intakes, time.now, keys, certificate)
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    try:
        bound = await listener.start(host, port)
        for poller in pollers:
            poller.start()
        log.info("mail_started", port=bound, addresses=len(doors.mail.addresses), mailboxes=len(pollers),
                 tls=certificate is not None)  # fmt: skip
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
