"""One lead in the portal: what its owner sees, what they say of it, and what nobody else gets to know."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.router.domain.material import Material
from services.router.domain.rules import Rules
from services.router.models import OwnerWord
from services.router.usecases import portal_lead
from services.router.usecases.answering import Desk
from services.router.usecases.portal_signing import Seals
from shared.contracts import capture, fulfillment
from shared.contracts import router as published
from shared.contracts.calls import PortalLeadReply, PortalLeadRequest, PortalWord, PortalWordReply
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed, NotFound
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer, perform
from tests.integration.router.test_portal_leads import CEDAR, HAWKEYE, NORTH, SOUTH, a_lead
from tests.integration.router.told import owner_id
from tests.played_room import PlayedRoom

MATERIAL = (
    Material("First call", text="Ask", at=frozenset({"assigned"})),
    Material("Dryers", url="https://x.example", products=frozenset({"grain-dryer"})),
    Material("Prices", url="https://p.example", at=frozenset({"accepted"}), products=frozenset({"compact-tractor"})),
)


@pytest.fixture
def portal(delivering: PlayedRoom, rules: Rules, mail: MailServer) -> Portal:
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    return Portal(delivering, rules, mail, seals)


def opened(portal: Portal, session: str, lead_id: UUID) -> PortalLeadReply:
    with portal.router.uow.begin() as tx:
        request = PortalLeadRequest(session=session, lead_id=lead_id)
        return portal_lead.show_lead(tx, request, rules=portal.rules, seals=portal.seals, materials=MATERIAL)


def says(portal: Portal, session: str, lead_id: UUID, action: str, **fields: str) -> PortalWordReply:
    with portal.router.uow.begin() as tx:
        word = PortalWord(session=session, lead_id=lead_id, action=action, fields=fields)
        return portal_lead.say_of_lead(tx, word, rules=portal.rules, seals=portal.seals)


def test_the_owner_sees_everything_that_is_known(portal: Portal) -> None:
    lead = a_lead(portal, person={"name": "Ann Lee"}, message="Which size for 400 acres?", answers={"acres": "400"})
    perform(portal.router)
    found = opened(portal, portal.session(HAWKEYE), lead.lead_id)

    assert found.package["contact"]["name"] == "Ann Lee"
    assert found.package["interest"]["message"] == "Which size for 400 acres?"
    assert found.package["answers"] == {"acres": "400"}
    assert found.package["qualification"]["bant"]["authority"] == "owner"
    assert (found.status, found.clock, found.overdue) == ("assigned", "accept", False)
    assert "territory" in found.because
    assert [(one.what, one.state) for one in found.sent] == [("lead", "delivered")]
    assert [one.title for one in found.material] == ["First call"]
    assert {"accept", "decline", "won", "return", "blocked"} <= {one.action for one in found.actions}


def test_who_else_was_looked_at_is_named_to_the_manager_alone(portal: Portal) -> None:
    lead = a_lead(portal)
    own = opened(portal, portal.session(HAWKEYE), lead.lead_id)
    managers = opened(portal, portal.session(NORTH), lead.lead_id)

    assert [one.name for one in own.candidates if one.chosen] == ["Hawkeye Implement"]
    assert {one.name for one in own.candidates if not one.chosen} <= {
        "another dealer", "another distributor", "another rep", "another marketing", "another call centre"
    }  # fmt: skip
    assert len(own.candidates) == len(managers.candidates) > 1
    assert not any(one.name.startswith("another") for one in managers.candidates)
    assert managers.actions == []


def test_another_owner_learns_not_even_that_there_is_such_a_lead(portal: Portal) -> None:
    lead = a_lead(portal)
    for session in (portal.session(CEDAR), portal.session(SOUTH)):
        for lead_id in (lead.lead_id, uuid4()):
            with pytest.raises(NotFound):
                opened(portal, session, lead_id)
            with pytest.raises(NotFound):
                says(portal, session, lead_id, "won", amount="1")
    with pytest.raises(NotFound):
        says(portal, portal.session(NORTH), lead.lead_id, "accept")
    with pytest.raises(LinkInvalid):
        opened(portal, "made up", lead.lead_id)
    assert portal.router.rows(OwnerWord) == []


def test_one_tap_moves_the_lead_on_and_a_second_one_changes_nothing(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    first = says(portal, session, lead.lead_id, "accept")
    second = says(portal, session, lead.lead_id, "accept")
    (word,) = portal.router.rows(OwnerWord)

    assert (first.status, first.changed, first.kept) == ("accepted", True, True)
    assert (second.changed, second.kept) == (False, True)
    assert (word["via"], word["by"]) == ("portal", HAWKEYE)
    assert len(portal.router.published(published.LeadAccepted)) == 1
    after = opened(portal, session, lead.lead_id)
    assert (after.status, after.clock) == ("accepted", "contact")
    assert [one.title for one in after.material] == ["Prices"]


@pytest.mark.parametrize(
    ("action", "fields", "kept"),
    [
        ("contacted", {"note": "likes the big one"}, True),
        ("appointment", {"at": "2026-12-24T10:00"}, True),
        ("quoted", {"amount": "12,500"}, True),
        ("won", {"amount": "12500"}, True),
        ("lost", {"reason": "price", "lost_to": "Acme"}, True),
        ("not_ready", {"reason": "after harvest", "until": "2027-10-01"}, False),
        ("decline", {"reason": "no capacity"}, False),
        ("wrong_territory", {"note": "lives in Nebraska"}, False),
        ("blocked", {"reason": "other", "note": "no prices yet"}, True),
    ],
)
def test_everything_can_be_said_here(portal: Portal, action: str, fields: dict[str, str], kept: bool) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    done = says(portal, session, lead.lead_id, action, **fields)
    again = says(portal, session, lead.lead_id, action, **fields)

    assert (done.changed, done.kept) == (True, kept)
    assert (again.changed, again.kept) == (False, kept)
    assert (owner_id(portal.router, lead.lead_id) == "hawkeye-implement") == kept
    assert len(portal.router.rows(OwnerWord)) == 1


def test_what_is_wrong_is_told_by_field_and_changes_nothing(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)

    with pytest.raises(ContractViolation) as wrong:
        says(portal, session, lead.lead_id, "quoted", amount="a lot")
    assert set(wrong.value.fields) == {"amount"}
    with pytest.raises(ContractViolation):
        says(portal, session, lead.lead_id, "explode")
    with pytest.raises(NotAllowed):
        says(portal, session, lead.lead_id, "correct")
    assert opened(portal, session, lead.lead_id).status == "assigned"


def test_a_correction_is_kept_beside_what_it_corrects(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    says(portal, session, lead.lead_id, "quoted", amount="125000")
    portal.router.clock.forward(minutes=1)
    says(portal, session, lead.lead_id, "correct", to="quoted", amount="12500")
    history = opened(portal, session, lead.lead_id).history

    said = [(event.what, event.fields.get("amount"), event.corrected) for event in history if event.via]
    assert said == [("correct", "12500.00", False), ("quoted", "125000.00", True)]


def test_a_former_owner_sees_nothing_more_and_cannot_speak_of_it(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    says(portal, session, lead.lead_id, "decline", reason="no capacity")

    with pytest.raises(NotFound):
        opened(portal, session, lead.lead_id)
    with pytest.raises(NotFound):
        says(portal, session, lead.lead_id, "won", amount="9")


def test_the_next_owner_reads_what_happened_without_the_name_of_who_had_it(portal: Portal) -> None:
    lead = a_lead(portal)
    says(portal, portal.session(HAWKEYE), lead.lead_id, "decline", reason="Ann never pays")
    portal.router.clock.forward(minutes=1)
    following = portal.rules.owners[owner_id(portal.router, lead.lead_id)]
    seen = opened(portal, portal.session(following.email), lead.lead_id).history
    managers = opened(portal, portal.session(following.manager_email), lead.lead_id).history

    assert "Hawkeye" not in str(seen)
    assert "Ann never pays" not in str(seen)
    assert [event.what for event in managers][:2] == ["given_declined", "decline"]


def test_of_an_erased_person_nothing_is_left(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    says(portal, session, lead.lead_id, "blocked", reason="other", note="Ann does not answer")
    portal.router.hear(
        capture.PersonErased(
            erasure_id=uuid4(),
            person_ids=[lead.person_id],
            lead_ids=[lead.lead_id],
            erased_at=portal.router.clock.now(),
        )
    )

    with pytest.raises(NotFound):
        opened(portal, session, lead.lead_id)
    with pytest.raises(NotFound):
        says(portal, session, lead.lead_id, "won", amount="1")


def test_what_the_prospect_got_is_there_too(portal: Portal) -> None:
    lead = a_lead(portal)
    piece: dict[str, Any] = {
        "key": "k", "lead_id": lead.lead_id, "person_id": lead.person_id, "piece": "literature", "channel": "email",
        "piece_id": uuid4(), "occasion": "first",
        "items": ["gd-500"], "sent_at": portal.router.clock.now(),
    }  # fmt: skip
    portal.router.hear(fulfillment.PieceSent(**piece))

    (sent,) = opened(portal, portal.session(HAWKEYE), lead.lead_id).package["fulfilment"]
    assert sent["items"] == ["gd-500"]


def test_the_manager_of_returns_is_asked_once(portal: Portal, desk: Desk) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    (ask,) = [one for one in opened(portal, session, lead.lead_id).actions if one.action == "return"]
    reason = ask.choices["reason"][0]
    done = says(portal, session, lead.lead_id, "return", reason=reason, evidence="the number is not in service")

    assert ask.asks == ["reason*", "evidence*"]
    assert done.changed


def test_two_taps_at_one_moment_are_one(portal: Portal) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    with ThreadPoolExecutor(4) as taps:
        done = list(taps.map(lambda _: says(portal, session, lead.lead_id, "won", amount="12500"), range(4)))

    assert sorted(one.changed for one in done) == [False, False, False, True]
    assert len(portal.router.rows(OwnerWord)) == 1
    assert len(portal.router.published(published.LeadWon)) == 1
