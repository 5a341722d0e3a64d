"""One HTTP POST to an address that we were given, without being led anywhere else or held up."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.router.deliveries.addresses import AddressRefused, NameUnknown, resolve

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
#: From the first byte sent to the last one read, whatever the far side trickles.
WHOLE_SECONDS = 30.0
#: More of an answer is not read: only its code counts.
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


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    """Sends `body`. Redirects are not followed and proxies of the environment are not used.

    The name is resolved once, all its addresses are checked, and the connection goes to a checked one: a name that
    changes its mind in between gains nothing. `allow_private` (demo, tests) also allows plain http and any port.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    if not allow_private and (not secure or port not in PORTS):
        raise NeverSent(f"only https on port {' or '.join(map(str, PORTS))} is allowed")
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connect(host, port, secure, allow_private)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    name = shown if port == (443 if secure else 80) else f"{shown}:{port}"
    return _exchange(connection, target, body, {"Host": name, "Connection": "close", **headers})


def _connect(host: str, port: int, secure: bool, allow_private: bool) -> socket.socket:
    try:
        addresses = resolve(host, port, allow_private=allow_private)
    except AddressRefused as error:
        raise NeverSent(str(error)) from error
    except NameUnknown as error:
        raise NotSent(str(error)) from error
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


def _exchange(connection: http.client.HTTPConnection, target: str, body: bytes, headers: dict[str, str]) -> Answer:
    sock = connection.sock
    sock.settimeout(ANSWER_SECONDS)
    watchdog = threading.Timer(WHOLE_SECONDS, _break_off, [sock])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()})
        _read_some(response)
        return answer
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    finally:
        watchdog.cancel()
        connection.close()


def _read_some(response: http.client.HTTPResponse) -> None:
    """Lets the far side finish a short answer; its code has been read, so what goes wrong here does not matter."""
    try:
        response.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return


def _break_off(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
