"""Requests that no decent client sends: each is refused as the client's mistake, and the gateway goes on."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.integration.gateway.conftest import GatewayProcess

HEAD = b"POST /forms/contact HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HOSTILE = {
    "declares more than is allowed": HEAD + b"Content-Length: 999999999\r\n\r\nname=x",
    "declares an absurd length": HEAD + b"Content-Length: 99999999999999999999999999\r\n\r\nname=x",
    "length is no number": HEAD + b"Content-Length: many\r\n\r\nname=x",
    "length is negative": HEAD + b"Content-Length: -5\r\n\r\nname=x",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nname=x",
    "length and chunks": HEAD + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and length": HEAD + CHUNKED + b"Content-Length: 6\r\n\r\n0\r\n\r\n",
    "chunks larger than is allowed": HEAD + CHUNKED + b"\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 5,
    "unknown transfer encoding": HEAD + b"Transfer-Encoding: gzip\r\n\r\nname=x",
    "NUL in a header": HEAD + b"X-Name: a\x00b\r\nContent-Length: 6\r\n\r\nname=x",
    "folded header": HEAD + b"X-Name: a\r\n b\r\nContent-Length: 6\r\n\r\nname=x",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    "endless header": HEAD + b"X-Name: " + b"x" * 200_000 + b"\r\n\r\n",
    "very long query": b"GET /?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "method of its own": b"FROBNICATE / HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "broken percent signs": b"GET /forms/%ff%zz HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "path leads upwards": b"GET /static/../../etc/passwd HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "encoded path leads upwards": b"GET /static/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "no host": b"GET /nowhere HTTP/1.1\r\n\r\n",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    # No broker is needed to refuse.
    process = GatewayProcess(tmp_path_factory.mktemp("gateway"), "amqp://guest:guest@127.0.0.1:1//").start()
    yield process
    process.kill()


def ask(served: GatewayProcess, raw: bytes, seconds: float = 5) -> bytes:
    """The first bytes of the answer to `raw`; empty when the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=seconds) as connection:
        try:
            connection.sendall(raw)
            return connection.recv(4096)
        except (ConnectionResetError, BrokenPipeError):
            return b""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_are_refused_and_do_no_harm(served: GatewayProcess, name: str) -> None:
    answer = ask(served, HOSTILE[name])

    assert answer == b"" or answer.split(b" ")[1].startswith(b"4"), answer
    assert served.get("/healthz")[0] == 200


def test_a_broken_chunk_takes_nothing_in(served: GatewayProcess) -> None:
    before = taken_in(served)
    answer = ask(served, HEAD + CHUNKED + b"\r\n6\r\nname=x\r\nZZ\r\nname=x\r\n0\r\n\r\n")

    assert answer == b"" or answer.split(b" ")[1].startswith(b"4"), answer
    assert taken_in(served) == before


def test_half_a_body_is_not_taken_for_a_whole_one(served: GatewayProcess) -> None:
    before = taken_in(served)
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\nname=x")
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(4096)

    assert not answer.startswith(b"HTTP/1.1 2")
    assert taken_in(served) == before


def taken_in(served: GatewayProcess) -> list[str]:
    """The figures of inquiries that were taken in."""
    lines = served.get("/metrics")[1].decode().splitlines()
    return [line for line in lines if line.startswith("leadbus_intakes_total")]


@pytest.mark.parametrize(
    "body",
    [
        b"--limit\r\nContent-Disposition: form-data; name",
        b"--limit\r\n\r\n\r\n--limit--",
        b"--other\r\n\r\nx",
        b"\x00" * 100,
        b"--limit\r\n" + b"X: y\r\n" * 20_000 + b"\r\n\r\n--limit--\r\n",
    ],
)
def test_a_broken_multipart_form_is_kept_or_refused_never_an_error(served: GatewayProcess, body: bytes) -> None:
    form, _ = served.post("/forms/contact", body, "multipart/form-data; boundary=limit")
    bare, _ = served.post("/forms/contact", body, "multipart/form-data")
    upload, _ = served.post("/v1/lists/farm-progress-list", body, "multipart/form-data; boundary=limit")

    assert (form, bare) == (200, 200), "a form is never refused for its content"
    assert 400 <= upload < 500


def test_a_hundred_stalled_bodies_keep_nobody_waiting(served: GatewayProcess) -> None:
    stalled = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(100)]
    for connection in stalled:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\nname=")
    took = []
    for _ in range(3):
        began = time.monotonic()
        taken, _ = served.post("/forms/contact", b"name=Lena", "application/x-www-form-urlencoded")
        read, _ = served.get("/forms/none")
        took.append(time.monotonic() - began)
    for connection in stalled:
        connection.close()

    assert (taken, read) == (200, 404)
    assert min(took) < 1


def test_a_body_that_stalls_is_given_up(served: GatewayProcess) -> None:
    answer = ask(served, HEAD + b"Content-Length: 1000\r\n\r\nname=", seconds=15)

    assert answer.startswith(b"HTTP/1.1 408")
