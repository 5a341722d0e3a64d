"""Whatever happens to leads and owners, in whatever order: every open lead has one owner, one duty, one due time.

Shares, returns, reassignments by hand, pauses, lapses and merges come at random; after each of them everything adds up.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.router import service
from services.router.links import Link
from services.router.models import Assignment, Charge, Lead, OwnerRow, Share
from services.router.usecases import answering, availability, reassigning
from services.router.usecases.answering import Desk
from shared.contracts.calls import AvailabilityRequest
from shared.contracts.capture import LeadRegistered, PersonsMerged
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed
from tests.company_folder import edited_company
from tests.integration.router.told import disqualified, lead_in, qualified, responded, without_duty
from tests.played_room import PlayedRoom

STEPS = 45
PLACES: list[dict[str, Any]] = [
    {"postcode": "61801", "state": "IL"}, {"postcode": "66801", "state": "KS"}, {"postcode": "50010", "state": "IA"},
    {"postcode": "52401", "state": "IA"}, {"postcode": None, "state": None, "country": None},
]  # fmt: skip
FIELDS = {
    "decline": {"reason": "too far"}, "quoted": {"amount": "900"}, "won": {"amount": "900"},
    "lost": {"reason": "price"},
    "return": {"reason": "other", "evidence": "the number rings at a school"}, "wrong_territory": {},
    "not_ready": {}, "accept": {}, "contacted": {}, "pause_me": {"until": "2026-04-01"},
}  # fmt: skip


class History:
    """One router, its leads, and chance."""

    def __init__(self, router: PlayedRoom, desk: Desk, seed: int) -> None:
        self.router, self.desk, self.chance = router, desk, random.Random(seed)
        self.leads: list[LeadRegistered] = []
        self.revision: Counter[UUID] = Counter()
        self.merges = 0

    def step(self) -> str:
        """One thing happens; says which."""
        does = self.chance.choice([
            self.register, self.register, self.qualify, self.qualify, self.disqualify, self.respond, self.say, self.say,
            self.say, self.say_as_sharer, self.say_as_sharer, self.reassign, self.pause, self.wait, self.wait,
            self.merge,
        ])  # fmt: skip
        does()
        return does.__name__

    def register(self) -> None:
        lead = lead_in(**self.chance.choice(PLACES), products=["compact-tractor"])
        self.leads.append(lead)
        self.router.hear(lead)

    def qualify(self) -> None:
        if self.leads:
            lead = self.chance.choice(self.leads)
            self.revision[lead.lead_id] += 1
            self.router.hear(qualified(lead, self.revision[lead.lead_id]))

    def disqualify(self) -> None:
        if self.leads:
            lead = self.chance.choice(self.leads)
            self.revision[lead.lead_id] += 1
            self.router.hear(disqualified(lead, self.revision[lead.lead_id]))

    def respond(self) -> None:
        if self.leads:
            self.router.hear(responded(self.chance.choice(self.leads), self.chance.randrange(2, 9)))

    def say(self) -> None:
        rows = [row for row in self.router.rows(Lead) if row["assignment_id"]]
        if rows:
            row = self.chance.choice(rows)
            self._press(row["lead_id"], row["assignment_id"])

    def say_as_sharer(self) -> None:
        rows = self.router.rows(Share)
        if rows:
            row = self.chance.choice(rows)
            self._press(row["lead_id"], row["id"])

    def _press(self, lead_id: UUID, entry_id: UUID) -> None:
        action: Any = self.chance.choice(list(FIELDS))
        link = Link(lead_id, entry_id, action, self.router.clock.now() + timedelta(days=1))
        try:
            with self.router.uow.begin() as tx:
                answering.act(tx, self.desk.links.token(link), FIELDS[action], desk=self.desk)
        except (NotAllowed, ContractViolation, LinkInvalid):
            pass

    def reassign(self) -> None:
        some = self.chance.sample(self.leads, min(3, len(self.leads)))
        to = self.chance.choice([None, None, *self.desk.rules.owners])
        with self.router.uow.begin() as tx:
            reassigning.reassign(
                tx, [lead.lead_id for lead in some], to, by="Pat", because="chance", rules=self.desk.rules
            )

    def pause(self) -> None:
        owner = self.chance.choice(list(self.desk.rules.owners))
        said = AvailabilityRequest(
            owner_id=owner, paused=self.chance.random() < 0.6, daily_limit=self.chance.randrange(4)
        )
        with self.router.uow.begin() as tx:
            availability.set_availability(tx, said, rules=self.desk.rules)

    def wait(self) -> None:
        self.router.clock.forward(hours=self.chance.choice([1, 12, 30, 50, 24 * 8]))
        self.router.run_due()

    def merge(self) -> None:
        if len(self.leads) < 2:
            return
        one, other = self.chance.sample(self.leads, 2)
        self.merges += 1
        self.router.hear(
            PersonsMerged(
                merge_id=uuid4(), person_id=one.person_id, survivor_id=one.person_id, absorbed_id=other.person_id,
                person=one.person, lead_ids=[other.lead_id], confidence=1.0, reasons=[], automatic=False,
                revision=100 + self.merges, merged_at=self.router.clock.now(),
            )
        )  # fmt: skip

    def adds_up(self, after: str) -> None:
        """What must hold at every boundary between events."""
        leads = {row["lead_id"]: row for row in self.router.rows(Lead)}
        assigned, shares = self.router.rows(Assignment), self.router.rows(Share)
        assert without_duty(self.router, self.desk) == [], after
        live = Counter(row["lead_id"] for row in assigned if row["ended_at"] is None)
        assert live == dict.fromkeys((key for key, row in leads.items() if row["registered_at"]), 1), after
        sharing = Counter(row["lead_id"] for row in shares if row["ended_at"] is None)
        assert {key: row["shares"] for key, row in leads.items() if row["shares"]} == dict(sharing), after
        assert all(leads[key]["closed_at"] is None for key in sharing), after
        holders = {(row["lead_id"], row["owner_id"]) for row in assigned if row["ended_at"] is None}
        assert not holders & {(row["lead_id"], row["owner_id"]) for row in shares if row["ended_at"] is None}, after
        counted = Counter(row["owner_id"] for row in (*assigned, *shares) if row["counted"])
        assert {row["owner_id"]: row["open"] for row in self.router.rows(OwnerRow) if row["open"]} == dict(counted), (
            after
        )
        accepted = {row["id"] for row in (*assigned, *shares) if row["accepted_at"]}
        assert {row["entry_id"] for row in self.router.rows(Charge)} <= accepted, after
        explained = [line for row in assigned for line in row["explanation"]]
        assert all(line["because"] for line in explained), after
        assert all(sum(line["chosen"] for line in row["explanation"]) == 1 for row in assigned), after


@pytest.mark.parametrize("seed", range(3))
def test_every_open_lead_has_one_owner_and_one_duty_whatever_happens(
    seed: int, router_settings: None, room_database: Callable[[str], str], tmp_path: Path
) -> None:
    company = edited_company(
        tmp_path,
        ("territories.yml", "owners: [champaign-grain, mclean-county-implement]}",
         "owners: [champaign-grain, mclean-county-implement, illinois-valley-ag], share: 3, price: 12}"),
        ("owners.yml", "name: Flint Hills Tractor\n", "name: Flint Hills Tractor\n    deputy: gopher-ag\n"),
    )  # fmt: skip
    router = PlayedRoom.on(room_database("router"), service.room(company))
    history = History(router, service.desk(company), seed)
    done = []
    for _ in range(STEPS):
        done.append(history.step())
        history.adds_up(f"seed {seed}: {', '.join(done)}")
    router.engine.dispose()
