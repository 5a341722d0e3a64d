"""The company's own `referrals.yml`: who of the staff earns what for a lead. Without the file nobody does."""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.capture.company_entry import entries, mapping, number, one_of, only, read, top_of, words
from services.capture.domain.campaigns import checked_amount, checked_currency
from services.capture.domain.referrals import Participant, Rules
from shared.company_file import CompanyError

FILE = "referrals.yml"
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_PIN = re.compile(r"pbkdf2:\d{4,7}:[0-9a-f]{8,64}:[0-9a-f]{64}")


def load(folder: Path, sources: Collection[str]) -> Rules | None:
    """The terms in a company's folder, checked against its sources. Raises CompanyError."""
    if not (folder / FILE).exists():
        return None
    text = read(folder / FILE)
    top = top_of(FILE, text)
    only(
        FILE, "the top level", top,
        {"currency", "registered", "closed", "known_within_days", "departments", "sources", "participants"},
    )  # fmt: skip
    departments = frozenset(words(FILE, "departments", top.get("departments")))
    return Rules(
        currency=_money("currency", top, checked_currency),
        registered=_money("registered", top, checked_amount),
        closed=_money("closed", top, checked_amount),
        known_within=timedelta(days=number(FILE, "known_within_days", top, 365)),
        departments=departments,
        sources=_sources(entries(FILE, top, "sources"), sources),
        participants={key: _participant(key, entry) for key, entry in entries(FILE, top, "participants").items()},
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _money(name: str, top: Mapping[str, Any], check: Any) -> Any:
    try:
        value = check(top.get(name))
    except ValueError as problem:
        raise CompanyError(f"{FILE}: {name}: {problem}") from None
    if name != "currency" and value < 0:
        raise CompanyError(f"{FILE}: {name}: not below 0")
    return value


def _sources(section: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    for name, proof in section.items():
        one_of(FILE, f"sources.{name}", name, known)
        one_of(FILE, f"sources.{name}", proof, ("link", "number"))
    return dict(section)


def _participant(key: str, entry: Any) -> Participant:
    where = f"participants.{key}"
    if not _NUMBER.fullmatch(key):
        raise CompanyError(f"{FILE}: {where}: a number has letters, digits, dots and hyphens, 32 at most")
    fields = mapping(FILE, where, entry)
    only(FILE, where, fields, {"name", "department", "email", "pin", "link", "since", "until"})
    for name in ("name", "department", "email", "pin"):
        if fields.get(name) is not None and not isinstance(fields[name], str):
            raise CompanyError(f"{FILE}: {where}.{name}: a text is required")
    if not fields.get("name"):
        raise CompanyError(f"{FILE}: {where}.name: a text is required")
    pin = fields.get("pin")
    if pin is not None and not _PIN.fullmatch(pin):
        raise CompanyError(f"{FILE}: {where}.pin: not the PIN itself; `leadbus referrals pin` makes what stands here")
    link = fields.get("link", 1)
    if isinstance(link, bool) or not isinstance(link, int) or link < 1:
        raise CompanyError(f"{FILE}: {where}.link: a whole number from 1 on")
    return Participant(
        number=key,
        name=fields["name"],
        department=fields.get("department"),
        email=fields.get("email"),
        pin=pin,
        link=link,
        since=_day(where, "since", fields.get("since")),
        until=_day(where, "until", fields.get("until")),
    )


def _day(where: str, name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise CompanyError(f"{FILE}: {where}.{name}: {value!r} is not a date such as 2026-03-01")
