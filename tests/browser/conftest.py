"""A real browser, a web site that carries our script, a gateway, and the front desk on a real database."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from gateway.application import create_app
from gateway.drain import Drainer
from gateway.entrypoints import parse_entrypoints
from gateway.intakes import Intakes
from gateway.keys import KeyRing
from gateway.limits import RateLimits
from gateway.publisher import IntakePublisher
from gateway.repeats import Repeats
from gateway.sites import parse_footsteps
from gateway.spool import Spool
from gateway.state import Gateway
from gateway.timetrap import TimeTrap
from shared.clock import SystemClock
from shared.contracts.intake import HEADER, decode_header
from shared.room import RawInquiry
from tests.integration.capture.desk import FrontDesk, desk_on
from tests.unit.gateway.conftest import FakeBroker, FakeLink, FakeRooms

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: What a person's browser says of itself; a headless one would name itself.
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

PAGE = """<!doctype html><title>{title}</title>
<script async src="{gateway}/t.js?site=www"></script>
<p><a id="contact" href="/contact.html">Contact</a> <a id="guide" href="/files/guide.pdf">The guide</a>
<a id="link" href="{gateway}/d/guide">The guide, counted</a></p>
<form id="sum" data-lb-event="calculator" data-lb-name="drying-cost" onsubmit="return false">
<input name="bushels" data-lb-detail value="9000"><input name="email" value="not@told.example">
<button>Reckon</button></form>
<form id="ask" method="post" action="{gateway}/forms/contact"><input name="your-name" value="Ann Lee">
<input name="your-email" value="ann@leefarms.example"><button>Send</button></form>
"""


@dataclass
class World:
    """A web site at `site`, the gateway at `leads`, and what reached the queue."""

    site: str
    leads: str
    gateway: Gateway
    broker: FakeBroker

    def consent(self, word: str) -> None:
        """Sets what the company's file says of consent on the site."""
        told = {
            "sites": {"www": {"name": "www", "origins": [self.site], "consent": word}},
            "downloads": {"guide": {"title": "The guide", "target": f"{self.site}/files/guide.pdf"}},
        }
        object.__setattr__(self.gateway, "footsteps", parse_footsteps(told))

    def taken(self) -> list[RawInquiry]:
        """Everything that reached the queue."""
        return [RawInquiry(decode_header(one.headers[HEADER]), one.body) for one in list(self.broker.messages)]

    def wait_for(self, enough: Callable[[list[RawInquiry]], bool], seconds: float = 15) -> list[RawInquiry]:
        """What has reached the queue as soon as it is `enough`."""
        deadline = time.monotonic() + seconds
        while not enough(taken := self.taken()):
            assert time.monotonic() < deadline, [one.body for one in taken]
            time.sleep(0.05)
        return taken


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The site and the gateway, each at an origin of its own."""
    pages: dict[str, str] = {}
    site = make_server("127.0.0.1", 0, _Site(pages), threaded=True, request_handler=_Quiet)
    broker = FakeBroker()
    publisher = IntakePublisher(partial(FakeLink, broker), 0.5)
    spool = Spool(tmp_path / "spool", max_bytes=1_000_000)
    intakes = Intakes(publisher, spool, Drainer(spool, FakeBroker(), publisher.wake))
    clock = SystemClock()
    origin = f"http://127.0.0.1:{site.server_port}"
    parts = Gateway(
        entrypoints=parse_entrypoints({"forms": {"contact": {"source": "website-contact", "origins": [origin]}}}),
        keys=KeyRing(tmp_path / "keys.yml"),
        limits=RateLimits(),
        intakes=intakes,
        rooms=FakeRooms(),
        clock=clock,
        public_url="http://127.0.0.1",
        repeats=Repeats(clock.now),
        timetrap=TimeTrap(b"a key of the tests"),
    )
    leads = make_server("127.0.0.1", 0, create_app(parts), threaded=True, request_handler=_Quiet)
    for name in ("dryers", "contact", "mowers"):
        pages[f"/{name}.html"] = PAGE.format(title=name.title(), gateway=f"http://127.0.0.1:{leads.server_port}")
    intakes.start()
    for server in (site, leads):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    made = World(origin, f"http://127.0.0.1:{leads.server_port}", parts, broker)
    made.consent("not_required")
    yield made
    for server in (site, leads):
        server.shutdown()
        server.server_close()
    intakes.stop()


@dataclass
class _Site:
    """The company's web site. Not `http.server`: the rooms' eventlet, once imported, lets its sockets wait for ever."""

    pages: dict[str, str]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path.endswith(".pdf"):
            return list(Response(b"%PDF-1.4 the guide", content_type="application/pdf")(environ, start_response))
        known = path in self.pages
        answer = Response(self.pages.get(path, "no such page"), 200 if known else 404, content_type="text/html")
        return list(answer(environ, start_response))


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: make test-browser installs it")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: make test-browser installs it")
    # As root there is no sandbox to be had. The flag keeps the browser from saying that a program drives it.
    options = ["--disable-blink-features=AutomationControlled", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of a visitor whom nobody has seen before."""
    context = chromium.new_context(user_agent=FIREFOX)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(room_database: Callable[[str], str]) -> Iterator[FrontDesk]:
    """The front desk of the example company."""
    played = desk_on(room_database("capture"))
    yield played
    played.engine.dispose()
