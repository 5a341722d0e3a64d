"""The company's `footsteps.yml` as the front desk needs it. Without the file there is no site.

What partners tell is filed all the same. Where its sites may send from, and where downloads lead, the gateway checks.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

from services.capture.company_entry import entries, mapping, number, only, read, text_of, top_of, words
from services.capture.domain.footsteps.rules import Bots, Click, Download, Footsteps, Network
from shared import settings
from shared.company_file import CompanyError
from shared.contracts.clicks import ClickTokens, reply_tokens

FILE = "footsteps.yml"
_TOP = {"respect", "sites", "downloads", "calculators", "bots", "limits"}
#: Shorter parts of a user agent would fit half the world.
_SHORTEST_AGENT = 4


def load(folder: Path) -> Footsteps:
    """What the company says of footsteps. Raises CompanyError."""
    path = folder / FILE
    return parse(top_of(FILE, read(path))) if path.exists() else Footsteps(read_token=token_reader())


def parse(top: Mapping[str, Any]) -> Footsteps:
    """The same of a loaded document. Raises CompanyError."""
    only(FILE, "the top level", top, _TOP)
    calculators = entries(FILE, top, "calculators")
    return Footsteps(
        sites={name: _site_name(name, entry) for name, entry in entries(FILE, top, "sites").items()},
        downloads={name: _download(name, entry) for name, entry in entries(FILE, top, "downloads").items()},
        calculators={name: text_of(FILE, "calculators", calculators, name) for name in calculators},
        bots=_bots(entries(FILE, top, "bots")),
        read_token=token_reader(),
    )


def token_reader() -> Callable[[str], Click | None]:
    """Reads the tokens of links in mails, by the key that signs them; without that key none of them is believed."""
    try:
        tokens = ClickTokens(settings.get("LEADBUS_SECRET"))
    except settings.SettingMissing:
        return lambda token: None

    def read_token(token: str) -> Click | None:
        said = tokens.read(token)
        return Click(*said) if said else None

    return read_token


def reply_reader() -> Callable[[str], UUID | None]:
    """Reads whose answers a reply form brings; without the key that signs its links none is believed."""
    try:
        tokens = reply_tokens(settings.get("LEADBUS_SECRET"))
    except settings.SettingMissing:
        return lambda token: None

    def read_reply(token: str) -> UUID | None:
        said = tokens.read(token)
        return said[0] if said else None

    return read_reply


def _site_name(name: str, entry: Any) -> str:
    return text_of(FILE, f"sites.{name}", mapping(FILE, f"sites.{name}", entry), "name")


def _download(name: str, entry: Any) -> Download:
    where = f"downloads.{name}"
    said = mapping(FILE, where, entry)
    only(FILE, where, said, {"title", "target", "trap"})
    trap = said.get("trap", False)
    if not isinstance(trap, bool):
        raise CompanyError(f"{FILE}: {where}.trap: true or false is required")
    return Download(name, text_of(FILE, where, said, "title"), trap)


def _bots(said: Mapping[str, Any]) -> Bots:
    only(FILE, "bots", said, {field.name for field in fields(Bots)})
    agents = tuple(word.lower() for word in words(FILE, "bots.user_agents", said.get("user_agents")))
    for agent in agents:
        if len(agent.strip()) < _SHORTEST_AGENT:
            raise CompanyError(f"{FILE}: bots.user_agents: {agent!r} is too short: it would fit half the world")
    usual = Bots()
    links = number(FILE, "links_at_once", said, usual.links_at_once, "bots")
    if links < 2 or links != int(links):
        raise CompanyError(f"{FILE}: bots.links_at_once: {links:g}: two links at least are many")
    return Bots(
        user_agents=agents,
        networks=tuple(map(_network, words(FILE, "bots.networks", said.get("networks")))),
        links_at_once=int(links),
        links_seconds=number(FILE, "links_seconds", said, usual.links_seconds, "bots"),
        after_sending_seconds=number(FILE, "after_sending_seconds", said, usual.after_sending_seconds, "bots"),
    )


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise CompanyError(f"{FILE}: bots.networks: {error}") from None
