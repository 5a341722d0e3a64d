"""An inquiry in normal form: who, about what, from where; and a note on every value that could not be used."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import orjson

from services.capture.domain import identity, suspicion
from services.capture.domain.addresses import address_of
from services.capture.domain.answers import answer, is_one_of_several
from services.capture.domain.campaigns import campaign_of
from services.capture.domain.cleaning import folded
from services.capture.domain.contacts import email_address, phone_number
from services.capture.domain.countries import country_code
from services.capture.domain.identity import Key
from services.capture.domain.mapping import yes_or_no
from services.capture.domain.names import Name, name_of
from services.capture.domain.person import Facts
from services.capture.domain.register import Company, Source
from services.capture.domain.submission import Submission
from services.capture.domain.values import Note, Unusable
from shared.contracts.people import Consent


@dataclass(frozen=True)
class Inquiry:
    """What the front desk makes of one submission."""

    facts: Facts
    message: str | None
    products: tuple[str, ...]
    campaign: str | None
    answers: Mapping[str, str]
    attribution: Mapping[str, str]
    consent: Consent
    notes: tuple[Note, ...]
    #: Share of what qualification asks for that came filled, 0 to 1.
    completeness: float
    #: The person whose answers these are, as the link says that they followed.
    replier: UUID | None = None

    @cached_property
    def keys(self) -> Sequence[Key]:
        """The keys that its sender is known by, surest first."""
        return identity.keys(self.facts)


def normalise(submission: Submission, source: Source, company: Company) -> Inquiry:
    """The inquiry in `submission`. A value that has no normal form stays as it came and is noted; none is dropped."""
    notes = [Note(name, "too long: kept in part, the raw inquiry has all of it", "") for name in submission.shortened]
    facts = _facts(submission.person, source.country, notes)
    answers = _answers(submission, source, company, notes)
    products = _products(submission, source, company, answers, notes)
    return Inquiry(
        facts=facts,
        message=submission.message,
        products=products,
        campaign=_campaign(submission, source, company, notes),
        answers=answers,
        attribution=dict(submission.attribution),
        consent=_consent(submission, source, notes),
        notes=tuple(notes),
        completeness=_completeness(facts, answers, products, company),
        replier=company.read_reply(submission.reply) if submission.reply else None,
    )


def refusal(submission: Submission, inquiry: Inquiry, *, trusted: bool = False) -> tuple[str, str] | None:
    """Why this inquiry goes to quarantine, as a stable slug and a sentence; None for nearly every inquiry.

    One that a person has looked at and `trusted` is suspected of nothing.
    """
    attack = None if trusted else suspicion.hostile(submission)
    if attack:
        return "hostile", attack
    sign = None if trusted else suspicion.spam(submission)
    if sign:
        return "spam", sign
    if submission.doubt and not trusted:
        return submission.doubt
    if inquiry.replier is None and not suspicion.reachable(inquiry.facts):
        unusable = [f"{note.field}: {note.problem}" for note in inquiry.notes if note.field in ("email", "phone")]
        return "no_contact", "; ".join(["no email, telephone or postal address that can be used", *unusable])
    return None


def fingerprint(source_id: str, submission: Submission, body: bytes = b"") -> str:
    """Equal for two copies of what one sender said, whatever way they took to us; `body` is for what was not read."""
    said = [
        source_id, submission.person, submission.message, submission.products, submission.answers, submission.extra,
        submission.consent, submission.trap, hashlib.sha256(body).hexdigest() if body else None,
    ]  # fmt: skip
    said += [mark for mark in (submission.referrer, submission.reply) if mark]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def parsed(submission: Submission) -> dict[str, Any]:
    """The submission as JSON, for the record."""
    return {name: value for name in _PARTS if (value := getattr(submission, name)) not in (None, {}, (), False)}


_PARTS = tuple(part.name for part in fields(Submission))


def _facts(person: Mapping[str, str], country: str | None, notes: list[Note]) -> Facts:
    address, remarks = address_of(person, country)
    notes.extend(remarks)
    where = (address.country if address else None) or country
    name = _usable("name", _joined_name(person), lambda _: _name(person), notes) or Name("")
    return Facts(
        name=name.full or None,
        given_name=name.given,
        family_name=name.family,
        salutation=name.salutation,
        email=_usable("email", person.get("email"), email_address, notes),
        phone=_usable("phone", person.get("phone"), lambda raw: phone_number(raw, where), notes),
        company=person.get("company"),
        job_title=person.get("job_title"),
        website=person.get("website"),
        # A default country alone is no address.
        address=address if address and _beyond_country(person) else None,
        language=_language(person.get("language")),
    )


def _usable(field: str, raw: str | None, normal: Callable[[str], Any], notes: list[Note]) -> Any:
    if not raw:
        return None
    try:
        return normal(raw)
    except Unusable as problem:
        notes.append(Note(field, str(problem), raw))
        return None


def _joined_name(person: Mapping[str, str]) -> str:
    return " ".join(filter(None, (person.get(name) for name in ("full_name", "given_name", "family_name"))))


def _name(person: Mapping[str, str]) -> Name | None:
    return name_of(*(person.get(part) for part in ("full_name", "given_name", "family_name", "salutation")))


def _beyond_country(person: Mapping[str, str]) -> bool:
    return any(person.get(name) for name in ("street", "street2", "city", "state", "postcode", "country"))


def _language(raw: str | None) -> str | None:
    """The first language of "en-US,en;q=0.9" or "de_DE"; None for a word that is none."""
    tag = (raw or "").split(",")[0].split(";")[0].strip().replace("_", "-")
    main, _, region = tag.partition("-")
    if not (2 <= len(main) <= 3 and main.isascii() and main.isalpha()):
        return None
    return f"{main.lower()}-{region.upper()}" if region and country_code(region) else main.lower()


def _answers(submission: Submission, source: Source, company: Company, notes: list[Note]) -> dict[str, str]:
    answers = dict(submission.extra) if source.keep_unknown else {}
    for name, raw in submission.answers.items():
        question = company.questions.get(name)
        normal = _usable(name, raw, partial(answer, question), notes) if question else raw
        answers[name] = raw if normal is None else normal
        if question and is_one_of_several(question, raw):
            notes.append(Note(name, "of several choices the first counts", raw))
    return answers


def _products(
    submission: Submission, source: Source, company: Company, answers: dict[str, str], notes: list[Note]
) -> tuple[str, ...]:
    found: list[str] = []
    strange: list[str] = []
    for said in submission.products:
        product = product_of(said, company)
        (found if product else strange).append(product or said)
    if strange:
        answers.setdefault("product_wish", ", ".join(strange))
        notes.extend(Note("product", "not in our range", said) for said in strange)
    return tuple(dict.fromkeys(found)) or source.products


def product_of(said: str, company: Company) -> str | None:
    """The id of the product that these words mean; the longest of our names that occurs in them."""
    plain = folded(said)
    if not plain:
        return None
    exact = company.product_words.get(plain)
    if exact:
        return exact
    within = [word for word in company.product_words if word in plain]
    return company.product_words[max(within, key=len)] if within else None


def _campaign(submission: Submission, source: Source, company: Company, notes: list[Note]) -> str | None:
    campaign = campaign_of(submission, company)
    if submission.campaign and folded(submission.campaign) not in company.codes:
        notes.append(Note("campaign", "not a campaign we know", submission.campaign))
    return campaign or source.campaign


def _consent(submission: Submission, source: Source, notes: list[Note]) -> Consent:
    boxes: dict[str, bool | None] = {}
    for channel, word in submission.consent.items():
        boxes[channel] = yes_or_no(word)
        if boxes[channel] is None:
            notes.append(Note(f"consent.{channel}", "neither yes nor no", word))
    stated = any(value is not None for value in boxes.values())
    return Consent(
        email=boxes.get("email"),
        phone=boxes.get("phone"),
        post=boxes.get("post"),
        text=(submission.consent_text or source.consent_text) if stated else None,
        proofs=dict(submission.proofs) if stated else {},
    )


def _completeness(facts: Facts, answers: Mapping[str, str], products: tuple[str, ...], company: Company) -> float:
    if not company.asks:
        return 0.0
    address = facts.address
    known = {
        "postcode": bool(address and address.postcode),
        "address": bool(address and address.mailable),
        "products": bool(products),
    }
    filled = sum(
        known[name] if name in known else bool(getattr(facts, name, None) or answers.get(name)) for name in company.asks
    )
    return round(filled / len(company.asks), 3)
