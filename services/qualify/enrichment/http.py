"""Asks a service over HTTP: one GET, by an address and a mapping that the company wrote. Off unless switched on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import quote

import orjson
import pybreaker
import requests
import structlog
from urllib3.exceptions import HTTPError

from services.qualify.domain.enrichment import Found, Kind, Subject
from services.qualify.enrichment.mail_domain import kind_of
from shared.room import Done, GiveUp, Outcome, TryAgain

log = structlog.get_logger()

AskedBy = Literal["domain", "email", "phone", "company", "postcode"]
#: Of a place or a firm, not of a person: what was answered for one counts for all.
IMPERSONAL = ("domain", "postcode", "company")
MOST_BYTES = 256 * 1024
LONGEST_VALUE = 200
#: The far side says so when it knows nothing of whom we asked for.
_NOTHING = (204, 404)
#: A refusal that trying again cannot change.
_REFUSED = (400, 401, 402, 403, 405, 410, 414, 422)


class Failing(Exception):
    """The far side is not well; after several of these it is left in peace for a while."""

    def __init__(self, reason: str, after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


@dataclass(frozen=True)
class HttpProvider:
    """One service."""

    name: str
    #: With `{domain}` or what else it is asked by, once.
    url: str
    asked_by: AskedBy
    #: Our field → the way to it in the answer, names with dots between.
    values: Mapping[str, str]
    confidence: float
    kind: Kind
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: timedelta = timedelta(seconds=3)
    #: So long an answer holds, and so long the knowledge that there is none.
    keep: timedelta = timedelta(days=90)
    keep_nothing: timedelta = timedelta(days=7)
    breaker: pybreaker.CircuitBreaker = field(
        default_factory=lambda: pybreaker.CircuitBreaker(fail_max=5, reset_timeout=60), compare=False, repr=False
    )

    def question(self, subject: Subject) -> str | None:
        """What the service is asked for this subject; None where that is not known, or tells of no firm."""
        if self.asked_by == "domain" and kind_of(subject.domain or "") != "business":
            return None
        asked = getattr(subject, self.asked_by)
        return str(asked) if asked else None

    def ask(self, question: str) -> Outcome:
        """The answer as it came (`content`, empty where there is none). Ends within the time-out, and never raises."""
        try:
            return self.breaker.call(self._get, question)  # type: ignore[no-any-return]
        except pybreaker.CircuitBreakerError:
            return TryAgain("left in peace after several failures", self.breaker.reset_timeout)
        except Failing as failing:
            return TryAgain(str(failing), failing.after_seconds)

    def read(self, content: bytes) -> list[Found]:
        """The values in an answer; what does not fit the mapping is left out."""
        try:
            document = orjson.loads(content) if content else None
        except orjson.JSONDecodeError:
            document = None
        found = []
        for name, way in self.values.items():
            text = _text(_at(document, way))
            if text:
                found.append(Found(name, text, self.confidence, self.kind))
        return found

    def _get(self, question: str) -> Outcome:
        url = self.url.replace("{" + self.asked_by + "}", quote(question, safe=""))
        until = time.monotonic() + self.timeout.total_seconds()
        try:
            # A redirect could lead anywhere; the company named one address.
            with requests.get(
                url,
                headers={"Accept": "application/json", **self.headers},
                timeout=self.timeout.total_seconds(),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._judged(answer, until)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Failing(type(error).__name__) from None

    def _judged(self, answer: requests.Response, until: float) -> Outcome:
        status = answer.status_code
        if status in _NOTHING:
            return Done("nothing known")
        if status in _REFUSED:
            log.error("enrichment_refused", provider=self.name, status=status)
            return GiveUp(f"status {status}")
        if status != 200:
            raise Failing(f"status {status}", _seconds(answer.headers.get("Retry-After")))
        body = b""
        # What is there, however little: reading on until a piece is full would wait as long as the far side likes.
        while piece := answer.raw.read1(16_384, decode_content=True):
            body += piece
            if len(body) > MOST_BYTES:
                return GiveUp("the answer is too long")
            if time.monotonic() > until:
                raise Failing("the answer trickles")
        try:
            orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Failing("the answer is not JSON") from None
        return Done("found", body)


def _at(document: Any, way: str) -> Any:
    for step in way.split("."):
        if isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict):
            document = document.get(step)
        else:
            return None
    return document


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return " ".join(text.split())[:LONGEST_VALUE]


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() and len(header) < 6 else None
