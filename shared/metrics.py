"""Prometheus metrics of the plumbing. Rooms add their own beside their code."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES_HANDLED = Counter("leadbus_messages_handled_total", "Messages handled and committed.", ["queue"])
MESSAGES_REPEATED = Counter(
    "leadbus_messages_repeated_total", "Messages dropped because they were handled before.", ["queue"]
)
MESSAGES_FAILED = Counter(
    "leadbus_messages_failed_total", "Messages whose handler failed, by what became of them.", ["queue", "fate"]
)
BATCH_SECONDS = Histogram("leadbus_batch_seconds", "Time to handle and commit a batch.", ["queue"])
BATCH_SIZE = Histogram(
    "leadbus_batch_size", "Messages per batch.", ["queue"], buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
OUTBOX_PUBLISHED = Counter("leadbus_outbox_published_total", "Events confirmed by the broker.")
OUTBOX_UNCONFIRMED = Counter(
    "leadbus_outbox_unconfirmed_total", "Publishes without a confirm, by result; their rows stay.", ["result"]
)
OUTBOX_OLDEST_SECONDS = Gauge(
    "leadbus_outbox_oldest_seconds", "Age of the oldest event that the broker has not confirmed."
)
DUE_RUN = Counter("leadbus_due_run_total", "Due work done.", ["kind"])
EFFECTS_SETTLED = Counter(
    "leadbus_effects_settled_total", "Emails, print jobs and deliveries settled.", ["kind", "outcome"]
)
LOOP_FAILURES = Counter("leadbus_loop_failures_total", "Failures of a background loop, which goes on.", ["loop"])
RPC_SECONDS = Histogram("leadbus_rpc_seconds", "Time to answer a call.", ["method"])
