"""The company's own register: sources, campaigns, products, questions and what a repeat is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal
from uuid import UUID

from services.capture.domain.cleaning import folded
from services.capture.domain.consent import ConsentRules
from services.capture.domain.footsteps.rules import Footsteps
from services.capture.domain.referrals import Rules as ReferralRules


@dataclass(frozen=True)
class Source:
    """Where inquiries come from, and how this sender's fields are to be read."""

    id: str
    name: str
    #: form, api, adf, google_ads, csv, keyed, …
    channel: str
    #: web, search, trade_show, print, portal, …
    medium: str | None = None
    #: How its bodies are read when the intake does not say: json, form, adf, google_ads, csv.
    dialect: str = "json"
    campaign: str | None = None
    products: tuple[str, ...] = ()
    #: ISO 3166-1 alpha-2: where its people are unless they say otherwise.
    country: str | None = None
    #: The sender's field (folded) to our target, for example "yourname" to "person.full_name".
    fields: Mapping[str, str] = field(default_factory=dict)
    #: The same as the company wrote it: names as the sender has them.
    written: Mapping[str, str] = field(default_factory=dict)
    #: Whether fields that no mapping knows are kept as answers; the raw inquiry has them anyway.
    keep_unknown: bool = False
    #: The wording beside the opt-in box, for consent without its own text.
    consent_text: str | None = None
    #: How long a person's next inquiry still belongs to the open lead.
    window: timedelta = timedelta(days=30)
    #: Two equal submissions within this time are one; None: as the company has it.
    same_submission: timedelta | None = None


@dataclass(frozen=True)
class Cost:
    """What a campaign cost at one time, for one thing."""

    spent_on: date
    #: Below 0 for what corrects an earlier entry.
    amount: Decimal
    #: ISO 4217
    currency: str
    #: media, print, postage, agency, staff, …: any word.
    kind: str = "total"
    #: To get responses, or to answer, rank and follow them.
    purpose: Literal["generation", "management"] = "generation"
    note: str | None = None


@dataclass(frozen=True)
class Campaign:
    """A marketing initiative: when, at what cost, and the codes by which its responses are known."""

    id: str
    name: str
    #: Any word; domain/campaigns.py knows labels for the usual ones.
    medium: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    currency: str | None = None
    expected_responses: int | None = None
    expected_leads: int | None = None
    #: Whom it speaks to, and what it offers them.
    audience: str | None = None
    offer: str | None = None
    costs: tuple[Cost, ...] = ()
    #: Printed on cards and put into links (utm_campaign).
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question the company asks, and the form its answers take."""

    name: str
    kind: Literal["text", "number", "choice"] = "text"
    #: Our value to what senders write for it.
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def meanings(self) -> Mapping[str, str]:
        """Every word for one of our values, folded; of two values with one word the first has it."""
        words = [(folded(word), value) for value, words in self.choices.items() for word in (value, *words)]
        return dict(reversed(words))


@dataclass(frozen=True)
class Company:
    """Everything the front desk was told by the company, as loaded from `sources.yml` and `campaigns.yml`."""

    sources: Mapping[str, Source]
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    #: Product id to the names people use.
    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    #: What qualification asks for; completeness is the share of it that came filled.
    asks: tuple[str, ...] = ()
    #: Two copies of one submission are this close together at most.
    same_submission: timedelta = timedelta(minutes=5)
    #: Terms for own staff who forward leads; None where the company has none.
    referrals: ReferralRules | None = None
    #: Of the files it was loaded from.
    version: str = ""
    footsteps: Footsteps = field(default_factory=Footsteps)
    #: Whose answers a reply form brings, by its signed word; None where that is not ours.
    read_reply: Callable[[str], UUID | None] = field(default=lambda token: None)
    consent: ConsentRules = field(default_factory=ConsentRules)

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The campaign by each of its codes and its id, folded."""
        return {folded(code): one.id for one in self.campaigns.values() for code in (one.id, *one.codes)}

    @cached_property
    def product_words(self) -> Mapping[str, str]:
        """Every name of a product, folded, and its own id; of two products with one name the first has it."""
        words = [(folded(name), product) for product, names in self.products.items() for name in (product, *names)]
        return {word: product for word, product in reversed(words) if word}

    def repeats_within(self, source: Source) -> timedelta:
        """How close together two copies of one submission of this source are at most."""
        return self.same_submission if source.same_submission is None else source.same_submission

    def stranger(self, source_id: str, dialect: str) -> Source:
        """Stands in for a source that is not registered, so that its inquiry can be read before it is set aside."""
        return Source(id=source_id, name=source_id, channel=dialect, dialect=dialect)
