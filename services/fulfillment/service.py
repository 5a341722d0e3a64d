"""Fulfillment as a nameko service: what it hears, what it performs, what it answers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from services.fulfillment import company, store
from services.fulfillment.channels.letter import Render
from services.fulfillment.channels.press import Press
from services.fulfillment.channels.print import HotFolder
from services.fulfillment.channels.smtp import MailServer
from services.fulfillment.dispatching import Desk, send_email, send_letter
from services.fulfillment.links import Links
from services.fulfillment.templates import Templates
from services.fulfillment.usecases import erasing, hearing, merging, preloading, responding, sending, unsubscribing
from shared import clock, settings
from shared.contracts import calls, capture, nurture, qualify, router
from shared.contracts.calls import LedgerReply, LedgerRequest, LinkRequest, UnsubscribeReply
from shared.database import engine
from shared.database.unit_of_work import Transaction, UnitOfWork
from shared.room import Outcome, Performer, Room
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime

#: Connections for the last look before a piece goes out; the handlers have their own.
LOOKS = 4
#: Seconds between tries: a mail server or a print folder may be away for a day. What is too old by then is not sent.
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)


@dataclass(frozen=True)
class Outside:
    """What pieces need beside the rules: a look at the rows, a mail server, a printer's folder, signed links."""

    begin: Callable[[], AbstractContextManager[Transaction]]
    deliver: Callable[[EmailMessage], Outcome]
    render: Render
    folder: HotFolder
    links: Links


def outside() -> Outside:
    """The outside that the settings name. Raises SettingMissing."""
    sessions = engine.sessions(
        engine.create(settings.get("LEADBUS_DATABASE_URL"), pool_size=LOOKS, application="leadbus-fulfillment-looks")
    )
    return Outside(
        begin=UnitOfWork(sessions, clock.from_setting(settings.get("LEADBUS_CLOCK_FILE"))).begin,
        deliver=MailServer(settings.get("LEADBUS_SMTP_URL")).deliver,
        render=Press().draw,
        folder=HotFolder(Path(settings.get("LEADBUS_PRINT_FOLDER"))),
        links=links(),
    )


def links() -> Links:
    """Links signed with the key and beginning with the address of the settings."""
    return Links(settings.get("LEADBUS_SECRET"), settings.get("LEADBUS_PUBLIC_URL"))


def room(folder: Path, world: Outside | None = None) -> Room:
    """Fulfillment with the company's rules in `folder`, in the world that the settings name."""
    library = company.load(folder)
    world = world or outside()
    desk = Desk(library, Templates(folder / "templates" / "fulfillment", library), world.links, world.begin)
    note_verdict = partial(hearing.note_verdict, library=library)
    return Room(
        name="fulfillment",
        hears={
            capture.LeadRegistered: partial(hearing.answer_registration, library=library),
            capture.LeadResponded: partial(hearing.answer_repeat, library=library),
            capture.PersonUpdated: partial(hearing.note_person, library=library),
            capture.PersonsMerged: partial(merging.follow_person, library=library),
            capture.PersonsUnmerged: partial(merging.follow_person, library=library),
            capture.ConsentChanged: hearing.note_consent,
            capture.ConfirmationRequested: partial(hearing.ask_to_confirm, library=library),
            capture.PersonErased: partial(erasing.forget_person, folder=world.folder),
            qualify.LeadScored: note_verdict,
            qualify.LeadQualified: note_verdict,
            qualify.LeadDisqualified: note_verdict,
            router.LeadAssigned: partial(hearing.note_owner, library=library),
            router.PurchaseAsked: partial(hearing.ask_about_purchase, library=library),
            nurture.StepDue: partial(hearing.send_step, library=library),
        },
        preload=partial(preloading.preload, library=library),
        due={hearing.LITERATURE_DUE: partial(hearing.send_overdue_literature, library=library)},
        due_preload=partial(preloading.preload_due, library=library),
        settle_preload=sending.preload_settling,
        effects={
            "email": Performer(
                act=partial(send_email, desk=desk, deliver=world.deliver),
                settle=sending.settle,
                # A mail server takes a twin, whatever its Message-ID: one of unknown fate is for a person to judge.
                resend_when_unknown=False,
                waits=WAITS,
            ),
            "post": Performer(
                act=partial(send_letter, desk=desk, folder=world.folder, render=world.render),
                settle=sending.settle,
                # The folder knows every job by its name and takes it once.
                resend_when_unknown=True,
                # One is drawn while another is dropped: there is one drawing process.
                side_by_side=2,
                waits=WAITS,
            ),
        },
    )


class Service:
    """Fulfillment's RPC."""

    name = "fulfillment"
    runtime = Runtime(room)

    @answers(calls.DESCRIBE_UNSUBSCRIBE)
    def describe_unsubscribe(self, request: LinkRequest) -> UnsubscribeReply:
        """What an unsubscribe link covers; changes nothing."""
        link = links().read_unsubscribe(request.token)
        with self.runtime.begin() as tx:
            return unsubscribing.describe_unsubscribe(tx, link)

    @answers(calls.UNSUBSCRIBE)
    def unsubscribe(self, request: LinkRequest) -> UnsubscribeReply:
        """Takes the person off the channel, at once; doing it again changes nothing."""
        link = links().read_unsubscribe(request.token)
        with self.runtime.begin() as tx:
            return unsubscribing.unsubscribe(tx, link)

    @answers(calls.DESCRIBE_RESPONSE)
    def describe_response(self, request: LinkRequest) -> calls.ResponseReply:
        """Whose reply form a link leads to; changes nothing."""
        signed = links()
        piece_id = signed.read_response(request.token)
        with self.runtime.begin() as tx:
            return responding.describe_response(tx, piece_id, signed)

    @answers(calls.FULFILLMENT_LEDGER)
    def ledger(self, request: LedgerRequest) -> LedgerReply:
        """Pieces by channel and state."""
        with self.runtime.begin() as tx:
            return LedgerReply(counts=store.count_pieces(tx.session) | store.count_claimed(tx.session))

    @answers(calls.FULFILLMENT_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
