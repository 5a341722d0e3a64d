"""The dealers' systems in the demo: one HTTP server that takes every webhook, checks its signature and keeps it.

`python -m deploy.demo.dealers PORT FOLDER COMPANY [SFTP-PORT]`. One dealer's system is out of order at first, as one
always is. Other systems than webhooks are in `systems`; with a port for it, there is an SFTP server too.
A page at `/` shows what has arrived.
"""

import html
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.demo.systems import SECRETS, Systems, sftp_key

#: So many requests of the first dealer that calls are refused, to show that deliveries are tried again.
REFUSED = 1


class Desk:
    """What the dealers received, by webhook id, and their secrets."""

    def __init__(self, company: Path, folder: Path) -> None:
        self.file = folder / "received.jsonl"
        self.received: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        self.refused: dict[str, int] = {}
        self.secrets = dict(_secrets(yaml.safe_load((company / "owners.yml").read_text())))

    def take(self, path: str, headers: Any, body: bytes) -> int:
        """The status code to answer with."""
        address = "https:/" + path
        secret = self.secrets.get(address)
        if secret is None:
            return 404
        try:
            Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
        except WebhookVerificationError:
            return 401
        with self.lock:
            if self.refused.setdefault(address, 0 if len(self.refused) == 0 else REFUSED) < REFUSED:
                self.refused[address] += 1
                return 503
            identity = headers["webhook-id"]
            if identity not in self.received:
                self.received[identity] = {"address": address, "body": json.loads(body)}
                with self.file.open("a") as out:
                    out.write(json.dumps({"id": identity, **self.received[identity]}) + "\n")
        return 204

    def page(self) -> str:
        """What has arrived, newest last."""
        rows = "".join(
            f"<tr><td>{html.escape(one['address'])}</td><td>{html.escape(one['body']['type'])}</td>"
            f"<td>{html.escape(one['body']['data'].get('lead_id', ''))}</td></tr>"
            for one in self.received.values()
        )
        return (
            "<!doctype html><meta name=viewport content='width=device-width'><title>Dealers</title>"
            "<style>body{font:16px system-ui;margin:2rem}td{padding:.3rem 1rem .3rem 0}</style>"
            f"<h1>{len(self.received)} leads arrived at dealers' systems</h1><table>{rows}</table>"
        )


def _secrets(owners: Any) -> list[tuple[str, str]]:
    found = []
    if isinstance(owners, dict):
        if "webhook" in owners and "secret" in owners:
            found.append((owners["webhook"], owners["secret"]))
        for value in owners.values():
            found += _secrets(value)
    elif isinstance(owners, list):
        for value in owners:
            found += _secrets(value)
    return found


def serve(port: int, folder: Path, company: Path, sftp_port: int | None = None) -> None:
    """Serves until the process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    desk, others = Desk(company, folder), Systems(folder / "systems.jsonl")
    if sftp_port is not None:
        # Only where it is wanted: an image without AsyncSSH serves the rest.
        from deploy.demo.sftp import SftpServer

        (folder / "sftp" / "in").mkdir(parents=True, exist_ok=True)
        password = SECRETS["LINCOLN_PASSWORD"]
        SftpServer(folder / "sftp", password=password, port=sftp_port, host_key_pem=sftp_key()).start()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                self._answer(200, desk.page().encode())
            elif not self._asked():
                self._answer(404, b"")

        def do_POST(self) -> None:
            if not self._asked():
                self._answer(desk.take(self.path, self.headers, self._body()), b"")

        def do_PATCH(self) -> None:
            if not self._asked():
                self._answer(404, b"")

        def _asked(self) -> bool:
            """Whether one of the other systems answered."""
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = others.answer(self.command, self.path, headers, self._body())
            if answer is not None:
                code, told, body = answer
                self._answer(code, body, told)
            return answer is not None

        def _body(self) -> bytes:
            if not hasattr(self, "read_body"):
                self.read_body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return self.read_body

        def _answer(self, code: int, body: bytes, told: dict[str, str] | None = None) -> None:
            self.send_response(code)
            for name, value in (told or {"Content-Type": "text/html; charset=utf-8"}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:5]))
