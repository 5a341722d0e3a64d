"""What the front desk measures of itself."""

from functools import cache

from prometheus_client import Histogram

REGISTRATION_SECONDS = Histogram(
    "leadbus_registration_seconds",
    "From the receipt at the door to the registration at the front desk.",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)


@cache
def registration_seconds(channel: str) -> Histogram:
    """The measure of one channel; to find it among the others costs more than to note a value."""
    return REGISTRATION_SECONDS.labels(channel=channel)
