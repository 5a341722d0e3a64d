"""Signing in to the portal: by an emailed link, once, in the browser that asked."""

from dataclasses import replace

import pytest

from services.router.domain.choice import Market
from services.router.domain.rules import Rules
from services.router.models import PortalSession, SignIn
from services.router.usecases.portal_signing import LINKS_PER_HOUR, Seals
from shared.contracts.errors import LinkInvalid
from shared.database.plumbing import EFFECT
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer
from tests.played_room import PlayedRoom

DEALER, MANAGER = "sales@hawkeye-implement.example", "north-region@prairie-line.example"


@pytest.fixture
def portal(delivering: PlayedRoom, rules: Rules, mail: MailServer) -> Portal:
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    return Portal(delivering, rules, mail, seals)


def test_a_dealer_signs_in_by_the_link_that_was_mailed(portal: Portal) -> None:
    portal.ask(" Sales@Hawkeye-Implement.example ")
    (message,) = portal.mail.to(DEALER)
    (token,) = portal.mailed(DEALER)

    assert message["Subject"] == "Your link to sign in"
    assert portal.look(token) == "ready"
    assert portal.visitor(portal.enter(token).session) == DEALER


def test_a_manager_signs_in_too(portal: Portal) -> None:
    assert portal.visitor(portal.session(MANAGER)) == MANAGER


def test_opening_the_link_changes_nothing_and_using_it_ends_it(portal: Portal) -> None:
    portal.ask(DEALER)
    (token,) = portal.mailed(DEALER)
    looks = [portal.look(token, browser) for browser in (None, "a scanner", "another", "a digest") for _ in range(5)]
    session = portal.enter(token)

    assert set(looks) == {"other_browser"}
    assert portal.look(token) == "used"
    with pytest.raises(LinkInvalid):
        portal.enter(token)
    assert portal.visitor(session.session) == DEALER


def test_a_link_is_good_in_the_browser_that_asked_and_nowhere_else(portal: Portal) -> None:
    portal.ask(DEALER)
    (token,) = portal.mailed(DEALER)

    for other in (None, "", "the browser of whoever read the mail"):
        with pytest.raises(LinkInvalid):
            portal.enter(token, other)
    assert portal.look(token) == "ready"


def test_a_link_is_good_for_a_quarter_of_an_hour(portal: Portal) -> None:
    portal.ask(DEALER)
    (token,) = portal.mailed(DEALER)
    portal.router.clock.forward(minutes=14, seconds=59)
    before = portal.look(token)
    portal.router.clock.forward(seconds=1)

    assert (before, portal.look(token)) == ("ready", "expired")
    with pytest.raises(LinkInvalid):
        portal.enter(token)


def test_nothing_tells_whether_an_address_is_known(portal: Portal) -> None:
    answers = [portal.ask(DEALER)]
    portal.router.clock.forward(seconds=1)
    answers += [portal.ask("nobody@elsewhere.example")]
    known, unknown = portal.router.rows(SignIn)
    planned = portal.router.rows(EFFECT)

    assert answers[0] == answers[1]
    assert (known["address"], unknown["address"]) == (DEALER, None)
    assert [row["kind"] for row in planned] == ["portal_mail", "portal_mail"]
    assert "nobody@elsewhere.example" not in str(portal.router.rows(SignIn)) + str(planned)
    assert [recipients for recipients, _ in portal.mail.received] == [[DEALER]]


def test_nobody_can_fill_a_dealers_mailbox(portal: Portal) -> None:
    for _ in range(LINKS_PER_HOUR + 3):
        portal.ask(DEALER)
    within = len(portal.mailed(DEALER))
    portal.router.clock.forward(hours=1)
    portal.ask(DEALER)

    assert (within, len(portal.mailed(DEALER))) == (LINKS_PER_HOUR, LINKS_PER_HOUR + 1)


def test_what_the_tables_hold_opens_nothing(portal: Portal) -> None:
    session = portal.session(DEALER)
    stored = str([portal.router.rows(table) for table in (SignIn, PortalSession, EFFECT)])
    (sign_in,) = portal.router.rows(SignIn)
    (row,) = portal.router.rows(PortalSession)
    stranger = Seals("another secret of thirty-two characters", "https://leads.prairie-line.example")

    assert portal.mailed(DEALER)[0] not in stored
    assert session not in stored
    for guess in (str(row["id"]), row["id"].hex, stranger.session(row["id"]), portal.mailed(DEALER)[0], "", "x.y"):
        with pytest.raises(LinkInvalid):
            portal.visitor(guess)
    with pytest.raises(LinkInvalid):
        portal.look(portal.seals.session(sign_in["id"]))


def test_a_session_lasts_twelve_hours(portal: Portal) -> None:
    session = portal.session(DEALER)
    portal.router.clock.forward(hours=11, minutes=59)
    assert portal.visitor(session) == DEALER
    portal.router.clock.forward(minutes=1)

    with pytest.raises(LinkInvalid):
        portal.visitor(session)


def test_signing_out_ends_one_session_or_all_of_the_same_person(portal: Portal) -> None:
    first, second, third = (portal.session(DEALER) for _ in range(3))
    manager = portal.session(MANAGER)
    assert portal.leave(first) == 1
    with pytest.raises(LinkInvalid):
        portal.visitor(first)
    assert portal.visitor(second) == DEALER

    assert portal.leave(second, everywhere=True) == 2
    for ended in (second, third):
        with pytest.raises(LinkInvalid):
            portal.visitor(ended)
    assert portal.visitor(manager) == MANAGER


def test_who_is_no_longer_in_the_file_is_out_at_once(portal: Portal, rules: Rules) -> None:
    session = portal.session(DEALER)
    others = {name: owner for name, owner in rules.owners.items() if name != "hawkeye-implement"}
    portal.rules = replace(rules, market=Market(rules.atlas, others, rules.market.fall_back))

    with pytest.raises(LinkInvalid):
        portal.visitor(session)


def test_old_links_and_sessions_are_forgotten(portal: Portal) -> None:
    portal.session(DEALER)
    portal.router.clock.forward(days=2)
    portal.ask(MANAGER)

    assert [row["address"] for row in portal.router.rows(SignIn)] == [MANAGER]
    assert portal.router.rows(PortalSession) == []
