"""What is owed for referrals follows from what is known, not from the order in which it became known."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from services.capture import company_referrals
from services.capture.domain import referrals as rules
from services.capture.domain.referrals import Credited, Participant, Referral, Rules, Visit
from shared.company_file import CompanyError
from tests.builders import NOON

TERMS = Rules(
    currency="USD", registered=Decimal("25.00"), closed=Decimal("250.00"), known_within=timedelta(days=365)
)  # fmt: skip
IDS = [uuid.UUID(int=number) for number in range(1, 8)]

days = some.integers(0, 900)
referrals = some.lists(
    some.tuples(days, some.booleans(), some.sampled_from([None, None, None, "own_lead"])), max_size=4
).map(
    lambda found: [
        Referral(
            id=IDS[n], inquiry_id=IDS[n], received_at=NOON + timedelta(days=day), refused=refused, won=won
        )
        for n, (day, won, refused) in enumerate(found)
    ]
)  # fmt: skip
visits = some.lists(days, max_size=3).map(
    lambda found: [Visit(uuid.UUID(int=100 + n), NOON + timedelta(days=day)) for n, day in enumerate(found)]
)


@given(referrals, visits, some.randoms())
def test_in_any_order_the_same_is_owed_and_a_person_is_paid_for_once(found: Any, seen: Any, dice: Any) -> None:
    own = [Visit(one.inquiry_id, one.received_at) for one in found]
    decided = rules.verdicts(found, [*own, *seen], TERMS)
    shuffled = dice.sample(found, len(found))
    assert rules.verdicts(shuffled, dice.sample([*seen, *own], len(own) + len(seen)), TERMS) == decided

    assert sum("registered" in verdict.owed for verdict in decided.values()) <= 1
    for verdict in decided.values():
        assert "closed" not in verdict.owed or "registered" in verdict.owed
        assert bool(verdict.owed) == (verdict.state == "counts")


@given(some.lists(some.sampled_from(["counts", "won", "known_person"]), max_size=8))
def test_the_ledger_follows_what_is_owed_and_needs_nothing_twice(history: list[str]) -> None:
    ledger: list[Credited] = []
    for state in history:
        owed = {"counts": {"registered"}, "won": {"registered", "closed"}}.get(state, set())
        verdict = rules.Verdict(state, frozenset(owed))  # type: ignore[arg-type]
        for _ in range(2):
            needed = rules.entries(verdict, ledger, frozenset(), TERMS)
            ledger += [Credited(one.kind, one.amount, one.currency) for one in needed]
        assert needed == []
        for kind in rules.KINDS:
            stands = sum(line.amount for line in ledger if line.kind == kind)
            assert stands == (TERMS.amount(kind) if kind in owed else 0)


def test_terms_that_change_touch_no_earlier_credit() -> None:
    verdict = rules.Verdict("counts", frozenset({"registered"}))
    ledger = [Credited("registered", Decimal("10.00"), "EUR")]

    assert rules.entries(verdict, ledger, frozenset(), TERMS) == []
    taken_back = rules.entries(rules.Verdict("known_person"), ledger, frozenset(), TERMS)
    assert [(one.amount, one.currency, one.number) for one in taken_back] == [(Decimal("-10.00"), "EUR", 1)]


def test_what_was_paid_stays_and_wins_over_an_earlier_one() -> None:
    early = Referral(IDS[0], IDS[0], NOON, None, won=False)
    late = Referral(IDS[1], IDS[1], NOON + timedelta(days=1), None, won=False, paid=frozenset({"registered"}))
    seen = [Visit(one.inquiry_id, one.received_at) for one in (early, late)]

    decided = rules.verdicts([early, late], seen, TERMS)
    assert (decided[early.id].state, decided[late.id].state) == ("already_referred", "counts")
    line = [Credited("registered", Decimal("25.00"), "USD")]
    assert rules.entries(rules.Verdict("own_lead"), line, frozenset({"registered"}), TERMS) == []


def test_departments_and_dates_say_who_earns() -> None:
    terms = Rules(**{**TERMS.__dict__, "departments": frozenset({"service"})})
    dana = Participant("E1", "Dana", department="service", since=date(2026, 1, 1), until=date(2026, 6, 30))

    assert [terms.earns(dana, day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 7, 1))] == [
        False, True, False,
    ]  # fmt: skip
    assert not terms.earns(Participant("E2", "Lee", department="sales"), date(2026, 1, 1))


@given(some.text(max_size=40))
def test_a_pin_is_known_again_and_any_other_is_not(pin: str) -> None:
    kept = rules.pin_hash(pin, "ab12", rounds=10)

    assert rules.pin_is(pin, kept)
    assert not rules.pin_is(pin + "x", kept)
    assert pin == "" or pin not in kept or len(pin) < 4


GOOD: dict[str, Any] = {"currency": "USD", "registered": 25, "closed": "250.00"}


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"currency": "dollars"}, "currency: three capital letters"),
        ({"registered": -1}, "registered: not below 0"),
        ({"closed": "much"}, "closed: an amount"),
        ({"bonus": 1}, "no field 'bonus'"),
        ({"sources": {"nowhere": "link"}}, "sources.nowhere: 'nowhere' is not known"),
        ({"sources": {"cards": "trust"}}, "sources.cards: 'trust' is not known"),
        ({"participants": {"E 1": {"name": "Dana"}}}, "participants.E 1: a number"),
        ({"participants": {"E1": {}}}, "participants.E1.name: a text"),
        ({"participants": {"E1": {"name": "Dana", "pin": "4711"}}}, "participants.E1.pin: not the PIN itself"),
        ({"participants": {"E1": {"name": "Dana", "link": 0}}}, "participants.E1.link"),
        ({"participants": {"E1": {"name": "Dana", "since": "soon"}}}, "participants.E1.since"),
    ],
)
def test_a_mistake_in_the_terms_is_told(tmp_path: Path, over: dict[str, Any], said: str) -> None:
    (tmp_path / "referrals.yml").write_text(yaml.safe_dump(GOOD | over))
    with pytest.raises(CompanyError, match=said):
        company_referrals.load(tmp_path, {"cards"})


def test_without_terms_there_are_no_referrals(tmp_path: Path) -> None:
    assert company_referrals.load(tmp_path, set()) is None
