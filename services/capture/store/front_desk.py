"""Inquiries, people, leads."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session, aliased

from services.capture.domain.lead import CLOSED
from services.capture.models import ConsentStatement, Inquiry, Lead, Person, RawPayload
from shared.database.arrays import one_of
from shared.database.plumbing import DUE
from shared.database.unit_of_work import Transaction

M = TypeVar("M")

#: Due work that reads a part of a long list, and how many rows that has.
LIST_ROWS = "list_rows"
_ROWS_LEFT = cast(DUE.c.data["left"].astext, Integer)


def list_of(key: Any) -> Any:
    """The list in the key of such work: `<receipt>/<where the part begins>`, or the receipt alone."""
    return func.split_part(key, "/", 1)


def load(tx: Transaction, model: type[M], keys: Iterable[Any]) -> list[M]:
    """Loads and locks the rows with these keys, in the order of their keys, for the `tx.get`s that follow."""
    wanted = {key for key in keys if key is not None}
    tx.preload(model, wanted)
    # Also those that this transaction added or loaded before.
    found = ((key, tx.get(model, key)) for key in wanted)
    return [row for _, row in sorted(((key, row) for key, row in found if row is not None), key=itemgetter(0))]


def known_receipts(session: Session, receipt_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the receipts whose raw inquiry is stored."""
    return set(session.scalars(select(RawPayload.receipt_id).where(one_of(RawPayload.receipt_id, receipt_ids))))


def lead_ids_of(session: Session, person_ids: Iterable[UUID]) -> list[UUID]:
    """The leads of these persons."""
    wanted = list(person_ids)
    if not wanted:
        return []
    return list(session.scalars(select(Lead.id).where(one_of(Lead.person_id, wanted))))


def raw_head(session: Session, receipt_id: UUID) -> tuple[datetime, int, str] | None:
    """When the raw inquiry was received, how many inquiries are in it, and from which source it came."""
    row = session.execute(
        select(RawPayload.received_at, RawPayload.inquiries, RawPayload.source).where(
            RawPayload.receipt_id == receipt_id
        )
    ).first()
    return None if row is None else (row.received_at, row.inquiries, row.source)


def handled(session: Session, receipt_id: UUID) -> int:
    """How many rows of a receipt have become something."""
    return _number(session, select(func.count()).select_from(Inquiry).where(Inquiry.receipt_id == receipt_id))


def outcomes(
    session: Session, receipt_id: UUID, after: int = -1, limit: int | None = None
) -> Sequence[tuple[int, Inquiry]]:
    """The rows of a receipt with what each resolves to: itself, or the inquiry that it is a second copy of."""
    own, first = aliased(Inquiry), aliased(Inquiry)
    query = (
        select(own.row, first)
        .join(first, first.id == func.coalesce(own.duplicate_of, own.id))
        .where(own.receipt_id == receipt_id, own.row > after)
        .order_by(own.row)
        .limit(limit)
    )
    return [(row, inquiry) for row, inquiry in session.execute(query)]


#: What may become of an inquiry.
_OUTCOMES = ("registered", "responded", "quarantined", "test", "duplicate", "withdrawn", "erased", "awaiting")


def counts(session: Session) -> dict[str, int]:
    """The ledger: received = registered + responded + quarantined + test + duplicate + withdrawn + erased + pending."""
    outcome = dict.fromkeys(_OUTCOMES, 0)
    found = session.execute(select(Inquiry.outcome, func.count()).group_by(Inquiry.outcome))
    outcome.update((name, number) for name, number in found)
    receipts, received = session.execute(
        select(func.count(), func.coalesce(func.sum(RawPayload.inquiries), 0)).select_from(RawPayload)
    ).one()
    return {
        "receipts": receipts,
        "received": int(received),
        **outcome,
        "pending": outcome["awaiting"]
        + _number(session, select(func.coalesce(func.sum(_ROWS_LEFT), 0)).where(DUE.c.kind == LIST_ROWS)),
        # Who became part of somebody else is no other person.
        "persons": _number(session, select(func.count()).select_from(Person).where(Person.current_id.is_(None))),
        "leads": _number(session, select(func.count()).select_from(Lead).where(Lead.person_id.is_not(None))),
        "leads_open": _number(
            session,
            select(func.count()).select_from(Lead).where(Lead.person_id.is_not(None), Lead.resolution.not_in(CLOSED)),
        ),
        "consents": _number(session, select(func.count()).select_from(ConsentStatement)),
    }


def _number(session: Session, query: Select[Any]) -> int:
    return session.scalar(query) or 0
