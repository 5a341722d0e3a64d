"""Whether a mail was written by nobody: an absence notice, a bounce, a mailing list (RFC 3834, RFC 3464, RFC 2919)."""

import re

from shared.mail.message import Mail

_ABSENT = re.compile(
    r"^\W*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)\b|auto:|abwesen"
    r"|automatische antwort|réponse automatique|respuesta automática|vacation reply|i am (?:away|out))",
    re.IGNORECASE,
)
_BOUNCED = re.compile(
    r"^\W*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)"
    r"|mail delivery (?:failed|subsystem)|returned mail|failure notice"
    r"|unzustellbar|nicht zustellbar|message not delivered)",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


def reply_or_bounce(mail: Mail) -> str | None:
    """Why nobody wrote this, as a sentence; None where a person may have, or a form on a page."""
    subject = mail.header("Subject")
    sender = next((address for _, address in mail.addresses("From")), "")
    kind = mail.message.get_content_type()
    if kind == "multipart/report" or any(part.content_type == "message/delivery-status" for part in mail.parts):
        return "a report of a mail server on delivery"
    if _DAEMON.match(sender) or mail.header("Return-Path") == "<>" or _BOUNCED.match(subject):
        return "a bounce: it comes from a mail server"
    if mail.header("Auto-Submitted").lower().startswith("auto-replied"):
        return "an automatic reply, as its header says"
    if any(mail.header(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return "an automatic reply, as its header says"
    return "an automatic reply, as its subject says" if _ABSENT.match(subject) else None


def bulk(mail: Mail) -> str | None:
    """Why this went to many or came from a machine, as a sentence. Mails of forms look like that, too."""
    if mail.header("Precedence").lower() in ("bulk", "list", "junk", "auto_reply"):
        return f"bulk mail: its precedence is {mail.header('Precedence').lower()}"
    if mail.header("List-Id") or mail.header("List-Unsubscribe"):
        return "a mailing list or newsletter"
    if mail.header("Auto-Submitted").lower() not in ("", "no"):
        return "written by a machine, as its header says"
    return None
