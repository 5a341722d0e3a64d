"""Mail as a door: which addresses belong to which source, and which mailboxes are looked into."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gateway.entrypoints.reading import check_name, entries, one_of, section, text
from shared.company_file import CompanyError
from shared.secret import Secret

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
CHECK_SECONDS = 60
REQUIREMENTS = ("tls", "auth")


@dataclass(frozen=True)
class Mailbox:
    """A mailbox that somebody else's server keeps (IMAP)."""

    name: str
    source: str
    host: str
    user: str
    password: Secret
    port: int = 993
    #: TLS from the first byte, TLS by STARTTLS, or none at all.
    tls: bool | Literal["starttls"] = True
    #: PEM file of the authority that signed the server's certificate, where it is the company's own.
    authority: Path | None = None
    folder: str = "INBOX"
    #: Where a message goes once it is taken in; it stays, marked as seen, when nothing is said.
    done_folder: str | None = None
    every_seconds: float = CHECK_SECONDS


@dataclass(frozen=True)
class Mail:
    """All mail doors."""

    #: Address in small letters to source.
    addresses: Mapping[str, str] = field(default_factory=dict)
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)
    #: What a client of the SMTP door must do before it may send: `tls`, `auth`.
    require: frozenset[str] = frozenset()
    #: Our address for answers of owners; a code stands behind a plus sign in it. None: owners do not answer by mail.
    replies: str | None = None

    def is_reply(self, address: str) -> bool:
        """Whether mail to this address answers a message to an owner. What the code says is for the router to know."""
        local, _, domain = address.strip().strip("<>").lower().rpartition("@")
        name, plus, code = local.partition("+")
        return self.replies is not None and bool(plus and code) and f"{name}@{domain}" == self.replies.lower()

    def source_of(self, address: str) -> str | None:
        """The source of a recipient. What follows a plus sign is the sender's own affair."""
        local, _, domain = address.strip().strip("<>").lower().rpartition("@")
        return self.addresses.get(f"{local}@{domain}") or self.addresses.get(f"{local.partition('+')[0]}@{domain}")


def mail(entry: Any, place: str, folder: Path) -> Mail:
    """The part `mail:`."""
    fields = section(entry, place, {"addresses", "mailboxes", "require"})
    addresses = {
        _address(address, place): _source(source, f"{place}, {address}")
        for address, source in entries(fields, "addresses", place).items()
    }
    boxes = {
        name: _mailbox(name, box, f"{place}, mailbox {name}", folder)
        for name, box in entries(fields, "mailboxes", place).items()
    }
    return Mail(addresses, boxes, _requirements(fields.get("require") or [], place))


def _requirements(listed: Any, place: str) -> frozenset[str]:
    if not isinstance(listed, list):
        raise CompanyError(f"{place}: `require` must be a list of {', '.join(REQUIREMENTS)}")
    required = frozenset(one_of(name, REQUIREMENTS, "require", place) for name in listed)
    # Nobody can log in without: a password in the clear is everybody's.
    return required | {"tls"} if "auth" in required else required


def _mailbox(name: str, entry: Any, place: str, folder: Path) -> Mailbox:
    check_name(name, place)
    known = {"source", "host", "port", "tls", "user", "password", "folder", "done_folder", "every_seconds",
             "authority"}  # fmt: skip
    fields = section(entry, place, known)
    try:
        password = Secret.parse(fields.get("password"), folder)
    except ValueError as error:
        raise CompanyError(f"{place}: `password` {error}") from None
    tls = one_of(fields.get("tls", True), (True, False, "starttls"), "tls", place)
    authority = text(fields, "authority", place) if "authority" in fields else None
    return Mailbox(
        name=name,
        source=text(fields, "source", place),
        host=text(fields, "host", place),
        user=text(fields, "user", place),
        password=password,
        port=_number(fields.get("port", 993 if tls is True else 143), "port", place),
        tls=tls,
        authority=folder / authority if authority else None,
        folder=str(fields.get("folder", "INBOX")),
        done_folder=fields.get("done_folder"),
        every_seconds=_number(fields.get("every_seconds", CHECK_SECONDS), "every_seconds", place),
    )


def _address(address: str, place: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise CompanyError(f"{place}: `addresses`: {address!r} is no address")
    return address.lower()


def _source(source: Any, place: str) -> str:
    if not isinstance(source, str) or not source:
        raise CompanyError(f"{place}: the source must be a text")
    return source


def _number(value: Any, name: str, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise CompanyError(f"{place}: `{name}` must be a whole number above zero")
    return value
