"""The company's own `sources.yml` and `campaigns.yml`, checked on load: an error names file, entry and field."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.capture import company_consent, company_footsteps, company_referrals
from services.capture.company_entry import entries as _entries
from services.capture.company_entry import mapping as _mapping
from services.capture.company_entry import number as _number
from services.capture.company_entry import one_of as _one_of
from services.capture.company_entry import only as _only
from services.capture.company_entry import read as _read
from services.capture.company_entry import text_of as _text
from services.capture.company_entry import top_of as _yaml
from services.capture.company_entry import words as _words
from services.capture.domain import campaigns
from services.capture.domain.campaigns import FIELDS
from services.capture.domain.cleaning import folded
from services.capture.domain.mapping import field_key
from services.capture.domain.register import Campaign, Company, Cost, Question, Source
from services.capture.domain.vocabulary import CHANNELS, PERSON_FIELDS, PLAIN_TARGETS
from services.capture.sources import DIALECTS
from shared.company_file import CompanyError

SOURCES = "sources.yml"
CAMPAIGNS = "campaigns.yml"

_SOURCE_FIELDS = {
    "name", "channel", "medium", "dialect", "campaign", "products", "country", "fields", "keep_unknown", "consent_text",
    "window_days", "same_submission_minutes",
}  # fmt: skip
_CAMPAIGN_FIELDS = {*FIELDS, "cost", "costs", "codes"}
_TOP_FIELDS = {"country", "window_days", "same_submission_minutes", "asks", "questions", "products", "sources"}
#: Targets as they are written; beside them only `attribution.…` and `proof.…` take any name.
_TARGETS = (
    PLAIN_TARGETS
    | {f"person.{name}" for name in PERSON_FIELDS}
    | {f"{kind}.{channel}" for kind in ("consent", "opt_out") for channel in CHANNELS}
)
#: What completeness may ask for beside the questions.
_FACTS = {"name", "email", "phone", "company", "job_title", "website", "postcode", "address", "products"}


def load(folder: Path) -> Company:
    """The company's register. Raises CompanyError."""
    texts = {name: _read(folder / name) for name in (SOURCES, CAMPAIGNS)}
    top, campaigns_top = (_yaml(name, text) for name, text in texts.items())
    _only(SOURCES, "the top level", top, _TOP_FIELDS)
    initiatives = {key: _campaign(key, entry) for key, entry in _entries(CAMPAIGNS, campaigns_top, "campaigns").items()}
    questions = {key: _question(key, entry) for key, entry in _entries(SOURCES, top, "questions").items()}
    products = {
        key: _words(SOURCES, f"products.{key}", names) for key, names in _entries(SOURCES, top, "products").items()
    }
    known = _Known(set(initiatives), set(products), set(questions))
    sources = {key: _source(key, entry, top, known) for key, entry in _entries(SOURCES, top, "sources").items()}
    return Company(
        sources=sources,
        referrals=company_referrals.load(folder, sources),
        footsteps=company_footsteps.load(folder),
        read_reply=company_footsteps.reply_reader(),
        consent=company_consent.load(folder, sources),
        campaigns=initiatives,
        products=products,
        questions=questions,
        asks=_asks(top, known),
        same_submission=timedelta(minutes=_number(SOURCES, "same_submission_minutes", top, 5)),
        version=hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:12],
    )


class _Known:
    """Names that entries may refer to."""

    def __init__(self, campaigns: set[str], products: set[str], questions: set[str]) -> None:
        self.campaigns, self.products, self.questions = campaigns, products, questions


def _source(key: str, entry: Any, top: Mapping[str, Any], known: _Known) -> Source:
    where = f"sources.{key}"
    fields = _mapping(SOURCES, where, entry)
    _only(SOURCES, where, fields, _SOURCE_FIELDS)
    dialect = _text(SOURCES, where, fields, "dialect")
    _one_of(SOURCES, f"{where}.dialect", dialect, DIALECTS)
    campaign = fields.get("campaign")
    if campaign is not None:
        _one_of(SOURCES, f"{where}.campaign", campaign, known.campaigns)
    products = _words(SOURCES, f"{where}.products", fields.get("products", []))
    for product in products:
        _one_of(SOURCES, f"{where}.products", product, known.products)
    keep = fields.get("keep_unknown", "raw")
    _one_of(SOURCES, f"{where}.keep_unknown", keep, ("raw", "answers"))
    window = _number(SOURCES, "window_days", fields, _number(SOURCES, "window_days", top, 30), where)
    return Source(
        id=key,
        name=_text(SOURCES, where, fields, "name"),
        channel=_text(SOURCES, where, fields, "channel"),
        medium=fields.get("medium"),
        dialect=dialect,
        campaign=campaign,
        products=products,
        country=fields.get("country", top.get("country")),
        fields=_targets(where, fields.get("fields", {}), known),
        written={str(name): str(target) for name, target in (fields.get("fields") or {}).items()},
        keep_unknown=keep == "answers",
        consent_text=fields.get("consent_text"),
        window=timedelta(days=window),
        same_submission=_minutes(where, fields),
    )


def _minutes(where: str, fields: Mapping[str, Any]) -> timedelta | None:
    if "same_submission_minutes" not in fields:
        return None
    return timedelta(minutes=_number(SOURCES, "same_submission_minutes", fields, 0, where))


