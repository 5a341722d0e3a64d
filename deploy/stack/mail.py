"""A mail server that delivers nothing: every mail ends in one mailbox with a page to read it.

It is `mail-devel` (SMTP, IMAP and a page) in a process of its own. Mails live in its memory: stopping it empties
the mailbox.
"""

import email
import email.policy
import imaplib
import sys
from email.message import EmailMessage

from deploy.stack.instance import Instance
from deploy.stack.process import Process
from deploy.stack.rooms import health

USER = "mailbox@localhost"


class Mailbox:
    """Where the mails of an instance end."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.instance.port('smtp')}"

    @property
    def page(self) -> str:
        """The address of the page that shows the mails."""
        return f"http://127.0.0.1:{self.instance.port('mail-page')}/"

    def process(self) -> Process:
        ports = {name: str(self.instance.port(name)) for name in ("smtp", "smtps", "imap", "mail-page")}
        return Process(
            name="mail",
            command=(
                sys.executable, "-m", "mail_devel", "--host", "127.0.0.1", "--user", USER,
                "--smtp-port", ports["smtp"], "--smtps-port", ports["smtps"],
                "--imap-port", ports["imap"], "--http-port", ports["mail-page"],
            ),
            environment={"MAIL_PASSWORD": self.instance.secret("mail")},
            priority=20,
            ready=self.answers,
            address=self.page,
            stop_seconds=5,
        )  # fmt: skip

    def answers(self) -> bool:
        return health(self.page) == 200

    def messages(self) -> list[EmailMessage]:
        """Every mail received so far, oldest first."""
        return messages("127.0.0.1", self.instance.port("imap"), USER, self.instance.secret("mail"))


def messages(host: str, port: int, user: str, password: str) -> list[EmailMessage]:
    """Every mail in a mailbox, oldest first."""
    with imaplib.IMAP4(host, port) as inbox:
        inbox.login(user, password)
        _, (count, *_) = inbox.select("INBOX", readonly=True)
        if not count or not int(count):
            return []
        _, parts = inbox.fetch("1:*", "(BODY.PEEK[])")
    raw = [part[1] for part in parts if isinstance(part, tuple)]
    return [email.message_from_bytes(text, policy=email.policy.default) for text in raw]
