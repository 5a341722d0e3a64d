"""Leads and reminders to owners by email."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jinja2 import TemplateError

from services.router.deliveries import adf, card, smtp
from services.router.deliveries.links import action_urls, decision_urls
from services.router.deliveries.sheet import Sheets, one_line
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.links import Links
from services.router.reply_address import ReplyAddress
from shared.ids import derived_id
from shared.room import GiveUp, Outcome, TryAgain

_MESSAGES = UUID("7d1b8a4e-0a63-5a3e-8b55-3b8f3f0c9d21")


@dataclass(frozen=True)
class EmailDelivery:
    """Sends what is told to an owner, or to their manager, by email."""

    rules: Rules
    links: Links
    sheets: Sheets
    smtp_url: str
    #: Without one, answers to a message go to its sender and are read by people.
    replies: ReplyAddress | None = None

    def deliver(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        """Sends it. Raises `smtp.NoAnswer` when the server fell silent after it had been given the whole message."""
        owner = self.rules.owners.get(payload["owner_id"])
        if owner is None:
            return GiveUp("the owner is not in the company's file any more")
        address, form = recipient(owner, payload["recipient"], payload.get("address"))
        bare = form == "adf" and payload["notice"] == "lead"
        try:
            message = self._adf(payload, owner) if bare else self._sheet(payload, owner)
        except TemplateError as error:
            return TryAgain(f"template of {payload['notice']}: {error}")
        if self.replies is not None and "assignment_id" in payload and payload["recipient"] != "manager":
            message["Reply-To"] = self.replies.address(UUID(payload["assignment_id"]))
        return send(message, self.smtp_url, self.rules, owner, address, key, payload["at"])

    def _sheet(self, payload: Mapping[str, Any], owner: Owner) -> EmailMessage:
        values = {
            **payload.get("package", {}),
            "owner": {"name": owner.name, "kind": owner.kind, "email": owner.email},
            "company": self.rules.sender_name,
            "links": action_urls(self.links, payload) if "lead_id" in payload else {},
            "decisions": decision_urls(self.links, payload) if payload["notice"] == "return_asked" else {},
            "portal": self.links.portal,
            "can_answer": self.replies is not None,
            "news": payload.get("news"),
        }
        is_trial = payload["notice"] == "test"
        sheet = self.sheets.render("lead" if is_trial else payload["notice"], values)
        message = EmailMessage(policy=SMTP)
        message["Subject"] = f"Test: {sheet.subject}" if is_trial else sheet.subject
        message.set_content(sheet.text, cte="quoted-printable")
        if sheet.html is not None:
            message.add_alternative(sheet.html, subtype="html", cte="quoted-printable")
        if is_trial or payload["notice"] == "lead":
            self._attach(message, payload, owner)
        return message

    def _attach(self, message: EmailMessage, payload: Mapping[str, Any], owner: Owner) -> None:
        """The lead for their CRM, for their phone, and for their calendar."""
        name, due = f"lead-{payload['lead_id'][:8]}", card.calendar(payload, self.rules.sender_name)
        maintype, subtype = adf.MIME_TYPE
        message.add_attachment(
            self._document(payload, owner), maintype=maintype, subtype=subtype, filename=f"{name}.adf"
        )
        message.add_attachment(card.vcard(payload), maintype="text", subtype="vcard", filename=f"{name}.vcf")
        if due is not None:
            message.add_attachment(due, maintype="text", subtype="calendar", filename=f"{name}.ics")

    def _adf(self, payload: Mapping[str, Any], owner: Owner) -> EmailMessage:
        # CRM inboxes read the body and nothing else: one lead, text/plain, the XML as it is.
        message = EmailMessage(policy=SMTP)
        message["Subject"] = f"ADF lead {payload['lead_id']}"
        message.set_content(self._document(payload, owner).decode(), cte="quoted-printable")
        return message

    def _document(self, payload: Mapping[str, Any], owner: Owner) -> bytes:
        return adf.document(payload, owner, self.rules.sender_name, self.rules.sender.address)


def recipient(owner: Owner, which: str, address: str | None = None) -> tuple[str, str]:
    """The address and the form of a message to the owner's mailbox, the owner in person, or their manager.

    `address` is of somebody who writes for the owner, and is answered.
    """
    if which == "address" and address is not None:
        return address, "sheet"
    if which == "manager":
        return owner.manager_email, "sheet"
    if which == "manager_above":
        return owner.manager_above or owner.manager_email, "sheet"
    if which == "mailbox" and owner.mailbox is not None:
        return owner.mailbox.address, owner.mailbox.form
    return owner.email, "sheet"


def send(message: EmailMessage, smtp_url: str, rules: Rules, owner: Owner, address: str, key: str, at: str) -> Outcome:
    """Sends a message to an owner: the same to the byte on every attempt."""
    message["From"] = Address(rules.sender_name, addr_spec=rules.sender.address)
    message["To"] = Address(one_line(owner.name), addr_spec=address)
    message["Date"] = format_datetime(datetime.fromisoformat(at))
    message["Message-ID"] = message_id(key, rules.sender.address)
    message["Auto-Submitted"] = "auto-generated"
    _fix_boundaries(message, key)
    return smtp.send(smtp_url, rules.sender.address, address, message.as_bytes())


def _fix_boundaries(message: EmailMessage, key: str) -> None:
    # Random ones would make every attempt a different message.
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{derived_id(_MESSAGES, key, str(place)).hex}")


def message_id(key: str, sender: str) -> str:
    """The same for every attempt, so that a mail program shows a message that went twice once."""
    return f"<{derived_id(_MESSAGES, key).hex}@{sender.partition('@')[2]}>"
