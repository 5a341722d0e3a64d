"""The leads of an hour or a day to an owner as one CSV by email."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from services.router.deliveries import email
from services.router.deliveries.csvfile import rows_of
from services.router.deliveries.sftp import file_name, leads_of
from services.router.deliveries.way import OwnersWay
from services.router.domain.delivery import CsvByMail
from services.router.domain.owner import Owner
from shared.room import Outcome


@dataclass(frozen=True)
class DigestWay(OwnersWay):
    """The Message-ID, the same on every attempt, makes a repeat safe."""

    smtp_url: str

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: CsvByMail) -> Outcome:
        """One message."""
        leads = leads_of(payload)
        content = rows_of(delivery.columns, [self.document(one, owner) for one in leads])
        message = EmailMessage(policy=SMTP)
        number = "1 lead" if len(leads) == 1 else f"{len(leads)} leads"
        message["Subject"] = f"Test: {number}" if payload["notice"] == "test" else f"{number} for {owner.name}"
        message.set_content(
            f"{owner.name},\n\n{number} since the last message: see the list. Each row has links to answer with.\n\n"
            f"{self.office.rules.sender_name}\n",
            cte="quoted-printable",
        )
        message.add_attachment(content, maintype="text", subtype="csv", filename=file_name(key))
        rules = self.office.rules
        return email.send(message, self.smtp_url, rules, owner, delivery.address, key, payload["at"])
