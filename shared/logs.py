"""Structured logs: one JSON object a line, a constant event name, ids, never personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

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


def configure(room: str, level: str = "INFO") -> None:
    """Sends structlog and the standard library's logging to standard output, one JSON object a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, fields: {"room": room, **fields},
        hide_personal_fields,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
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


def hide_personal_fields(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces the values of fields that would carry personal data."""
    for name in PERSONAL.intersection(fields):
        fields[name] = "[hidden]"
    return fields
