"""The router as a service: what it hears, what it does when time comes, what it performs, what it answers."""

from functools import cache, partial
from pathlib import Path

from services.router import company as companies
from services.router.deliveries.email import EmailDelivery
from services.router.deliveries.sheet import Sheets
from services.router.deliveries.webhook import WAITS, WebhookDelivery
from services.router.links import Links
from services.router.store import CLOCK
from services.router.usecases import (
    answering,
    availability,
    clocks,
    erasing,
    hearing,
    loading,
    merging,
    reading,
    screening,
    telling,
)
from services.router.usecases.answering import Desk
from shared import settings
from shared.contracts import calls, capture, fulfillment, qualify
from shared.contracts import screening as qualification
from shared.room import Performer, Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


@cache
def desk(company: Path) -> Desk:
    """The company's rules, and the links that speak for them. Raises CompanyError."""
    links = Links(settings.get("LEADBUS_SECRET"), settings.get("LEADBUS_PUBLIC_URL"))
    return Desk(companies.load(company), links)


def room(company: Path) -> Room:
    """Everything that the router reacts to."""
    rules, links = desk(company).rules, desk(company).links
    webhook = WebhookDelivery(
        rules,
        links,
        allow_private=settings.flag("LEADBUS_ALLOW_PRIVATE_WEBHOOKS"),
        stand_in=settings.get("LEADBUS_WEBHOOK_STAND_IN"),
    )
    email = EmailDelivery(rules, links, Sheets(company / "templates" / "router"), settings.get("LEADBUS_SMTP_URL"))
    return Room(
        name="router",
        hears={
            capture.LeadRegistered: partial(hearing.register_lead, rules=rules),
            capture.LeadResponded: partial(hearing.add_response, rules=rules),
            capture.PersonUpdated: hearing.update_person,
            capture.PersonsMerged: merging.follow_person,
            capture.PersonsUnmerged: merging.follow_person,
            capture.PersonErased: erasing.forget_person,
            qualify.LeadScored: hearing.keep_score,
            qualify.LeadQualified: partial(hearing.take_qualified, rules=rules),
            qualify.LeadDisqualified: partial(hearing.take_disqualified, rules=rules),
            qualification.ScreeningRequested: partial(screening.ask_for_screening, rules=rules),
            qualification.ScreeningAttempted: screening.note_attempt,
            qualification.ScreeningCompleted: partial(screening.end_screening, rules=rules),
            fulfillment.PieceSent: hearing.note_piece,
            fulfillment.PrintJobSent: hearing.note_piece,
        },
        preload=partial(loading.preload, rules=rules),
        due={CLOCK: partial(clocks.strike, rules=rules)},
        due_preload=loading.preload_due,
        effects={
            # Both ends drop a second one by its key: webhooks by their id, mail programs by the Message-ID, and a lead
            # that a dealer reads twice does less harm than one that they never read.
            telling.WEBHOOK: Performer(webhook.deliver, telling.record_outcome, resend_when_unknown=True, waits=WAITS),
            telling.EMAIL: Performer(email.deliver, telling.record_outcome, resend_when_unknown=True),
        },
    )


class Service:
    """Answers for the gateway."""

    name = "router"
    runtime = Runtime(room)

    @answers(calls.DESCRIBE_LINK)
    def describe_link(self, request: calls.LinkRequest) -> calls.LinkReply:
        """What the page behind a link shows; changes nothing."""
        with self.runtime.begin() as tx:
            return answering.describe_link(tx, request.token, desk=desk(self.runtime.company))

    @answers(calls.ACT)
    def act(self, request: calls.ActRequest) -> calls.ActReply:
        """Does what a link stands for, once."""
        with self.runtime.begin() as tx:
            return answering.act(tx, request.token, request.fields, desk=desk(self.runtime.company))

    @answers(calls.ASSIGNMENT)
    def assignment(self, request: calls.LeadRequest) -> calls.AssignmentReply:
        """Who owns a lead now."""
        with self.runtime.begin() as tx:
            return reading.current_assignment(tx, request.lead_id, rules=desk(self.runtime.company).rules)

    @answers(calls.OWNERS_NOW)
    def owners_now(self, request: calls.OwnersNowRequest) -> calls.OwnersNowReply:
        """How all owners stand."""
        with self.runtime.begin() as tx:
            return availability.owners_now(tx, rules=desk(self.runtime.company).rules)

    @answers(calls.SET_AVAILABILITY)
    def set_availability(self, request: calls.AvailabilityRequest) -> calls.OwnersNowReply:
        """What an owner says of themselves."""
        with self.runtime.begin() as tx:
            return availability.set_availability(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.ROUTER_LEDGER)
    def ledger(self, request: calls.LedgerRequest) -> calls.LedgerReply:
        """Counts of leads and deliveries."""
        with self.runtime.begin() as tx:
            return reading.ledger(tx, rules=desk(self.runtime.company).rules)

    @answers(calls.ROUTER_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
