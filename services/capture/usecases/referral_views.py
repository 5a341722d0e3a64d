"""What the front desk tells of referrals: whose link it is, what became of each, what is to be paid."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from services.capture import referral_links, store
from services.capture.domain import referrals as rules
from services.capture.domain.cleaning import line
from services.capture.domain.referrals import Participant, Rules
from services.capture.domain.register import Company
from services.capture.models import Inquiry, Lead, Referral, ReferralCredit, ReferralPayment, ReferredLead
from services.capture.referral_links import PersonalLink
from services.capture.usecases import referrals
from shared.contracts.calls import (
    CreditEntry,
    CreditsReply,
    CreditsRequest,
    EnterReferrerRequest,
    PayCreditsReply,
    PayCreditsRequest,
    PayoutTotal,
    ReferralEntry,
    ReferralsReply,
    ReferralsRequest,
    ReferrerLinkReply,
    ReferrerReply,
)
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed, NotFound
from shared.database.unit_of_work import Transaction
from shared.months import span_of

MOST = 500
_NOTHING = Decimal("0.00")


# --- who it is -------------------------------------------------------------------------------------------------------


def referrer(tx: Transaction, token: str, company: Company) -> ReferrerReply:
    """Whose personal link this is. Raises LinkInvalid."""
    terms, participant = _by_link(token, company)
    return _reply(tx, participant, terms)


def enter(tx: Transaction, request: EnterReferrerRequest, company: Company) -> ReferrerReply:
    """The participant of this number and PIN. Raises LinkInvalid, without a word on which of the two is wrong."""
    terms = _terms(company)
    participant = terms.participants.get(request.number.strip())
    # The PIN is looked at in any case, so that the answer takes the same time.
    if not rules.pin_is(request.pin, participant.pin if participant else None) or participant is None:
        raise LinkInvalid("referral")
    return _reply(tx, participant, terms)


def link(number: str, company: Company) -> ReferrerLinkReply:
    """The personal link of a participant. Raises NotFound."""
    participant = _terms(company).participants.get(number)
    if participant is None:
        raise NotFound(f"participant {number[:40]}")
    url = referral_links.url(PersonalLink(number, participant.link))
    return ReferrerLinkReply(number=number, name=participant.name, url=url)


def _by_link(token: str, company: Company) -> tuple[Rules, Participant]:
    terms = _terms(company)
    said = referral_links.read(token)
    participant = terms.participants.get(said.number)
    if participant is None or participant.link != said.link:
        raise LinkInvalid("referral")
    return terms, participant


def _terms(company: Company) -> Rules:
    if company.referrals is None:
        raise NotAllowed("the company has no terms for referrals")
    return company.referrals


def _reply(tx: Transaction, participant: Participant, terms: Rules) -> ReferrerReply:
    return ReferrerReply(
        token=referral_links.token(PersonalLink(participant.number, participant.link)),
        number=participant.number,
        name=participant.name,
        takes_part=terms.earns(participant, tx.now.date()),
        registered=terms.registered,
        closed=terms.closed,
        currency=terms.currency,
    )


# --- what became of them ---------------------------------------------------------------------------------------------


def listed(tx: Transaction, request: ReferralsRequest, company: Company) -> ReferralsReply:
    """Referrals, newest first. Raises LinkInvalid for a link that is nobody's."""
    number = request.referrer
    if request.token is not None:
        number = _by_link(request.token, company)[1].number
    if number is not None and not number.isprintable():
        return ReferralsReply(referrals=[])
    rows = store.referrals(tx.session, number, max(1, min(request.limit, MOST)))
    ledger = store.credits_of(tx.session, [referral.id for referral, _, _, _ in rows])
    return ReferralsReply(
        referrals=[
            _entry(referral, inquiry, lead, referred, ledger.get(referral.id, ()))
            for referral, inquiry, lead, referred in rows
        ]
    )


