"""The portal in a real browser: the gateway's pages before the real router on a real database, and a mail server."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from gateway.application import create_app
from gateway.drain import Drainer
from gateway.entrypoints import parse_entrypoints
from gateway.intakes import Intakes
from gateway.keys import KeyRing
from gateway.limits import RateLimits
from gateway.publisher import IntakePublisher
from gateway.repeats import Repeats
from gateway.spool import Spool
from gateway.state import Gateway
from gateway.timetrap import TimeTrap
from services.router.service import Service
from shared.contracts import schema
from shared.contracts.calls import Call
from shared.contracts.capture import LeadRegistered
from shared.serving.rpc import answered_calls
from tests.browser.conftest import _Quiet
from tests.integration.router.conftest import COMPANY
from tests.integration.router.receivers import MailServer, perform
from tests.integration.router.told import lead_in, qualified
from tests.played_room import PlayedRoom
from tests.unit.gateway.conftest import FakeBroker, FakeLink

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
#: What must not be found on any page.
SEVERE = ("serious", "critical")


@dataclass
class RouterAtHand:
    """The router's own answers, asked without a broker; what other rooms would say stands in `others`."""

    played: PlayedRoom
    others: dict[Call[Any, Any], Any]

    def call(self, call: Call[Any, Any], **fields: Any) -> Any:
        """As `RpcPool.call`."""
        if call in self.others:
            if isinstance(self.others[call], Exception):
                raise self.others[call]
            return self.others[call]
        assert call.method in answered_calls(Service), call
        room: Any = SimpleNamespace(runtime=SimpleNamespace(begin=self.played.uow.begin, company=COMPANY))
        reply = getattr(Service, call.method)(room, **schema.dump(call.request(**fields)))
        return schema.load(call.reply, reply)


@dataclass
class PortalSite:
    """The portal at `url`, the router behind it, and the mail that went out."""

    url: str
    router: PlayedRoom
    rooms: RouterAtHand
    mail: MailServer
    gateway: Gateway

    def lead(self, postcode: str = "50010", **over: Any) -> LeadRegistered:
        """A lead with a dealer: 50010 is Hawkeye's."""
        lead = lead_in(postcode, state=None, products=over.pop("products", ["compact-tractor"]), **over)
        self.router.hear(lead, qualified(lead))
        perform(self.router)
        return lead

    def mailed(self, address: str) -> str:
        """The newest link that went to an address."""
        perform(self.router)
        mails = [m.get_content() for m in self.mail.to(address) if m["Subject"] == "Your link to sign in"]
        path = mails[-1].partition("/portal/in/")[2].split()[0]
        return f"{self.url}/portal/in/{path}"

    def sign_in(self, page: Any, address: str) -> None:
        """As a person does it: asks, opens the mailed link, presses the button."""
        page.goto(f"{self.url}/portal")
        page.get_by_label("Your email address").fill(address)
        page.get_by_role("button", name="Mail me a link").click()
        page.get_by_role("heading", name="Look into your mailbox").wait_for()
        page.goto(self.mailed(address))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/portal/(leads|region)$"))


@contextmanager
def portal_site(router: PlayedRoom, mail: MailServer, folder: Path) -> Iterator[PortalSite]:
    """The portal on a free port."""
    router.clock.moment = MONDAY
    broker = FakeBroker()
    publisher = IntakePublisher(partial(FakeLink, broker), 0.5)
    spool = Spool(folder / "spool", max_bytes=1_000_000)
    rooms = RouterAtHand(router, {})
    parts = Gateway(
        entrypoints=parse_entrypoints({}),
        keys=KeyRing(folder / "keys.yml"),
        limits=RateLimits(),
        intakes=Intakes(publisher, spool, Drainer(spool, FakeBroker(), publisher.wake)),
        rooms=rooms,
        clock=router.clock,
        public_url="http://127.0.0.1",
        repeats=Repeats(router.clock.now),
        timetrap=TimeTrap(b"a key of the tests"),
    )
    server = make_server("127.0.0.1", 0, create_app(parts), threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    object.__setattr__(parts, "public_url", url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield PortalSite(url, router, rooms, mail, parts)
    finally:
        server.shutdown()
        server.server_close()


def severe(page: Any) -> list[str]:
    """What axe finds that keeps somebody out; must be empty."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SEVERE]


def too_wide(page: Any) -> int:
    """How many pixels one must scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
