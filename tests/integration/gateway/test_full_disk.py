"""The broker is away and the disk is really full: senders are told, nothing promised is lost, nobody must help."""

import json
import os
import resource
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

import pytest

from deploy.stack import Broker
from tests.integration.gateway.conftest import DIRECT, GatewayProcess, IntakeQueue, until

JSON = "application/json"
DISK_BYTES = 256 * 1024
BODY = json.dumps({"comment": "x" * 2_000}).encode()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The gateway's spool folder on a disk of its own."""
    folder = tmp_path / "spool"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Somebody else's file takes all that is free on the disk of `folder`."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def forbidden_to_write(gateway: GatewayProcess) -> Iterator[None]:
    """No file of the gateway may grow, its log included, as with an exhausted quota."""
    assert gateway.process is not None
    children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children").read_text().split()
    pids = [gateway.process.pid, *map(int, children)]
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY)) for pid in pids]
    try:
        yield
    finally:
        for pid, limit in zip(pids, before, strict=True):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def send(gateway: GatewayProcess, number: int) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in small letters) and body of the answer to an inquiry."""
    headers = {"Content-Type": JSON, "X-Api-Key": gateway.key, "Idempotency-Key": f"number-{number}"}
    request = urllib.request.Request(gateway.url + "/v1/leads?source=partner-agrimag", BODY, headers, method="POST")
    try:
        with DIRECT.open(request, timeout=20) as answer:
            return answer.status, _named(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, _named(refused.headers), refused.read()


def _named(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def assert_told_clearly(gateway: GatewayProcess, number: int) -> None:
    """A script gets a problem with a time to return, a visitor a page with all that was typed in."""
    status, headers, body = send(gateway, number)
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert int(headers["retry-after"]) > 0
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == ("urn:leadbus:problem:intake_unavailable", 503)
    page_status, page = gateway.post(
        "/forms/contact", b"name=Lena", "application/x-www-form-urlencoded", Accept="text/html"
    )
    assert page_status == 503
    assert b'value="Lena"' in page


def missing(queue: IntakeQueue, gateway: GatewayProcess, receipts: set[str]) -> set[str]:
    until(lambda: gateway.segments() == [], 60, lambda: "the spool was not drained")
    return receipts - {message.properties["message_id"] for message in queue.read_all()}


def taken(gateway: GatewayProcess, numbers: range) -> set[str]:
    """Receipts of inquiries that must be taken."""
    answers = [send(gateway, number) for number in numbers]
    assert {status for status, _, _ in answers} == {202}
    return {json.loads(body)["receipt_id"] for _, _, body in answers}


@pytest.mark.requirement("CAP-1")
def test_a_disk_that_fills_up_is_told_and_is_free_again_by_itself(
    small_disk: Path, tmp_path: Path, vhost: str, queue: IntakeQueue, absent_broker: Broker
) -> None:
    gateway = GatewayProcess(tmp_path, vhost).start()
    try:
        absent_broker.stop()
        receipts = set()
        for number in range(1000):
            status, _, body = send(gateway, number)
            if status != 202:
                break
            receipts.add(json.loads(body)["receipt_id"])
        assert 20 < len(receipts) < 1000
        assert os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize < len(BODY)
        assert_told_clearly(gateway, 2000)
        absent_broker.start()

        until(lambda: send(gateway, 3000)[0] == 202, 60, lambda: "nothing is taken though the broker is back")
        assert missing(queue, gateway, receipts) == set()
    finally:
        gateway.kill()


@pytest.mark.parametrize("how", ["another's file takes all that is free", "no file may grow"])
def test_once_there_is_room_again_the_next_inquiry_is_taken(
    request: pytest.FixtureRequest, how: str, tmp_path: Path, vhost: str, queue: IntakeQueue, absent_broker: Broker
) -> None:
    """Also while the broker is still away, and what was taken before the disk was full is still there."""
    quota = how == "no file may grow"
    if not quota:
        request.getfixturevalue("small_disk")
    gateway = GatewayProcess(tmp_path, vhost).start()
    try:
        absent_broker.stop()
        receipts = taken(gateway, range(5))
        with forbidden_to_write(gateway) if quota else filled(gateway.spool):
            assert_told_clearly(gateway, 100)
            assert gateway.get("/healthz")[0] == 200
        receipts |= taken(gateway, range(10, 15))
        gateway.kill()
        gateway.start()
        absent_broker.start()

        assert missing(queue, gateway, receipts) == set()
    finally:
        gateway.kill()
