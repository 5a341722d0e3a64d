"""Plans pieces: each under its key, once."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.fulfillment.company import Library
from services.fulfillment.domain import literature, pieces
from services.fulfillment.domain.literature import Choice, Request, Verdict
from services.fulfillment.models import Lead, Person, Piece
from shared.database.unit_of_work import Transaction

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def requests_of(lead: Lead | None) -> list[Request]:
    """The lead's requests, as the rules see them."""
    told = lead.requests if lead else {}
    return [
        Request(UUID(key), request["number"], tuple(request["products"]), request["overdue"])
        for key, request in told.items()
    ]


def told_under(person_id: UUID, lead_id: UUID) -> dict[str, str]:
    """Under which ids a request was told: they stay part of the keys of what answers it, whoever its person is now."""
    return {"person_id": str(person_id), "lead_id": str(lead_id)}


def asked_under(lead: Lead, inquiry: str) -> tuple[UUID | None, UUID]:
    """The person and the lead in the keys of the literature for a request: as the first of that lead was told."""
    request = lead.requests.get(inquiry, {})
    lead_id = request.get("lead_id", str(lead.lead_id))
    first = min(
        (one for one in lead.requests.values() if one.get("lead_id") == lead_id),
        key=lambda one: one["number"],
        default=request,
    )
    person_id = first.get("person_id")
    return UUID(person_id) if person_id else lead.person_id, UUID(lead_id)


def choose_literature(tx: Transaction, lead: Lead, library: Library) -> None:
    """Plans the literature of every request that waits no longer. What was planned before stays as it was."""
    verdict = _verdict(lead)
    ready = literature.is_ready(verdict, lead.owner["kind"] if lead.owner else None)
    person = tx.get(Person, lead.person_id) if lead.person_id and lead.requests else None
    if person is None:
        return
    requests = requests_of(lead)
    for request in literature.in_turn(requests):
        asked = literature.new_products(requests, request)
        # A repeated question about nothing new has been answered.
        if (ready or request.overdue) and (asked or request.number == 1):
            _plan_literature(tx, lead, person, request, asked, library)


def _plan_literature(
    tx: Transaction, lead: Lead, person: Person, request: Request, asked: Sequence[str], library: Library
) -> None:
    told = lead.requests[str(request.inquiry_id)]
    facts = _facts(lead, person.document, told, asked)
    for choice in literature.choose(library.rules, library.items, facts):
        if choice.channel == "email" and not person.document.get("email"):
            continue
        person_id, lead_id = asked_under(lead, str(request.inquiry_id))
        occasion = literature.occasion(lead_id, request.inquiry_id, choice.channel)
        row = new_piece(lead.lead_id, person_id or person.person_id, choice, occasion, library.version)
        row.facts = {name: value for name, value in facts.items() if value is not None}
        row.inquiry_id = request.inquiry_id
        row.requested_at = datetime.fromisoformat(told["received_at"])
        moments = (datetime.fromisoformat(told["heard_at"]), lead.verdict_at, lead.owner_since)
        row.caused_at = max(moment for moment in moments if moment is not None)
        plan(tx, row)


def _verdict(lead: Lead) -> Verdict | None:
    if lead.rank is None or lead.decision is None or lead.verdict_revision is None or lead.verdict_at is None:
        return None
    return Verdict(lead.rank, lead.decision, lead.verdict_revision, lead.verdict_at)


def _facts(lead: Lead, person: Mapping[str, Any], request: Mapping[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    answers, address = request["answers"], person.get("address") or {}
    return {
        "products": list(asked) or None,
        **{name: answers.get(name) for name in ("interest", "role", "timing", "industry")},
        **{name: _number(answers.get(name)) for name in ("acres", "employees")},
        "rank": lead.rank,
        "decision": lead.decision,
        **{name: request[name] for name in ("medium", "channel", "source", "campaign")},
        "repeat": request["number"] > 1,
        "country": address.get("country"),
        "state": address.get("state"),
        "language": (person.get("language") or "")[:2] or None,
        "mailable": bool(address.get("mailable")),
    }


def _number(text: str | None) -> float | None:
    plain = (text or "").replace(",", "").strip()
    return float(plain) if _NUMBER.fullmatch(plain) else None


def new_piece(lead_id: UUID, person_id: UUID, choice: Choice, occasion: str, version: str) -> Piece:
    """A piece as planned; the caller adds what it answers and when that was, and plans it."""
    key = pieces.piece_key(person_id, choice.piece, occasion)
    return Piece(
        piece_id=pieces.piece_id(key),
        key=key,
        lead_id=lead_id,
        person_id=person_id,
        piece=choice.piece,
        channel=choice.channel,
        occasion=occasion,
        items=list(choice.items),
        because=list(choice.because),
        facts={},
        rules_version=version,
        state="planned",
    )


def plan(tx: Transaction, row: Piece) -> None:
    """Plans the piece, and with it the effect that sends it; one that was planned before is left alone."""
    if tx.get(Piece, row.piece_id) is None:
        row.planned_at = tx.now
        tx.add(row)
        tx.plan(row.channel, row.key, {"piece_id": str(row.piece_id)})
