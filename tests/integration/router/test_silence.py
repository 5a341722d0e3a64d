"""An owner who says nothing more: the prospect is asked once, and their word is taken; else the lead goes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.router.models import Lead, PurchaseQuestion
from services.router.usecases import purchases
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.calls import PurchaseReply, TellPurchaseRequest
from shared.contracts.capture import LeadRegistered, PersonErased
from shared.contracts.errors import ContractViolation, LinkInvalid
from shared.contracts.signed_ids import purchase_tokens
from tests.integration.router.told import lead_in, owner_id, press, qualified, token, without_duty
from tests.played_room import PlayedRoom

TOKENS = purchase_tokens("a secret of at least thirty-two characters")


def in_talks(router: PlayedRoom, desk: Desk) -> LeadRegistered:
    """A lead whose owner reached the prospect, and said so."""
    lead = lead_in()
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "contacted"))
    return lead


def of(router: PlayedRoom, lead: LeadRegistered) -> Any:
    (row,) = [row for row in router.rows(Lead.__table__) if row["lead_id"] == lead.lead_id]
    return row


def link(router: PlayedRoom, lead: LeadRegistered) -> str:
    (asked,) = router.published(published.PurchaseAsked)
    return TOKENS.make(lead.lead_id, asked.expires_at)


def tell(
    router: PlayedRoom, desk: Desk, link: str, answer: Any, *, contact: bool = False, **fields: str
) -> PurchaseReply:
    request = TellPurchaseRequest(token=link, answer=answer, fields=fields, wants_contact=contact)
    with router.uow.begin() as tx:
        return purchases.tell(tx, request, rules=desk.rules, tokens=TOKENS)


def test_after_three_weeks_without_a_word_the_prospect_is_asked_once(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(20)
    assert router.published(published.PurchaseAsked) == []

    router.pass_days(15)

    (asked,) = router.published(published.PurchaseAsked)
    assert (asked.lead_id, asked.owner_name, asked.products) == (lead.lead_id, "Hawkeye Implement", ["grain-dryer"])


def test_each_word_of_the_owner_begins_the_silence_anew(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(15)
    press(router, desk, token(router, desk, lead.lead_id, "quoted"), amount="9000")
    router.pass_days(20)
    assert router.published(published.PurchaseAsked) == []

    router.pass_days(2)
    assert len(router.published(published.PurchaseAsked)) == 1


def test_when_both_are_silent_the_lead_goes_back_to_marketing(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(43, lambda: None if without_duty(router, desk) == [] else pytest.fail("a lead without duty"))

    (back,) = router.published(published.LeadRecycled)
    assert (back.told_by, back.owner_id) == ("silence", "hawkeye-implement")
    assert "no word for 42 days" in back.reason
    assert owner_id(router, lead.lead_id) == "marketing"
    assert of(router, lead)["had_before"] == {"hawkeye-implement": "silent"}


@pytest.mark.parametrize(
    ("answer", "fields", "status"),
    [("bought", {}, "won"), ("elsewhere", {"bought_from": "Acme"}, "lost"), ("no_interest", {}, "lost")],
)
def test_the_prospects_word_closes_the_lead_of_a_silent_owner(
    router: PlayedRoom, desk: Desk, answer: str, fields: dict[str, str], status: str
) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)

    tell(router, desk, link(router, lead), answer, **fields)

    assert of(router, lead)["status"] == status
    closing = [*router.published(published.LeadWon), *router.published(published.LeadLost)]
    assert [one.told_by for one in closing] == ["prospect"]
    (told,) = router.published(published.PurchaseTold)
    assert (told.answer, told.changed, told.bought_from) == (answer, True, fields.get("bought_from"))


def test_the_same_answer_twice_is_one(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    for _ in range(2):
        tell(router, desk, link(router, lead), "bought")

    assert len(router.published(published.PurchaseTold)) == len(router.published(published.LeadWon)) == 1


@pytest.mark.parametrize(
    ("second", "status"), [("elsewhere", "lost"), ("no_interest", "lost"), ("looking", "assigned")]
)
def test_a_prospect_corrects_what_they_said(router: PlayedRoom, desk: Desk, second: str, status: str) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    tell(router, desk, link(router, lead), "bought")
    tell(router, desk, link(router, lead), second)

    assert of(router, lead)["status"] == status
    assert [told.answer for told in router.published(published.PurchaseTold)] == ["bought", second]
    assert without_duty(router, desk) == []


def test_a_prospect_cannot_correct_what_the_owner_said(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    tell(router, desk, link(router, lead), "bought")
    press(router, desk, token(router, desk, lead.lead_id, "lost"), reason="price", lost_to="Acme")
    tell(router, desk, link(router, lead), "no_interest")

    row = of(router, lead)
    assert row["status"] == "lost"
    assert [lost.reason for lost in router.published(published.LeadLost)] == ["price"]


def test_who_is_still_looking_and_asks_for_it_gets_somebody_else(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)

    tell(router, desk, link(router, lead), "looking", contact=True)

    assert owner_id(router, lead.lead_id) == "cedar-valley-tractor"
    assert without_duty(router, desk) == []


def test_who_is_still_looking_but_later_is_nurtured_until_then(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    until = (router.clock.now() + timedelta(days=90)).date()

    tell(router, desk, link(router, lead), "looking", until=until.isoformat())

    (back,) = router.published(published.LeadRecycled)
    assert (back.told_by, back.until) == ("prospect", until)
    assert owner_id(router, lead.lead_id) == "marketing"


def test_the_owners_word_is_not_overruled_and_both_are_kept(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    press(router, desk, token(router, desk, lead.lead_id, "quoted"), amount="9000")

    tell(router, desk, link(router, lead), "elsewhere", bought_from="Acme")

    assert of(router, lead)["status"] == "quoted"
    (told,) = router.published(published.PurchaseTold)
    assert not told.changed
    (kept,) = router.rows(PurchaseQuestion.__table__)
    assert kept["answer"] == {"answer": "elsewhere", "bought_from": "Acme"}


def test_an_owner_who_speaks_after_all_is_believed_more_than_the_prospect(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    fresh = token(router, desk, lead.lead_id, "won")
    router.pass_days(22)
    tell(router, desk, link(router, lead), "elsewhere", bought_from="Acme")
    router.clock.forward(hours=1)

    press(router, desk, token(router, desk, lead.lead_id, "won") or fresh, amount="41000")

    assert of(router, lead)["status"] == "won"
    (won,) = router.published(published.LeadWon)
    assert (won.told_by, str(won.amount)) == ("owner", "41000.00")


def test_a_bad_date_and_an_old_link_are_refused_and_nothing_changes(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    for until in ("soon", "2020-01-01"):
        with pytest.raises(ContractViolation):
            tell(router, desk, link(router, lead), "looking", until=until)
    with pytest.raises(LinkInvalid):
        tell(router, desk, "x" + link(router, lead), "bought")
    old = link(router, lead)
    router.pass_days(22)
    with pytest.raises(LinkInvalid):
        tell(router, desk, old, "bought")

    assert router.published(published.PurchaseTold) == []


def test_an_answer_is_forgotten_with_the_person(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    tell(router, desk, link(router, lead), "elsewhere", bought_from="my brother Karl")

    router.hear(
        PersonErased(
            erasure_id=UUID(int=7),
            person_ids=[lead.person_id],
            lead_ids=[lead.lead_id],
            erased_at=router.clock.now(),
        )
    )

    assert "Karl" not in str(router.rows(PurchaseQuestion.__table__))
