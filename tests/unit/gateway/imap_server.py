"""A small strict IMAP server: one mailbox in memory, and an error for everything that RFC 3501 does not allow here."""

import re
import socketserver
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_NUMBERED = re.compile(rb"^(?P<tag>[A-Za-z0-9]+) (?P<command>[A-Z]+)(?: (?P<rest>.*))?$")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^ ]+)')


@dataclass
class Message:
    content: bytes
    flags: set[str] = field(default_factory=set)


class MailServer(socketserver.ThreadingTCPServer):
    """`with MailServer("user", "password") as server:` then `server.deliver(b"…")`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, user: str, password: str, pem: Path | None = None, *, starttls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls: ssl.SSLContext | None = None
        if pem is not None:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(pem)
        self.starttls = starttls
        if self.tls and not starttls:
            self.socket = self.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.user, self.password = user, password
        self.folders: dict[str, dict[int, Message]] = {"INBOX": {}, "Done": {}}
        self.next_uid = 1
        self.validity = 1700000000
        #: Breaks the connection before it answers this command: as a network does.
        self.break_at: str | None = None
        #: Says `held` instead of answering this command, and nothing more: until the client is gone.
        self.hold_at: str | None = None
        self.held = threading.Event()
        self.commands: list[str] = []
        self.errors: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> "MailServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def deliver(self, content: bytes, *flags: str) -> int:
        """Puts a message into the inbox; gives its UID."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.folders["INBOX"][uid] = Message(content, set(flags))
        return uid

    def flags(self, uid: int) -> set[str]:
        return self.folders["INBOX"][uid].flags


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.state, self.folder = "begun", ""
        self._say(b"* OK ready")
        while line := self.rfile.readline():
            if not line.endswith(b"\r\n"):
                self.server.errors.append(f"a line without CRLF: {line!r}")
                return
            found = _NUMBERED.match(line[:-2])
            if found is None:
                self.server.errors.append(f"no command: {line!r}")
                self._say(b"* BAD what?")
                continue
            command = found["command"].decode()
            rest = (found["rest"] or b"").decode("latin-1")
            if command == "UID":
                sub, _, rest = rest.partition(" ")
                command = f"UID {sub}"
            self.server.commands.append(command)
            if self.server.break_at == command:
                self.server.break_at = None
                return
            if self.server.hold_at == command:
                self.server.hold_at = None
                self.server.held.set()
                self._wait_for_the_end()
                return
            answer = getattr(self, "do_" + command.replace(" ", "_").lower(), None)
            allowed = answer is not None and (self.state in answer.states)
            if not allowed:
                self.server.errors.append(f"{command} in state {self.state}")
                self._say(found["tag"] + b" BAD not now")
                continue
            self._say(found["tag"] + b" " + answer(rest).encode("latin-1"))
            if command == "LOGOUT":
                return
            if command == "STARTTLS":
                self._begin_tls()

    def _begin_tls(self) -> None:
        assert self.server.tls is not None
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _wait_for_the_end(self) -> None:
        with suppress(OSError):
            self.rfile.read(1)

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def do_capability(self, rest: str) -> str:
        self._say(b"* CAPABILITY IMAP4rev1 UIDPLUS" + b" STARTTLS LOGINDISABLED" * self._in_the_clear)
        return "OK done"

    @property
    def _in_the_clear(self) -> bool:
        return self.server.starttls and not isinstance(self.connection, ssl.SSLSocket)

    def do_starttls(self, rest: str) -> str:
        return "OK begin" if self._in_the_clear else "BAD not here"

    def do_login(self, rest: str) -> str:
        words = [(quoted or plain).decode("latin-1") for quoted, plain in _QUOTED.findall(rest.encode("latin-1"))]
        if self._in_the_clear:
            return "NO [PRIVACYREQUIRED] not in the clear"
        if words != [self.server.user, self.server.password]:
            return "NO [AUTHENTICATIONFAILED] wrong"
        self.state = "in"
        return "OK done"

    def do_select(self, rest: str) -> str:
        name = rest.strip('"')
        if name not in self.server.folders:
            return "NO no such folder"
        self.folder, self.state = name, "selected"
        self._say(b"* %d EXISTS" % len(self.messages))
        self._say(b"* OK [UIDVALIDITY %d] valid" % self.server.validity)
        return "OK [READ-WRITE] selected"

    @property
    def messages(self) -> dict[int, Message]:
        return self.server.folders[self.folder]

    def do_uid_search(self, rest: str) -> str:
        if rest != "UNSEEN UNFLAGGED":
            return "BAD not known"
        found = [str(uid) for uid, one in self.messages.items() if not one.flags & {r"\Seen", r"\Flagged"}]
        self._say(" ".join(["* SEARCH", *found]).encode())
        return "OK done"

    def do_uid_fetch(self, rest: str) -> str:
        uid, _, what = rest.partition(" ")
        message = self.messages.get(int(uid))
        if message is None:
            return "OK done"
        if what == "(RFC822.SIZE)":
            self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(message.content)})".encode())
        elif what == "(BODY.PEEK[])":
            self._say(f"* 1 FETCH (UID {uid} BODY[] {{{len(message.content)}}}".encode())
            self.wfile.write(message.content)
            self._say(b")")
        else:
            return "BAD not known"
        return "OK done"

    def do_uid_store(self, rest: str) -> str:
        uid, action, flags = rest.split(" ", 2)
        if action != "+FLAGS" or not flags.startswith("("):
            return "BAD not known"
        self.messages[int(uid)].flags |= set(flags.strip("()").split())
        return "OK done"

    def do_uid_copy(self, rest: str) -> str:
        uid, _, folder = rest.partition(" ")
        self.server.folders[folder.strip('"')][int(uid)] = self.messages[int(uid)]
        return "OK done"

    def do_uid_expunge(self, rest: str) -> str:
        if r"\Deleted" in self.messages[int(rest)].flags:
            del self.messages[int(rest)]
        return "OK done"

    def do_logout(self, rest: str) -> str:
        self._say(b"* BYE")
        return "OK done"

    do_capability.states = {"begun", "in", "selected"}  # type: ignore[attr-defined]
    do_starttls.states = {"begun"}  # type: ignore[attr-defined]
    do_login.states = {"begun"}  # type: ignore[attr-defined]
    do_select.states = {"in", "selected"}  # type: ignore[attr-defined]
    do_logout.states = {"begun", "in", "selected"}  # type: ignore[attr-defined]
    for _method in (do_uid_search, do_uid_fetch, do_uid_store, do_uid_copy, do_uid_expunge):
        _method.states = {"selected"}  # type: ignore[attr-defined]
