"""Leads that own staff forward: who may earn, which referrals count, and what each is worth.

What is owed follows from what is known alone (referrals, the person's inquiries, whether the lead was won), never from
the order in which it became known. A person is paid for once, whoever refers them how often.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

Kind = Literal["registered", "closed"]
KINDS: tuple[Kind, ...] = ("registered", "closed")

#: What becomes of a referral, as its referrer reads it.
STATES: Mapping[str, str] = {
    "waiting": "being looked at",
    "counts": "counts",
    "unknown_referrer": "the number or link of the referrer is not known",
    "unproven": "this source may not name a referrer",
    "not_taking_part": "the referrer does not take part",
    "own_lead": "nobody refers themselves",
    "known_person": "we were in touch with this person already",
    "already_referred": "somebody was credited for this person before",
}


@dataclass(frozen=True)
class Participant:
    """Somebody of the company who may forward leads."""

    number: str
    name: str
    department: str | None = None
    #: Own address: nobody refers themselves.
    email: str | None = None
    #: `pbkdf2:<rounds>:<salt>:<hash>`, made by `leadbus referrals pin`.
    pin: str | None = None
    #: Raised by one, it makes every personal link that was given out before invalid.
    link: int = 1
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Rules:
    """The company's own terms, as loaded from `referrals.yml`."""

    currency: str
    #: Paid for a lead that is registered, and once more when it becomes a sale.
    registered: Decimal
    closed: Decimal
    #: Somebody who was in touch so shortly before is no new lead.
    known_within: timedelta
    #: Departments that earn; all when empty.
    departments: frozenset[str] = frozenset()
    participants: Mapping[str, Participant] = field(default_factory=dict)
    #: By source: whether a referrer proves themselves by their `link`, or is believed by `number` (the source came
    #: in with an API key).
    sources: Mapping[str, Literal["link", "number"]] = field(default_factory=dict)
    version: str = ""

    def amount(self, kind: Kind) -> Decimal:
        """What is paid."""
        return self.registered if kind == "registered" else self.closed

    def earns(self, participant: Participant, on: date) -> bool:
        """Whether somebody takes part on a day."""
        if self.departments and participant.department not in self.departments:
            return False
        return (participant.since is None or participant.since <= on) and (
            participant.until is None or on <= participant.until
        )


@dataclass(frozen=True)
class Referral:
    """One referral, with what is known of its lead by now."""

    id: UUID
    inquiry_id: UUID
    received_at: datetime
    #: Why it cannot count, whoever the person is.
    refused: str | None
    won: bool
    #: Kinds of credit that were paid out: what was paid stays paid.
    paid: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Visit:
    """One inquiry of the person, by whatever way."""

    inquiry_id: UUID
    received_at: datetime


@dataclass(frozen=True)
class Verdict:
    """Whether a referral counts (or why not), and what is owed for it."""

    state: str
    owed: frozenset[Kind] = frozenset()


def verdicts(referrals: Iterable[Referral], visits: Sequence[Visit], rules: Rules) -> dict[UUID, Verdict]:
    """What becomes of all referrals of one person. The earliest that counts earns; one that was paid stays."""
    decided: dict[UUID, Verdict] = {}
    in_order = sorted(referrals, key=lambda one: (not one.paid, one.received_at, one.inquiry_id))
    winner: Referral | None = None
    for one in in_order:
        state = one.refused or _objection(one, visits, winner, rules)
        if state is None:
            winner = one
            owed: tuple[Kind, ...] = ("registered", "closed") if one.won else ("registered",)
            decided[one.id] = Verdict("counts", frozenset(owed))
        else:
            decided[one.id] = Verdict(state)
    return decided


def _objection(one: Referral, visits: Sequence[Visit], winner: Referral | None, rules: Rules) -> str | None:
    if one.paid:
        return None
    if winner is not None:
        return "already_referred"
    since = one.received_at - rules.known_within
    known = any(
        since <= visit.received_at and (visit.received_at, visit.inquiry_id) < (one.received_at, one.inquiry_id)
        for visit in visits
    )
    return "known_person" if known else None


@dataclass(frozen=True)
class Entry:
    """One line that the ledger needs: a credit, or one that takes an earlier one back."""

    kind: Kind
    amount: Decimal
    currency: str
    #: How many lines of this kind the referral had before.
    number: int


@dataclass(frozen=True)
class Credited:
    """A line of the ledger."""

    kind: str
    amount: Decimal
    currency: str


def entries(verdict: Verdict, ledger: Sequence[Credited], paid: frozenset[str], rules: Rules) -> list[Entry]:
    """Lines that bring the ledger of one referral to what is owed. An amount once credited stays as it was."""
    needed: list[Entry] = []
    for kind in KINDS:
        lines = [line for line in ledger if line.kind == kind]
        stands = sum((line.amount for line in lines), Decimal(0))
        if kind in verdict.owed and not stands and rules.amount(kind):
            needed.append(Entry(kind, rules.amount(kind), rules.currency, len(lines)))
        elif kind not in verdict.owed and stands and kind not in paid:
            needed.append(Entry(kind, -stands, lines[-1].currency, len(lines)))
    return needed


# --- who somebody is -------------------------------------------------------------------------------------------------

#: Rounds of PBKDF2: what a guess costs somebody who got hold of the file.
ROUNDS = 50_000


def pin_hash(pin: str, salt: str, rounds: int = ROUNDS) -> str:
    """What is kept of a PIN."""
    digest = hashlib.pbkdf2_hmac("sha256", pin.encode("utf-8", "replace"), salt.encode(), rounds).hex()
    return f"pbkdf2:{rounds}:{salt}:{digest}"


def pin_is(pin: str, kept: str | None) -> bool:
    """Whether this is the PIN; takes the same time when there is none."""
    _, rounds, salt, _ = (kept or f"pbkdf2:{ROUNDS}:nobody:").split(":")
    return hmac.compare_digest(pin_hash(pin, salt, int(rounds)), kept or "")
