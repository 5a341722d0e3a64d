"""`leadbus import`, against a gateway that answers as the real one does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app

RECEIPT = "0198f3c2-0000-7000-8000-000000000001"
FILE = b"row,state,reason,lead_id,inquiry_id,repeated\r\n1,registered,,,,\r\n"


class FakeGateway(BaseHTTPRequestHandler):
    """Takes a list, and has handled it at the second look."""

    taken: list[tuple[str, bytes, str]]
    looks: int
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((self.path, body, self.headers["Authorization"]))
        if self.status != 202:
            self._answer(self.status, {"title": "No", "detail": "The key may not send for this source."})
        else:
            self._answer(202, {"receipt_id": RECEIPT})

    def do_GET(self) -> None:
        if self.path.endswith("rows.csv"):
            self._bytes(200, FILE)
            return
        type(self).looks += 1
        rows = [
            _row(1, "registered"),
            _row(2, "registered", repeated=True),
            _row(3, "quarantined", reason="no_contact"),
        ]
        done = rows if self.looks > 1 else rows[:1]
        self._answer(200, {"state": "list", "rows": done, "unread": len(rows) - len(done)})

    def log_message(self, *_: Any) -> None: ...

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        self._bytes(status, json.dumps(document).encode())

    def _bytes(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _row(row: int, state: str, **over: Any) -> dict[str, Any]:
    return {
        "row": row,
        "state": state,
        "inquiry_id": RECEIPT,
        "lead_id": None,
        "reason": None,
        "repeated": False,
        **over,
    }


@pytest.fixture
def gateway() -> Iterator[HTTPServer]:
    """A gateway on a port of its own."""
    FakeGateway.taken, FakeGateway.looks, FakeGateway.status = [], 0, 202
    server = HTTPServer(("127.0.0.1", 0), FakeGateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def _run(gateway: HTTPServer, file: Path, *more: str) -> Any:
    url = f"http://127.0.0.1:{gateway.server_port}"
    return CliRunner().invoke(app, ["import", str(file), "-s", "farm-progress-list", "--url", url, "--key", "k", *more])


@pytest.mark.requirement("CAP-7")
def test_a_list_is_sent_watched_and_told_row_by_row(gateway: HTTPServer, tmp_path: Path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("Name,Email\nAnn,a@b.example\n")
    ran = _run(gateway, file, "--test")

    ((path, body, key),) = FakeGateway.taken
    assert (path, key) == ("/v1/lists/farm-progress-list?test=true", "Bearer k")
    assert b"Ann,a@b.example" in body
    assert b'filename="scans.csv"' in body
    assert "1 registered, 1 repeated, 1 quarantined" in ran.output
    assert (tmp_path / "scans.csv.verdicts.csv").read_bytes() == FILE
    assert ran.exit_code == 0


def test_scripts_get_json(gateway: HTTPServer, tmp_path: Path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("x")
    told = json.loads(_run(gateway, file, "--json", "--verdicts", str(tmp_path / "v.csv")).stdout)

    assert told["receipt_id"] == RECEIPT
    assert (told["registered"], told["repeated"], told["quarantined"], told["unread"]) == (1, 1, 1, 0)


def test_what_is_refused_is_told_in_the_gateway_s_words(gateway: HTTPServer, tmp_path: Path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("x")
    FakeGateway.status = 403
    ran = _run(gateway, file)

    assert ran.exit_code != 0
    assert "403: The key may not send for this source." in f"{ran.output}{ran.exception}"
    assert not list(tmp_path.glob("*.verdicts.csv"))
