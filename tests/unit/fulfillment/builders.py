"""A piece about to go out, and the company that sends it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.fulfillment import company
from services.fulfillment.company import Library
from services.fulfillment.dispatching import Desk
from services.fulfillment.links import Links
from services.fulfillment.templates import Templates
from services.fulfillment.usecases.sending import Dispatch
from shared.contracts.people import Owner
from tests.builders import person

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LINKS = Links("a signing key of forty characters and more", "https://go.prairieline.example")


def library() -> Library:
    """The example company's pieces and literature."""
    return company.load(COMPANY)


def dealer(**over: Any) -> Owner:
    """A dealer in Iowa."""
    values: dict[str, Any] = {
        "owner_id": "heartland-ag",
        "kind": "dealer",
        "name": "Heartland Ag & Turf",
        "email": "sales@heartland.example",
        "phone": "+16415550188",
        "website": "https://www.heartland.example",
    }
    return Owner(**(values | over))


def dispatch(of: Library, piece: str = "literature", **over: Any) -> Dispatch:
    """The piece for Ann Lee, who asked about grain dryers."""
    who = over.pop("person", None) or person()
    items = over.pop("items", ["grain-dryer-brochure", "full-catalogue"])
    values: dict[str, Any] = {
        "piece_id": UUID(int=7),
        "key": f"{who.person_id}/{piece}/spring",
        "piece": of.pieces[piece],
        "person_id": who.person_id,
        "person": who,
        "owner": dealer(),
        "items": tuple(of.items[name] for name in items),
        "products": ("grain-dryer",),
        "new_products": ("grain-dryer",),
        "requested_at": NOON,
        "now": NOON,
    }
    return Dispatch(**(values | over))


def desk(of: Library) -> Desk:
    """A desk that words pieces; it has no database to look into."""

    def no_database() -> Any:
        raise AssertionError("wording a piece needs no database")

    return Desk(of, Templates(COMPANY / "templates" / "fulfillment", of), LINKS, no_database)
