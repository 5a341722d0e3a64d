"""The qualification process: what it hears, and the calls that it answers."""

from functools import partial
from pathlib import Path

from services.qualify import erasing
from services.qualify.company import load_rules
from services.qualify.domain.rulebook import always
from services.qualify.rpc.privacy import PrivacyCalls
from services.qualify.rpc.scores import ScoreCalls
from services.qualify.usecases import profiles
from shared.contracts import capture, router
from shared.room import Room
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Everything that qualification reacts to, under the company's rules."""
    measuring = always(load_rules(company))
    return Room(
        name="qualify",
        hears={
            capture.LeadRegistered: partial(profiles.open_profile, measuring=measuring),
            capture.LeadResponded: partial(profiles.add_response, measuring=measuring),
            capture.PersonUpdated: partial(profiles.update_person, measuring=measuring),
            capture.PersonErased: erasing.forget_person,
            router.LeadRecycled: partial(profiles.take_back, measuring=measuring),
            router.LeadWon: partial(profiles.freeze, measuring=measuring),
            router.LeadLost: partial(profiles.freeze, measuring=measuring),
        },
        preload=profiles.preload,
    )


class Service(ScoreCalls, PrivacyCalls):
    """The room as a nameko service."""

    name = "qualify"
    runtime = Runtime(room)
