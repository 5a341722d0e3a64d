"""A gateway without servers: a broker and rooms that do as they are told."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway import keys
from gateway.application import create_app
from gateway.drain import Drainer
from gateway.entrypoints import parse_entrypoints
from gateway.intakes import Intakes
from gateway.keys import Key, KeyRing
from gateway.limits import RateLimits
from gateway.link import Told
from gateway.publisher import IntakePublisher
from gateway.repeats import Repeats
from gateway.spool import Spool
from gateway.state import Gateway
from gateway.timetrap import TimeTrap
from shared.contracts.calls import Call
from shared.contracts.intake import HEADER, Intake, decode_header
from shared.messaging.publisher import OutgoingMessage, Result

DEADLINE = 0.5


@dataclass
class FakeBroker:
    """Keeps what is published. `answer` says what becomes of a message."""

    answer: Callable[[OutgoingMessage], Result] = lambda message: Result.CONFIRMED
    messages: list[OutgoingMessage] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    closed: int = 0
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def publish(self, messages: Sequence[OutgoingMessage], timeout: float) -> list[Result]:
        results = [self.answer(message) for message in messages]
        with self.arrived:
            self.batches.append(len(messages))
            self.messages += [
                message for message, result in zip(messages, results, strict=True) if result is Result.CONFIRMED
            ]
            self.arrived.notify_all()
        return results

    def close(self) -> None:
        self.closed += 1

    def wait_for(self, count: int, seconds: float = 10) -> list[OutgoingMessage]:
        """The first `count` messages, as soon as they are there."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.messages) >= count, seconds), f"{len(self.messages)} came"
            return self.messages[:count]


class FakeLink:
    """The connection to a FakeBroker, which may take its time: one batch after the other, as they gather."""

    def __init__(self, broker: FakeBroker, told: Told) -> None:
        self.broker, self.told = broker, told
        self.waiting: dict[object, tuple[OutgoingMessage, float]] = {}
        self.sent: dict[object, tuple[OutgoingMessage, float]] = {}

    def send(self, key: object, message: OutgoingMessage) -> None:
        self.waiting[key] = message, time.monotonic()
        asyncio.get_running_loop().call_soon(self._next)

    def forget(self, key: object) -> None:
        self.waiting.pop(key, None)

    def close(self) -> None:
        self.broker.close()

    @property
    def waits_since(self) -> float | None:
        return min((since for _, since in [*self.sent.values(), *self.waiting.values()]), default=None)

    def _next(self) -> None:
        if self.waiting and not self.sent:
            self.sent, self.waiting = self.waiting, {}
            messages = [message for message, _ in self.sent.values()]
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self.broker.publish, messages, 1.0).add_done_callback(self._done)

    def _done(self, done: "asyncio.Future[list[Result]]") -> None:
        keys, self.sent = list(self.sent), {}
        if not done.cancelled():
            self.told(list(zip(keys, done.result(), strict=True)))
        self._next()


@dataclass
class FakeRooms:
    """Answers calls with what a test put into `replies`; an exception there is raised, a function is asked."""

    replies: dict[Call[Any, Any], Any] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, call: Call[Any, Any], **fields: Any) -> Any:
        self.calls.append((f"{call.room}.{call.method}", fields))
        reply = self.replies[call]
        if isinstance(reply, Exception):
            raise reply
        return reply(**fields) if callable(reply) else reply


@dataclass
class FixedClock:
    at: datetime = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


