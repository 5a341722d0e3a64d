"""A room whose leads are screened: screeners take, report and put back as over the wire."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.qualify.rulebooks import books_of
from services.qualify.usecases import claims, reports, screening_views
from shared.contracts import calls
from tests.integration.qualify.conftest import COMPANY
from tests.played_room import PlayedRoom

#: Answers of a farm that fits, without what sales needs to know: somebody calls it.
WORTH_A_CALL = {"acres": "900", "industry": "crop", "role": "owner", "interest": "quote"}
#: Sales-ready, and so large that nobody gets it unscreened.
LARGE = {"budget": "500000", "role": "owner", "timing": "3m", "interest": "quote", "industry": "crop"}


@dataclass
class Office:
    """Screeners of one room."""

    room: PlayedRoom

    def take(
        self, by: str = "ann", queue: str | None = None, lead_id: UUID | None = None
    ) -> calls.ScreeningEntry | None:
        """Takes a lead in hand."""
        with self.room.uow.begin() as tx:
            row = claims.take(tx, by, books_of(COMPANY).measuring(tx).book, queue=queue, lead_id=lead_id)
            return screening_views.entry(row, tx.now) if row is not None else None

    def claim_of(self, lead_id: UUID, by: str = "ann") -> UUID:
        """The key of whoever has the lead in hand."""
        found = self.described(lead_id, by).claim
        assert found is not None
        return found

    def described(self, lead_id: UUID, by: str = "ann") -> calls.ScreeningReply:
        """The lead as this screener sees it."""
        from services.qualify.company_scripts import load_scripts

        with self.room.uow.begin() as tx:
            rules = books_of(COMPANY).measuring(tx).book.rules_for(lead_id)
            return screening_views.described(tx, lead_id, by, rules, load_scripts(COMPANY))

    def release(self, lead_id: UUID, claim: UUID | None = None) -> None:
        """Puts a lead back."""
        with self.room.uow.begin() as tx:
            claims.release(tx, lead_id, claim)

    def report(
        self, lead_id: UUID, outcome: Any, *, claim: UUID | None = None, by: str = "ann", note: str = "",
        until: date | None = None, **answers: str,
    ) -> tuple[calls.ScreeningEntry, bool]:  # fmt: skip
        """Says what was found, by the claim in hand unless another is given."""
        request = calls.ReportRequest(
            lead_id=lead_id,
            claim=claim or self.claim_of(lead_id, by),
            by=by,
            outcome=outcome,
            note=note,
            answers=answers,
            until=until,
        )
        with self.room.uow.begin() as tx:
            row, changed = reports.report(tx, request, books_of(COMPANY).measuring(tx))
            return screening_views.entry(row, tx.now), changed

    def queues(self, **wanted: Any) -> calls.QueuesReply:
        """The queues as they stand."""
        with self.room.uow.begin() as tx:
            return screening_views.listed(tx, calls.QueuesRequest(**wanted))
