"""Which literature a request brings: chosen by area and level of interest, media source, rank and place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.fulfillment.domain.pieces import Channel
from shared.conditions import Condition, FactType

#: What the `when` of a literature rule may ask.
FACTS: Mapping[str, FactType] = {
    "products": "list",
    "interest": "text",
    "role": "text",
    "timing": "text",
    "industry": "text",
    "acres": "number",
    "employees": "number",
    "rank": "text",
    "decision": "text",
    "medium": "text",
    "channel": "text",
    "source": "text",
    "campaign": "text",
    "country": "text",
    "state": "text",
    "language": "text",
    "mailable": "flag",
    "repeat": "flag",
}


@dataclass(frozen=True)
class Item:
    """One brochure, data sheet, demo or catalogue."""

    id: str
    title: str
    #: brochure, datasheet, demo, catalogue, guide, …
    kind: str
    summary: str
    #: Products that it is about; none: the whole company.
    products: tuple[str, ...]
    #: Where it is read or downloaded; None for paper only.
    link: str | None
    #: What the warehouse picks; None for electronic only.
    sku: str | None


@dataclass(frozen=True)
class Rule:
    """Send these items in this piece `when` the condition holds; without one, always."""

    id: str
    piece: str
    channel: Channel
    when: Condition | None
    #: Items by name.
    items: tuple[str, ...]
    #: Kinds of items to take of every product that was asked for.
    of_products: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A piece to send, with its items and the rules that asked for them."""

    piece: str
    channel: Channel
    items: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """One response of a lead, as far as literature goes."""

    inquiry_id: UUID
    #: 1 for the response that opened the lead, then as the front desk counts.
    number: int
    products: tuple[str, ...]
    #: Whether it has waited for verdict and owner as long as it may.
    overdue: bool


@dataclass(frozen=True)
class Verdict:
    """What qualification said last of a lead."""

    rank: str
    decision: str
    revision: int
    at: datetime


def is_ready(verdict: Verdict | None, owner_kind: str | None) -> bool:
    """Whether literature can name who will follow up: the verdict is known, and the owner fits it.

    Every lead belongs to somebody from its first second, first to marketing; literature for a qualified one waits
    for the sales owner that the verdict brings.
    """
    if verdict is None or owner_kind is None:
        return False
    return verdict.decision != "qualified" or owner_kind != "marketing"


def choose(rules: Sequence[Rule], items: Mapping[str, Item], facts: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The pieces for one request. Nothing for junk; paper only to an address that a letter can reach."""
    if facts.get("decision") == "junk":
        return ()
    wanted: dict[str, Choice] = {}
    for rule in rules:
        if rule.channel == "post" and not facts.get("mailable"):
            continue
        if rule.when is not None and not rule.when.holds(facts):
            continue
        found = _items_of(rule, items, facts.get("products") or ())
        if found:
            wanted[rule.piece] = _joined(wanted.get(rule.piece), rule, found)
    return tuple(wanted.values())


def in_turn(requests: Iterable[Request]) -> Iterator[Request]:
    """The requests of a lead that can be answered: all before them are known, or were waited for long enough."""
    expected = 1
    for request in sorted(requests, key=lambda one: (one.number, str(one.inquiry_id))):
        if request.number > expected and not request.overdue:
            return
        yield request
        expected = request.number + 1


def new_products(requests: Iterable[Request], request: Request) -> tuple[str, ...]:
    """The products that `request` is the first of its lead to name."""
    earlier = {product for one in requests if one.number < request.number for product in one.products}
    return tuple(dict.fromkeys(product for product in request.products if product not in earlier))


def occasion(lead_id: UUID, inquiry_id: UUID, channel: Channel) -> str:
    """One email per inquiry; one package by post per lead."""
    return str(lead_id if channel == "post" else inquiry_id)


def _items_of(rule: Rule, items: Mapping[str, Item], products: Sequence[str]) -> tuple[str, ...]:
    medium = "sku" if rule.channel == "post" else "link"
    about = [
        item.id
        for product in products
        for item in items.values()
        if product in item.products and item.kind in rule.of_products
    ]
    return tuple(name for name in (*about, *rule.items) if getattr(items[name], medium))


def _joined(choice: Choice | None, rule: Rule, found: tuple[str, ...]) -> Choice:
    before = choice or Choice(rule.piece, rule.channel, (), ())
    items = tuple(dict.fromkeys((*before.items, *found)))
    return Choice(rule.piece, rule.channel, items, (*before.because, rule.id))
