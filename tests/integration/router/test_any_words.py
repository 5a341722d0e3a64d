"""Whatever owners say, in whatever order and through whatever way: a lead has one owner, and is open or closed."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from gateway.mail.messages import reply_of
from services.router.domain.status import ACTIONS, CORRECTIONS
from services.router.links import Link
from services.router.models import Lead, OwnerWord
from services.router.usecases import deciding, replying, reporting
from services.router.usecases.answering import Desk
from shared.contracts import calls
from shared.contracts import router as published
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed, NotFound
from shared.room import RawInquiry
from tests.integration.router.test_replies import desk, mail  # noqa: F401 -- a desk that has an address for answers
from tests.integration.router.told import assignments, disqualified, lead_in, lead_row, press, qualified, without_duty
from tests.played_room import PlayedRoom

FIELDS = {
    "reason": ["price", "too far", "no stock", "wrong contact data", "other", "not what was promised"],
    "evidence": ["see", ""], "note": ["", "so it is"], "amount": ["9800", "9800.00", "12,500", "12.500", ""],
    "currency": ["USD", ""], "lost_to": ["Acme", ""], "until": ["2026-09-01", "2020-01-01", ""],
    "at": ["2026-05-04T10:00", "soon", ""], "to": [*CORRECTIONS, ""],
}  # fmt: skip
MAILS = ("accept", "sold 12,500", "quoted 9,800", "lost to Acme: price", "call back in October", "no interest",
         "wrong territory", "declined: too far", "not sold after all", "correction: sold 13,000", "hm, maybe sold",
         "blocked: no stock", "return: wrong contact data, see")  # fmt: skip
REFUSALS = (NotAllowed, NotFound, LinkInvalid, ContractViolation)


class History:
    """One lead, and everybody who ever had it, talking at random."""

    def __init__(self, router: PlayedRoom, desk: Desk, seed: int) -> None:  # noqa: F811
        self.router, self.desk, self.chance = router, desk, random.Random(seed)
        self.lead = lead_in()
        self.revision = 1
        router.hear(self.lead, qualified(self.lead))

    def step(self) -> None:
        act = self.chance.choice([self.by_link] * 4 + [self.by_mail] * 2 + [self.by_program] * 2 + [self.otherwise])
        act()

    def by_link(self) -> None:
        row = self._somebody()
        until = self.router.clock.now() + self.desk.rules.links_valid
        token = self.desk.links.token(Link(self.lead.lead_id, row["id"], self.chance.choice(ACTIONS), until))
        fields = self._fields()
        self._twice(lambda: press(self.router, self.desk, token, **fields).changed)

    def by_mail(self) -> None:
        assert self.desk.replies is not None
        row = self._somebody()
        sender = self.desk.rules.owners[row["owner_id"]].email
        body = mail(self.chance.choice(MAILS), sender=sender, number=self.chance.randrange(10**9))
        intake = reply_of(body, self.desk.replies.address(row["id"]), self.router.clock.now())

        def arrives() -> bool:
            with self.router.uow.begin() as tx:
                replying.take_in(tx, [RawInquiry(intake, body)], desk=self.desk)
            return True

        self._twice(arrives, is_silent=True)

    def by_program(self) -> None:
        request = calls.SayRequest(
            lead_id=self.lead.lead_id, status=self.chance.choice(ACTIONS), fields=self._fields(), by="key k",
            owner_id=self._somebody()["owner_id"], key=str(self.chance.randrange(10**9)),
        )  # fmt: skip

        def sends() -> bool:
            with self.router.uow.begin() as tx:
                return reporting.report(tx, request, rules=self.desk.rules).changed

        self._twice(sends)

    def otherwise(self) -> None:
        self.revision += 1
        kind = self.chance.randrange(4)
        if kind == 0:
            self.router.hear(qualified(self.lead, revision=self.revision))
        elif kind == 1:
            self.router.hear(disqualified(self.lead, revision=self.revision))
        elif kind == 2:
            accepted, now = self.chance.random() < 0.5, self.router.clock.now()
            token = deciding.link_for(self.desk, self.lead.lead_id, self._somebody()["id"], accepted, now)
            self._twice(lambda: self._decides(token))
        else:
            self.router.clock.forward(hours=self.chance.choice((1, 30, 60, 400)))
            self.router.run_due()

    def _decides(self, token: str) -> bool:
        with self.router.uow.begin() as tx:
            return deciding.decide(tx, token, "", desk=self.desk).changed

    def _twice(self, act: Callable[[], bool], *, is_silent: bool = False) -> None:
        with suppress(*REFUSALS):
            act()
        before = self._state()
        with suppress(*REFUSALS):
            assert not act() or is_silent
        assert self._state() == before, "a second time changes nothing"

    def _state(self) -> Any:
        return self.router.rows(Lead), self.router.rows(OwnerWord), len(self.router.envelopes())

    def _somebody(self) -> dict[str, Any]:
        """Who has the lead now, most of the time; or who had it."""
        rows = assignments(self.router, self.lead.lead_id)
        return rows[-1] if self.chance.random() < 0.8 else self.chance.choice(rows)

    def _fields(self) -> dict[str, str]:
        return {name: value for name, values in FIELDS.items() if (value := self.chance.choice(values))}


def check(router: PlayedRoom, desk: Desk, lead_id: UUID) -> None:  # noqa: F811
    """Invariant G4."""
    row = lead_row(router, lead_id)
    live = [one for one in assignments(router, lead_id) if one["ended_at"] is None]
    assert [one["id"] for one in live] == [row["assignment_id"]]
    assert without_duty(router, desk) == []
    assert (row["closed_at"] is not None) == (row["status"] in ("won", "lost"))
    assert (row["due_at"] is None) == (row["closed_at"] is not None)


@pytest.mark.requirement("OWN-1")
@pytest.mark.requirement("FBK-1")
@pytest.mark.parametrize("seed", range(10))
def test_a_lead_is_never_ownerless_and_never_open_and_closed_at_once(
    router: PlayedRoom,
    desk: Desk,  # noqa: F811
    seed: int,
) -> None:
    history = History(router, desk, seed)
    for _ in range(25):
        history.step()
        check(router, desk, history.lead.lead_id)

    # Whoever adds the events up has what the tables have: the newest ending that nobody took back.
    endings = router.published(published.LeadWon) + router.published(published.LeadLost)
    void = max((event.revision for event in router.published(published.LeadReopened)), default=0)
    standing = [event for event in endings if event.revision >= void]
    row = lead_row(router, history.lead.lead_id)
    assert len(standing) == int(row["closed_at"] is not None)
    revisions = [event.revision for event in router.published(published.LeadStatusChanged)]
    assert revisions == sorted(set(revisions))
