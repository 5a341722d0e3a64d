"""A mail server that records what it took, and misbehaves when told to."""

import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailSink:
    """`taken` messages; `answers` that are given instead of taking one, first to last; `drop` after the message."""

    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    #: Answers to RCPT, then to the message itself, until each list is empty.
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    #: How many messages are taken in full and then left without an answer.
    drops: int = 0
    connections: int = 0
    port: int = field(default_factory=_free_port)
    controller: Any = None

    # --- aiosmtpd's hooks --------------------------------------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        self.taken.append((list(envelope.rcpt_tos), _read(envelope.content)))
        if self.drops:
            self.drops -= 1
            server.transport.abort()
        return "250 2.0.0 Taken as 4711"

    # --- for tests ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listens; after a stop, on the same port as before."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Stops listening."""
        self.controller.stop()

    @property
    def url(self) -> str:
        """For LEADBUS_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message for _, message in self.taken]

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
