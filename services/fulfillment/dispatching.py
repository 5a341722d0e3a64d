"""Performs the effects: asks whether the piece may still go, words it, hands it to its channel."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import structlog

from services.fulfillment.channels import email, letter
from services.fulfillment.channels.letter import Render
from services.fulfillment.channels.print import HotFolder, job_id
from services.fulfillment.channels.ticket import Enclosure, Job
from services.fulfillment.company import Library
from services.fulfillment.domain.wording import NotOneAddress, address_block, full_name
from services.fulfillment.links import Links, UnsubscribeLink
from services.fulfillment.templates import COUNTRIES, Templates
from services.fulfillment.usecases.sending import Dispatch, Proof, Refusal, prepare
from shared.database.unit_of_work import Transaction
from shared.room import Done, GiveUp, Outcome, TryAgain

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """What every channel needs before it can send."""

    library: Library
    templates: Templates
    links: Links
    #: Opens a transaction of its own for the last look.
    begin: Callable[[], AbstractContextManager[Transaction]]

    def prepare(self, piece_id: UUID) -> Dispatch | Refusal:
        """The piece as it must go out now, or why it must not."""
        with self.begin() as tx:
            return prepare(tx, piece_id, library=self.library)


def send_email(
    key: str, payload: Mapping[str, Any], *, desk: Desk, deliver: Callable[[EmailMessage], Outcome]
) -> Outcome:
    """Sends one piece by email. Raises only when the mail server may have taken it and did not say so."""
    try:
        dispatch = desk.prepare(UUID(payload["piece_id"]))
        if isinstance(dispatch, Refusal):
            return GiveUp(dispatch.reason)
        message = compose_email(dispatch, desk)
    except NotOneAddress as error:
        return GiveUp(str(error))
    except Exception as error:
        # Nothing has left the house: whatever is broken here may be mended before the next try.
        log.exception("piece_not_prepared", key=key, error=type(error).__name__)
        return TryAgain(f"{type(error).__name__} while preparing")
    outcome = deliver(message)
    if isinstance(outcome, Done):
        owner = dispatch.owner.owner_id if dispatch.owner else None
        return Done(Proof(reference=str(message["Message-ID"]), owner_id=owner).encode())
    return outcome


def send_letter(key: str, payload: Mapping[str, Any], *, desk: Desk, folder: HotFolder, render: Render) -> Outcome:
    """Drops one letter as a print job. Doing it again does nothing: the folder knows the job's name."""
    try:
        dispatch = desk.prepare(UUID(payload["piece_id"]))
        if isinstance(dispatch, Refusal):
            return GiveUp(dispatch.reason)
        if dispatch.person.address is None or not dispatch.person.address.mailable:
            return GiveUp("no letter can reach the address that is known now")
        job = compose_job(dispatch, desk, render)
        folder.drop(job)
    except Exception as error:
        log.exception("letter_not_dropped", key=key, error=type(error).__name__)
        return TryAgain(f"{type(error).__name__} while preparing")
    owner = dispatch.owner.owner_id if dispatch.owner else None
    return Done(Proof(reference=job.job_id, owner_id=owner, pages=job.pages).encode())


def compose_email(dispatch: Dispatch, desk: Desk) -> EmailMessage:
    """The piece as a message. Raises NotOneAddress."""
    sender = desk.library.sender
    unsubscribe_url = ""
    if dispatch.piece.unsubscribe:
        link = UnsubscribeLink(dispatch.person_id, "email", dispatch.piece_id)
        unsubscribe_url = desk.links.unsubscribe_url(link)
    question, purchase = dispatch.question, dispatch.purchase
    words = desk.templates.email(
        dispatch,
        confirm_url=desk.links.confirm_url(question.statement_id, question.expires_at) if question else "",
        purchase_url=desk.links.purchase_url(purchase.lead_id, purchase.expires_at) if purchase else "",
        unsubscribe_url=unsubscribe_url,
        response_url=desk.links.response_url(dispatch.piece_id),
        download=lambda name: desk.links.download_url(name, dispatch.person_id, dispatch.piece_id, dispatch.now),
    )
    return email.compose(
        email.Email(
            piece_id=str(dispatch.piece_id),
            to_name=full_name(dispatch.person),
            to_address=dispatch.person.email or "",
            from_name=sender.name,
            from_address=sender.email,
            reply_to=sender.reply_to,
            subject=words.subject,
            html=words.html,
            text=words.text,
            language=words.language,
            date=dispatch.now,
            unsubscribe_url=unsubscribe_url,
            automatic=dispatch.piece.id in (desk.library.first_answer, desk.library.repeat_answer),
        )
    )


def compose_job(dispatch: Dispatch, desk: Desk, render: Render) -> Job:
    """The piece as a print job: letter, addressee, and what the warehouse adds."""
    address = desk.links.response_url(dispatch.piece_id)
    words = desk.templates.letter(dispatch, response_url=address, code=letter.qr_code(address))
    drawn = render(words.html)
    sender = desk.library.sender
    person = dispatch.person
    return Job(
        job_id=job_id(dispatch.piece_id),
        piece=dispatch.piece.id,
        pdf=drawn.pdf,
        pages=drawn.pages,
        paper=words.paper,
        recipient=address_block(person, sender.country, COUNTRIES),
        country=(person.address.country if person.address else None) or sender.country,
        enclosures=tuple(Enclosure(item.sku, item.title) for item in dispatch.items if item.sku),
        sender=sender.name,
        created_at=dispatch.now,
    )
