"""Footsteps are as safe as inquiries: over a real broker, and over its outage."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack import Broker
from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue, described, until

SITE = "https://www.prairieline.example"
FOOTSTEPS = f"""
sites:
  www: {{name: www.prairieline.example, origins: ["{SITE}"], consent: not_required}}
downloads:
  guide: {{title: The guide, target: "{SITE}/guide.pdf"}}
"""


@pytest.fixture
def site_gateway(tmp_path: Path, vhost: str) -> Iterator[GatewayProcess]:
    """A running gateway that knows a site."""
    (tmp_path / "footsteps.yml").write_text(FOOTSTEPS)
    process = GatewayProcess(tmp_path, vhost).start()
    yield process
    process.kill()


def _visit(gateway: GatewayProcess, page: str) -> int:
    body = json.dumps({"visitor": "visitor-0001", "events": [{"kind": "page", "url": f"{SITE}{page}"}]}).encode()
    return gateway.post("/t?site=www", body, "text/plain", Origin=SITE)[0]


@pytest.mark.slow
def test_footsteps_survive_an_outage_of_the_broker(
    site_gateway: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    assert _visit(site_gateway, "/before") == 204
    absent_broker.stop()
    assert {_visit(site_gateway, f"/{number}") for number in range(5)} == {204}
    absent_broker.start()
    until(lambda: _visit(site_gateway, "/after") == 204, 10)

    found = queue.read(7, seconds=60)
    pages = {json.loads(message.body)["events"][0]["url"].removeprefix(SITE) for message in found}
    assert {"/before", "/after", *(f"/{number}" for number in range(5))} <= pages
    assert {described(message)["dialect"] for message in found} == {"activity"}


def test_the_script_is_served_and_a_link_leads_on(site_gateway: GatewayProcess, queue: IntakeQueue) -> None:
    status, code = site_gateway.get("/t.js?site=www")
    assert (status, code[:16]) == (200, b"var leadbusSite=")

    with pytest.raises(urllib.error.HTTPError) as led:
        _open_without_following(f"{site_gateway.url}/d/guide")
    assert (led.value.code, led.value.headers["Location"]) == (302, f"{SITE}/guide.pdf")
    assert json.loads(queue.read(1)[0].body)["events"][0]["what"] == "guide"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *request: object) -> None:
        """Follows nothing."""


def _open_without_following(url: str) -> None:
    urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay()).open(url, timeout=20)
