"""What the tests of qualification are told: a small rule book, and histories of leads."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.qualify.company import read_rules
from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.history import Closing, History, PersonUpdate, Recycling, Response
from services.qualify.domain.rules import Rules

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IOWA = {
    "state": "IA", "country": "US", "language": "en",
    "has_email": True, "has_phone": True, "has_company": True, "mailable": True,
}  # fmt: skip

RULE_BOOK = """
answers:
  budget: {type: number}
  role: {type: text, choices: {owner: [proprietor], other: }}
  need: {type: text}
  timing: {type: text, choices: {now: [asap], 12m: [next year], none: }}
  acres: {type: number}
groups:
  fit: {at_most: 30, at_least: -10}
  engagement: {at_most: 20}
points:
  - {rule: owner, group: fit, points: 20, when: role == "owner", because: the owner decides}
  - {rule: large-farm, group: fit, points: 15, when: acres >= 500, because: a large farm}
  - {rule: far-away, group: fit, points: -25, when: 'country not in ["US"]', because: no dealer near}
  - {rule: now, group: engagement, points: 15, when: timing == "now", because: buys now}
  - {rule: came-back, group: engagement, points: 10, when: responses >= 2, because: responded again}
  - {rule: brochure, group: engagement, points: 0, when: '"grain-dryer" in products', because: counts nothing}
ranks: {hot: 40, warm: 20}
junk:
  - {rule: unreachable, when: not has_email and not has_phone and not mailable, because: nobody can be reached}
unqualified:
  - {rule: not-buying, when: timing == "none", because: says so}
future:
  - {rule: later, when: days_until_ready > 180, because: asks to hear later}
ready_on: {answer: timing, months: {12m: 12}}
qualified:
  agreed_by: [marketing, sales]
  agreed_on: 2026-01-15
  score: 35
  criteria_met: 3
  budget: {answer: budget, when: budget >= 10000, because: 10000 or more}
  authority: {answer: role, when: role == "owner", because: the owner}
  need: {answer: need, when: need != null, because: says what for}
  timing: {answer: timing, when: timing == "now", because: now}
typical_sale: {grain-dryer: 96000, spare-parts: 350}
"""
RULES: Rules = read_rules(RULE_BOOK.encode())
#: Enough for sales: 20 (owner) + 15 (now), and all of BANT but the need.
READY = {"role": "owner", "timing": "now", "budget": "$45,000"}


def rules(replaced: str, by: str) -> Rules:
    """The rule book with one passage replaced."""
    assert replaced in RULE_BOOK
    return read_rules(RULE_BOOK.replace(replaced, by).encode())


def response(days: float = 0, **over: Any) -> Response:
    """A response so many days after noon of 2 March 2026, from Iowa, about a dryer."""
    at = NOON + timedelta(days=days)
    values: dict[str, Any] = {
        "inquiry_id": uuid4(),
        "received_at": at,
        "told_at": at,
        "source": "website-contact",
        "channel": "form",
        "medium": "web",
        "campaign": "website",
        "products": ("grain-dryer",),
        "message": None,
        "answers": {},
        "person": IOWA,
    }
    return Response(**(values | over))


def history(*answers: dict[str, str], **over: Any) -> History:
    """A lead that responded with these answers, a day apart."""
    told = tuple(response(day, answers=each) for day, each in enumerate(answers))
    return History(**({"responses": told} | over))


def assessed(heard: History, by: Rules = RULES, as_of: datetime | None = None) -> Assessment:
    """What the rules say of the lead, at the time of the newest fact unless told otherwise."""
    found = assess(heard, by, as_of or newest_fact(heard))
    assert found is not None
    return found


def newest_fact(heard: History) -> datetime:
    """When the last fact came."""
    times = [response.told_at for response in heard.responses]
    times += [response.received_at for response in heard.responses]
    times += [update.told_at for update in heard.person_updates]
    times += [recycling.at for recycling in heard.recyclings]
    times += [closing.at for closing in heard.closings]
    return max(times)


def closed(days: float, outcome: Any = "won") -> Closing:
    """The lead ended so many days after noon of 2 March 2026."""
    return Closing(NOON + timedelta(days=days), outcome)


def recycled(days: float, until: Any = None) -> Recycling:
    """Sales gave the lead back so many days after noon of 2 March 2026."""
    return Recycling(NOON + timedelta(days=days), until, "not ready")


def update(days: float, revision: int = 1, **facts: Any) -> PersonUpdate:
    """The front desk told of the person so many days after noon of 2 March 2026."""
    return PersonUpdate(revision, NOON + timedelta(days=days), IOWA | facts)


LEAD = UUID("0190d0e0-0000-7000-8000-000000000001")
