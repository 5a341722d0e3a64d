"""Two routers that work on the same shared leads at the same moment: nobody waits for ever, and everything adds up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.router import service
from services.router.models import Lead, OwnerRow, Share
from services.router.usecases import reassigning
from services.router.usecases.answering import Desk
from tests.company_folder import edited_company
from tests.integration.router.test_replicas import retry_failed, side_by_side
from tests.integration.router.test_sharing import TERRITORY
from tests.integration.router.told import assignments, lead_in, qualified, without_duty
from tests.played_room import PlayedRoom


@pytest.fixture
def company(tmp_path: Path) -> Path:
    old = "owners: [champaign-grain, mclean-county-implement]}"
    return edited_company(tmp_path, ("territories.yml", old, TERRITORY))


@pytest.fixture
def desk(router_settings: None, company: Path) -> Desk:
    return service.desk(company)


@pytest.fixture
def router(router_settings: None, company: Path, room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    played = PlayedRoom.on(room_database("router"), service.room(company))
    yield played
    played.engine.dispose()


def test_what_is_shared_moved_and_given_out_at_once_adds_up(router: PlayedRoom, desk: Desk) -> None:
    known = [lead_in("61801", state="IL") for _ in range(8)]
    router.hear(*known, *(qualified(lead) for lead in known))
    fresh = [lead_in("61801", state="IL") for _ in range(8)]

    def move() -> None:
        with router.uow.begin() as tx:
            reassigning.reassign(
                tx, [lead.lead_id for lead in known], None, by="Pat", because="holiday", rules=desk.rules
            )

    results = side_by_side(move, lambda: router.hear(*fresh, *(qualified(lead) for lead in fresh)))
    if isinstance(results[0], Exception):
        move()
    if isinstance(results[1], Exception):
        retry_failed(router)

    assert without_duty(router, desk) == []
    moved = {assignments(router, lead.lead_id)[-1]["occasion"] for lead in known}
    assert moved == {"manual"}
    rows = [row for row in router.rows(Share) if row["ended_at"] is None]
    assert {row["lead_id"] for row in rows} == {row["lead_id"] for row in router.rows(Lead) if row["shares"]}
    live = [row for lead in (*known, *fresh) for row in assignments(router, lead.lead_id) if row["counted"]]
    expected = [row["owner_id"] for row in (*live, *(row for row in router.rows(Share) if row["counted"]))]
    assert {row["owner_id"]: row["open"] for row in router.rows(OwnerRow) if row["open"]} == {
        name: expected.count(name) for name in set(expected)
    }
