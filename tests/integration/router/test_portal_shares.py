"""A shared lead in the portal: everybody who works on it sees it and says their own word, until it is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from services.router import service
from services.router.models import Share
from services.router.usecases.portal_signing import Seals
from shared.contracts.errors import NotFound
from tests.company_folder import edited_company
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer
from tests.integration.router.test_portal_lead import opened, says
from tests.integration.router.test_portal_leads import seen
from tests.integration.router.told import lead_in, owner_id, qualified
from tests.played_room import PlayedRoom

A, B = "sales@champaign-grain.example", "sales@mclean-county-implement.example"


@pytest.fixture
def portal(
    router_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    room_database: Callable[[str], str],
    mail: MailServer,
    tmp_path: Path,
) -> Iterator[Portal]:
    monkeypatch.setenv("LEADBUS_SMTP_URL", mail.url)
    shared = "owners: [champaign-grain, mclean-county-implement], share: 2}"
    company = edited_company(
        tmp_path, ("territories.yml", "owners: [champaign-grain, mclean-county-implement]}", shared)
    )
    played = PlayedRoom.on(room_database("router"), service.room(company))
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    yield Portal(played, service.desk(company).rules, mail, seals)
    played.engine.dispose()


@pytest.fixture
def lead_id(portal: Portal) -> UUID:
    lead = lead_in("61801", state="IL", products=["grain-dryer"])
    portal.router.hear(lead, qualified(lead))
    return lead.lead_id


def sessions(portal: Portal, lead_id: UUID) -> tuple[str, str]:
    """Of the owner who is responsible, and of the other one."""
    responsible = portal.rules.owners[owner_id(portal.router, lead_id)].email
    return portal.session(responsible), portal.session(B if responsible == A else A)


def test_both_see_it_and_one_alone_has_a_clock(portal: Portal, lead_id: UUID) -> None:
    responsible, other = sessions(portal, lead_id)
    (own,), (shared,) = seen(portal, responsible).leads, seen(portal, other).leads

    assert (own.shared, own.due_at is not None) == (True, True)
    assert (shared.shared, shared.due_at, shared.overdue) == (True, None, False)
    assert opened(portal, other, lead_id).shared
    assert "accept" in {one.action for one in opened(portal, other, lead_id).actions}


def test_each_says_their_own_word(portal: Portal, lead_id: UUID) -> None:
    responsible, other = sessions(portal, lead_id)
    done = says(portal, other, lead_id, "contacted", note="they want two")

    assert (done.status, done.kept) == ("contacted", True)
    assert opened(portal, other, lead_id).status == "contacted"
    assert opened(portal, responsible, lead_id).status == "assigned"
    assert [line.status for line in seen(portal, other, status="contacted").leads] == ["contacted"]


def test_who_sells_it_has_it_and_the_other_sees_nothing_more(portal: Portal, lead_id: UUID) -> None:
    responsible, other = sessions(portal, lead_id)
    done = says(portal, other, lead_id, "won", amount="70000")

    assert (done.status, done.kept) == ("won", True)
    assert all(row["ended_at"] for row in portal.router.rows(Share))
    assert seen(portal, responsible).leads == []
    with pytest.raises(NotFound):
        opened(portal, responsible, lead_id)
    assert opened(portal, other, lead_id).status == "won"


def test_who_declines_a_share_is_out(portal: Portal, lead_id: UUID) -> None:
    responsible, other = sessions(portal, lead_id)

    assert not says(portal, other, lead_id, "decline", reason="too far").kept
    assert seen(portal, other).leads == []
    with pytest.raises(NotFound):
        opened(portal, other, lead_id)
    assert not seen(portal, responsible).leads[0].shared
