"""The only way by which deliveries speak HTTP: every request is checked, bounded, and led nowhere else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from services.router.deliveries import posting
from services.router.deliveries.posting import ANSWER_BYTES, Answer

#: Of a CRM's answer, which is read and not only looked at.
CRM_BYTES = 2 * 1024 * 1024


def real_time() -> datetime:
    """The world's time: far sides compare signatures and dates with their own clocks, never with business time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Wire:
    """Sends requests. Raises posting's NotSent, NeverSent and NoAnswer."""

    #: Lets addresses be private and plain http: for the demo and tests only.
    allow_private: bool = False
    #: Base address that takes everything instead, as <base>/<host><path>; for the demo.
    stand_in: str = ""
    #: host:port that takes all files instead; for the demo.
    sftp_stand_in: str = ""

    def send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, keep: int = ANSWER_BYTES
    ) -> Answer:
        """One request, and as much of its answer as is kept."""
        return posting.send(method, self.address(url), body, headers, allow_private=self.allow_private, keep=keep)

    def check(self, url: str) -> None:
        """Raises NeverSent where `send` would."""
        posting.check(self.address(url), allow_private=self.allow_private)

    def session(self) -> requests.Session:
        """For client libraries that speak through requests."""
        return CheckedSession(self)

    def address(self, url: str) -> str:
        """Where a request to `url` really goes."""
        if not self.stand_in:
            return url
        parts = urlsplit(url)
        return f"{self.stand_in.rstrip('/')}/{parts.hostname}{parts.path}" + (f"?{parts.query}" if parts.query else "")


class CheckedSession(requests.Session):
    """A session all of whose requests go over the wire; redirects are not followed, the environment is not asked."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        self.mount("https://", _Adapter(wire))
        self.mount("http://", _Adapter(wire))

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:  # type: ignore[override]
        """None: a redirect is an answer like others, and no success."""
        yield from ()


@dataclass
class _Adapter(BaseAdapter):
    wire: Wire
    closed: bool = field(default=False)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # type: ignore[override]
        body = request.body.encode() if isinstance(request.body, str) else request.body
        # Our answers are read as they are: nobody here unpacks them.
        headers = {**request.headers, "Accept-Encoding": "identity"}
        answer = self.wire.send(request.method or "GET", request.url or "", body, headers, keep=CRM_BYTES)  # type: ignore[arg-type]
        if not answer.is_whole:
            raise posting.NoAnswer("the answer broke off, or is too long")
        response = requests.Response()
        response.status_code, response.headers = answer.code, CaseInsensitiveDict(answer.headers)
        response.request, response.url, response.raw = request, request.url or "", BytesIO(answer.body)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers) or "utf-8"
        return response

    def close(self) -> None:
        self.closed = True
