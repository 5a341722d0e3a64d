"""The qualification process: what it hears, and the call that it answers."""

from functools import partial
from pathlib import Path

from services.qualify import erasing, store, usecases
from services.qualify.company import load_rules
from shared.contracts import calls, capture, router
from shared.contracts.errors import NotFound
from shared.room import Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Everything that qualification reacts to, under the company's rules."""
    rules = load_rules(company)
    return Room(
        name="qualify",
        hears={
            capture.LeadRegistered: partial(usecases.open_profile, rules=rules),
            capture.LeadResponded: partial(usecases.add_response, rules=rules),
            capture.PersonUpdated: partial(usecases.update_person, rules=rules),
            capture.PersonErased: erasing.forget_person,
            router.LeadRecycled: partial(usecases.take_back, rules=rules),
            router.LeadWon: partial(usecases.freeze, rules=rules),
            router.LeadLost: partial(usecases.freeze, rules=rules),
        },
        preload=usecases.preload,
    )


class Service:
    """Answers for a lead's score."""

    name = "qualify"
    runtime = Runtime(room)

    @answers(calls.SCORE)
    def score(self, request: calls.LeadRequest) -> calls.ScoreReply:
        """The lead's score as it stands, with every reason."""
        with self.runtime.begin() as tx:
            score = store.latest_score(tx.session, request.lead_id)
            if score is None:
                raise NotFound(f"lead {request.lead_id} has no score")
            return usecases.explained(score)

    @answers(calls.QUALIFY_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
