"""Prometheus metrics of the gateway."""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("leadbus_http_requests_total", "Requests by route and status.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("leadbus_http_request_seconds", "Time to answer, without reading the body.", ["route"])
INTAKES = Counter("leadbus_intakes_total", "Inquiries: published, spooled or refused.", ["dialect", "outcome"])
DRAINED = Counter("leadbus_spool_drained_total", "Spooled inquiries that the broker has confirmed.")
SPOOL_BYTES = Gauge("leadbus_spool_bytes", "Size of the spool.")
SPOOL_OLDEST_SECONDS = Gauge("leadbus_spool_oldest_seconds", "Age of the oldest spool file; 0 when there is none.")
SPOOL_DAMAGED = Counter("leadbus_spool_damaged_bytes_total", "Bytes in spool files that were no record.")
MAILBOX_FAILURES = Counter("leadbus_mailbox_failures_total", "Looks into a mailbox that failed.", ["mailbox"])


# Finding a metric by its labels costs more than counting: those in use are remembered.


@lru_cache(maxsize=2000)
def requests_of(method: str, route: str, status: int) -> Counter:
    """The count of such requests."""
    return REQUESTS.labels(method, route, status)


@lru_cache(maxsize=500)
def seconds_of(route: str) -> Histogram:
    """The times of such requests."""
    return REQUEST_SECONDS.labels(route)


@lru_cache(maxsize=500)
def intakes_of(dialect: str, outcome: str) -> Counter:
    """The count of such inquiries."""
    return INTAKES.labels(dialect, outcome)
