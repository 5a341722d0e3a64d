"""One HTTP request to an address that we were given, without being led anywhere else or held up."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from services.router.deliveries.addresses import AddressRefused, NameUnknown, resolve

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
#: From the first byte sent to the last one read, whatever the far side trickles.
WHOLE_SECONDS = 30.0
#: More of an answer is not read.
ANSWER_BYTES = 16 * 1024
PORTS = (443, 8443)


class NotSent(Exception):
    """Nothing was sent; it may work later."""


class NeverSent(Exception):
    """Nothing was sent, and nothing ever will be to this address."""


class NoAnswer(Exception):
    """It was sent, wholly or in part, and no answer came: nobody knows whether the far side acted."""


@dataclass(frozen=True)
class Answer:
    """What the far side said."""

    code: int
    headers: Mapping[str, str]
    #: As much of it as was asked for.
    body: bytes = b""
    #: Whether the body is all that it said.
    is_whole: bool = True


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    """A request with the method POST; see `send`."""
    return send("POST", url, body, headers, allow_private=allow_private)


def send(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    keep: int = ANSWER_BYTES,
) -> Answer:
    """Sends `body` and reads at most `keep` bytes of the answer.

    Redirects are not followed, and proxies of the environment are not used.

    The name is resolved once, all its addresses are checked, and the connection goes to a checked one: a name that
    changes its mind in between gains nothing. `allow_private` (demo, tests) also allows plain http and any port.
    """
    parts = urlsplit(url)
    secure, port, addresses = _checked(parts, allow_private)
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connect(host, port, secure, addresses)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    name = shown if port == (443 if secure else 80) else f"{shown}:{port}"
    told = {"Host": name, "Connection": "close", **{field: text for field, text in headers.items() if text is not None}}
    return _exchange(connection, method, target, body, told, keep)


def check(url: str, *, allow_private: bool) -> None:
    """Raises NeverSent when `url` is not one that would be called, NotSent when its name cannot be resolved now."""
    _checked(urlsplit(url), allow_private)


def _checked(parts: SplitResult, allow_private: bool) -> tuple[bool, int, list[str]]:
    """Whether it is encrypted, the port, and the checked addresses."""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    if not allow_private and (not secure or port not in PORTS):
        raise NeverSent(f"only https on port {' or '.join(map(str, PORTS))} is allowed")
    return secure, port, checked_addresses(parts.hostname or "", port, allow_private=allow_private)


def checked_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Every address of a name. Raises NeverSent when one of them is not for us to call, NotSent when there is none."""
    try:
        return resolve(host, port, allow_private=allow_private)
    except AddressRefused as error:
        raise NeverSent(str(error)) from error
    except NameUnknown as error:
        raise NotSent(str(error)) from error


def _connect(host: str, port: int, secure: bool, addresses: list[str]) -> socket.socket:
    problem: Exception = OSError("no address")
    for address in addresses[:3]:
        try:
            plain = socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            problem = error
            continue
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
        except OSError as error:
            plain.close()
            problem = error
    raise NotSent(f"no connection to {host}:{port}: {problem}") from problem


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: dict[str, str],
    keep: int,
) -> Answer:
    sock = connection.sock
    sock.settimeout(ANSWER_SECONDS)
    watchdog = threading.Timer(WHOLE_SECONDS, _break_off, [sock])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, *_read_some(response, keep))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    finally:
        watchdog.cancel()
        connection.close()


def _read_some(response: http.client.HTTPResponse, keep: int) -> tuple[bytes, bool]:
    """The beginning of the body, and whether that is all of it; the code has been read, whatever goes wrong here."""
    read = b""
    try:
        while len(read) < keep and (more := response.read(keep - len(read))):
            read += more
        return read, response.isclosed() or not response.read(1)
    except (OSError, http.client.HTTPException):
        return read, False


def _break_off(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
