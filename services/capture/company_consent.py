"""The company's `consent.yml`: purposes, wordings by version, and where a yes must be confirmed."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.capture.company_entry import entries, mapping, number, one_of, only, read, text_of, top_of, words
from services.capture.domain.consent import CHANNELS, MARKETING, ConsentRules, Wording
from shared import settings

FILE = "consent.yml"


def load(folder: Path, sources: Collection[str]) -> ConsentRules:
    """What the company asks people to agree to; without the file, marketing alone. Raises CompanyError."""
    path = folder / FILE
    return parse(top_of(FILE, read(path)), sources) if path.exists() else ConsentRules(secret=_secret())


def parse(top: Mapping[str, Any], sources: Collection[str]) -> ConsentRules:
    """The same of a loaded document. Raises CompanyError."""
    only(FILE, "the top level", top, {"purposes", "double_opt_in", "confirm_within_days", "wordings"})
    named = entries(FILE, top, "purposes")
    purposes = {MARKETING: "Marketing"} | {name: text_of(FILE, "purposes", named, name) for name in named}
    confirmed = words(FILE, "double_opt_in", top.get("double_opt_in"))
    for channel in confirmed:
        one_of(FILE, "double_opt_in", channel, CHANNELS)
    wordings = entries(FILE, top, "wordings")
    return ConsentRules(
        purposes=purposes,
        wordings=tuple(_wording(version, entry, purposes, sources) for version, entry in wordings.items()),
        double_opt_in=frozenset(confirmed),
        confirm_within=timedelta(days=number(FILE, "confirm_within_days", top, 7)),
        secret=_secret(),
    )


def _wording(version: str, entry: Any, purposes: Collection[str], sources: Collection[str]) -> Wording:
    where = f"wordings.{version}"
    fields = mapping(FILE, where, entry)
    only(FILE, where, fields, {"text", "purpose", "sources"})
    shown = words(FILE, f"{where}.sources", fields.get("sources"))
    for source in shown:
        one_of(FILE, f"{where}.sources", source, sources)
    purpose = fields.get("purpose", MARKETING)
    one_of(FILE, f"{where}.purpose", purpose, purposes)
    return Wording(version, text_of(FILE, where, fields, "text"), purpose, shown)


def _secret() -> str:
    """The installation's own; empty where there is none, as in a check of the company's files."""
    try:
        return settings.get("LEADBUS_SECRET")
    except settings.SettingMissing:
        return ""
