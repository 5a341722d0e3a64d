"""The rooms and the gateway as processes: what each is told through its environment."""

import json
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from deploy.stack.instance import REPOSITORY, Instance
from deploy.stack.process import Process

# A proxy of the caller's environment reaches no loopback.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# What the caller's environment may decide in a local stack. Everything else is the instance's own.
FROM_CALLER = (
    "LEADBUS_COMPANY", "LEADBUS_LOG_LEVEL", "LEADBUS_SMTP_URL", "LEADBUS_PUBLIC_URL", "LEADBUS_REPLY_ADDRESS",
)  # fmt: skip


def room_process(room: str, environment: dict[str, str], health_port: int, replica: int = 1) -> Process:
    """One process of `room`. Replicas share queue and database, and differ by name and health port."""
    return Process(
        name=room if replica == 1 else f"{room}-{replica}",
        command=(sys.executable, "-m", "deploy.serve", room),
        environment=environment | {"LEADBUS_HEALTH_PORT": str(health_port)},
        priority=40,
        ready=_answers_ok(f"http://127.0.0.1:{health_port}/readyz"),
        address=f"http://127.0.0.1:{health_port}/readyz",
        stop_seconds=20,
    )


def gateway_process(environment: dict[str, str], port: int) -> Process:
    return Process(
        name="gateway",
        command=(sys.executable, "-m", "gateway", "--host", "127.0.0.1", "--port", str(port)),
        environment=environment,
        priority=50,
        ready=_answers_ok(f"http://127.0.0.1:{port}/readyz"),
        address=f"http://127.0.0.1:{port}",
        stop_seconds=20,
    )


def mail_door_process(environment: dict[str, str], port: int, spool: Path) -> Process:
    """The door for inquiries that come by mail; its spool is its own."""
    return Process(
        name="mail-door",
        command=(sys.executable, "-m", "gateway.mail", "--host", "127.0.0.1", "--port", str(port)),
        environment=environment | {"LEADBUS_SPOOL_DIR": str(spool)},
        priority=50,
        ready=lambda: _listens(port),
        address=f"127.0.0.1:{port}",
        stop_seconds=20,
    )


def settings(instance: Instance, *, amqp_uri: str, smtp_url: str, gateway_url: str) -> dict[str, str]:
    """The settings that all rooms and the gateway of an instance share (`shared/settings.py` explains each)."""
    own = {
        "LEADBUS_AMQP_URI": amqp_uri,
        "LEADBUS_COMPANY": str(REPOSITORY / "deploy" / "company"),
        "LEADBUS_CLOCK_FILE": str(clock_file(instance)),
        "LEADBUS_SECRET": instance.secret("signing"),
        "LEADBUS_PUBLIC_URL": gateway_url,
        "LEADBUS_SMTP_URL": smtp_url,
        "LEADBUS_PRINT_FOLDER": str(instance.part("print")),
        "LEADBUS_SPOOL_DIR": str(instance.part("spool")),
        "LEADBUS_KEYS_FILE": str(keys_file(instance)),
        # A local stack is on loopback as a whole, dealers included.
        "LEADBUS_ALLOW_PRIVATE_WEBHOOKS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return own | {name: os.environ[name] for name in FROM_CALLER if name in os.environ}


def clock_file(instance: Instance) -> Path:
    """The file with the seconds by which the instance's business time runs ahead."""
    return instance.folder / "clock"


def keys_file(instance: Instance) -> Path:
    return instance.folder / "keys.yml"


def health(url: str, seconds: float = 3) -> int:
    """The status code that `url` answers with; 0 when nobody answers."""
    try:
        with DIRECT.open(url, timeout=seconds) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (urllib.error.URLError, OSError):
        return 0


def unready(url: str) -> list[str]:
    """What a `/readyz` page says that keeps its process from working; nothing when it is ready."""
    try:
        with DIRECT.open(url, timeout=10):
            return []
    except urllib.error.HTTPError as refused:
        try:
            return list(map(str, json.load(refused)["problems"]))
        except (ValueError, KeyError, TypeError):
            return [f"answers {refused.code}"]
    except (urllib.error.URLError, OSError) as silent:
        return [f"does not answer: {silent}"]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _answers_ok(url: str) -> Callable[[], bool]:
    return lambda: health(url) == 200
