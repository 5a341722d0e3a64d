"""A piece as an email message: one recipient, headers that nobody can add to."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from services.fulfillment.domain.wording import mailbox, one_line

#: Quoted-printable keeps lines under the 998 bytes that servers insist on. `cte_type` 7bit: no 8BITMIME needed.
POLICY = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Email:
    """What an email says, and to whom."""

    piece_id: str
    to_name: str
    to_address: str
    from_name: str
    from_address: str
    reply_to: str
    subject: str
    html: str
    text: str
    language: str
    date: datetime
    #: Empty: no unsubscribe headers.
    unsubscribe_url: str
    #: Answers an inquiry: other machines must not answer back.
    automatic: bool


def message_id(piece_id: str, from_address: str) -> str:
    """The same piece always carries the same Message-ID, so that a twin can be told from a second piece."""
    return f"<{re.sub(r'[^0-9A-Za-z-]', '', piece_id)}@{from_address.rpartition('@')[2]}>"


def compose(email: Email) -> EmailMessage:
    """The message. Raises NotOneAddress when `to_address` is not exactly one mailbox."""
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(email.from_name, email.from_address)
    message["To"] = _address(email.to_name, email.to_address)
    message["Reply-To"] = _address(email.from_name, email.reply_to)
    message["Subject"] = one_line(email.subject)
    message["Date"] = format_datetime(email.date)
    message["Message-ID"] = message_id(email.piece_id, email.from_address)
    message["Auto-Submitted"] = "auto-replied" if email.automatic else "auto-generated"
    if email.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{email.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = email.language
    return message


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name), addr_spec=mailbox(address))
