"""Leads that own staff forward: credited once per person, in whatever order things become known."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from services.capture import referral_links
from services.capture.models import Inquiry, Lead, Person, Referral, ReferralCredit, ReferralPayment
from services.capture.present import Present
from services.capture.referral_links import PersonalLink
from services.capture.usecases import merging, referral_views
from services.capture.usecases.merging import Grounds
from shared.contracts import calls
from shared.contracts.calls import (
    CreditsReply,
    CreditsRequest,
    EnterReferrerRequest,
    PayCreditsReply,
    PayCreditsRequest,
    ReferralEntry,
    ReferralsRequest,
)
from shared.contracts.capture import LeadRegistered, ReferralCredited
from shared.contracts.errors import LinkInvalid
from shared.contracts.router import LeadLost, LeadStatusChanged, LeadWon
from shared.database.plumbing import FAILED_MESSAGE
from shared.room import RawInquiry
from tests.builders import NOON
from tests.integration.capture.desk import COMPANY, FrontDesk, as_message, desk_on, form, only, partner

DAY = 24 * 60
DANA, OMAR, SALES = "E1042", "E1077", "E0815"
BOB = {"name": "Bob Hill", "email": "bob@hill.example", "zip": "50010"}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_SECRET", "a secret of at least thirty-two characters")


def forwarded(by: str, person: dict[str, str] | None = None, **over: Any) -> RawInquiry:
    """A lead that the intranet sends for one of the staff."""
    return partner((person or BOB) | {"referrer": by}, source="staff-leads", **over)


def own_page(token: str, person: dict[str, str] | None = None, **over: Any) -> RawInquiry:
    """A lead that somebody sends from their personal page."""
    return form((person or BOB) | {"referral_token": token}, source="referral-form", **over)


def won(lead_id: Any, days: int = 30) -> LeadWon:
    return LeadWon(lead_id=lead_id, owner_id="boone", amount=Decimal("48000"), currency="USD",
                   won_at=NOON + timedelta(days=days))  # fmt: skip


def lost(lead_id: Any, days: int = 40) -> LeadLost:
    return LeadLost(lead_id=lead_id, owner_id="boone", reason="cancelled", lost_at=NOON + timedelta(days=days))


def lead_of(desk: FrontDesk, number: int = 0) -> Any:
    return desk.published(LeadRegistered)[number].lead_id


def net(desk: FrontDesk) -> dict[tuple[str, str], Decimal]:
    """By referrer and kind: what the ledger comes to."""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in desk.rows(ReferralCredit):
        place = row["referrer"], row["kind"]
        sums[place] = sums.get(place, Decimal(0)) + row["amount"]
    return {place: amount for place, amount in sums.items() if amount}


def states(desk: FrontDesk) -> list[tuple[str | None, str]]:
    rows = sorted(desk.rows(Referral), key=lambda row: (row["received_at"], row["id"]))
    return [(row["referrer"], row["state"]) for row in rows]


def mine(desk: FrontDesk, number: str) -> list[ReferralEntry]:
    with desk.uow.begin() as tx:
        company = Present(COMPANY).company(tx)
        return referral_views.listed(tx, ReferralsRequest(referrer=number), company).referrals


def ledger(desk: FrontDesk, month: str = "2026-03") -> CreditsReply:
    with desk.uow.begin() as tx:
        return referral_views.credits(tx, CreditsRequest(month=month), Present(COMPANY).company(tx))


def pay(desk: FrontDesk, month: str = "2026-03", **over: Any) -> PayCreditsReply:
    with desk.uow.begin() as tx:
        request = PayCreditsRequest(month=month, by="payroll", **over)
        return referral_views.pay(tx, request, Present(COMPANY).company(tx))


def test_a_forwarded_lead_earns_once_it_is_registered_and_more_once_it_is_sold(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA))
    desk.run_due()
    desk.hear(won(lead_of(desk)))
    desk.run_due()

    events = desk.published(ReferralCredited)
    assert [(event.referrer, event.kind, event.amount, event.currency) for event in events] == [
        (DANA, "registered", Decimal("25.00"), "USD"),
        (DANA, "closed", Decimal("250.00"), "USD"),
    ]
    assert {event.lead_id for event in events} == {lead_of(desk)}


def test_a_lead_that_is_not_sold_earns_nothing_more(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA))
    desk.hear(lost(lead_of(desk)))
    desk.run_due()

    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}


def test_a_sale_that_is_cancelled_is_taken_back_by_a_line_of_its_own(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA))
    desk.hear(won(lead_of(desk)))
    desk.run_due()
    desk.hear(lost(lead_of(desk)))
    desk.run_due()

    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}
    assert [event.amount for event in desk.published(ReferralCredited)][-1] == Decimal("-250.00")
    assert len(desk.rows(ReferralCredit)) == 3


def test_the_second_who_refers_a_person_earns_nothing_and_a_repeat_inquiry_neither(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA))
    desk.receive(forwarded(OMAR, minutes=DAY), forwarded(DANA, BOB | {"message": "again"}, minutes=2 * DAY))
    desk.receive(form({"your-name": "Bob Hill", "your-email": BOB["email"]}, minutes=3 * DAY))
    desk.run_due()

    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}
    assert states(desk) == [(DANA, "counts"), (OMAR, "already_referred"), (DANA, "already_referred")]


def test_a_person_is_paid_for_once_even_years_later(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA))
    desk.hear(lost(lead_of(desk)))
    desk.receive(forwarded(OMAR, minutes=800 * DAY))
    desk.run_due()

    assert len(desk.published(LeadRegistered)) == 2
    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}


@pytest.mark.parametrize(("days", "state"), [(30, "known_person"), (364, "known_person"), (366, "counts")])
def test_somebody_we_were_in_touch_with_is_no_new_lead(desk: FrontDesk, days: int, state: str) -> None:
    desk.receive(form({"your-name": "Bob Hill", "your-email": BOB["email"]}))
    desk.receive(forwarded(DANA, minutes=days * DAY))
    desk.run_due()

    assert states(desk) == [(DANA, state)]


def test_the_link_proves_who_it_is_and_a_number_alone_does_not(desk: FrontDesk) -> None:
    token = referral_links.token(PersonalLink(DANA, 1))
    people = [BOB | {"email": f"p{n}@hill.example", "name": f"Number{n} Person{n}"} for n in range(5)]
    desk.receive(
        own_page(token, people[0]),
        own_page(DANA, people[1], minutes=1),
        own_page(token[:-2] + "xx", people[2], minutes=2),
        own_page(referral_links.token(PersonalLink(DANA, 2)), people[3], minutes=3),
        forwarded("E9999", people[4], minutes=4),
    )
    desk.run_due()

    assert states(desk) == [(DANA, "counts")] + [(None, "unknown_referrer")] * 4
    assert len(desk.published(LeadRegistered)) == 5, "a lead is never lost for want of a referrer"


def test_the_token_goes_nowhere_with_the_lead(desk: FrontDesk) -> None:
    token = referral_links.token(PersonalLink(DANA, 1))
    desk.receive(own_page(token))

    assert all(token not in str(envelope.raw) for envelope in desk.envelopes())


def test_who_does_not_take_part_and_who_refers_themselves_earn_nothing(desk: FrontDesk) -> None:
    desk.receive(
        forwarded(SALES),
        forwarded(DANA, {"name": "Dana Ruiz", "email": "Dana.Ruiz@prairieline.example"}, minutes=1),
    )
    desk.run_due()

    assert states(desk) == [(SALES, "not_taking_part"), (DANA, "own_lead")]
    assert net(desk) == {}


def test_tests_quarantined_inquiries_and_second_copies_earn_nothing(desk: FrontDesk) -> None:
    copy = forwarded(DANA, minutes=2)
    desk.receive(
        forwarded(DANA, {"name": "No Contact"}),
        forwarded(DANA, BOB | {"email": "t@t.example"}, test=True),
        copy,
        copy,
        forwarded(DANA, minutes=4),
    )
    desk.run_due()

    assert states(desk) == [(DANA, "counts")]
    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}


def test_a_card_or_a_call_may_name_who_forwarded_it(desk: FrontDesk) -> None:
    desk.receive(partner(BOB | {"card_code": "MM26A", "referred_by": OMAR}, source="keyed-cards", dialect="keyed"))
    desk.run_due()

    assert net(desk) == {(OMAR, "registered"): Decimal("25.00")}


# --- merged people ---------------------------------------------------------------------------------------------------


def merge(desk: FrontDesk) -> UUID:
    """The two people that were referred turn out to be one."""
    one, other = (row["id"] for row in desk.rows(Person))
    with desk.uow.begin() as tx:
        merged = merging.merge(tx, one, other, Grounds(by="a manager"))
    desk.run_due()
    assert merged is not None
    return merged.id


def test_two_who_turn_out_to_be_one_are_paid_for_once_and_undone_it_is_as_it_was(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA), forwarded(OMAR, {"name": "Rob Mountain", "phone": "515 555 0177"}, minutes=5))
    desk.run_due()
    both = {(DANA, "registered"): Decimal("25.00"), (OMAR, "registered"): Decimal("25.00")}
    assert net(desk) == both

    merge_id = merge(desk)
    assert net(desk) == {(DANA, "registered"): Decimal("25.00")}

    with desk.uow.begin() as tx:
        merging.unmerge(tx, merge_id, "a manager")
    desk.run_due()
    assert net(desk) == both


def test_what_was_paid_stays_paid(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA), forwarded(OMAR, {"name": "Rob Mountain", "phone": "515 555 0177"}, minutes=5))
    desk.run_due()
    pay(desk, referrer=OMAR)
    merge(desk)

    assert net(desk) == {(OMAR, "registered"): Decimal("25.00")}
    pay(desk)
    desk.hear(lost(lead_of(desk, 1)))
    desk.run_due()
    assert net(desk) == {(OMAR, "registered"): Decimal("25.00")}


# --- any order -------------------------------------------------------------------------------------------------------


def history(dice: random.Random) -> list[RawInquiry]:
    """Referrals of five people by three of the staff, among inquiries of their own."""
    made = []
    for person in range(5):
        who = {"name": f"Name{person} Of{person}", "email": f"p{person}@farm.example"}
        for _ in range(dice.choice((1, 2, 3))):
            minutes = dice.randrange(20) * DAY + dice.randrange(600)
            made.append(forwarded(dice.choice((DANA, OMAR, SALES)), who | {"message": str(minutes)}, minutes=minutes))
        if dice.random() < 0.5:
            minutes = dice.randrange(20) * DAY
            made.append(form({"your-name": who["name"], "your-email": who["email"]}, minutes=minutes))
    return sorted(made, key=lambda raw: (raw.intake.received_at, raw.intake.receipt_id))


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_and_repeated_the_same_is_owed(room_database: Callable[[str], str], seed: int) -> None:
    dice = random.Random(seed)
    told = history(dice)
    one, other = desk_on(room_database("capture")), desk_on(room_database("capture"))
    one.receive(*told)
    one.run_due()
    for raw in [*dice.sample(told, len(told)), *dice.sample(told, 3)]:
        other.receive(raw)
        other.run_due()
    sold = {row["person_id"] for row in one.rows(Lead) if dice.random() < 0.5}
    emails = {row["id"]: row["email"] for row in one.rows(Person)}
    for desk, again in ((one, 1), (other, 2)):
        people = {row["email"]: row["id"] for row in desk.rows(Person)}
        ids = {people[emails[person]] for person in sold}
        events = [won(row["id"]) for row in desk.rows(Lead) if row["person_id"] in ids] * again
        desk.hear(*dice.sample(events, len(events)))
        desk.run_due()

    assert net(one) == net(other)
    assert states(one) == states(other)
    for desk in (one, other):
        assert sum((event.amount for event in desk.published(ReferralCredited)), Decimal(0)) == sum(
            net(desk).values(), Decimal(0)
        )
        desk.engine.dispose()


def test_a_sale_that_is_heard_before_its_referral_counts_too(desk: FrontDesk) -> None:
    from shared.ids import derived_id

    raw = forwarded(DANA)
    lead_id = derived_id(derived_id(raw.intake.receipt_id, "inquiry", "0"), "lead")
    desk.hear(won(lead_id))
    desk.receive(raw)
    desk.run_due()

    assert net(desk) == {(DANA, "registered"): Decimal("25.00"), (DANA, "closed"): Decimal("250.00")}


def test_an_inquiry_that_was_received_before_and_arrives_late_takes_the_credit_back(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA, minutes=60))
    desk.run_due()
    desk.receive(form({"your-name": "Bob Hill", "your-email": BOB["email"]}, minutes=5))
    desk.run_due()

    assert net(desk) == {}
    assert states(desk) == [(DANA, "known_person")]


def test_replicas_credit_once(room_database: Callable[[str], str]) -> None:
    url = room_database("capture")
    desks = [desk_on(url) for _ in range(3)]
    people = [{"name": f"Name{n} Of{n}", "email": f"p{n}@farm.example"} for n in range(10)]

    def sent(place: int, turn: int) -> RawInquiry:
        who = people[(turn * (3, 7, 9)[place]) % 10] | {"message": f"desk {place}"}
        return forwarded((DANA, OMAR)[(turn + place) % 2], who, minutes=place)

    posts = [[sent(place, turn) for turn in range(10)] for place in range(3)]
    begin = threading.Barrier(3)

    def work(place: int) -> None:
        from shared.messaging.inbox import IntakeHearing, handle_batch
        from shared.work.due import run_due

        desk = desks[place]
        begin.wait(timeout=30)
        messages = [as_message(post, tag) for tag, post in enumerate(posts[place], 1)]
        handle_batch(IntakeHearing(desk.room), desk.uow, messages, desk.policy)
        for _ in range(5):
            run_due(desk.room, desk.uow, desk.policy)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    # What the database broke off (two that waited for each other) is delivered again; so is everything else.
    with desks[0].engine.begin() as connection:
        connection.execute(delete(FAILED_MESSAGE))
    desks[0].receive(*(post for batch in posts for post in batch))
    desks[0].clock.forward(days=1)
    desks[0].run_due()

    assert len(desks[0].rows(Inquiry)) == 30
    assert sum(net(desks[0]).values()) == 10 * Decimal("25.00")
    assert sorted(state for _, state in states(desks[0])) == ["already_referred"] * 20 + ["counts"] * 10
    for desk in desks:
        desk.engine.dispose()


# --- seeing and paying -----------------------------------------------------------------------------------------------


def test_a_referrer_sees_what_became_of_each_and_nothing_they_did_not_enter(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA, {"full_name": "Bobby H", "phone": "515 555 0142"}))
    desk.receive(form({"your-name": "Robert Hill", "your-phone": "515 555 0142", "your-email": "secret@hill.example"}))
    desk.run_due()
    lead_id = lead_of(desk)
    for revision, status in ((2, "contacted"), (1, "accepted")):
        desk.hear(
            LeadStatusChanged(
                lead_id=lead_id, assignment_id=lead_id, owner_id="boone", revision=revision, status=status,
                previous="assigned", changed_at=NOON,
            )
        )  # fmt: skip

    entry = only(mine(desk, DANA))
    assert (entry.entered, entry.state, entry.status) == ("Bobby H", "counts", "contacted")
    assert entry.earned == Decimal("25.00")
    assert "secret" not in str(entry)
    assert "Robert" not in str(entry)
    assert mine(desk, OMAR) == []
    desk.hear(won(lead_id))
    desk.run_due()
    assert (only(mine(desk, DANA)).status, only(mine(desk, DANA)).earned) == ("won", Decimal("275.00"))


def test_a_month_is_paid_once(desk: FrontDesk) -> None:
    desk.receive(forwarded(DANA), forwarded(OMAR, {"name": "Rob Mountain", "phone": "515 555 0177"}))
    desk.run_due()
    owed = {total.referrer: (total.name, total.open) for total in ledger(desk).totals}
    assert owed == {DANA: ("Dana Ruiz", Decimal("25.00")), OMAR: ("Omar Haddad", Decimal("25.00"))}

    assert sum(total.paid for total in pay(desk, reference="run 3").totals) == Decimal("50.00")
    assert pay(desk).credits == []
    assert [total.open for total in ledger(desk).totals] == [Decimal("0.00")] * 2
    assert only({line.reference for line in ledger(desk).credits}) == "run 3"
    assert len(desk.rows(ReferralPayment)) == 2
    assert only(mine(desk, DANA)).paid == Decimal("25.00")


def test_two_who_pay_the_same_month_at_once_pay_it_once(desk: FrontDesk) -> None:
    desk.receive(*(forwarded(DANA, {"name": f"N{n} O{n}", "email": f"p{n}@f.example"}, minutes=n) for n in range(9)))
    desk.run_due()
    paid: list[int] = []
    begin = threading.Barrier(3)

    def work() -> None:
        begin.wait(timeout=30)
        paid.append(len(pay(desk).credits))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(paid) == [0, 0, 9]


@pytest.fixture
def entering(desk: FrontDesk) -> Callable[[str, str], calls.ReferrerReply]:
    def enter(number: str, pin: str) -> calls.ReferrerReply:
        with desk.uow.begin() as tx:
            company = Present(COMPANY).company(tx)
            return referral_views.enter(tx, EnterReferrerRequest(number=number, pin=pin), company)

    return enter


def test_number_and_pin_open_the_personal_page(desk: FrontDesk, entering: Callable[..., calls.ReferrerReply]) -> None:
    reply = entering(DANA, "4711-Iowa")

    assert (reply.name, reply.takes_part, reply.registered, reply.currency) == ("Dana Ruiz", True, Decimal(25), "USD")
    with desk.uow.begin() as tx:
        assert referral_views.referrer(tx, reply.token, Present(COMPANY).company(tx)) == reply


@pytest.mark.parametrize(("number", "pin"), [(DANA, "4711"), (OMAR, ""), ("E9999", "4711-Iowa"), (DANA, "\ud800")])
def test_a_wrong_pin_and_an_unknown_number_are_refused_alike(
    entering: Callable[..., calls.ReferrerReply], number: str, pin: str
) -> None:
    with pytest.raises(LinkInvalid):
        entering(number, pin)
