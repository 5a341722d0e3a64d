"""Inquiries by mail: ADF in it, the fields of a form mail, or a letter with sender, subject and text (RFC 5322)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import submission, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import adf
from shared.contracts.intake import Intake
from shared.mail import automatic
from shared.mail import text as mail_text
from shared.mail.message import Mail, NotMail, Part, taken_apart

_ADF = re.compile(r"<\s*(?:\w+:)?adf\b|<\?\s*adf\b", re.IGNORECASE)
_NOBODY = re.compile(r"^(?:no-?reply|do-?not-?reply|wordpress|www-data|webmaster|apache|notifications?)[\w.+-]*@", re.I)
_REPLY = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|tr)\s*:)+\s*", re.IGNORECASE)

#: The reason under which a mail that nobody wrote is set aside.
AUTOMATIC = "automatic_mail"


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The inquiries of a mail: several where its ADF has several. Raises Unreadable."""
    try:
        mail = taken_apart(body)
    except NotMail as error:
        raise Unreadable(error.reason, error.detail) from None
    document = _adf(mail)
    if document is not None:
        prospects = adf.read(document, replace(intake, content_type="application/x-adf+xml; charset=utf-8"), source)
        return [_with_mail(said, mail, said.row) for said in prospects]
    said, is_form = _said(mail, source)
    nobody = automatic.reply_or_bounce(mail) or (None if is_form else automatic.bulk(mail))
    return [replace(_with_mail(said, mail, 0), doubt=(AUTOMATIC, nobody) if nobody else None)]


def _adf(mail: Mail) -> bytes | None:
    """The ADF document in the body or an attachment; also one that a mail program showed as text."""
    shown = sorted(mail.parts, key=lambda part: part.content_type == "text/html")
    for part in shown:
        if _may_be_adf(part):
            text = part.text
            if not _ADF.search(text) and part.content_type == "text/html":
                text = mail_text.of_html(text)
            if _ADF.search(text):
                return text.encode("utf-8", "replace")
    return None


def _may_be_adf(part: Part) -> bool:
    kind = part.content_type
    return kind.startswith("text/") or "xml" in kind or (part.filename or "").lower().endswith((".xml", ".adf", ".txt"))


def _said(mail: Mail, source: Source) -> tuple[Submission, bool]:
    """What the mail says, and whether a form on a page wrote it. A reply was written by somebody."""
    plain, html = mail.text()
    text = plain if plain.strip() else mail_text.of_html(html)
    text = text[: mail_text.LONGEST].replace("\r\n", "\n")
    if mail.header("In-Reply-To"):
        # Below it stands what we wrote ourselves: only what they wrote above may be answers, and they are the sender's.
        answers = mail_text.fields(mail_text.written(text)[0], lambda name: _is_known(name, source))
        said = [*answers, *_sender(mail.addresses("From")[:1])] if answers else _letter(mail, text)
        return submission(said, source), False
    pairs = mail_text.fields(text, lambda name: _is_known(name, source))
    if pairs:
        return submission([*pairs, *_form_sender(mail, pairs, source)], source), True
    return submission(_letter(mail, text), source), False


def _is_known(name: str, source: Source) -> bool:
    return target_of(name, source) not in ("extra", "ignore")


def _form_sender(mail: Mail, pairs: mail_text.Pairs, source: Source) -> Iterator[tuple[str, str]]:
    """Who filled in the form is whom a reply would reach, where no field says it."""
    if any(target_of(name, source) == "person.email" and value for name, value in pairs):
        return
    for shown, address in mail.addresses("Reply-To"):
        yield "email", address
        if not any(target_of(name, source).endswith("_name") for name, _ in pairs):
            yield "name", _name(shown)


def _letter(mail: Mail, text: str) -> Iterator[tuple[str, str]]:
    subject = mail.header("Subject")
    passed_on = mail_text.forwarded(text.replace("\r\n", "\n"))
    if passed_on:
        note, headers, inner = passed_on
        yield from _sender([_address(headers.get("from") or headers.get("von") or "")])
        yield "keyed_by", next((address for _, address in mail.addresses("From")), "")
        subject, text = headers.get("subject") or headers.get("betreff") or _REPLY.sub("", subject), inner
        yield "forwarder's note", mail_text.written(note)[0] if note else ""
    else:
        senders, replies = mail.addresses("From"), mail.addresses("Reply-To")
        machine = bool(senders) and bool(_NOBODY.match(senders[0][1]))
        yield from _sender(replies[:1] if replies and (machine or not senders) else senders[:1])
    own, signature = mail_text.written(text)
    yield "message", subject
    yield "message", own
    yield "phone", mail_text.phone_in(signature) or mail_text.phone_in(own) or ""


def _sender(people: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for shown, address in people:
        yield "email", address
        yield "name", _name(shown)


def _name(shown: str) -> str:
    """A display name that is a name: some programs put the address there."""
    return "" if "@" in shown else shown.strip(" '\"")


def _address(text: str) -> tuple[str, str]:
    found = re.search(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", text)
    return (line(re.split(r"[<\[(]", text)[0].strip(" *\"'")), found[0] if found else "")


def _with_mail(said: Submission, mail: Mail, row: int) -> Submission:
    """The submission with what the mail itself says: when, to which of our addresses, and what was attached."""
    about = {
        "submitted_at": mail.date(),
        "mailbox": next((address for _, address in (*mail.addresses("Delivered-To"), *mail.addresses("To"))), ""),
        "in_reply_to": mail.header("In-Reply-To"),
    }
    identity = mail.header("Message-ID")
    files = ", ".join(f"{part.filename} ({len(part.content)} bytes)" for part in mail.attachments())
    return replace(
        said,
        attribution={**{name: line(value) for name, value in about.items() if value}, **said.attribution},
        extra={**said.extra, "attachments": files[:2000]} if files else said.extra,
        provider_key=said.provider_key or (line(f"message:{identity}#{row}") if identity else None),
    )