def _targets(where: str, entry: Any, known: _Known) -> dict[str, str]:
    """The source's mapping, by folded field name; the company's questions are known by their own names everywhere."""
    targets = {folded(name): f"answer.{name}" for name in known.questions}
    for name in entry if isinstance(entry, dict) else ():
        if isinstance(name, float):
            raise CompanyError(f"{SOURCES}: {where}.fields.{name}: put it in quotes, YAML takes 1.10 for 1.1")
    for name, target in _mapping(SOURCES, f"{where}.fields", entry).items():
        kind, _, key = str(target).partition(".")
        place = f"{where}.fields.{name}"
        if kind == "person":
            _one_of(SOURCES, place, key, PERSON_FIELDS)
        elif kind == "answer":
            _one_of(SOURCES, place, key, known.questions)
        elif kind in ("consent", "opt_out"):
            _one_of(SOURCES, place, key, CHANNELS)
        elif not (kind in ("attribution", "proof") and key):
            _one_of(SOURCES, place, str(target), _TARGETS)
        if not field_key(name):
            raise CompanyError(f"{SOURCES}: {place}: a name needs a letter or a digit")
        targets[field_key(name)] = str(target)
    return targets


def _question(key: str, entry: Any) -> Question:
    fields = _mapping(SOURCES, f"questions.{key}", entry)
    _only(SOURCES, f"questions.{key}", fields, {"kind", "choices"})
    kind = fields.get("kind", "text")
    _one_of(SOURCES, f"questions.{key}.kind", kind, ("text", "number", "choice"))
    choices = _mapping(SOURCES, f"questions.{key}.choices", fields.get("choices", {}))
    if (kind == "choice") != bool(choices):
        raise CompanyError(f"{SOURCES}: questions.{key}.choices: a choice needs them, and only a choice has them")
    return Question(
        name=key,
        kind=kind,
        choices={str(v): _words(SOURCES, f"questions.{key}.choices.{v}", words) for v, words in choices.items()},
    )


def _campaign(key: str, entry: Any) -> Campaign:
    where = f"campaigns.{key}"
    fields = _mapping(CAMPAIGNS, where, entry)
    _only(CAMPAIGNS, where, fields, _CAMPAIGN_FIELDS)
    starts_on, ends_on = (_date(where, name, fields.get(name)) for name in ("starts_on", "ends_on"))
    if starts_on and ends_on and ends_on < starts_on:
        raise CompanyError(f"{CAMPAIGNS}: {where}.ends_on: before it starts")
    try:
        campaigns.checked({}, {name: fields[name] for name in FIELDS if name in fields})
    except campaigns.Wrong as wrong:
        name, problem = next(iter(wrong.fields.items()))
        raise CompanyError(f"{CAMPAIGNS}: {where}.{name}: {problem}") from None
    currency = fields.get("currency")
    return Campaign(
        id=_campaign_id(key),
        name=_text(CAMPAIGNS, where, fields, "name"),
        medium=fields.get("medium"),
        starts_on=starts_on,
        ends_on=ends_on,
        currency=currency,
        expected_responses=fields.get("expected_responses"),
        expected_leads=fields.get("expected_leads"),
        audience=fields.get("audience"),
        offer=fields.get("offer"),
        costs=tuple(_costs(where, fields, starts_on, currency)),
        codes=_words(CAMPAIGNS, f"{where}.codes", fields.get("codes", [])),
    )


def _campaign_id(key: str) -> str:
    try:
        return campaigns.checked_id(key)
    except campaigns.Wrong as problem:
        raise CompanyError(f"{CAMPAIGNS}: campaigns.{key}: {problem}") from None


def _costs(where: str, fields: Mapping[str, Any], day: date | None, currency: Any) -> Iterator[Cost]:
    """`cost`, one total as of the first day, and `costs`, entry by entry."""
    total = {} if fields.get("cost") is None else {"amount": fields["cost"], "spent_on": day}
    listed = fields.get("costs") or []
    if not isinstance(listed, list):
        raise CompanyError(f"{CAMPAIGNS}: {where}.costs: a list is required")
    if total:
        yield _cost(f"{where}.cost", total, currency)
    for number, entry in enumerate(listed, 1):
        place = f"{where}.costs.{number}"
        cost = _mapping(CAMPAIGNS, place, entry)
        _only(CAMPAIGNS, place, cost, {"spent_on", "amount", "currency", "kind", "for", "note"})
        yield _cost(place, cost, currency)


def _cost(where: str, entry: Mapping[str, Any], currency: Any) -> Cost:
    purpose = entry.get("for", "generation")
    _one_of(CAMPAIGNS, f"{where}.for", purpose, ("generation", "management"))
    try:
        amount = campaigns.checked_amount(entry.get("amount"))
    except ValueError:
        raise CompanyError(f"{CAMPAIGNS}: {where}: {entry.get('amount')!r} is not an amount") from None
    try:
        day = campaigns.checked_date(entry.get("spent_on"))
        money = campaigns.checked_currency(entry.get("currency", currency))
    except ValueError as problem:
        raise CompanyError(f"{CAMPAIGNS}: {where}: a cost has a date and a currency: {problem}") from None
    kind = str(entry.get("kind", "total"))
    return Cost(spent_on=day, amount=amount, currency=money, kind=kind, purpose=purpose, note=entry.get("note"))


def _asks(top: Mapping[str, Any], known: _Known) -> tuple[str, ...]:
    asks = _words(SOURCES, "asks", top.get("asks", []))
    for name in asks:
        _one_of(SOURCES, "asks", name, _FACTS | known.questions)
    return asks


def _date(where: str, name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise CompanyError(f"{CAMPAIGNS}: {where}.{name}: {value!r} is not a date such as 2026-03-01")
