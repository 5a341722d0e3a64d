"""Starts one room: `python -m deploy.serve capture`."""

from shared import green

green.patch()

import importlib  # noqa: E402 -- everything after the patch
import signal  # noqa: E402
import sys  # noqa: E402

import eventlet  # noqa: E402
import eventlet.hubs  # noqa: E402
import structlog  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from deploy import ROOMS  # noqa: E402
from shared import logs, settings  # noqa: E402
from shared.collecting import spare_the_collector  # noqa: E402
from shared.database.migrations import MigrationPending  # noqa: E402
from shared.messaging.connection import TCP_USER_TIMEOUT_MS  # noqa: E402

log = structlog.get_logger()


def nameko_config() -> dict[str, object]:
    """nameko's configuration: JSON only, a heartbeat, and a socket that tolerates a second of silence."""
    return {
        "AMQP_URI": settings.get("LEADBUS_AMQP_URI"),
        "serializer": "json",
        "ACCEPT": ["json"],
        "HEARTBEAT": 30,
        "max_workers": 20,
        "TRANSPORT_OPTIONS": {
            "max_retries": 3,
            "interval_start": 2,
            "interval_step": 1,
            "interval_max": 5,
            "socket_settings": {18: TCP_USER_TIMEOUT_MS},
        },
    }


def main(argv: list[str]) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit code."""
    if len(argv) != 2 or argv[1] not in ROOMS:
        print(f"usage: python -m deploy.serve {'|'.join(ROOMS)}", file=sys.stderr)
        return 2
    room = argv[1]
    logs.configure(room, settings.get("LEADBUS_LOG_LEVEL"))
    service = importlib.import_module(f"services.{room}.service").Service
    spare_the_collector()
    return run(service)


def run(service: type) -> int:
    """Runs one service class in this process until it is told to stop. Returns the exit code."""
    runner = ServiceRunner(nameko_config())
    runner.add_service(service)

    def stop(*_: object) -> None:
        # Signals arrive in the hub's greenlet, which must not block.
        eventlet.spawn_n(runner.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        runner.start()
    except (MigrationPending, settings.SettingMissing, ValueError) as problem:
        # ValueError: a setting, or a rule in the company's files, is wrong; the message says which and what to do.
        print(f"leadbus: {problem}", file=sys.stderr)
        return 3
    log.info("room_started", service=service.__name__)
    runner.wait()
    log.info("room_stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
