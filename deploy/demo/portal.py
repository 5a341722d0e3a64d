"""The portal in the demo: people sign in by the link in their mailbox, and do there what they would do at work."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from urllib.parse import urlsplit

import requests

from deploy.demo import correspondents
from deploy.demo.sending import SECONDS

#: The sales manager of the north, who sees what its dealers leave lying.
MANAGER = "north-region@prairie-line.example"
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_LINK = re.compile(r"https?://\S+/portal/in/\S+")
_LEAD = re.compile(r'href="(/portal/leads/[0-9a-f-]{36})')
_CHOSEN = re.compile(r'name="lead" value="([0-9a-f-]{36})"')
_OWNER = re.compile(r'name="owner" value="([^"]+)"')


def visit(gateway_url: str, mails: Callable[[], Sequence[EmailMessage]]) -> Counter[str]:
    """What a dealer and the company's sales manager did there, and how often."""
    return Counter(
        {
            "leads accepted by a dealer": take_on(gateway_url, mails, _dealer(mails())),
            "leads given to somebody else": give_on(gateway_url, mails),
        }
    )


def take_on(gateway_url: str, mails: Callable[[], Sequence[EmailMessage]], address: str) -> int:
    """Signs in as whoever has this address and accepts every new lead; how many that were."""
    accepted = 0
    with requests.Session() as browser:
        page = _sign_in(browser, gateway_url, mails, address)
        for path in dict.fromkeys(_LEAD.findall(page)):
            lead = browser.get(gateway_url + path, timeout=SECONDS).text
            said = {"form_token": _token(lead), "action": "accept"}
            accepted += browser.post(gateway_url + path, data=said, timeout=SECONDS).ok
    return accepted


def give_on(gateway_url: str, mails: Callable[[], Sequence[EmailMessage]]) -> int:
    """The manager gives what is new with one of the dealers to the next candidate; how many leads that were."""
    with requests.Session() as browser:
        region = _sign_in(browser, gateway_url, mails, MANAGER)
        for owner in dict.fromkeys(_OWNER.findall(region)):
            listed = browser.get(f"{gateway_url}/portal/leads", params={"owner": owner}, timeout=SECONDS).text
            if leads := _CHOSEN.findall(listed):
                said = {"form_token": _token(listed), "owner": owner, "lead": leads[0], "because": "holidays"}
                return int(browser.post(f"{gateway_url}/portal/give", data=said, timeout=SECONDS).ok)
    return 0


def _dealer(messages: Sequence[EmailMessage]) -> str:
    """The address of a dealer who was sent a lead by mail."""
    leads = (message for message in messages if correspondents.is_a_lead(message))
    return "sales@" + str(next(leads)["To"]).rpartition("@")[2].rstrip(">")


def _sign_in(
    browser: requests.Session, gateway_url: str, mails: Callable[[], Sequence[EmailMessage]], address: str
) -> str:
    """The page that they see first. Raises TimeoutError when no link comes."""
    asked = browser.get(f"{gateway_url}/portal", timeout=SECONDS).text
    form = {"form_token": _token(asked), "address": address}
    browser.post(f"{gateway_url}/portal", data=form, timeout=SECONDS).raise_for_status()
    link = gateway_url + urlsplit(_link(mails, address)).path
    button = browser.get(link, timeout=SECONDS).text
    home = browser.post(link, data={"form_token": _token(button)}, timeout=SECONDS)
    home.raise_for_status()
    return home.text


def _link(mails: Callable[[], Sequence[EmailMessage]], address: str) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for message in reversed(mails()):
            body = message.get_body(("plain",)) if address in str(message["To"]) else None
            if body is not None and (found := _LINK.search(body.get_content())):
                return found[0]
        time.sleep(0.3)
    raise TimeoutError(f"no link to sign in came to {address}")


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise LookupError("the page has no form")
    return found[1]
