"""Leads that own staff forward: filed with their inquiry, judged apart, credited once per person.

Whatever may change what is owed (another inquiry of the person, a sale, a merge) only has the person looked at again:
the ledger is then brought to what follows from everything that is known, so that no order of events matters.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import structlog

from services.capture import referral_links, store
from services.capture.domain import referrals as rules
from services.capture.domain.referrals import Rules
from services.capture.domain.register import Company
from services.capture.models import Inquiry, Lead, Referral, ReferralCredit, ReferralPayment, ReferredLead
from services.capture.usecases.arriving import Arrival
from shared.contracts import router
from shared.contracts.capture import ReferralCredited
from shared.contracts.envelope import Envelope
from shared.contracts.errors import LinkInvalid
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import DueItem, Handler

log = structlog.get_logger()

#: Due work that looks at the referrals of one person.
SETTLE = "settle_referrals"


# --- filing ----------------------------------------------------------------------------------------------------------


def note(tx: Transaction, arrival: Arrival, record: Inquiry, company: Company) -> None:
    """Files the referral in an inquiry that was registered, if there is one."""
    terms = company.referrals
    given = arrival.submission.referrer
    if terms is None or given is None or record.lead_id is None or record.person_id is None:
        return
    identity = derived_id(record.id, "referral")
    # Asked without a lock: whoever judges referrals has theirs, and would wait for this transaction in turn.
    if not tx.is_new(record) and tx.session.get(Referral, identity) is not None:
        return
    referrer, refused = _referrer(given, arrival, terms)
    tx.add(
        Referral(
            id=identity,
            inquiry_id=record.id,
            referrer=referrer,
            refused=refused,
            state="waiting",
            source=record.source,
            received_at=record.received_at,
            registered_at=tx.now,
            rules_version=terms.version,
        )
    )
    lead = tx.get(Lead, record.lead_id)
    _follow(tx, record.lead_id, record.person_id, fresh=tx.is_new(lead))
    look_again(tx, [record.person_id])
    log.info("referral_noted", referral_id=str(identity), lead_id=str(record.lead_id), refused=refused)


def _referrer(given: str, arrival: Arrival, terms: Rules) -> tuple[str | None, str | None]:
    """The number of the participant, and why their referral cannot count."""
    proof = terms.sources.get(arrival.source.id)
    if proof is None:
        return None, "unproven"
    number = given
    if proof == "link":
        try:
            link = referral_links.read(given)
        except LinkInvalid:
            return None, "unknown_referrer"
        number = link.number
    participant = terms.participants.get(number)
    if participant is None or (proof == "link" and link.link != participant.link):
        return None, "unknown_referrer"
    if not terms.earns(participant, arrival.received_at.date()):
        return number, "not_taking_part"
    own = participant.email and participant.email.casefold() == (arrival.inquiry.facts.email or "").casefold()
    return number, "own_lead" if own else None


def look_again(tx: Transaction, person_ids: Iterable[UUID]) -> None:
    """Has the referrals of these persons judged anew once this transaction is committed."""
    for person_id in person_ids:
        tx.schedule(SETTLE, str(person_id), tx.now)


def look_again_at_referred(tx: Transaction, person_ids: Collection[UUID]) -> None:
    """The same, for those of the persons whom somebody referred: another inquiry of theirs may change what counts."""
    look_again(tx, sorted(store.persons_with_referrals(tx.session, person_ids)))


# --- how the lead goes on --------------------------------------------------------------------------------------------


def preload(tx: Transaction, lead_ids: Collection[UUID]) -> None:
    """The referred ones among the leads that a batch of events speaks of."""
    store.load(tx, ReferredLead, lead_ids)


def after(handler: Handler) -> Handler:
    """What a handler does about a lead's resolution, and then what it means for its referral."""

    def both(tx: Transaction, envelope: Envelope) -> None:
        handler(tx, envelope)
        lead = tx.get(ReferredLead, envelope.lead_id)
        if lead is not None:
            look_again(tx, [lead.person_id])

    return both


