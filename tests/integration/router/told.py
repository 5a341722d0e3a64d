"""Events that other rooms tell the router, and what a test asks of its tables."""

from typing import Any
from uuid import UUID

from services.router.domain.status import Action
from services.router.links import Link
from services.router.models import Assignment, Lead
from services.router.usecases import answering
from services.router.usecases.answering import Desk
from shared.contracts import capture, qualify
from shared.contracts.calls import ActReply, LinkReply
from shared.contracts.people import Bant
from tests.builders import NOON, address, lead_registered, person, response
from tests.played_room import PlayedRoom


def lead_in(postcode: str | None = "50010", *, state: str | None = "IA", country: str | None = "US", **over: Any):
    """A new lead from a place, about a grain dryer unless `products` says otherwise."""
    said = ("products", "received_at", "message", "answers")
    what = response(**{name: over.pop(name) for name in said if name in over})
    where = address(postcode=postcode, state=state, country=country)
    return lead_registered(person=person(address=where, **over.pop("person", {})), response=what, **over)


def qualified(lead: capture.LeadRegistered, revision: int = 1, **over: Any) -> qualify.LeadQualified:
    """Qualification says: ready for sales."""
    values: dict[str, Any] = {
        "lead_id": lead.lead_id,
        "person_id": lead.person_id,
        "revision": revision,
        "rank": "hot",
        "score": 82,
        "bant": Bant(budget=60000, authority="owner", need="new dryer", timing="3m"),
        "because": ["score 82 is at least 60"],
        "rules_version": "abc",
        "qualified_at": NOON,
    }
    return qualify.LeadQualified(**(values | over))


def disqualified(lead: capture.LeadRegistered, revision: int = 1) -> qualify.LeadDisqualified:
    """Qualification says: never."""
    return qualify.LeadDisqualified(
        lead_id=lead.lead_id,
        person_id=lead.person_id,
        revision=revision,
        rank="unqualified",
        because=["a student"],
        rules_version="abc",
        disqualified_at=NOON,
    )


def responded(lead: capture.LeadRegistered, number: int = 2, **over: Any) -> capture.LeadResponded:
    """The same person inquires again."""
    return capture.LeadResponded(
        lead_id=lead.lead_id,
        person_id=lead.person_id,
        person=lead.person,
        response=response(**over),
        number=number,
    )


def lead_row(router: PlayedRoom, lead_id: UUID) -> dict[str, Any]:
    return next(row for row in router.rows(Lead) if row["lead_id"] == lead_id)


def assignments(router: PlayedRoom, lead_id: UUID) -> list[dict[str, Any]]:
    """Every assignment of a lead, the first one first."""
    rows = [row for row in router.rows(Assignment) if row["lead_id"] == lead_id]
    return sorted(rows, key=lambda row: row["revision"])


def owner_id(router: PlayedRoom, lead_id: UUID) -> str:
    """Who owns the lead now."""
    (live,) = [row for row in assignments(router, lead_id) if row["ended_at"] is None]
    return live["owner_id"]


def token(router: PlayedRoom, desk: Desk, lead_id: UUID, action: Action) -> str:
    """The link for `action` in the newest message of the lead's owner."""
    row = lead_row(router, lead_id)
    link = Link(lead_id, row["assignment_id"], action, router.clock.now() + desk.rules.links_valid)
    return desk.links.token(link)


def press(router: PlayedRoom, desk: Desk, token: str, **fields: str) -> ActReply:
    """The owner uses a link."""
    with router.uow.begin() as tx:
        return answering.act(tx, token, fields, desk=desk)


def look(router: PlayedRoom, desk: Desk, token: str) -> LinkReply:
    """Somebody, or some mail scanner, opens a link."""
    with router.uow.begin() as tx:
        return answering.describe_link(tx, token, desk=desk)


def without_duty(router: PlayedRoom, desk: Desk) -> list[UUID]:
    """Open leads that nobody answers for; must be empty at every instant."""
    from services.router import store

    with router.uow.begin() as tx:
        return list(store.leads_without_duty(tx.session, desk.rules.owners.keys()))
