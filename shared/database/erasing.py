"""Erasing a person: what every room does with the tables that all rooms have.

A room erases in one transaction that runs alone: nothing that was read before can be written after. From then on
tombstones keep out whatever still comes of that person (`shared/messaging/inbox.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Select, Text, any_, cast, delete, func, literal, or_, select, text, update
from sqlalchemy import Uuid as UUIDType
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.contracts import envelope as envelopes
from shared.contracts.errors import ContractViolation
from shared.contracts.privacy import ERASED, scrubbed
from shared.database.plumbing import DUE, EFFECT, FAILED_MESSAGE, OUTBOX, TOMBSTONE

#: Advisory lock: shared by every batch of messages, held alone by an erasure.
LOCK = 0x6C62_6572_6173_65


class ActUnderWay(Exception):
    """Something is being sent to or about the person this very moment: the erasure is tried again when it has ended."""


class Named(Protocol):
    """An event or a call that names a person by all their ids."""

    @property
    def person_ids(self) -> list[UUID]: ...

    @property
    def lead_ids(self) -> list[UUID]: ...

    @property
    def inquiry_ids(self) -> list[UUID]: ...


@dataclass(frozen=True)
class Subject:
    """A person as rooms know them: by ids alone."""

    person_ids: tuple[UUID, ...]
    lead_ids: tuple[UUID, ...] = ()
    inquiry_ids: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, told: "Named") -> "Subject":
        """Of whom an event or a call speaks."""
        return cls(tuple(told.person_ids), tuple(told.lead_ids), tuple(told.inquiry_ids))

    @property
    def ids(self) -> tuple[UUID, ...]:
        """All of them."""
        return (*self.person_ids, *self.lead_ids, *self.inquiry_ids)

    @property
    def texts(self) -> list[str]:
        """All of them as text."""
        return [str(one) for one in self.ids]


def among(column: Any, ids: Iterable[UUID]) -> Any:
    """The condition that a column of ids is one of these, in one parameter however many there are."""
    return column == any_(cast(list(ids), ARRAY(UUIDType)))


def begin(session: Session, subject: Subject, erasure_id: UUID, now: datetime) -> dict[str, int]:
    """Makes the erasure the only one at work, bars the way back, and clears the tables that all rooms have.

    Returns rows by table. Raises ActUnderWay while something is being sent to or about the person.
    """
    run_alone(session)
    session.flush()
    bury(session, subject, erasure_id, now)
    return erase_plumbing(session, subject, now)


def run_alone(session: Session) -> None:
    """Waits until every batch that is being handled has committed, and holds up further ones until we have."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def bury(session: Session, subject: Subject, erasure_id: UUID, now: datetime) -> None:
    """Records that nothing may come back of these ids."""
    rows = [{"subject": one, "erasure_id": erasure_id, "erased_at": now} for one in sorted(set(subject.ids))]
    if rows:
        session.execute(insert(TOMBSTONE).values(rows).on_conflict_do_nothing())


