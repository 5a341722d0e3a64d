"""What the router keeps of a lead and its person, whoever tells it first."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.router.domain import package
from services.router.domain.account import account_names
from services.router.domain.choice import Wanted
from services.router.domain.rules import Rules
from services.router.domain.territory import Place
from services.router.models import Assignment, Lead, Person
from shared.database.unit_of_work import Transaction


def lead_row(tx: Transaction, lead_id: UUID, person_id: UUID) -> Lead:
    """The lead's row; made now when this is the first that is heard of it."""
    known = tx.get(Lead, lead_id)
    if known is not None:
        return known
    return tx.add(
        Lead(
            lead_id=lead_id,
            person_id=person_id,
            person_revision=0,
            responses={},
            moved_away=[],
            fulfilment={},
            had_before={},
            score_revision=0,
            verdict_revision=0,
            acted_revision=0,
            assignment_revision=0,
            status_revision=0,
            words=0,
            shares=0,
            clock_steps_done=0,
            clock_round=0,
        )
    )


def live_assignment(tx: Transaction, lead: Lead) -> Assignment:
    """Who owns a registered lead now."""
    assignment = tx.get(Assignment, lead.assignment_id)
    assert assignment is not None, "the database lets no registered lead be without an assignment"
    return assignment


def remember_person(
    tx: Transaction, person_id: UUID, document: Mapping[str, Any], *, revision: int, as_of: datetime
) -> None:
    """Keeps the newest of what is known of a person: by revision, and among inquiries by their time."""
    known = tx.get(Person, person_id)
    if known is None:
        tx.add(Person(person_id=person_id, revision=revision, as_of=as_of, document=dict(document)))
    elif (revision, as_of) > (known.revision, known.as_of):
        known.revision, known.as_of, known.document = revision, as_of, dict(document)


def remember_response(lead: Lead, response: Mapping[str, Any], number: int) -> bool:
    """Keeps one response of a lead. Returns whether it is new, and still the lead's."""
    inquiry = str(response["inquiry_id"])
    if inquiry in lead.responses or inquiry in lead.moved_away:
        return False
    lead.responses = {**lead.responses, inquiry: {**response, "number": number}}
    return True


def forget_response(lead: Lead, inquiry: str) -> None:
    """Another person's: it is no part of this lead, should it be told of only now."""
    lead.moved_away = sorted({*lead.moved_away, inquiry})
    lead.responses = {known: response for known, response in lead.responses.items() if known != inquiry}


def ordered_responses(lead: Lead) -> list[dict[str, Any]]:
    """The lead's responses, the first one first."""
    return sorted(lead.responses.values(), key=lambda response: response["number"])


def person_document(tx: Transaction, lead: Lead) -> dict[str, Any]:
    """The person of a registered lead."""
    person = tx.get(Person, lead.person_id)
    assert person is not None, "a lead is registered together with its person"
    return person.document


def rank_of(lead: Lead) -> str | None:
    """The lead's rank, as qualification said it last."""
    said = lead.verdict or lead.score or {}
    return said.get("rank")


def wanted_of(
    rules: Rules,
    person: Mapping[str, Any],
    responses: list[dict[str, Any]],
    lead: Lead | None,
    at: datetime,
    rep: str | None = None,
) -> Wanted:
    """What the lead asks of an owner at a moment; `rep` serves its account."""
    said: Mapping[str, Any] = (lead.verdict or lead.score or {}) if lead else {}
    return wanted_as_told(rules, person, responses, said, lead.had_before if lead else {}, at, rep)


def wanted_as_told(
    rules: Rules,
    person: Mapping[str, Any],
    responses: list[dict[str, Any]],
    said: Mapping[str, Any],
    had_before: Mapping[str, str],
    at: datetime,
    rep: str | None = None,
) -> Wanted:
    """The same, from what qualification `said` of the lead and why owners do not get it again."""
    address = person.get("address") or {}
    place = rules.place(address.get("country"), address.get("state"), address.get("postcode"), address.get("city"))
    products, answers = package.products(responses), package.answers(responses)
    industry = rules.industry(said.get("industry") or answers.get("industry"))
    return Wanted(
        place=place,
        products=frozenset(products),
        had_before=dict(had_before),
        rep=rep,
        industry=industry,
        accounts=account_names(person.get("company"), person.get("email"), person.get("company_id")),
        score=said.get("score"),
        rank=said.get("rank"),
        facts=_facts(place, products, responses, person, said, industry),
        at=at,
        party=said.get("worked_by") or "sales",
    )


def _facts(
    place: Place,
    products: list[str],
    responses: list[dict[str, Any]],
    person: Mapping[str, Any],
    said: Mapping[str, Any],
    industry: str | None,
) -> dict[str, Any]:
    """What the conditions of territories may ask, by `domain.territory_facts.FACTS`."""
    newest = responses[-1] if responses else {}
    known = {
        "country": place.country, "state": place.state, "county": place.county, "city": place.city,
        "postcode": place.postcode, "language": person.get("language"), "company": person.get("company"),
        "products": tuple(products), "source": newest.get("source"), "channel": newest.get("channel"),
        "medium": newest.get("medium"), "campaign": newest.get("campaign"), "rank": said.get("rank"),
        "score": said.get("score"), "potential_value": _number(said.get("potential_value")), "industry": industry,
        "process": said.get("process"), "segments": _listed(said, "segments"), "overlays": _listed(said, "overlays"),
    }  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def _listed(said: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    return tuple(said[name]) if name in said else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
