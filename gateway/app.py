"""What the server runs: `granian --interface asgi gateway.app:app`, or simply `python -m gateway`."""

import os
from dataclasses import dataclass
from pathlib import Path

from gateway import entrypoints, sites
from gateway.application import create_app
from gateway.front import Front, Served, WsgiApp
from gateway.intakes import Intakes, from_settings
from gateway.keys import FRESH_SECONDS, KeyRing
from gateway.limits import RateLimits
from gateway.orphan import end_with_parent
from gateway.repeats import Repeats
from gateway.state import Gateway
from gateway.timetrap import TimeTrap
from shared import clock, logs, settings
from shared.collecting import spare_the_collector
from shared.messaging.rpc_client import RpcPool

#: Calls to rooms at one time: as many as there are threads that read.
RPC_CONNECTIONS = 16


@dataclass(frozen=True)
class _Process:
    """What runs beside the requests."""

    intakes: Intakes
    lines: logs.Lines

    def start(self) -> None:
        self.intakes.start()
        spare_the_collector()

    def stop(self) -> None:
        self.intakes.stop()
        self.lines.flush()


def build() -> tuple[WsgiApp, Served]:
    """The application of this process from its settings, and what must be started before it serves."""
    end_with_parent()
    lines = logs.Lines()
    logs.configure("gateway", settings.get("LEADBUS_LOG_LEVEL"), lines)
    time = clock.from_setting(settings.get("LEADBUS_CLOCK_FILE"))
    gateway = Gateway(
        entrypoints=entrypoints.load(Path(settings.get("LEADBUS_COMPANY"))),
        keys=KeyRing(Path(settings.get("LEADBUS_KEYS_FILE")), FRESH_SECONDS),
        limits=RateLimits(),
        intakes=from_settings(),
        rooms=RpcPool(
            settings.get("LEADBUS_AMQP_URI"),
            size=RPC_CONNECTIONS,
            timeout_seconds=settings.integer("LEADBUS_RPC_TIMEOUT_MS") / 1000,
        ),
        clock=time,
        public_url=settings.get("LEADBUS_PUBLIC_URL").rstrip("/"),
        repeats=Repeats(time.now),
        timetrap=TimeTrap(_signing_key()),
        footsteps=sites.load(Path(settings.get("LEADBUS_COMPANY"))),
    )
    return create_app(gateway), _Process(gateway.intakes, lines)


def _signing_key() -> bytes:
    try:
        return settings.get("LEADBUS_SECRET").encode()
    except settings.SettingMissing:
        # Pages are then known only to the process that showed them: enough for one gateway, too little for several.
        return os.urandom(32)


app = Front(build)
