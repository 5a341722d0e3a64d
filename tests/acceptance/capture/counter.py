"""The whole counter: the gateway's pages before, the front desk behind, and nothing but a broker left out."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient

from gateway import keys
from gateway.keys import Key
from services.capture.service import Service
from shared.contracts import schema
from shared.contracts.calls import Call
from shared.contracts.intake import HEADER, decode_header
from shared.room import RawInquiry
from tests.integration.capture.desk import COMPANY, FrontDesk
from tests.unit.gateway.conftest import FakeBroker

PAGE = {"Accept": "text/html"}


@dataclass
class RoomsBehind:
    """Answers the gateway's calls as the front desk's process would, through the same contracts."""

    desk: FrontDesk

    def call(self, call: Call[Any, Any], **fields: Any) -> Any:
        service: Any = object.__new__(Service)
        service.__dict__["runtime"] = SimpleNamespace(
            begin=self.desk.uow.begin, company=COMPANY, room=self.desk.room, clock=self.desk.clock
        )  # fmt: skip
        request = schema.load(call.request, schema.dump(call.request(**fields)))
        reply = getattr(Service, call.method).__wrapped__(service, request)
        return schema.load(call.reply, schema.dump(reply))


@dataclass
class Counter:
    """`client` speaks HTTP; `work` has the front desk take in what came, and do what is due."""

    client: FlaskClient
    desk: FrontDesk
    broker: FakeBroker
    keys_file: Any
    _issued: list[Key] = field(default_factory=list)
    _taken: int = 0

    def key(self, *scopes: str, **over: Any) -> dict[str, str]:
        """Headers with a new key."""
        made, presented = keys.issue(f"k{len(self._issued)}", "a test", scopes, **over)
        self._issued.append(made)
        keys.save(self.keys_file, self._issued)
        return {"Authorization": f"Bearer {presented}"}

    def work(self) -> None:
        """Everything that came through the doors is registered."""
        came = self.broker.messages[self._taken :]
        self._taken += len(came)
        self.desk.receive(*(RawInquiry(decode_header(one.headers[HEADER]), one.body) for one in came))
        self.desk.run_due()

    def page(self, address: str, **options: Any) -> str:
        """A page as a browser gets it."""
        headers = PAGE | options.pop("headers", {})
        answer = self.client.get(address, headers=headers, follow_redirects=True, **options)
        assert answer.status_code == 200, answer.text
        return answer.text

    def fill_in(self, address: str, **fields: str) -> str:
        """Opens a page, fills in its form and sends it, hidden fields and all; the page that follows."""
        first = self.client.get(address, headers=PAGE, follow_redirects=True)
        assert first.status_code == 200, first.text
        form = Fields()
        form.feed(first.text)
        # A person takes a while; what is quicker is taken for a program.
        self.desk.clock.forward(seconds=30)
        where = first.request.full_path.rstrip("?")
        answer = self.client.post(where, data={**form.hidden, **fields}, headers=PAGE, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text


class Fields(HTMLParser):
    """The hidden fields of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[str(found["name"])] = found.get("value") or ""
