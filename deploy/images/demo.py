"""Inside the demo's container: send the demo's stream to the composed stack, and print what became of it.

`docker compose run --rm demo`, on a stack that has taken nothing in yet. The container shares the router's network, so
that the dealers' systems of the demo, which listen on loopback, take its webhooks.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from deploy.demo import run
from deploy.stack import keys
from deploy.stack.mail import messages
from shared import settings

DATA = Path("/var/lib/leadbus")
DEALERS = Path("/tmp/dealers")
DEALERS_PORT = 8090
PLATFORMS_PORT = 8091
SFTP_PORT = 8092
MAIL_USER = "test@example.org"


class Folders:
    """Where the demo looks for what rooms leave behind."""

    def part(self, name: str) -> Path:
        """The folder of the print jobs, or the one of the dealers' systems."""
        return {"print": DATA / "print", "dealers": DEALERS}[name]

    def port(self, name: str) -> int:
        """Who of the outside world listens here."""
        return {"dealers": DEALERS_PORT, "platforms": PLATFORMS_PORT, "sftp": SFTP_PORT}[name]


class Composed:
    """The composed stack, as the demo knows a local one."""

    gateway_url = "http://gateway:8000"
    mail_page = "http://mail:8025"
    mail_door = ("mail-door", 2525)
    instance = Folders()

    @property
    def clock_file(self) -> Path:
        """Moves the clock of all rooms."""
        return Path(settings.get("LEADBUS_CLOCK_FILE"))

    def environment(self, room: str) -> dict[str, str]:
        """Of a room's settings, the one that the demo asks for."""
        return {"LEADBUS_COMPANY": settings.get("LEADBUS_COMPANY")}

    def new_key(self, name: str, scopes: Iterable[str], sources: Iterable[str] = ("*",)) -> str:
        """An API key that the gateway knows from now on."""
        return keys.issue(Path(settings.get("LEADBUS_KEYS_FILE")), name, scopes, sources)[1]

    def mails(self) -> list[EmailMessage]:
        """Every mail that was sent, oldest first."""
        return messages("mail", 4143, MAIL_USER, os.environ["MAIL_PASSWORD"])


def main() -> int:
    """Runs the demo with dealers' systems and platforms beside it. Returns its exit code."""
    DEALERS.mkdir(exist_ok=True)
    stack = Composed()
    dealers, platforms = run.outside_processes(cast(Any, stack))
    # The platforms are asked from another container, by the name of the router, whose network this one shares.
    beside = [subprocess.Popen(dealers.command), subprocess.Popen((*platforms.command, "0.0.0.0"))]
    try:
        return run.main(cast(Any, stack))
    finally:
        for process in beside:
            process.terminate()
        for process in beside:
            process.wait(10)
        print(f"\nFrom outside: {settings.get('LEADBUS_PUBLIC_URL')}; docker compose ps lists the other pages.")


if __name__ == "__main__":
    sys.exit(main())
