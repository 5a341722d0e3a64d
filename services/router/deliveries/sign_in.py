"""Mails the links by which owners and their managers sign in to the portal."""

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

from services.router.deliveries import smtp
from services.router.deliveries.email import message_id
from services.router.deliveries.sheet import Sheets, one_line
from services.router.domain.rules import Rules
from services.router.usecases.portal_signing import LINK_MINUTES, Seals
from shared.room import Done, Outcome, TryAgain

NOTICE = "sign-in"


@dataclass(frozen=True)
class SignInMail:
    """Sends one link to one address. The link is made here: it stands in no table."""

    rules: Rules
    seals: Seals
    sheets: Sheets
    smtp_url: str

    def send(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        """Sends it. Raises `smtp.NoAnswer` when the server fell silent after it had been given the message."""
        if payload["address"] is None:
            return Done("nobody of that address is known")
        values = {
            "name": payload["name"],
            "link": self.seals.link(UUID(key.rpartition("/")[2])),
            "minutes": LINK_MINUTES,
            "company": self.rules.sender_name,
        }
        try:
            sheet = self.sheets.render(NOTICE, values)
        except TemplateError as error:
            return TryAgain(f"template of {NOTICE}: {error}")
        message = EmailMessage(policy=SMTP)
        message["Subject"] = sheet.subject
        message.set_content(sheet.text, cte="quoted-printable")
        message["From"] = Address(self.rules.sender_name, addr_spec=self.rules.sender.address)
        message["To"] = Address(one_line(payload["name"] or ""), addr_spec=payload["address"])
        message["Date"] = format_datetime(datetime.fromisoformat(payload["at"]))
        message["Message-ID"] = message_id(key, self.rules.sender.address)
        message["Auto-Submitted"] = "auto-generated"
        return smtp.send(self.smtp_url, self.rules.sender.address, payload["address"], message.as_bytes())
