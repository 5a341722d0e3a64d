"""A request goes to a checked address, under the name that the certificate bears, and is led nowhere else."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.router.deliveries import posting
from services.router.deliveries.addresses import resolve
from services.router.deliveries.wire import Wire

NAME = "right.example"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Answers over TLS as `right.example`; whoever made the certificate is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    door = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=[door, context])
    thread.start()
    yield door.getsockname()[1]
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join(10)


def _serve(door: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            caller, _ = door.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(caller, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(ANSWER)
        except OSError:
            continue


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Every name leads to these addresses, one after the other, the last for ever; returns who was asked for."""
    asked: list[str] = []

    def lead(*addresses: str) -> list[str]:
        waiting = list(addresses)

        def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            address = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", found)
        return asked

    return lead


def test_the_certificate_must_bear_the_name(server: int, names: Callable[..., list[str]]) -> None:
    names("127.0.0.1")
    assert posting.post(f"https://{NAME}:{server}/x", b"{}", {}, allow_private=True).body == b"ok"

    with pytest.raises(posting.NotSent, match="certificate"):
        posting.post(f"https://wrong.example:{server}/x", b"{}", {}, allow_private=True)


def test_a_name_that_changes_its_mind_after_the_check_gains_nothing(
    server: int, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = names("93.184.215.14", "127.0.0.1")
    called: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(posting.NotSent):
        posting.post("https://rebinding.example/x", b"{}", {}, allow_private=False)
    assert (asked, called) == (["rebinding.example"], [("93.184.215.14", 443)])


def test_client_libraries_go_the_same_way(names: Callable[..., list[str]]) -> None:
    names("10.0.0.7")
    with pytest.raises(posting.NeverSent, match="not a public address"):
        Wire().session().get("https://dealer.my.salesforce.com/services/data")


def test_no_proxy_of_the_environment_is_asked(
    server: int, names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    names("127.0.0.1")
    answer = Wire(allow_private=True).session().get(f"https://{NAME}:{server}/x")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_all_addresses_of_a_name_are_looked_at(names: Callable[..., list[str]]) -> None:
    names("169.254.169.254")
    with pytest.raises(ValueError, match=r"169\.254\.169\.254"):
        resolve("metadata.example", 443, allow_private=False)