def note_status(tx: Transaction, envelope: Envelope) -> None:
    """The owner says how a lead stands; its referrer may see it."""
    event: router.LeadStatusChanged = envelope.data
    lead = tx.get(ReferredLead, event.lead_id)
    if lead is not None and event.revision > lead.status_revision:
        lead.status, lead.status_revision, lead.status_at = event.status, event.revision, event.changed_at


# --- judging ---------------------------------------------------------------------------------------------------------


def settle(tx: Transaction, item: DueItem, *, company: Company) -> None:
    """Brings the ledger to what is owed for the referrals of one person."""
    terms = company.referrals
    if terms is None:
        return
    everybody = store.persons_together(tx.session, UUID(item.key))
    # Locked: two replicas that settle the same person do it one after the other.
    found = store.referrals_of(tx.session, everybody)
    if not found:
        return
    visits = [rules.Visit(*visit) for visit in store.visits_of(tx.session, everybody)]
    ledger = store.credits_of(tx.session, [referral.id for referral, _, _ in found])
    paid = {
        referral_id: _still_paid(lines) for referral_id, lines in ledger.items()
    }  # fmt: skip
    facts = [
        rules.Referral(
            id=referral.id,
            inquiry_id=referral.inquiry_id,
            received_at=referral.received_at,
            refused=referral.refused,
            won=resolution == "won",
            paid=paid.get(referral.id, frozenset()),
        )
        for referral, _, resolution in found
    ]
    verdicts = rules.verdicts(facts, visits, terms)
    for referral, lead_id, _ in found:
        _follow(tx, lead_id, UUID(item.key), fresh=False)
        verdict = verdicts[referral.id]
        referral.state = verdict.state
        lines = [rules.Credited(one.kind, one.amount, one.currency) for one, _ in ledger.get(referral.id, ())]
        for entry in rules.entries(verdict, lines, paid.get(referral.id, frozenset()), terms):
            _credit(tx, referral, lead_id, entry, verdict.state, terms)


def _follow(tx: Transaction, lead_id: UUID, person_id: UUID, *, fresh: bool) -> None:
    """Has the lead's way followed. A merge that is undone may have given the inquiry another lead."""
    if fresh or tx.session.get(ReferredLead, lead_id) is None:
        tx.add(ReferredLead(lead_id=lead_id, person_id=person_id, status_revision=0))


def _still_paid(lines: Sequence[tuple[ReferralCredit, ReferralPayment | None]]) -> frozenset[str]:
    """Kinds of which somebody has the money."""
    sums: dict[str, int] = {}
    for credit, payment in lines:
        if payment is not None:
            sums[credit.kind] = sums.get(credit.kind, 0) + (1 if credit.amount > 0 else -1)
    return frozenset(kind for kind, number in sums.items() if number > 0)


def _credit(tx: Transaction, referral: Referral, lead_id: UUID, entry: rules.Entry, state: str, terms: Rules) -> None:
    assert referral.referrer is not None
    reason = state if entry.amount > 0 or state != "counts" else "not_closed"
    identity = derived_id(referral.id, entry.kind, str(entry.number))
    tx.add(
        ReferralCredit(
            id=identity,
            referral_id=referral.id,
            referrer=referral.referrer,
            lead_id=lead_id,
            kind=entry.kind,
            amount=entry.amount,
            currency=entry.currency,
            reason=reason,
            credited_at=tx.now,
            rules_version=terms.version,
        )
    )
    tx.emit(
        ReferralCredited(
            referral_id=referral.id,
            credit_id=identity,
            referrer=referral.referrer,
            lead_id=lead_id,
            kind=entry.kind,
            amount=entry.amount,
            currency=entry.currency,
            reason=reason,
            credited_at=tx.now,
        ),
        key=str(identity),
    )
    log.info("referral_credited", referral_id=str(referral.id), kind=entry.kind, amount=str(entry.amount))


# --- paying ----------------------------------------------------------------------------------------------------------


def pay(tx: Transaction, lines: Iterable[ReferralCredit], reference: str | None, by: str) -> None:
    """Marks lines of the ledger as paid. They are locked and unpaid."""
    for line in lines:
        tx.add(ReferralPayment(credit_id=line.id, paid_at=tx.now, paid_by=by, reference=reference))
