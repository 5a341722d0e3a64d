"""Sites that carry our script, and what can be downloaded: the gateway's part of the company's `footsteps.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from limits import RateLimitItem, parse

from gateway.entrypoints.reading import check_name, entries, one_of, origins, section, text
from gateway.returns import is_address
from shared.company_file import CompanyError

FILE = "footsteps.yml"
CONSENTS = ("required", "anonymous", "not_required")
#: Headers by which a browser says that its user is not to be tracked.
SIGNALS = {"gpc": "Sec-GPC", "dnt": "DNT"}


@dataclass(frozen=True)
class Site:
    """Pages that carry our script."""

    name: str
    title: str
    origins: frozenset[str]
    #: required: nothing before the visitor agrees. anonymous: counted, nothing kept. not_required: at once.
    consent: str


@dataclass(frozen=True)
class Download:
    """Where `/d/<name>` leads."""

    name: str
    title: str
    target: str


@dataclass(frozen=True)
class Footsteps:
    """All of it. A company without the file has none."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    downloads: Mapping[str, Download] = field(default_factory=dict)
    #: Which of SIGNALS are heeded.
    respect: tuple[str, ...] = tuple(SIGNALS)
    per_address: RateLimitItem = field(default_factory=lambda: parse("600/minute"))

    def site(self, name: str | None) -> Site | None:
        """The site of this name; the only one, where there is one and none is named."""
        if name is None and len(self.sites) == 1:
            return next(iter(self.sites.values()))
        return self.sites.get(name or "")


def load(company: Path) -> Footsteps:
    """The footsteps of a company's folder. Raises CompanyError."""
    path = company / FILE
    try:
        return parse_footsteps(yaml.safe_load(path.read_text(encoding="utf-8")) or {}, str(path))
    except FileNotFoundError:
        return Footsteps()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CompanyError(f"{path}: not YAML: {error}") from error


def parse_footsteps(document: Any, place: str = FILE) -> Footsteps:
    """The same of a loaded document. Raises CompanyError."""
    top = section(document, place, {"respect", "sites", "downloads", "calculators", "bots", "limits"})
    limits = section(top.get("limits") or {}, f"{place}, limits", {"per_address"})
    return Footsteps(
        sites={
            name: _site(name, entry, f"{place}, site {name}") for name, entry in entries(top, "sites", place).items()
        },
        downloads={
            name: _download(name, entry, f"{place}, download {name}")
            for name, entry in entries(top, "downloads", place).items()
        },
        respect=_respect(top.get("respect", list(SIGNALS)), place),
        per_address=_rate(limits.get("per_address", "600/minute"), f"{place}, limits"),
    )


def _site(name: str, entry: Any, place: str) -> Site:
    check_name(name, place)
    fields = section(entry, place, {"name", "origins", "consent"})
    if not (own := origins(fields, place)):
        raise CompanyError(f"{place}: `origins` must name the pages that carry the script")
    # Nobody who forgets the line gets more than the visitors agreed to.
    return Site(
        name, text(fields, "name", place), own, one_of(fields.get("consent", "required"), CONSENTS, "consent", place)
    )


def _download(name: str, entry: Any, place: str) -> Download:
    check_name(name, place)
    fields = section(entry, place, {"title", "target", "trap"})
    target = text(fields, "target", place)
    if not is_address(target):
        raise CompanyError(f"{place}: `target`: {target!r} is not an address that begins with https:// and a host")
    return Download(name, text(fields, "title", place), target)


def _respect(listed: Any, place: str) -> tuple[str, ...]:
    if not isinstance(listed, list):
        raise CompanyError(f"{place}: `respect` must be a list of {', '.join(SIGNALS)}")
    return tuple(one_of(signal, SIGNALS, "respect", place) for signal in listed)


def _rate(value: Any, place: str) -> RateLimitItem:
    try:
        return parse(str(value))
    except ValueError:
        raise CompanyError(f"{place}: `per_address` must be a rate such as 600/minute, not {value!r}") from None


def origin_of(address: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
