"""Tables that every room's database has beside its own: outbox, inbox, failed messages, due work, effects, tombstones.

Columns and keys are created by `shared/migrations/plumbing.py`; a test proves that both say the same.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

PLUMBING = MetaData()
TIMESTAMP = DateTime(timezone=True)

#: Events of committed transactions that the broker has not confirmed yet.
OUTBOX = Table(
    "outbox",
    PLUMBING,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", UUID(as_uuid=True), nullable=False),
    Column("exchange", Text, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", TIMESTAMP, nullable=False, server_default=text("now()")),
)

#: Ids of the messages whose effects are in this database.
INBOX = Table(
    "inbox",
    PLUMBING,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("handled_at", TIMESTAMP, nullable=False, server_default=text("now()")),
    Index("inbox_handled_at", "handled_at", postgresql_using="brin"),
)

#: Messages whose handler failed: waiting for their next try, or parked after the last.
FAILED_MESSAGE = Table(
    "failed_message",
    PLUMBING,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("queue", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("first_failed_at", TIMESTAMP, nullable=False),
    Column("next_attempt_at", TIMESTAMP, nullable=False),
    Index("failed_message_next", "next_attempt_at", postgresql_where=text("state = 'waiting'")),
)

#: Work with a time: steps, clocks, reminders.
DUE = Table(
    "due",
    PLUMBING,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("due_at", TIMESTAMP, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    Index("due_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
)

#: The transaction that wrote a row of `due` last: another one has moved it since, even to the same time.
WRITTEN_BY: ColumnElement[str] = literal_column("due.xmin::text").label("written_by")

#: Acts on the outside world (an email, a print job, a delivery), each under a key that lets it happen once.
EFFECT = Table(
    "effect",
    PLUMBING,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_attempt_at", TIMESTAMP, nullable=False),
    Column("claim", UUID(as_uuid=True)),
    Column("claimed_at", TIMESTAMP),
    Column("detail", Text),
    Column("planned_at", TIMESTAMP, nullable=False),
    Column("settled_at", TIMESTAMP),
    Index("effect_planned", "next_attempt_at", postgresql_where=text("state = 'planned'")),
    Index("effect_claimed", "claimed_at", postgresql_where=text("state = 'claimed'")),
    Index("effect_unknown", "key", postgresql_where=text("state = 'unknown'")),
)

#: Ids of persons, leads and inquiries whose data was erased: what is heard of them later must not bring it back.
TOMBSTONE = Table(
    "tombstone",
    PLUMBING,
    Column("subject", UUID(as_uuid=True), primary_key=True),
    Column("erasure_id", UUID(as_uuid=True), nullable=False),
    Column("erased_at", TIMESTAMP, nullable=False),
)
