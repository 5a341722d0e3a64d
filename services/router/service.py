"""The router as a service: what it hears, what it does when time comes, what it performs, what it answers."""

from functools import partial
from pathlib import Path

from services.router.deliveries.email import EmailDelivery
from services.router.deliveries.performing import performers
from services.router.deliveries.sheet import Sheets
from services.router.deliveries.sign_in import NOTICE, SignInMail
from services.router.deliveries.way import Office
from services.router.deliveries.wire import Wire
from services.router.desk import desk, seals
from services.router.rpc.deliveries import DeliveryCalls
from services.router.rpc.leads import LeadCalls
from services.router.rpc.links import LinkCalls
from services.router.rpc.owners import OwnerCalls
from services.router.rpc.portal import PortalCalls
from services.router.rpc.privacy import PrivacyCalls
from services.router.rpc.purchases import PurchaseCalls
from services.router.rpc.words import WordCalls
from services.router.store import CLOCK, SILENCE
from services.router.usecases import (
    clocks,
    delivering_batches,
    delivering_channels,
    delivering_pulls,
    erasing,
    hearing,
    loading,
    merging,
    portal_signing,
    replying,
    screening,
    silence,
)
from shared import settings
from shared.contracts import capture, fulfillment, qualify
from shared.contracts import screening as qualification
from shared.contracts.intake import REPLIES
from shared.room import Performer, Room
from shared.serving.runtime import Runtime


def room(company: Path) -> Room:
    """Everything that the router reacts to."""
    rules, links = desk(company).rules, desk(company).links
    wire = Wire(
        settings.flag("LEADBUS_ALLOW_PRIVATE_WEBHOOKS"),
        settings.get("LEADBUS_WEBHOOK_STAND_IN"),
        settings.get("LEADBUS_SFTP_STAND_IN"),
    )
    email = EmailDelivery(rules, links, Sheets(company / "templates" / "router"), settings.get("LEADBUS_SMTP_URL"),
                          desk(company).replies)  # fmt: skip
    sign_in = SignInMail(
        rules, seals(), Sheets(company / "templates" / "router", (NOTICE,)), settings.get("LEADBUS_SMTP_URL")
    )
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
        intake=partial(replying.take_in, desk=desk(company)),
        intake_queue=REPLIES,
        due={
            CLOCK: partial(clocks.strike, rules=rules),
            SILENCE: partial(silence.strike, rules=rules),
            delivering_batches.BATCH: partial(delivering_batches.close_batch, rules=rules),
            delivering_pulls.PULL: partial(delivering_pulls.ask, rules=rules),
        },
        due_preload=loading.preload_due,
        settle_preload=delivering_channels.preload,
        effects={
            **performers(Office(rules, links, wire), email),
            # A link that comes when it is over helps nobody.
            portal_signing.MAIL: Performer(
                sign_in.send, portal_signing.record_outcome, resend_when_unknown=True, waits=(5, 30, 120)
            ),
        },
    )


class Service(DeliveryCalls, LinkCalls, LeadCalls, OwnerCalls, PortalCalls, PrivacyCalls, PurchaseCalls, WordCalls):
    """The room as a nameko service."""

    name = "router"
    runtime = Runtime(room)
