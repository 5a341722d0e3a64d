"""The dealers' systems in the demo: one HTTP server that takes every webhook, checks its signature and keeps it.

`python -m deploy.demo.dealers PORT FOLDER COMPANY`. One dealer's system is out of order at first, as one always is.
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


def serve(port: int, folder: Path, company: Path) -> None:
    """Serves until the process ends."""
    desk = Desk(company, folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, desk.page().encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._answer(desk.take(self.path, self.headers, body), b"")

        def _answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