def buried(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these ids are erased."""
    wanted = list(ids)
    if not wanted:
        return set()
    query = select(cast(TOMBSTONE.c.subject, Text)).where(
        TOMBSTONE.c.subject == any_(cast(literal(wanted, ARRAY(Text)), ARRAY(UUIDType)))
    )
    return set(session.scalars(query))


# --- the tables that all rooms have ----------------------------------------------------------------------------------


def erase_plumbing(session: Session, subject: Subject, now: datetime) -> dict[str, int]:
    """Takes the person out of outbox, failed messages, due work and effects. Returns rows by table.

    Raises ActUnderWay while an effect of theirs is being performed.
    """
    return {
        "outbox": _scrub_outbox(session, subject),
        "failed_message": _scrub_failed(session, subject),
        "due": _drop_due(session, subject),
        "effect": _cancel_effects(session, subject, now),
    }


def names_one(document: Any, subject: Subject) -> Any:
    """The condition that a text or JSON column names one of the ids."""
    return cast(document, Text).like(any_(cast([f"%{one}%" for one in subject.texts], ARRAY(Text))))


def _body_names_one(column: Any, subject: Subject) -> Any:
    # Bytes, not text: a parked message may be anything.
    return func.encode(column, "escape").like(any_(cast([f"%{one}%" for one in subject.texts], ARRAY(Text))))


def _scrub_outbox(session: Session, subject: Subject) -> int:
    rows = session.execute(
        select(OUTBOX.c.position, OUTBOX.c.body).where(_body_names_one(OUTBOX.c.body, subject)).with_for_update()
    ).all()
    for row in rows:
        session.execute(
            update(OUTBOX).where(OUTBOX.c.position == row.position).values(body=_scrubbed_message(bytes(row.body)))
        )
    return len(rows)


def _scrub_failed(session: Session, subject: Subject) -> int:
    rows = session.execute(
        select(FAILED_MESSAGE.c.id, FAILED_MESSAGE.c.body, FAILED_MESSAGE.c.error)
        .where(FAILED_MESSAGE.c.type != "intake", _body_names_one(FAILED_MESSAGE.c.body, subject))
        .with_for_update()
    ).all()
    for row in rows:
        told = {"body": _scrubbed_message(bytes(row.body)), "error": row.error.partition(":")[0]}
        session.execute(update(FAILED_MESSAGE).where(FAILED_MESSAGE.c.id == row.id).values(told))
    return len(rows)


def _scrubbed_message(body: bytes) -> bytes:
    """The message with its person blanked; one that no contract describes keeps nothing but its shape."""
    try:
        envelope = envelopes.decode(body)
        declared = envelope.contract
    except ContractViolation:
        return orjson.dumps({"data": {}, "erased": True})
    document = orjson.loads(body)
    document["data"] = scrubbed(declared, envelope.raw)
    return orjson.dumps(document)


def _drop_due(session: Session, subject: Subject) -> int:
    its_key = DUE.c.key == any_(cast(subject.texts, ARRAY(Text)))
    return removed(session, delete(DUE).where(or_(its_key, names_one(DUE.c.data, subject))))


def _cancel_effects(session: Session, subject: Subject, now: datetime) -> int:
    of_them = or_(names_one(EFFECT.c.payload, subject), names_one(EFFECT.c.key, subject))
    rows = session.execute(select(EFFECT.c.key, EFFECT.c.state).where(of_them).with_for_update()).all()
    if any(row.state == "claimed" for row in rows):
        raise ActUnderWay
    # By their keys: what is blanked first does not name the person any more.
    these = EFFECT.c.key == any_(cast([row.key for row in rows], ARRAY(Text)))
    # What says to whom it went is kept: they are to be told.
    kept = func.jsonb_build_object(
        *(part for name in ("lead_id", "assignment_id", "owner_id", "recipient", "notice", "piece_id")
          for part in (name, EFFECT.c.payload[name]))
    )  # fmt: skip
    session.execute(update(EFFECT).where(these).values(payload=func.jsonb_strip_nulls(kept)))
    session.execute(update(EFFECT).where(these, EFFECT.c.detail.is_not(None)).values(detail=ERASED))
    session.execute(
        update(EFFECT).where(these, EFFECT.c.state == "planned").values(state="failed", detail=ERASED, settled_at=now)
    )
    return len(rows)


def removed(session: Session, statement: Any) -> int:
    """Runs a DELETE or UPDATE. Returns how many rows it met."""
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


# --- export ----------------------------------------------------------------------------------------------------------


def plumbing_of(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows in the tables that all rooms have."""
    return {
        "outbox": select(OUTBOX).where(_body_names_one(OUTBOX.c.body, subject)),
        "failed_message": select(FAILED_MESSAGE).where(_body_names_one(FAILED_MESSAGE.c.body, subject)),
        "due": select(DUE).where(
            or_(DUE.c.key == any_(cast(subject.texts, ARRAY(Text))), names_one(DUE.c.data, subject))
        ),
        "effect": select(EFFECT).where(or_(names_one(EFFECT.c.payload, subject), names_one(EFFECT.c.key, subject))),
    }


def rows_of(session: Session, queries: Mapping[str, Select[Any]]) -> dict[str, list[dict[str, Any]]]:
    """What these queries find, as JSON types; tables without a row are left out."""
    found = {
        name: [_as_json(dict(row)) for row in session.execute(query).mappings()] for name, query in queries.items()
    }
    return {name: rows for name, rows in found.items() if rows}


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    # SQLAlchemy names its columns by a kind of text that JSON does not know.
    plain = {str(name): _readable(value) for name, value in row.items()}
    document: dict[str, Any] = orjson.loads(orjson.dumps(plain, default=str))
    return document


def _readable(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return value