GOOGLE_KEY = "prairie-line-dryers"
SECRETS = {
    "TEST_HUBSPOT_TOKEN": "pat-na1-token",
    "TEST_META_SECRET": "meta app secret",
    "TEST_META_NEXT_SECRET": "the next meta app secret",
    "TEST_META_VERIFY": "verify me",
    "TEST_LINKEDIN_SECRET": "linkedin client secret",
    "TEST_TYPEFORM_SECRET": "typeform secret",
    "TEST_PARTNER_SECRET": "whsec_cGFydG5lciBzZWNyZXQgb2YgdGhlIHRlc3Rz",
}
ENTRYPOINTS = {
    "forms": {
        "contact": {
            "source": "website-contact",
            "returns": ["https://www.prairieline.example/thank-you", "https://www.prairieline.example/thanks/*"],
            "origins": ["https://www.prairieline.example"],
            "page": {
                "title": "Contact us",
                "fields": [
                    {"name": "email", "type": "email", "required": True},
                    {"name": "fax_number", "type": "trap"},
                ],
            },
        },
        "bare": {"source": "website-contact"},
    },
    "hooks": {
        "google-ads-dryers": {
            "dialect": "google_ads",
            "key_sha256": sha256(GOOGLE_KEY.encode()).hexdigest(),
        },
        "meta-dryers": {
            "dialect": "meta",
            "secret": [{"env": "TEST_META_SECRET"}, {"env": "TEST_META_NEXT_SECRET"}],
            "verify_token": {"env": "TEST_META_VERIFY"},
        },
        "linkedin-dryers": {"dialect": "linkedin", "secret": {"env": "TEST_LINKEDIN_SECRET"}},
        "typeform-mowers": {"dialect": "typeform", "secret": {"env": "TEST_TYPEFORM_SECRET"}},
        "gravity": {"dialect": "gravity_forms", "key_sha256": sha256(b"gravity token").hexdigest()},
        "silent": {"dialect": "typeform", "secret": {"env": "TEST_NOT_SET"}},
    },
    "salesforce": {
        "00D300000000abc": {
            "source": "website-salesforce",
            "returns": ["https://www.prairieline.example/thank-you"],
            "message": "Thanks from Prairie Line.",
        }
    },
    "hubspot": {
        "1234567/0f5f-guid": {
            "source": "website-hubspot",
            "origins": ["*"],
            "message": "Thanks!",
            "token": {"env": "TEST_HUBSPOT_TOKEN"},
        },
        "1234567/0f5f-sent-on": {"source": "website-hubspot", "redirect": "https://www.prairieline.example/thank-you"},
    },
    "contact_form_7": {"57": {"source": "website-wordpress", "origins": ["https://www.prairieline.example"]}},
    "prices": {"vendor-one": 12.5},
    "limits": {
        "form_per_address": "50/minute",
        "hook_per_address": "50/minute",
        "per_key": "60/minute",
        "guesses_per_address": "20/minute",
    },
}


@dataclass
class Desk:
    """A running gateway and everything a test looks at."""

    client: FlaskClient
    gateway: Gateway
    broker: FakeBroker
    drain_broker: FakeBroker
    rooms: FakeRooms
    keys_file: Path
    clock: FixedClock
    issued: list[Key] = field(default_factory=list)

    def key(self, *scopes: str, sources: Sequence[str] = ()) -> dict[str, str]:
        """Headers with a new key."""
        key, presented = keys.issue(f"k{len(self.issued)}", "a test", scopes, sources)
        self.issued.append(key)
        keys.save(self.keys_file, self.issued)
        return {"Authorization": f"Bearer {presented}"}

    def taken(self) -> list[tuple[Intake, bytes]]:
        """Every intake that reached the broker, with its body."""
        return [(decode_header(message.headers[HEADER]), message.body) for message in self.broker.messages]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    broker, drain_broker, rooms = FakeBroker(), FakeBroker(), FakeRooms()
    publisher = IntakePublisher(partial(FakeLink, broker), DEADLINE)
    spool = Spool(tmp_path / "spool", max_bytes=1_000_000)
    intakes = Intakes(publisher, spool, Drainer(spool, drain_broker, publisher.wake))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    clock = FixedClock()
    gateway = Gateway(
        entrypoints=parse_entrypoints(ENTRYPOINTS),
        keys=KeyRing(tmp_path / "keys.yml"),
        limits=RateLimits(),
        intakes=intakes,
        rooms=rooms,
        clock=clock,
        public_url="https://leads.prairieline.example",
        repeats=Repeats(clock.now),
        timetrap=TimeTrap(b"a key of the tests"),
    )
    app = create_app(gateway)
    app.testing = False
    intakes.start()
    yield Desk(app.test_client(), gateway, broker, drain_broker, rooms, tmp_path / "keys.yml", clock)
    intakes.stop()
