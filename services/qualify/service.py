"""The qualification process: what it hears, and the calls that it answers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from services.qualify import erasing
from services.qualify.company_enrichment import load_enrichment
from services.qualify.enriching import Enrichment
from services.qualify.measuring import measuring_of
from services.qualify.prediction import watching
from services.qualify.prediction.settings import load_settings
from services.qualify.rpc.prediction import PredictionCalls
from services.qualify.rpc.privacy import PrivacyCalls
from services.qualify.rpc.rules import RuleCalls
from services.qualify.rpc.scores import ScoreCalls
from services.qualify.rpc.screening import ScreeningCalls
from services.qualify.rulebooks import books_of
from services.qualify.usecases import (
    activities,
    enrichment,
    groups,
    merging,
    owners,
    profiles,
    reassessing,
    rules,
    screening,
    turning,
)
from services.qualify.usecases.scoring import LOOK_AGAIN
from shared.contracts import capture, router
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import Performer, Room
from shared.serving.runtime import Runtime

#: By these the owner of a lead says how far it is on its way to a sale.
OWNERS_WORDS = (router.LeadAccepted, router.LeadDeclined, router.LeadStatusChanged, router.QuoteRecorded)


def room(company: Path) -> Room:
    """Everything that qualification reacts to, under the company's rules."""
    books = books_of(company)
    measuring = measuring_of(company)
    found_out = load_enrichment(company)
    enriching = partial(enrichment.enrich, enrichment=found_out)
    return Room(
        name="qualify",
        hears={
            capture.LeadRegistered: partial(profiles.open_profile, measuring=measuring, enriching=enriching),
            capture.LeadResponded: partial(profiles.add_response, measuring=measuring, enriching=enriching),
            capture.PersonUpdated: partial(profiles.update_person, measuring=measuring, enriching=enriching),
            capture.PersonErased: erasing.forget_person,
            router.LeadAssigned: owners.keep_owner,
            **dict.fromkeys(OWNERS_WORDS, partial(profiles.mark, measuring=measuring)),
            capture.ActivityRecorded: partial(activities.record, measuring=measuring),
            capture.ActivityReassessed: partial(activities.record, measuring=measuring),
            capture.ActivityReassigned: partial(activities.reassign, measuring=measuring),
            router.LeadRecycled: partial(profiles.take_back, measuring=measuring),
            capture.PersonsMerged: partial(merging.follow_person, measuring=measuring),
            capture.PersonsUnmerged: partial(merging.follow_person, measuring=measuring),
            router.LeadWon: partial(profiles.freeze, measuring=measuring),
            router.LeadLost: partial(profiles.freeze, measuring=measuring),
            router.LeadReopened: partial(profiles.thaw, measuring=measuring),
        },
        preload=partial(preload, found_out=found_out),
        due_preload=turning.preload,
        begin=partial(rules.begin, books=books),
        due={
            groups.KIND: partial(turning.show_group, measuring=measuring),
            LOOK_AGAIN: partial(turning.look_again, measuring=measuring),
            reassessing.KIND: partial(reassessing.go_on, measuring=measuring),
            screening.OVERDUE: screening.notice_overdue,
            watching.KIND: partial(watching.go_on, measuring=measuring, settings=load_settings(company)),
        },
        effects={
            enrichment.ASK: Performer(
                act=partial(enrichment.ask, enrichment=found_out),
                settle=partial(enrichment.settle, enrichment=found_out, measuring=measuring),
                resend_when_unknown=True,
                waits=enrichment.WAITS,
            ),
        },
    )


def preload(tx: Transaction, envelopes: Sequence[Envelope], *, found_out: Enrichment) -> None:
    """Loads what the handlers of a batch will ask for."""
    owners.preload(tx, envelopes)
    enrichment.preload(tx, envelopes, enrichment=found_out)
    profiles.preload(tx, [each for each in envelopes if each.contract is not router.LeadAssigned])


class Service(ScoreCalls, RuleCalls, ScreeningCalls, PredictionCalls, PrivacyCalls):
    """The room as a nameko service."""

    name = "qualify"
    runtime = Runtime(room)
