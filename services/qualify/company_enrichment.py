"""Reads enrichment.yml: which providers are asked, and what of it the front desk is told."""

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args

from services.qualify.company import load_rules
from services.qualify.domain.enrichment import FACTS, PARTICULARS, Kind
from services.qualify.enriching import Enrichment
from services.qualify.enrichment import INSTANT
from services.qualify.enrichment.http import AskedBy, HttpProvider
from shared.company_file import CompanyError, Entry, read_file

ENRICHMENT_FILE = "enrichment.yml"
_ENVIRONMENT = "env:"


@cache
def load_enrichment(company: Path) -> Enrichment:
    """The company's providers; none without the file. Raises CompanyError."""
    if not (company / ENRICHMENT_FILE).exists():
        return Enrichment()
    file = read_file(company / ENRICHMENT_FILE)
    file.only("providers", "tell", "sure")
    tell = file.texts("tell")
    for name in tell:
        if name not in PARTICULARS:
            raise file.wrong("tell", f"{name!r} is not one of {', '.join(PARTICULARS)}")
    known = {*FACTS, *PARTICULARS, *load_rules(company).answers}
    instant: dict[str, Any] = {}
    asking: dict[str, HttpProvider] = {}
    for entry in file.children("providers"):
        name = entry.text("id")
        if name in {*instant, *asking}:
            raise entry.wrong("id", f"{name!r} is there twice")
        if entry.one_of("use", (*INSTANT, "http")) == "http":
            provider = _http(entry, name, known)
            if entry.flag("enabled", False):
                asking[name] = provider
            continue
        entry.only("id", "use", "enabled")
        if entry.flag("enabled", True):
            instant[name] = INSTANT[entry.text("use")]()
    return Enrichment(instant, asking, frozenset(tell), _share(file, "sure", 0.5))


def _http(entry: Entry, name: str, known: set[str]) -> HttpProvider:
    entry.only(
        "id", "use", "enabled", "url", "asked_by", "headers", "timeout_seconds", "keep_days", "keep_nothing_days",
        "confidence", "kind", "values",
    )  # fmt: skip
    url, asked_by = entry.text("url"), entry.one_of("asked_by", get_args(AskedBy))
    if url.count("{") != 1 or url.count("{" + asked_by + "}") != 1:
        raise entry.wrong("url", f"must have {{{asked_by}}} in it, once")
    Entry(entry.name, {"url": url.replace("{" + asked_by + "}", "x")}).web_address("url")
    values = entry.child("values")
    values.only(*sorted(known))
    return HttpProvider(
        name=name,
        url=url,
        asked_by=asked_by,  # type: ignore[arg-type]  # one_of
        values={field: values.text(field) for field in values.values},
        confidence=_share(entry, "confidence", 0.8),
        kind=entry.one_of("kind", get_args(Kind)) if "kind" in entry.values else "overlaid",  # type: ignore[arg-type]
        headers=_headers(entry),
        timeout=timedelta(seconds=_number(entry, "timeout_seconds", 3, 30)),
        keep=timedelta(days=_number(entry, "keep_days", 90, 3650)),
        keep_nothing=timedelta(days=_number(entry, "keep_nothing_days", 7, 3650)),
    )


def _headers(entry: Entry) -> Mapping[str, str]:
    """Headers as written; `env:NAME` stands for a variable of the environment, so that no key lies in the folder."""
    if "headers" not in entry.values:
        return {}
    given, headers = entry.child("headers"), {}
    for name in given.values:
        value = given.text(name)
        if value.startswith(_ENVIRONMENT):
            variable = value.removeprefix(_ENVIRONMENT)
            if variable not in os.environ and entry.flag("enabled", False):
                raise given.wrong(name, f"the environment has no {variable}")
            value = os.environ.get(variable, "")
        headers[str(name)] = value
    return headers


def _number(entry: Entry, field: str, usual: float, most: float) -> float:
    value = entry.values.get(field, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise entry.wrong(field, f"{value!r} is not a number above 0 and up to {most:g}")
    return float(value)


def _share(entry: Entry, field: str, usual: float) -> float:
    return _number(entry, field, usual, 1)


__all__ = ["CompanyError", "load_enrichment"]