def _entry(
    referral: Referral,
    inquiry: Inquiry,
    lead: Lead | None,
    referred: ReferredLead | None,
    lines: Sequence[tuple[ReferralCredit, ReferralPayment | None]],
) -> ReferralEntry:
    return ReferralEntry(
        referral_id=referral.id,
        referrer=referral.referrer,
        received_at=referral.received_at,
        entered=_entered(inquiry.parsed.get("person") or {}),
        source=referral.source,
        state=referral.state,
        state_text=rules.STATES.get(referral.state, referral.state),
        status=_status(lead, referred),
        earned=sum((credit.amount for credit, _ in lines), _NOTHING),
        paid=sum((credit.amount for credit, payment in lines if payment), _NOTHING),
        currency=lines[0][0].currency if lines else None,
    )


def _entered(person: dict[str, str]) -> str:
    """The name as the referrer entered it; nothing that was learnt elsewhere."""
    parts = (person.get("given_name"), person.get("family_name"))
    return person.get("full_name") or " ".join(filter(None, parts)) or person.get("company") or "no name entered"


def _status(lead: Lead | None, referred: ReferredLead | None) -> str:
    if lead is not None and lead.resolution in ("won", "lost"):
        return lead.resolution
    return (referred.status if referred else None) or "registered"


# --- what is to be paid ----------------------------------------------------------------------------------------------


def credits(tx: Transaction, request: CreditsRequest, company: Company) -> CreditsReply:
    """The ledger of one month. Raises ContractViolation for what is no month."""
    found = store.credits_between(tx.session, *_month(request.month), _number(request.referrer))
    return CreditsReply(month=request.month, totals=_totals(found, company), credits=_lines(found))


def pay(tx: Transaction, request: PayCreditsRequest, company: Company) -> PayCreditsReply:
    """Marks what is open of a month as paid. A second call finds nothing open."""
    found = store.credits_between(tx.session, *_month(request.month), _number(request.referrer), only_open=True)
    # Somebody else may have paid them while this call waited for the rows.
    paid = store.paid_among(tx.session, [credit.id for credit, _ in found])
    lines = [credit for credit, _ in found if credit.id not in paid]
    reference = line(request.reference or "")[:200] or None
    referrals.pay(tx, lines, reference, request.by)
    marked = [
        (line, ReferralPayment(credit_id=line.id, paid_at=tx.now, paid_by=request.by, reference=reference))
        for line in lines
    ]
    return PayCreditsReply(month=request.month, totals=_totals(marked, company), credits=_lines(marked))


def _month(text: str) -> tuple[datetime, datetime]:
    try:
        return span_of(text)
    except ValueError:
        raise ContractViolation("Credits", {"month": ["a month such as 2026-03"]}) from None


def _number(said: str | None) -> str | None:
    # The database refuses some texts, and nobody has them for a number.
    if said is not None and not said.isprintable():
        raise ContractViolation("Credits", {"referrer": ["a participant's number"]})
    return said


def _lines(found: Sequence[tuple[ReferralCredit, ReferralPayment | None]]) -> list[CreditEntry]:
    return [
        CreditEntry(
            credit_id=credit.id,
            referral_id=credit.referral_id,
            referrer=credit.referrer,
            lead_id=credit.lead_id,
            kind=credit.kind,  # type: ignore[arg-type]
            amount=credit.amount,
            currency=credit.currency,
            reason=credit.reason,
            credited_at=credit.credited_at,
            paid_at=payment.paid_at if payment else None,
            reference=payment.reference if payment else None,
        )
        for credit, payment in found
    ]


def _totals(found: Sequence[tuple[ReferralCredit, ReferralPayment | None]], company: Company) -> list[PayoutTotal]:
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for credit, payment in found:
        line = sums.setdefault((credit.referrer, credit.currency), [_NOTHING, _NOTHING])
        line[0] += credit.amount
        line[1] += credit.amount if payment else _NOTHING
    known = company.referrals.participants if company.referrals else {}
    return [
        PayoutTotal(
            referrer=number,
            name=known[number].name if number in known else None,
            currency=currency,
            credited=credited,
            paid=paid,
            open=credited - paid,
        )
        for (number, currency), (credited, paid) in sorted(sums.items())
    ]
