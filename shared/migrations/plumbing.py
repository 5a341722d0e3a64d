"""The plumbing tables as revisions create them. A change is a new function, called by a new revision in every room."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

TIMESTAMP = sa.DateTime(timezone=True)


def create_v1(op: Any) -> None:
    """Creates outbox, inbox, failed_message, due and effect."""
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False, server_default=sa.text("now()")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("handled_at", TIMESTAMP, nullable=False, server_default=sa.text("now()")),
    )
    op.create_index("inbox_handled_at", "inbox", ["handled_at"], postgresql_using="brin")
    op.create_table(
        "failed_message",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("first_failed_at", TIMESTAMP, nullable=False),
        sa.Column("next_attempt_at", TIMESTAMP, nullable=False),
    )
    op.create_index(
        "failed_message_next", "failed_message", ["next_attempt_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "due",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("due_at", TIMESTAMP, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("error", sa.Text),
    )
    op.create_index("due_waiting", "due", ["due_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "effect",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("next_attempt_at", TIMESTAMP, nullable=False),
        sa.Column("claim", UUID(as_uuid=True)),
        sa.Column("claimed_at", TIMESTAMP),
        sa.Column("detail", sa.Text),
        sa.Column("planned_at", TIMESTAMP, nullable=False),
        sa.Column("settled_at", TIMESTAMP),
    )
    op.create_index("effect_planned", "effect", ["next_attempt_at"], postgresql_where=sa.text("state = 'planned'"))
    op.create_index("effect_claimed", "effect", ["claimed_at"], postgresql_where=sa.text("state = 'claimed'"))
    op.create_index("effect_unknown", "effect", ["key"], postgresql_where=sa.text("state = 'unknown'"))


def drop_v1(op: Any) -> None:
    """Drops what `create_v1` created."""
    for table in ("effect", "due", "failed_message", "inbox", "outbox"):
        op.drop_table(table)


def create_v2(op: Any) -> None:
    """Adds tombstone."""
    op.create_table(
        "tombstone",
        sa.Column("subject", UUID(as_uuid=True), primary_key=True),
        sa.Column("erasure_id", UUID(as_uuid=True), nullable=False),
        sa.Column("erased_at", TIMESTAMP, nullable=False),
    )


def drop_v2(op: Any) -> None:
    """Drops what `create_v2` created."""
    op.drop_table("tombstone")
