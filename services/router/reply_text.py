"""A mail as a reply: who wrote it, what they wrote now, and whether anybody wrote it."""

from dataclasses import dataclass

from mailparser_reply import EmailReplyParser

from shared.cleaning import block, line
from shared.mail import automatic
from shared.mail import text as mail_text
from shared.mail.message import Mail, NotMail, taken_apart

#: Languages whose ways of quoting are known.
LANGUAGES = ["en", "de", "fr", "es"]
#: Characters of a reply that are looked at and kept.
LONGEST = 4000


class NotALetter(ValueError):
    """These bytes are no mail."""


@dataclass(frozen=True)
class Letter:
    """One mail of an owner."""

    #: In small letters.
    sender: str
    subject: str
    #: Without quotes and signature.
    text: str
    #: Why nobody wrote it; None where somebody did.
    automatic: str | None = None
    is_bounce: bool = False

    @property
    def written_by_somebody(self) -> bool:
        """Whether a person wrote it."""
        return self.automatic is None


def letter_in(body: bytes) -> Letter:
    """The letter. Raises NotALetter."""
    try:
        mail = taken_apart(body)
    except NotMail as error:
        raise NotALetter(str(error)) from None
    senders = [address.lower() for _, address in mail.addresses("From")]
    nobody = automatic.reply_or_bounce(mail) or automatic.bulk(mail)
    return Letter(
        # Two senders are nobody in particular.
        sender=senders[0] if len(senders) == 1 else "",
        subject=line(mail.header("Subject")),
        text=_written(mail),
        automatic=nobody,
        is_bounce=nobody is not None and ("bounce" in nobody or "delivery" in nobody),
    )


def _written(mail: Mail) -> str:
    plain, html = mail.text()
    text = block(plain, LONGEST * 10) if plain.strip() else mail_text.of_html(html)
    parsed = EmailReplyParser(languages=LANGUAGES).parse_reply(text=text.replace("\r\n", "\n"))
    own = parsed or ""
    if not own.strip():
        return ""
    above, _ = mail_text.written(own)
    return block(above, LONGEST)
