"""Whether a person did it. Signs of a program are kept with every activity, so that it can be judged again later."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Literal
from uuid import UUID

from services.capture.domain.footsteps.rules import Bots, Network

Verdict = Literal["human", "suspect", "bot"]

#: Each sign, what it means for the verdict, and what it is in words.
SIGNS: dict[str, tuple[Verdict, str]] = {
    "known_bot": ("bot", "the program names itself as a robot"),
    "http_library": ("bot", "the program is no browser"),
    "headless": ("bot", "a browser without a screen"),
    "automation": ("bot", "a browser that a program drives"),
    "prefetch": ("bot", "fetched in advance or for a preview: nobody saw it"),
    "head_request": ("bot", "only asked whether the address exists"),
    "scanner_network": ("bot", "comes from where links in mails are checked"),
    "trap_link": ("bot", "somebody followed a link of this mail that no reader sees"),
    "bot_before": ("bot", "the same visitor was seen to be a program"),
    "told_by_sender": ("bot", "the sender says that a program did it"),
    "no_user_agent": ("suspect", "does not say which browser it is"),
    "no_language": ("suspect", "asks for no language, as every browser does"),
    "links_at_once": ("suspect", "many links of one mail within seconds"),
    "right_after_sending": ("suspect", "within moments of the mail being sent"),
}
_WEIGHT = {"human": 0, "suspect": 1, "bot": 2}

#: Robots, previews and link checkers name themselves by one of these words.
_BOTS = (
    "bot", "crawl", "spider", "slurp", "facebookexternalhit", "embedly", "preview", "whatsapp", "telegram",
    "skypeuripreview", "slack-imgproxy", "pingdom", "uptimerobot", "statuscake", "monitis", "lighthouse", "pagespeed",
    "gtmetrix", "mediapartners-google", "adsbot", "apis-google", "google-read-aloud", "bingpreview", "yandex", "baidu",
    "petalbot", "semrush", "ahrefs", "dataprovider", "barracuda", "mimecast", "proofpoint", "urldefense", "trendmicro",
    "forcepoint", "fireeye", "symantec", "sophos", "cloudmark", "safelinks", "scanner", "validator", "checker",
)  # fmt: skip
_LIBRARIES = (
    "curl/", "wget/", "python", "aiohttp", "httpx", "okhttp", "go-http-client", "java/", "apache-httpclient", "libwww",
    "node-fetch", "axios/", "undici", "got (", "ruby", "php/", "guzzle", "postman", "insomnia", "powershell",
)  # fmt: skip
_HEADLESS = ("headless", "phantomjs", "puppeteer", "playwright", "selenium", "electron", "slimerjs", "htmlunit")
#: A phone of this make would be a robot by its name.
_INNOCENT = re.compile(r"cubot", re.IGNORECASE)

#: Values of Purpose, Sec-Purpose, X-Purpose and X-Moz by which a browser says that nobody looks yet.
_IN_ADVANCE = ("prefetch", "prerender", "preview")


@dataclass(frozen=True)
class Caller:
    """What is known of who asked: the browser's own words, and from where."""

    user_agent: str | None = None
    language: str | None = None
    purpose: str | None = None
    method: str = "POST"
    address: str | None = None
    #: What the script saw: "webdriver".
    marks: tuple[str, ...] = ()


def signs_of(caller: Caller, bots: Bots) -> tuple[str, ...]:
    """The signs of a program that its request alone shows."""
    found: list[str] = []
    if caller.user_agent is None:
        found.append("no_user_agent")
    else:
        found += _named(caller.user_agent, bots.user_agents)
    if "webdriver" in caller.marks:
        found.append("automation")
    if caller.method == "HEAD":
        found.append("head_request")
    if any(word in (caller.purpose or "").lower() for word in _IN_ADVANCE):
        found.append("prefetch")
    if caller.address and is_within(caller.address, bots.networks):
        found.append("scanner_network")
    if not caller.language and not found:
        found.append("no_language")
    return tuple(found)


def judged_again(signs: Iterable[str], user_agent: str | None, network: str | None, bots: Bots) -> tuple[str, ...]:
    """The signs of an activity by today's lists, from what is still known of its caller."""
    kept = [sign for sign in signs if sign not in ("known_bot", "http_library", "headless", "scanner_network")]
    named = _named(user_agent, bots.user_agents) if user_agent else ()
    scanned = ("scanner_network",) if network and is_within(network, bots.networks) else ()
    return tuple(dict.fromkeys((*named, *kept, *scanned)))


def verdict_of(signs: Iterable[str]) -> Verdict:
    """The gravest of what the signs mean."""
    return max((SIGNS[sign][0] for sign in signs if sign in SIGNS), key=_WEIGHT.__getitem__, default="human")


def is_bot(signs: Iterable[str]) -> bool:
    """Whether a program is certain."""
    return verdict_of(signs) == "bot"


def is_program(signs: Iterable[str]) -> bool:
    """Whether the visitor itself is a program; a browser that fetches a page in advance is none."""
    return not _OF_VISITOR.isdisjoint(signs)


_OF_VISITOR = frozenset({"known_bot", "http_library", "headless", "automation"})


@dataclass(frozen=True)
class Followed:
    """One link of one mail that was followed."""

    id: UUID
    link: str
    at: datetime
    sent_at: datetime


def signs_of_mail(followed: Sequence[Followed], bots: Bots, traps: frozenset[str]) -> Mapping[UUID, tuple[str, ...]]:
    """What all followed links of one mail together say of each of them."""
    trapped = any(one.link in traps for one in followed)
    hasty = _at_once(followed, bots)
    found: dict[UUID, tuple[str, ...]] = {}
    for one in followed:
        signs = ["trap_link"] if trapped else []
        if one.id in hasty:
            signs.append("links_at_once")
        if (one.at - one.sent_at).total_seconds() < bots.after_sending_seconds:
            signs.append("right_after_sending")
        found[one.id] = tuple(signs)
    return found


#: The signs that depend on what else was done; they are worked out anew whenever something is added.
OF_MAIL = frozenset({"trap_link", "links_at_once", "right_after_sending"})


def _at_once(followed: Sequence[Followed], bots: Bots) -> set[UUID]:
    span = timedelta(seconds=bots.links_seconds)
    in_time = sorted(followed, key=lambda one: (one.at, one.id))
    hasty: set[UUID] = set()
    start = 0
    for end, last in enumerate(in_time):
        while last.at - in_time[start].at > span:
            start += 1
        near = in_time[start : end + 1]
        if len({one.link for one in near}) >= bots.links_at_once:
            hasty.update(one.id for one in near)
    return hasty


@lru_cache(maxsize=4096)
def _named(user_agent: str, own: tuple[str, ...]) -> tuple[str, ...]:
    words = _INNOCENT.sub("", user_agent).lower()
    if any(word in words for word in _HEADLESS):
        return ("headless",)
    if any(word in words for word in (*own, *_BOTS)):
        return ("known_bot",)
    if any(word in words for word in _LIBRARIES):
        return ("http_library",)
    return ()


@lru_cache(maxsize=4096)
def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address, or a network as it is kept (203.0.113.0/24), lies in one of these networks."""
    try:
        own = ip_network(address, strict=False)
    except ValueError:
        return False
    return any(own.version == known.version and own.subnet_of(known) for known in networks)  # type: ignore[arg-type]


def kept_network(address: str | None) -> str | None:
    """Of an address only its network is kept: enough to tell a scanner by, not a person."""
    try:
        number = ip_address(address or "")
    except ValueError:
        return None
    return str(ip_network(f"{number}/{24 if number.version == 4 else 48}", strict=False))
