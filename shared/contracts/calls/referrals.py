"""What the front desk answers about leads that own staff forward."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class ReferrerRequest:
    """Whose personal link this is."""

    token: str


@contract
class ReferrerReply:
    """A participant, and what they earn now."""

    token: str
    number: str
    name: str
    takes_part: bool
    registered: Decimal
    closed: Decimal
    currency: str


REFERRER = declare("capture", "referrer", ReferrerRequest, ReferrerReply)


@contract
class EnterReferrerRequest:
    """A participant says who they are by number and PIN."""

    number: str
    pin: str


ENTER_REFERRER = declare("capture", "enter_referrer", EnterReferrerRequest, ReferrerReply)


@contract
class ReferrerLinkRequest:
    """The personal link of a participant, to be handed to them."""

    number: str


@contract
class ReferrerLinkReply:
    number: str
    name: str
    url: str


REFERRER_LINK = declare("capture", "referrer_link", ReferrerLinkRequest, ReferrerLinkReply)


@contract
class ReferralsRequest:
    """Referrals, newest first: those of one participant, or all."""

    #: The participant's personal link; it wins over `referrer`.
    token: str | None = None
    referrer: str | None = None
    limit: int = 100


@contract
class ReferralEntry:
    """One referral, what became of it, and what it earned. Nothing of the person beyond what its referrer entered."""

    referral_id: UUID
    referrer: str | None = None
    received_at: datetime
    #: As it was entered.
    entered: str
    source: str
    #: waiting, counts, or a slug that says why it does not count; and the same in words.
    state: str
    state_text: str
    #: How the lead stands: registered, assigned, accepted, contacted, appointment, quoted, won, lost, …
    status: str
    earned: Decimal
    paid: Decimal
    currency: str | None = None


@contract
class ReferralsReply:
    referrals: list[ReferralEntry]


REFERRALS = declare("capture", "referrals", ReferralsRequest, ReferralsReply)


@contract
class CreditsRequest:
    """What was credited in one month (UTC), such as 2026-03."""

    month: str
    referrer: str | None = None


@contract
class CreditEntry:
    """One line of the ledger; an amount below 0 takes an earlier one back."""

    credit_id: UUID
    referral_id: UUID
    referrer: str
    lead_id: UUID
    kind: Literal["registered", "closed"]
    amount: Decimal
    currency: str
    reason: str
    credited_at: datetime
    paid_at: datetime | None = None
    reference: str | None = None


@contract
class PayoutTotal:
    """What one participant is owed for the month in one currency, and how much of it was paid."""

    referrer: str
    name: str | None = None
    currency: str
    credited: Decimal
    paid: Decimal
    open: Decimal


@contract
class CreditsReply:
    month: str
    totals: list[PayoutTotal]
    credits: list[CreditEntry]


CREDITS = declare("capture", "credits", CreditsRequest, CreditsReply)


@contract
class PayCreditsRequest:
    """Marks what was credited in a month, and not paid yet, as paid: of one participant, or of all."""

    month: str
    referrer: str | None = None
    reference: str | None = None
    by: str


@contract
class PayCreditsReply:
    """What this call marked; another call for the same month marks nothing twice."""

    month: str
    totals: list[PayoutTotal]
    credits: list[CreditEntry]


PAY_CREDITS = declare("capture", "pay_credits", PayCreditsRequest, PayCreditsReply)
