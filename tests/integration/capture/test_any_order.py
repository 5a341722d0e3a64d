"""What the order of messages may change, and what it must not.

Within one batch, and over batches that follow the time of receipt, nothing: the same rows and the same event ids,
however the inquiries are shuffled inside a batch, repeated, or split. When a later inquiry is handled before an earlier
one (a spool that drains late), who belongs to whom and which responses make up a lead stay the same, and so does what
is known of each person; ids do not, since the inquiry that was handled first gave the person and the lead theirs. Two
exceptions are known: an inquiry that ties together two people who were known apart is filed with the surest of them
(`also_person_id` names the other), and a chain of responses that only together span more than the window is one lead
when it comes in order.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from services.capture.models import Base, Inquiry, Person
from shared.contracts.capture import PersonUpdated
from shared.database.plumbing import OUTBOX
from shared.room import RawInquiry
from tests.integration.capture.desk import FrontDesk, desk_on
from tests.integration.capture.history import inquiries

SEEDS = (1, 2, 3)


@pytest.fixture
def two_desks(room_database: Callable[[str], str]) -> Iterator[tuple[FrontDesk, FrontDesk]]:
    """Two front desks that know nothing of each other."""
    both = desk_on(room_database("capture")), desk_on(room_database("capture"))
    yield both
    for desk in both:
        desk.engine.dispose()


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_repeated_and_split_in_time_ends_in_the_same_rows_and_events(
    two_desks: tuple[FrontDesk, FrontDesk], seed: int
) -> None:
    dice = random.Random(seed)
    history = inquiries(seed)
    one, other = two_desks
    one.receive(*history)
    for batch in _split(history, dice):
        again = dice.choices(history[: history.index(batch[-1]) + 1], k=3)
        other.receive(*dice.sample([*batch, *again], len(batch) + 3))

    assert one.tables(Base.metadata) == other.tables(Base.metadata)
    assert _event_ids(one) == _event_ids(other)
    assert one.ledger() == other.ledger()


@pytest.mark.parametrize("seed", SEEDS)
def test_in_any_order_the_same_people_ask_the_same_things(two_desks: tuple[FrontDesk, FrontDesk], seed: int) -> None:
    dice = random.Random(seed)
    history = inquiries(seed)
    one, other = two_desks
    one.receive(*history)
    for batch in _split(dice.sample(history, len(history)), dice):
        other.receive(*batch)

    assert _groups(one, "person_id") == _groups(other, "person_id")
    assert _groups(one, "lead_id") == _groups(other, "lead_id")
    assert _known(one) == _known(other)
    assert _outcomes(one) == _outcomes(other)
    assert _event_kinds(one) == _event_kinds(other)


def _split(history: Sequence[RawInquiry], dice: random.Random) -> Iterator[list[RawInquiry]]:
    rest = list(history)
    while rest:
        size = dice.choice((1, 2, 5, 9))
        yield rest[:size]
        del rest[:size]


def _event_ids(desk: FrontDesk) -> list[UUID]:
    return sorted(row["id"] for row in desk.rows(OUTBOX))


def _event_kinds(desk: FrontDesk) -> Counter[str]:
    # How often a person changed depends on who told what first; what is known at last does not.
    return Counter(envelope.type for envelope in desk.envelopes() if envelope.contract is not PersonUpdated)


def _groups(desk: FrontDesk, column: str) -> set[frozenset[tuple[Any, ...]]]:
    """What is said by one person, or within one lead; of a double click either copy may be the first."""
    groups: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in desk.rows(Inquiry):
        if row[column] is not None:
            groups.setdefault(row[column], []).append((row["source"], row["message"], str(row["parsed"]["person"])))
    return {frozenset(group) for group in groups.values()}


def _known(desk: FrontDesk) -> list[str]:
    kept = ("name", "email", "phone", "company", "address")
    return sorted(str([row[name] for name in kept]) for row in desk.rows(Person))


def _outcomes(desk: FrontDesk) -> Counter[str]:
    return Counter(row["outcome"] for row in desk.rows(Inquiry))
