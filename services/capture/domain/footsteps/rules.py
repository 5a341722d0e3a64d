"""What the company says of footsteps: its sites, downloads and calculators, and which visitors are bots."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from uuid import UUID

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Download:
    """What can be downloaded through `/d/<name>`. Nobody sees the link of a trap: what follows it is a bot."""

    name: str
    title: str
    trap: bool = False


@dataclass(frozen=True)
class Bots:
    """By what a program is told from a person, beside what everybody knows."""

    #: Parts of user agents, in small letters.
    user_agents: tuple[str, ...] = ()
    #: Where mail gateways open links from.
    networks: tuple[Network, ...] = ()
    #: So many different links of one mail within so many seconds are followed by a scanner, not by a reader.
    links_at_once: int = 3
    links_seconds: float = 10
    #: Nobody reads a mail and follows its link within so many seconds of its being sent.
    after_sending_seconds: float = 2


@dataclass(frozen=True)
class Footsteps:
    """The company's `footsteps.yml`, as far as the front desk needs it."""

    #: Name of each site to what it is called in a sentence.
    sites: Mapping[str, str] = field(default_factory=dict)
    downloads: Mapping[str, Download] = field(default_factory=dict)
    #: Name of each calculator to its title.
    calculators: Mapping[str, str] = field(default_factory=dict)
    bots: Bots = field(default_factory=Bots)
    #: What the signed token of a link says; None for what was not signed by us.
    read_token: Callable[[str], "Click | None"] = field(default=lambda token: None, compare=False)

    def title(self, kind: str, what: str) -> str | None:
        """What the company calls a download or a calculator."""
        if kind == "download" and what in self.downloads:
            return self.downloads[what].title
        return self.calculators.get(what) if kind == "calculator" else None


@dataclass(frozen=True)
class Click:
    """What the signed token of a link in a mail says: to whom it was sent, in which piece, and when."""

    person_id: UUID
    #: The piece that carried the link.
    occasion: UUID
    sent_at: datetime
