"""Sends the stream to a gateway, and asks it what became of it. HTTP only: this is all that the outside sees."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

import requests

from deploy.demo.formats import Request

SECONDS = 20.0
SENDERS = 8


@dataclass
class Sent:
    """What the gateway answered."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    inquiries: int = 0
    #: Second copies of a request: the gateway knows them and gives them the first one's receipt.
    repeated: int = 0
    #: Receipt ids that senders were given.
    receipts: list[str] = field(default_factory=list)
    _seen: set[tuple[str, bytes]] = field(default_factory=set)

    def note(self, request: Request, answer: requests.Response) -> None:
        """One more answer."""
        self.answers[request.door, answer.status_code] += 1
        if not answer.ok:
            return
        if request.inquiries and (request.path, request.body) in self._seen:
            self.repeated += 1
        else:
            self._seen.add((request.path, request.body))
            self.inquiries += request.inquiries
            if answer.status_code == 202:
                self.receipts.append(answer.json()["receipt_id"])


@dataclass(frozen=True)
class Gateway:
    """A gateway, with a key that may send, read and manage."""

    url: str
    key: str

    def send(self, stream: Iterable[Request], told: Callable[[], None] = lambda: None) -> Sent:
        """Sends everything, several at a time; `told` is called after each."""
        sent = Sent()
        with ThreadPoolExecutor(SENDERS) as pool, requests.Session() as session:
            futures = {pool.submit(self._send_one, session, request): request for request in stream}
            for future in as_completed(futures):
                request, answer = futures[future], future.result()
                sent.note(request, answer)
                told()
        return sent

    def _send_one(self, session: requests.Session, request: Request) -> requests.Response:
        headers = {"Content-Type": request.content_type, "Accept": "application/json", **request.headers}
        if request.needs_key:
            headers["Authorization"] = f"Bearer {self.key}"
        return session.post(
            self.url + request.path, data=request.body, headers=headers, timeout=SECONDS, allow_redirects=False
        )

    def read(self, path: str) -> Any:
        """A JSON answer. Raises requests.HTTPError."""
        answer = requests.get(self.url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, document: object) -> Any:
        """The JSON answer to a JSON document. Raises requests.HTTPError."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.post(self.url + path, json=document, headers=headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def ledger(self) -> dict[str, dict[str, int]]:
        """Counts by room; a room that is away has none."""
        return {entry["room"]: entry.get("counts", {}) for entry in self.read("/v1/ledger")["rooms"]}
