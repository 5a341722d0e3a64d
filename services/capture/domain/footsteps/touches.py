"""What brought a visit: marks in the address of the landing page, the page before, and the tactic they stand for."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from services.capture.domain.cleaning import line

#: Parameters that say which advertisement or mail brought the visit. All others may hold anything, and are dropped.
MARKS = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid",
    "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "twclid",
)  # fmt: skip
#: What a touch consists of.
TOUCH = (*MARKS, "referrer", "landing_page")

LONGEST = 500
#: Parameters in an address that are looked at.
_MOST_PARAMETERS = 100

#: Who puts this mark into links, and what for.
_CLICK_IDS = {
    "gclid": ("google", "paid search"),
    "gbraid": ("google", "paid search"),
    "wbraid": ("google", "paid search"),
    "dclid": ("google", "display"),
    "msclkid": ("bing", "paid search"),
    "li_fat_id": ("linkedin", "paid social"),
    "fbclid": ("facebook", "social"),
    "ttclid": ("tiktok", "social"),
    "twclid": ("x", "social"),
}
_SEARCH = ("google", "bing", "duckduckgo", "yahoo", "ecosia", "yandex", "baidu", "qwant", "startpage", "brave")
_SOCIAL = ("facebook", "linkedin", "instagram", "youtube", "tiktok", "pinterest", "reddit", "twitter")


def address(text: Any) -> str | None:
    """A web address without what may tell of a person: of its parameters only the marks stay. None when it is none."""
    return _read(text)[0] if isinstance(text, str) else None


def page_before(text: Any) -> str | None:
    """The address of the page before, without any parameter."""
    parts = _split(text)
    return urlunsplit((parts.scheme, _host(parts), parts.path, "", ""))[:LONGEST] if parts else None


def touch_of(said: Mapping[str, Any]) -> dict[str, str]:
    """What a sender says brought the visit; nothing that is not a part of a touch."""
    touch = {name: line(value, LONGEST) for name in MARKS if isinstance(value := said.get(name), str) and value.strip()}
    landing, before = address(said.get("landing_page")), page_before(said.get("referrer"))
    if landing:
        touch["landing_page"] = landing
    if before:
        touch["referrer"] = before
    return touch


def marks_in(url: Any) -> Mapping[str, str]:
    """The marks in the address of a page."""
    return _read(url)[1] if isinstance(url, str) else {}


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[str | None, Mapping[str, str]]:
    """The address without what may tell of a person, and its marks. Pages are seen again and again."""
    parts = _split(text)
    if parts is None:
        return None, {}
    marks = _marks(parts)
    query = urlencode(marks)
    return urlunsplit((parts.scheme, _host(parts), parts.path, query, ""))[:LONGEST], MappingProxyType(marks)


def source_and_tactic(touch: Mapping[str, str], *, by_mail: bool = False) -> tuple[str | None, str | None]:
    """Who sent the visitor and by what: ("google", "paid search"). A sender's own words (utm_*) come first."""
    source, tactic = _guessed(touch)
    if by_mail:
        source, tactic = None, "email"
    return touch.get("utm_source") or source, touch.get("utm_medium") or tactic


def _guessed(touch: Mapping[str, str]) -> tuple[str | None, str | None]:
    for mark, told in _CLICK_IDS.items():
        if mark in touch:
            return told
    host = (urlsplit(touch["referrer"]).hostname or "") if "referrer" in touch else ""
    for names, tactic in ((_SEARCH, "organic search"), (_SOCIAL, "social")):
        for name in names:
            if name in host.split("."):
                return name, tactic
    return (host, "referral") if host else (None, None)


def _marks(parts: SplitResult) -> dict[str, str]:
    try:
        pairs = parse_qsl(parts.query, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in MARKS and value:
            found.setdefault(name, line(value, LONGEST))
    return found


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2].lower()


def _split(text: Any) -> SplitResult | None:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        parts = urlsplit(line(text, 4 * LONGEST))
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None
