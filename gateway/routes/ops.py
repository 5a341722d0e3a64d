"""Health and metrics."""

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.access import public
from gateway.answers import json_response
from gateway.metrics import SPOOL_BYTES, SPOOL_OLDEST_SECONDS
from gateway.state import gateway

routes = APIBlueprint("ops", __name__)


@routes.get("/healthz")
@routes.doc(summary="The process serves requests")
@public("asked by whatever keeps the process running")
def healthz() -> Response:
    """Always well when it answers."""
    return json_response({"status": "ok"})


@routes.get("/readyz")
@routes.doc(summary="Inquiries can be taken in: by the broker, or by the spool while the broker is away")
@public("asked by whatever sends traffic here")
def readyz() -> Response:
    """200 while a promise can be kept, 503 with what is missing otherwise."""
    parts = gateway()
    checks = {
        "publisher": parts.publisher.alive,
        "drainer": parts.drainer.alive,
        "spool": parts.spool.writable(),
    }
    answer = json_response(
        {
            "status": "ok" if all(checks.values()) else "failing",
            "checks": checks,
            "broker": "up" if parts.publisher.ready else "away: spooling",
            "spooled_bytes": parts.spool.bytes,
        }
    )
    answer.status_code = 200 if all(checks.values()) else 503
    return answer


@routes.get("/metrics")
@routes.doc(summary="Prometheus metrics")
@public("scraped inside; it holds counts only")
def metrics() -> Response:
    """All metrics of the process."""
    SPOOL_BYTES.set(gateway().spool.bytes)
    SPOOL_OLDEST_SECONDS.set(gateway().spool.oldest_age)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
