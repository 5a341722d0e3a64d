"""The qualification process: what it hears, and the calls that it answers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.qualify import erasing
from services.qualify.rpc.privacy import PrivacyCalls
from services.qualify.rpc.rules import RuleCalls
from services.qualify.rpc.scores import ScoreCalls
from services.qualify.rulebooks import books_of
from services.qualify.usecases import owners, profiles, reassessing, rules
from shared.contracts import capture, router
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import Room
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Everything that qualification reacts to, under the company's rules."""
    books = books_of(company)
    measuring = books.measuring
    return Room(
        name="qualify",
        hears={
            capture.LeadRegistered: partial(profiles.open_profile, measuring=measuring),
            capture.LeadResponded: partial(profiles.add_response, measuring=measuring),
            capture.PersonUpdated: partial(profiles.update_person, measuring=measuring),
            capture.PersonErased: erasing.forget_person,
            router.LeadAssigned: owners.keep_owner,
            router.LeadRecycled: partial(profiles.take_back, measuring=measuring),
            router.LeadWon: partial(profiles.freeze, measuring=measuring),
            router.LeadLost: partial(profiles.freeze, measuring=measuring),
        },
        preload=preload,
        begin=partial(rules.begin, books=books),
        due={reassessing.KIND: partial(reassessing.go_on, measuring=measuring)},
    )


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Loads what the handlers of a batch will ask for."""
    owners.preload(tx, envelopes)
    profiles.preload(tx, [each for each in envelopes if each.contract is not router.LeadAssigned])


class Service(ScoreCalls, RuleCalls, PrivacyCalls):
    """The room as a nameko service."""

    name = "qualify"
    runtime = Runtime(room)
