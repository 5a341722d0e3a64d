"""Structured logs: one JSON object a line, a constant event name, ids, never personal data."""

import contextlib
import json
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

#: Field names that would carry a person's data. A processor drops their values wherever they turn up.
PERSONAL = frozenset(
    {
        "name",
        "given_name",
        "family_name",
        "email",
        "phone",
        "address",
        "body",
        "payload",
        "message",
        "person",
        "token",
        "answers",
        "args",
        "kwargs",
        "uri",
        "url",
    }
)


class Lines:
    """Standard output for a process that writes thousands of lines a second: what comes within a moment goes together.

    A write for each line costs more than the line. From warnings on everything is written at once; a process that is
    killed loses at most its last moment of plain lines. Where nobody takes them, the oldest of MOST are dropped.
    """

    #: Seconds.
    MOMENT = 0.1
    MOST = 100_000

    def __init__(self) -> None:
        self._waiting: deque[str] = deque(maxlen=self.MOST)
        self._lock = threading.Lock()
        self._some = threading.Event()
        threading.Thread(target=self._run, name="log-lines", daemon=True).start()

    def later(self, line: str) -> None:
        """Writes the line soon."""
        self._waiting.append(line)
        if not self._some.is_set():
            self._some.set()

    def now(self, line: str) -> None:
        """Writes the line, and whatever waits before it."""
        self._waiting.append(line)
        self.flush()

    msg = debug = info = log = later
    warning = warn = error = critical = fatal = exception = failure = err = now

    def flush(self) -> None:
        """Writes what waits."""
        with self._lock:
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if lines:
                # A log that cannot be written (a full disk) must not fail what it tells of.
                with contextlib.suppress(OSError, ValueError):
                    sys.stdout.write("\n".join(lines) + "\n")
                    sys.stdout.flush()

    def _run(self) -> None:
        while self._some.wait():
            time.sleep(self.MOMENT)
            self._some.clear()
            self.flush()


def configure(room: str, level: str = "INFO", lines: Lines | None = None) -> None:
    """Sends structlog and the standard library's logging to standard output, one JSON object a line.

    `lines` writes those of structlog; without it each is written by itself.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, fields: {"room": room, **fields},
        hide_personal_fields,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=(lambda *_: lines) if lines is not None else structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    # Handlers are replaced, loggers stay enabled: dictConfig's default would silence nameko's own error messages.
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level.upper()], logging.INFO))
    # kombu prints whole bodies when it cannot decode one.
    logging.getLogger("kombu").setLevel(logging.CRITICAL)
    for talkative in ("amqp", "alembic", "weasyprint", "fontTools"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _as_json(fields: dict[str, Any], **how: Any) -> str:
    try:
        return orjson.dumps(fields, default=how.get("default")).decode()
    except TypeError:
        # A lone surrogate, say: a line that is hard to read beats one that is missing.
        return json.dumps(fields, **how)


def hide_personal_fields(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces the values of fields that would carry personal data."""
    for name in PERSONAL.intersection(fields):
        fields[name] = "[hidden]"
    return fields
