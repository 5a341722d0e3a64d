"""The company's accounts at platforms: `platforms.yml`, checked on load. It says where a token is, never the token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from services.capture.domain.register import Company
from shared import settings
from shared.company_file import CompanyError
from shared.secret import Secret

PLATFORMS = "platforms.yml"
#: By platform: what an account must have, beside what all have.
_NEEDS = {"meta": ("forms",), "linkedin": ("owner", "lead_type", "version")}
_FIELDS = {
    "platform", "base_url", "token", "app_secret", "forms", "owner", "lead_type", "version", "reconcile_minutes",
    "look_back_hours",
}  # fmt: skip
_LEAD_TYPES = ("SPONSORED", "EVENT", "COMPANY", "ORGANIZATION_PRODUCT")


@dataclass(frozen=True)
class Account:
    """Where the answers of one source's leads are fetched."""

    source: str
    platform: str
    base_url: str
    token: Secret
    #: Meta: signs each call, where the app demands it.
    app_secret: Secret | None = None
    #: Meta: the forms whose leads are listed to find those that were never announced.
    forms: tuple[str, ...] = ()
    #: LinkedIn: urn of the sponsored account or organization that owns the forms.
    owner: str = ""
    lead_type: str = ""
    #: LinkedIn: the version of the API, as YYYYMM.
    version: str = ""
    every: timedelta = timedelta(minutes=15)
    look_back: timedelta = timedelta(hours=48)


def load(folder: Path, company: Company) -> dict[str, Account]:
    """The accounts by source; none without the file. Raises CompanyError."""
    path = folder / PLATFORMS
    if not path.exists():
        return {}
    try:
        top = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CompanyError(f"{PLATFORMS}: {error}") from error
    top = {} if top is None else top
    if not isinstance(top, dict) or set(top) - {"accounts"} or not isinstance(top.get("accounts") or {}, dict):
        raise CompanyError(f"{PLATFORMS}: accounts: sources with their accounts are required, and nothing else")
    entries = top.get("accounts") or {}
    return {str(source): _account(str(source), entry, folder, company) for source, entry in entries.items()}


def _account(source: str, entry: Any, folder: Path, company: Company) -> Account:
    where = f"{PLATFORMS}: accounts.{source}"
    if not isinstance(entry, dict):
        raise CompanyError(f"{where}: platform, base_url and token are required")
    strange = sorted(set(entry) - _FIELDS)
    if strange:
        raise CompanyError(f"{where}: there is no field {strange[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    if source not in company.sources:
        raise CompanyError(f"{where}: no such source in sources.yml")
    platform = entry.get("platform")
    if platform not in _NEEDS:
        raise CompanyError(f"{where}.platform: {platform!r} is not known; known are {', '.join(sorted(_NEEDS))}")
    if company.sources[source].dialect != platform:
        raise CompanyError(f"{where}.platform: the source's dialect is {company.sources[source].dialect!r}")
    for name in _NEEDS[platform]:
        if not entry.get(name):
            raise CompanyError(f"{where}.{name}: {platform} needs it")
    if platform == "linkedin" and entry["lead_type"] not in _LEAD_TYPES:
        raise CompanyError(f"{where}.lead_type: one of {', '.join(_LEAD_TYPES)}")
    return Account(
        source=source,
        platform=platform,
        base_url=_address(where, entry.get("base_url")),
        token=_token(f"{where}.token", entry.get("token"), folder),
        app_secret=_token(f"{where}.app_secret", entry["app_secret"], folder) if "app_secret" in entry else None,
        forms=_texts(f"{where}.forms", entry.get("forms", [])),
        owner=_text(f"{where}.owner", entry.get("owner", "")),
        lead_type=_text(f"{where}.lead_type", entry.get("lead_type", "")),
        version=_text(f"{where}.version", entry.get("version", "")),
        every=timedelta(minutes=_number(f"{where}.reconcile_minutes", entry.get("reconcile_minutes", 15))),
        look_back=timedelta(hours=_number(f"{where}.look_back_hours", entry.get("look_back_hours", 48))),
    )


def _address(where: str, value: Any) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise CompanyError(f"{where}.base_url: an address such as https://graph.facebook.com/v23.0 is required")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise CompanyError(f"{where}.base_url: a token travels over https only")
    stand_in = settings.get("LEADBUS_PLATFORM_STAND_IN").rstrip("/")
    return f"{stand_in}/{parts.netloc}{parts.path.rstrip('/')}" if stand_in else str(value).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(where: str, entry: Any, folder: Path) -> Secret:
    try:
        return Secret.parse(entry, folder)
    except ValueError as error:
        raise CompanyError(f"{where}: {error}") from None


def _text(where: str, value: Any) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise CompanyError(f"{where}: a text is required")


def _texts(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CompanyError(f"{where}: a list is required")
    return tuple(_text(where, one) for one in value)


def _number(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise CompanyError(f"{where}: {value!r} is not a positive number")
    return float(value)


Accounts = Mapping[str, Account]
