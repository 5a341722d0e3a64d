"""The list of leads in the portal: whose they are, in which order, found how, and never slow."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.router.domain.rules import Rules
from services.router.domain.status import Action
from services.router.models import Lead
from services.router.usecases import portal_leads
from services.router.usecases.answering import Desk
from services.router.usecases.portal_leads import PAGE
from services.router.usecases.portal_signing import Seals
from shared.contracts.calls import PortalLeadsReply, PortalLeadsRequest
from shared.contracts.capture import LeadRegistered, PersonErased
from shared.contracts.errors import LinkInvalid, NotFound
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer
from tests.integration.router.told import lead_in, press, qualified, token
from tests.played_room import PlayedRoom

HAWKEYE, CEDAR = "sales@hawkeye-implement.example", "sales@cedar-valley-tractor.example"
NORTH, SOUTH = "north-region@prairie-line.example", "south-region@prairie-line.example"


@pytest.fixture
def portal(delivering: PlayedRoom, rules: Rules, mail: MailServer) -> Portal:
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    return Portal(delivering, rules, mail, seals)


def a_lead(portal: Portal, postcode: str = "50010", **over: Any) -> LeadRegistered:
    """A lead with a dealer: 50010 is Hawkeye's, 50613 Cedar Valley's."""
    lead = lead_in(postcode, state=None, products=over.pop("products", ["compact-tractor"]), **over)
    portal.router.hear(lead, qualified(lead))
    return lead


def seen(portal: Portal, session: str, **wanted: Any) -> PortalLeadsReply:
    with portal.router.uow.begin() as tx:
        request = PortalLeadsRequest(session=session, **wanted)
        return portal_leads.my_leads(tx, request, rules=portal.rules, seals=portal.seals)


def names(reply: PortalLeadsReply) -> list[str | None]:
    return [line.name for line in reply.leads]


def says(portal: Portal, desk: Desk, lead: LeadRegistered, action: Action, **fields: str) -> None:
    press(portal.router, desk, token(portal.router, desk, lead.lead_id, action), **fields)


def test_an_owner_sees_their_own_leads_and_nobody_elses(portal: Portal) -> None:
    a_lead(portal, person={"name": "Ann"})
    a_lead(portal, "50613", person={"name": "Bob"})
    hawkeye, cedar = portal.session(HAWKEYE), portal.session(CEDAR)

    assert (names(seen(portal, hawkeye)), names(seen(portal, cedar))) == (["Ann"], ["Bob"])
    for owner in ("cedar-valley-tractor", "nobody"):
        with pytest.raises(NotFound):
            seen(portal, hawkeye, owner=owner)
    assert names(seen(portal, hawkeye, text="Bob")) == []


def test_a_manager_sees_the_leads_of_their_owners_one_by_one(portal: Portal) -> None:
    a_lead(portal, person={"name": "Ann"})
    north, south = portal.session(NORTH), portal.session(SOUTH)

    assert names(seen(portal, north)) == []
    found = seen(portal, north, owner="hawkeye-implement")
    assert (names(found), found.owner.name if found.owner else None) == (["Ann"], "Hawkeye Implement")
    with pytest.raises(NotFound):
        seen(portal, south, owner="hawkeye-implement")


def test_who_is_not_signed_in_sees_nothing(portal: Portal) -> None:
    a_lead(portal)
    session = portal.session(HAWKEYE)
    portal.leave(session)

    for closed in (session, "", "made up"):
        with pytest.raises(LinkInvalid):
            seen(portal, closed)


def test_what_is_due_first_comes_first_and_what_is_overdue_says_so(portal: Portal) -> None:
    a_lead(portal, person={"name": "Early"})
    portal.router.clock.forward(hours=40)
    a_lead(portal, person={"name": "Late"})
    fresh = seen(portal, portal.session(HAWKEYE))
    portal.router.clock.forward(hours=9)
    found = seen(portal, portal.session(HAWKEYE))

    assert names(fresh) == ["Early", "Late"]
    assert [line.overdue for line in fresh.leads] == [False, False]
    assert [(line.name, line.overdue) for line in found.leads] == [("Early", True), ("Late", False)]
    assert (found.counts.open, found.counts.overdue, found.counts.new) == (2, 1, 2)
    assert names(seen(portal, portal.session(HAWKEYE), due="overdue")) == ["Early"]


def test_a_former_owner_sees_nothing_more(portal: Portal, desk: Desk) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    assert len(seen(portal, session).leads) == 1
    says(portal, desk, lead, "decline", reason="we do not sell there")

    assert seen(portal, session).leads == []
    assert seen(portal, session, shelf="closed").leads == []


def test_an_erased_person_is_in_no_list(portal: Portal, desk: Desk) -> None:
    lead = a_lead(portal)
    session = portal.session(HAWKEYE)
    says(portal, desk, lead, "won", amount="500")
    assert len(seen(portal, session, shelf="closed").leads) == 1
    erased = PersonErased(
        erasure_id=uuid4(), person_ids=[lead.person_id], lead_ids=[lead.lead_id],
        inquiry_ids=[], erased_at=portal.router.clock.now(),
    )  # fmt: skip
    portal.router.hear(erased)

    assert seen(portal, session).leads + seen(portal, session, shelf="closed").leads == []


def test_filters_find_by_status_product_rank_and_text(portal: Portal, desk: Desk) -> None:
    ann = a_lead(portal, person={"name": "Ann Lee", "company": "Lee & Sons", "phone": "+15155550177"})
    a_lead(portal, products=["zero-turn-mower", "spare-parts"], person={"name": "Bob 100%"})
    says(portal, desk, ann, "accept")
    session = portal.session(HAWKEYE)

    def found(**wanted: Any) -> list[str | None]:
        return names(seen(portal, session, **wanted))

    assert found(status="accepted") == ["Ann Lee"]
    assert found(status="assigned") == ["Bob 100%"]
    assert found(product="spare-parts") == ["Bob 100%"]
    assert found(product="grain-dryer") == []
    assert sorted(map(str, found(rank="hot"))) == ["Ann Lee", "Bob 100%"]
    assert found(rank="cold") == []
    assert found(text="lee & s") == found(text="0177") == ["Ann Lee"]
    assert found(text="100%") == ["Bob 100%"]
    assert found(text="%") == ["Bob 100%"]
    assert found(text="_nn") == []
    assert found(status="accepted", text="Bob") == []


def test_pages_hold_every_lead_once_also_when_one_goes_meanwhile(portal: Portal, desk: Desk) -> None:
    leads = [a_lead(portal, person={"name": f"P{number:02}"}) for number in range(PAGE + 5)]
    session = portal.session(HAWKEYE)
    first = seen(portal, session)
    assert first.next is not None
    gone = next(lead for lead in leads if lead.lead_id == first.leads[0].lead_id)
    says(portal, desk, gone, "won", amount="1")
    second = seen(portal, session, after=first.next)

    assert (len(first.leads), len(second.leads), second.next) == (PAGE, 5, None)
    assert {line.lead_id for line in (*first.leads, *second.leads)} == {lead.lead_id for lead in leads}


def test_closed_leads_come_newest_first(portal: Portal, desk: Desk) -> None:
    for name in ("First", "Second"):
        lead = a_lead(portal, person={"name": name})
        portal.router.clock.forward(hours=1)
        says(portal, desk, lead, "won", amount="500")
    found = seen(portal, portal.session(HAWKEYE), shelf="closed")

    assert names(found) == ["Second", "First"]
    assert all(line.closed_at for line in found.leads)


@pytest.mark.parametrize("shelf", ["open", "closed"])
def test_a_page_reads_a_page_however_many_leads_there_are(portal: Portal, shelf: str) -> None:
    """By the index, in order, no sort of all: 20,000 leads of 40 owners, 100 rows looked at."""
    a_lead(portal)
    session = portal.session(HAWKEYE)
    owners = list(portal.rules.owners)
    with portal.router.uow.begin() as tx:
        tx.session.execute(
            text(
                """
                INSERT INTO lead (lead_id, person_id, registered_at, responses, moved_away, fulfilment, had_before,
                  status, assignment_id, owner_id, due_at, clock, closed_at, score_revision, verdict_revision,
                  acted_revision, assignment_revision, status_revision, clock_steps_done, clock_round)
                SELECT gen_random_uuid(), gen_random_uuid(), now(), '{}', '[]', '{}', '{}', 'contacted',
                  gen_random_uuid(), (CAST(:owners AS text[]))[1 + n % :many], now() + n * interval '1 minute',
                  'update', CASE WHEN n % 2 = 0 THEN now() - n * interval '1 minute' END, 0, 0, 0, 1, 1, 0, 1
                FROM generate_series(1, 20000) n
                """
            ),
            {"owners": owners, "many": len(owners)},
        )
    plans: list[Any] = []
    with portal.router.uow.begin() as tx:
        tx.session.execute(text("ANALYZE lead"))
        run = tx.session.execute

        def explained(statement: Any, *args: Any, **more: Any) -> Any:
            if "their_lead" in str(statement):
                connection = tx.session.connection()
                compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})
                rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled.string}", compiled.params)
                plans.append(rows.scalar_one())
            return run(statement, *args, **more)

        tx.session.execute = explained  # type: ignore[method-assign]
        request = PortalLeadsRequest(session=session, shelf=shelf)  # type: ignore[arg-type]
        portal_leads.my_leads(tx, request, rules=portal.rules, seals=portal.seals)
    plan = json.dumps(plans)

    assert f"lead_owner_{shelf}" in plan, plan
    assert max(_rows_read(plans[0][0]["Plan"])) <= 2 * PAGE + 2, plan


def _rows_read(plan: dict[str, Any]) -> list[int]:
    own = int(plan.get("Actual Rows", 0)) + int(plan.get("Rows Removed by Filter", 0))
    return [own, *(number for part in plan.get("Plans", []) for number in _rows_read(part))]


def test_a_lead_carries_its_owner(portal: Portal, desk: Desk) -> None:
    lead = a_lead(portal)
    before = [row["owner_id"] for row in portal.router.rows(Lead)]
    says(portal, desk, lead, "not_ready", reason="later")

    assert (before, [row["owner_id"] for row in portal.router.rows(Lead)]) == (["hawkeye-implement"], ["marketing"])
