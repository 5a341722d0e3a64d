"""Meta's and LinkedIn's interfaces in the demo: what was announced can be fetched here, with the right token only.

`python -m deploy.demo.platform_apis PORT [HOST]`; a room finds it by LEADBUS_PLATFORM_STAND_IN. With `--environment`
it prints the tokens and secrets that rooms and gateway need, as lines of an environment file.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from deploy.demo import inquiries, platforms
from deploy.demo.people import Inquirer

GRAPH = "/graph.facebook.com/v23.0"
RESPONSES = "/api.linkedin.com/rest/leadFormResponses"
META_TOKEN = "demo-meta-page-token"
LINKEDIN_TOKEN = "demo-linkedin-token"


def answers(people: list[Inquirer]) -> dict[str, tuple[str, object]]:
    """By path: the token that may read it, and what it says."""
    graph = {f"{GRAPH}/{platforms.meta_id(one)}": (META_TOKEN, platforms.meta_answers(one)) for one in people}
    lists = {
        f"{GRAPH}/602817004416/leads": (META_TOKEN, {"data": []}),
        RESPONSES: (LINKEDIN_TOKEN, {"elements": [], "paging": {"total": 0}}),
    }
    return graph | lists | {
        f"{RESPONSES}/{platforms.linkedin_id(one)}": (LINKEDIN_TOKEN, platforms.linkedin_answers(one))
        for one in people
    }  # fmt: skip


def serve(port: int, host: str = "127.0.0.1") -> None:
    """Serves until it is ended."""
    known = answers(inquiries.announced())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            token, said = known.get(path, ("", {"error": {"code": 100, "error_subcode": 33}}))
            if path == "/":
                self._answer(200, {"serves": len(known)})
            elif path in known and self.headers.get("Authorization") != f"Bearer {token}":
                self._answer(401, {"error": {"code": 190}})
            else:
                self._answer(200 if path in known else 404, said)

        def _answer(self, status: int, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    ThreadingHTTPServer((host, port), Handler).serve_forever()


def settings() -> dict[str, str]:
    """The tokens that this server takes, and the secrets that those who send sign with."""
    return {"LEADBUS_META_TOKEN": META_TOKEN, "LEADBUS_LINKEDIN_TOKEN": LINKEDIN_TOKEN, **platforms.SECRETS}


if __name__ == "__main__":
    if sys.argv[1:] == ["--environment"]:
        print("\n".join(f"{name}={value}" for name, value in settings().items()))
    else:
        serve(int(sys.argv[1]), *sys.argv[2:])
