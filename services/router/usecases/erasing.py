"""Forgets a person, and shows what is held of one."""

from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from services.router.models import (
    Account,
    Assignment,
    Charge,
    DeliveryRow,
    Lead,
    LeadReturn,
    OwnerReply,
    OwnerWord,
    Person,
    PurchaseQuestion,
    Share,
)
from services.router.usecases import delivering_batches, letting_go
from shared.contracts.calls import ExportRequest
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.privacy import PassedOn
from shared.contracts.router import PersonDataErased
from shared.database import erasing
from shared.database.erasing import Subject, among
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction

#: Status of a lead whose person is erased: nobody works it any more.
ERASED = "erased"

#: What of a lead speaks of its person, and what stands there afterwards.
_BLANK: dict[str, Any] = {
    "responses": {}, "fulfilment": {}, "previous": None, "score": None, "verdict": None, "screening": None,
    "clock": None, "clock_started_at": None, "due_at": None, "blocked": None, "shares": 0,
}  # fmt: skip
KEPT = {
    "lead, assignment, share": "who had the lead from when to when, and what became of it: figures without a person",
    "charge": "what an owner paid for the lead: figures without a person",
    "delivery": "that something was sent to an owner, by which way and when: without its content and their answer",
    "lead_return": "that an owner gave the lead back, and what came of it: without what they wrote",
    "owner_reply": "that an owner answered by mail, and what was made of it: without who wrote what",
    "owner_word": "that an owner said something of the lead, and when: without what they wrote",
    "purchase_question": "that the prospect was asked whether they bought, and when: without their answer",
    "effect": "that something was delivered, to which owner and when: without its content",
}


def held(subject: Subject) -> dict[str, Select[Any]]:
    """The person's rows, by table."""
    return {
        "person": select(Person.__table__).where(among(Person.person_id, subject.person_ids)),
        "account": select(Account.__table__).where(_its_account(subject)),
        "lead": select(Lead.__table__).where(_its_leads(subject)),
        "assignment": select(Assignment.__table__).where(
            Assignment.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
        "share": select(Share.__table__).where(Share.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))),
        "charge": select(Charge.__table__).where(Charge.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))),
        "delivery": select(DeliveryRow.__table__).where(
            DeliveryRow.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
        "lead_return": select(LeadReturn.__table__).where(
            LeadReturn.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
        "owner_reply": select(OwnerReply.__table__).where(
            OwnerReply.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
        "owner_word": select(OwnerWord.__table__).where(
            OwnerWord.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
        "purchase_question": select(PurchaseQuestion.__table__).where(
            PurchaseQuestion.lead_id.in_(select(Lead.lead_id).where(_its_leads(subject)))
        ),
    }


def export(tx: Transaction, request: ExportRequest) -> dict[str, list[Any]]:
    """What is held of a person, as JSON types."""
    subject = Subject.of(request)
    found: dict[str, list[Any]] = {}
    found.update(erasing.rows_of(tx.session, {**held(subject), **erasing.plumbing_of(subject)}))
    return found


def forget_person(tx: Transaction, envelope: Envelope) -> None:
    """Closes the person's leads and removes what they, their packages and explanations say of them."""
    event: PersonErased = envelope.data
    subject = Subject.of(event)
    removed = erasing.begin(tx.session, subject, event.erasure_id, tx.now)
    passed_on = _passed_on(tx, subject)
    leads = select(Lead.lead_id).where(_its_leads(subject))
    letting_go.let_go(tx, tx.session.scalars(leads.where(Lead.closed_at.is_(None))).all())
    removed["person"] = erasing.removed(tx.session, delete(Person).where(among(Person.person_id, subject.person_ids)))
    removed["account"] = erasing.removed(tx.session, delete(Account).where(_its_account(subject)))
    removed["assignment"] = erasing.removed(
        tx.session, update(Assignment).where(Assignment.lead_id.in_(leads)).values(explanation=[], because=None)
    )
    removed["delivery"] = delivering_batches.forget(tx, leads)
    removed["lead_return"] = erasing.removed(
        tx.session, update(LeadReturn).where(LeadReturn.lead_id.in_(leads)).values(evidence=None, note=None)
    )
    blank_reply: dict[str, Any] = {"sender": None, "subject": None, "text": None, "because": None, "waits": False}
    removed["owner_reply"] = erasing.removed(
        tx.session, update(OwnerReply).where(OwnerReply.lead_id.in_(leads)).values(blank_reply)
    )
    removed["owner_word"] = erasing.removed(
        tx.session, update(OwnerWord).where(OwnerWord.lead_id.in_(leads)).values(fields={}, by=None)
    )
    removed["purchase_question"] = erasing.removed(
        tx.session, update(PurchaseQuestion).where(PurchaseQuestion.lead_id.in_(leads)).values(answer=None)
    )
    removed["share"] = erasing.removed(
        tx.session,
        update(Share)
        .where(Share.lead_id.in_(leads), Share.ended_at.is_(None))
        .values(ended_at=tx.now, ended_because=ERASED),
    )
    removed["charge"] = erasing.removed(
        tx.session, update(Charge).where(Charge.lead_id.in_(leads)).values(credited_because=None)
    )
    unheard = erasing.removed(tx.session, delete(Lead).where(_its_leads(subject), Lead.registered_at.is_(None)))
    blank = {**_BLANK, "status": ERASED, "closed_at": tx.now}
    removed["lead"] = unheard + erasing.removed(tx.session, update(Lead).where(_its_leads(subject)).values(blank))
    tx.emit(
        PersonDataErased(
            erasure_id=event.erasure_id, removed=removed, kept=KEPT, passed_on=passed_on, erased_at=tx.now
        ),
        key=str(event.erasure_id),
    )


def _its_leads(subject: Subject) -> Any:
    return or_(among(Lead.person_id, subject.person_ids), among(Lead.lead_id, subject.lead_ids))


def _its_account(subject: Subject) -> Any:
    return Account.account.in_([f"person:{person_id}" for person_id in subject.person_ids])


def _reader(payload: dict[str, Any]) -> str:
    owner = str(payload.get("owner_id", "unknown"))
    return f"manager of {owner}" if str(payload.get("recipient")).startswith("manager") else owner


def _passed_on(tx: Transaction, subject: Subject) -> list[PassedOn]:
    """What owners and their managers were sent."""
    rows = tx.session.execute(
        select(EFFECT)
        .where(EFFECT.c.state.in_(("done", "unknown")), erasing.names_one(EFFECT.c.payload, subject))
        .order_by(EFFECT.c.settled_at, EFFECT.c.key)
    )
    return [
        PassedOn(
            to=_reader(row.payload),
            by=row.kind.removeprefix("owner_"),
            what=row.payload.get("notice", "unknown") + (" (perhaps)" if row.state == "unknown" else ""),
            at=row.settled_at,
        )
        for row in rows
    ]
