"""Leads to an owner's SFTP server: one CSV an hour or a day."""

import base64
import binascii
import io
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import paramiko  # type: ignore[import-untyped]

from services.router.deliveries import posting
from services.router.deliveries.csvfile import rows_of
from services.router.deliveries.outcomes import Delivered, Refused
from services.router.deliveries.way import OwnersWay, told
from services.router.deliveries.wire import Wire
from services.router.domain.delivery import CsvBySftp
from services.router.domain.owner import Owner
from shared.room import Outcome, TryAgain

SECONDS = 20.0


class NotTheirServer(Exception):
    """Somebody else answers under the address: nothing was sent."""


@dataclass(frozen=True)
class SftpWay(OwnersWay):
    """The file's name follows from the batch, so that a second try replaces it; a name ending in .part is not ready."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: CsvBySftp) -> Outcome:
        """Writes one file, whole or not at all."""
        documents = [self.document(one, owner) for one in leads_of(payload)]
        content, name = rows_of(delivery.columns, documents), file_name(key)
        try:
            with _open(self.office.wire, delivery) as server:
                _put(server, delivery.folder, name, content)
        except NotTheirServer as error:
            return Refused(str(error), channel=True)
        except paramiko.AuthenticationException:
            return Refused("the server does not accept our key or password", channel=True)
        except (OSError, EOFError, paramiko.SSHException) as error:
            # Nothing under the final name is half a file: what was written so far ends in .part.
            return TryAgain(f"{type(error).__name__}: {error}")
        return Delivered(f"{name}, {len(documents)} leads", far_id=name)


def leads_of(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The leads of a batch; a trial is one by itself."""
    return [row["payload"] for row in payload["rows"]] if payload["notice"] == "batch" else [payload]


def file_name(key: str) -> str:
    """The same for every attempt."""
    return f"leads-{key.rpartition('/')[2]}.csv" if key.startswith("batch/") else "leadbus-test.csv"


@contextmanager
def _open(wire: Wire, delivery: CsvBySftp) -> Iterator[paramiko.SFTPClient]:
    transport = paramiko.Transport(_connected(wire, delivery))
    transport.banner_timeout = transport.auth_timeout = SECONDS
    try:
        transport.start_client(timeout=SECONDS)
        _check_key(transport, delivery.host_key)
        _authenticate(transport, delivery)
        server = paramiko.SFTPClient.from_transport(transport)
        if server is None:
            raise paramiko.SSHException("the server offers no SFTP")
        server.get_channel().settimeout(SECONDS)  # type: ignore[union-attr]
        yield server
    finally:
        transport.close()


def _connected(wire: Wire, delivery: CsvBySftp) -> socket.socket:
    host, port = delivery.host, delivery.port
    if wire.sftp_stand_in:
        host, port = wire.sftp_stand_in.rpartition(":")[0], int(wire.sftp_stand_in.rpartition(":")[2])
    addresses = posting.checked_addresses(host, port, allow_private=wire.allow_private)
    problem: OSError = OSError("no address")
    for address in addresses[:3]:
        try:
            sock = socket.create_connection((address, port), posting.CONNECT_SECONDS)
        except OSError as error:
            problem = error
            continue
        sock.settimeout(SECONDS)
        return sock
    raise problem


def _check_key(transport: paramiko.Transport, expected: str) -> None:
    """Before anything is told: an address is not a proof of who answers there."""
    key = transport.get_remote_server_key()
    kind, _, encoded = expected.partition(" ")
    with suppress(binascii.Error, ValueError):
        if (key.get_name(), key.asbytes()) == (kind, base64.b64decode(encoded)):
            return
    raise NotTheirServer(f"the server's key is another one: {key.get_name()} {key.get_base64()}")


def _authenticate(transport: paramiko.Transport, delivery: CsvBySftp) -> None:
    secret = told(delivery.secret)
    if "PRIVATE KEY" not in secret:
        transport.auth_password(delivery.user, secret)
        return
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            key = kind.from_private_key(io.StringIO(secret))
        except (paramiko.SSHException, ValueError):
            continue
        transport.auth_publickey(delivery.user, key)
        return
    raise paramiko.AuthenticationException("the key cannot be read")


def _put(server: paramiko.SFTPClient, folder: str, name: str, content: bytes) -> None:
    path = name if folder == "." else f"{folder.rstrip('/')}/{name}"
    with server.open(f"{path}.part", "wb") as file:
        file.set_pipelined(True)
        file.write(content)
    if server.stat(f"{path}.part").st_size != len(content):
        raise OSError("the server has not written all of it")
    try:
        server.posix_rename(f"{path}.part", path)
    except OSError:
        # A server without that extension renames only to a name that is free.
        with suppress(OSError):
            server.remove(path)
        server.rename(f"{path}.part", path)
