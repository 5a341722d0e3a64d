"""The front desk on a real database: inquiries go in as the gateway sends them, what became of them is read back."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from services.capture import service
from services.capture.usecases import answering, inspecting
from shared.contracts import intake as intakes
from shared.contracts.calls import QuarantineRequest, ReceiptReply
from shared.contracts.intake import Intake
from shared.database.plumbing import FAILED_MESSAGE
from shared.messaging.inbox import IntakeHearing, handle_batch
from shared.messaging.reader import Received
from shared.room import RawInquiry
from tests.builders import NOON
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
FORM = "application/x-www-form-urlencoded"


def raw(body: bytes, *, dialect: str = "json", source: str = "partner-agrimag", **over: Any) -> RawInquiry:
    """A raw inquiry, received at noon unless `minutes` says how much later."""
    values: dict[str, Any] = {
        "receipt_id": uuid.uuid4(),
        "received_at": NOON + timedelta(minutes=over.pop("minutes", 0)),
        "dialect": dialect,
        "source": source,
        "query": {},
        "headers": {},
    }
    return RawInquiry(Intake(**(values | over)), body)


def partner(fields: Mapping[str, Any] | Sequence[Any], **over: Any) -> RawInquiry:
    """A partner's JSON post."""
    return raw(json.dumps(fields).encode(), content_type="application/json", **over)


def form(fields: Mapping[str, str], *, source: str = "website-contact", **over: Any) -> RawInquiry:
    """A post of the website's contact form."""
    return raw(urlencode(fields).encode(), dialect="form", source=source, content_type=FORM, **over)


def sheet(text: str, **over: Any) -> RawInquiry:
    """An uploaded list of the trade show."""
    return raw(text.encode(), dialect="csv", source="farm-progress-list", content_type="text/csv", **over)


class FrontDesk(PlayedRoom):
    """`receive` raw inquiries; then look at `reply`, `rows` and `published`."""

    def receive(self, *batch: RawInquiry) -> None:
        """Hands the inquiries over as one batch of the intake queue. Raises when one was not handled."""
        received = [as_message(inquiry, tag) for tag, inquiry in enumerate(batch, 1)]
        handle_batch(IntakeHearing(self.room), self.uow, received, self.policy)
        failed = self.rows(FAILED_MESSAGE)
        if failed:
            raise AssertionError(failed[0]["error"])

    def reply(self, inquiry: RawInquiry | uuid.UUID) -> ReceiptReply:
        """What the sender is told of this receipt."""
        receipt_id = inquiry if isinstance(inquiry, uuid.UUID) else inquiry.intake.receipt_id
        with self.uow.begin() as tx:
            return answering.receipt(tx.session, receipt_id)

    def quarantine(self, limit: int = 50, before: datetime | None = None) -> list[Any]:
        """What was set aside."""
        with self.uow.begin() as tx:
            return inspecting.quarantine(tx, QuarantineRequest(limit=limit, before=before)).entries

    def ledger(self) -> dict[str, int]:
        """The counts. Raises when they do not balance."""
        with self.uow.begin() as tx:
            counts = answering.ledger(tx.session).counts
        outcomes = ("registered", "responded", "quarantined", "test", "duplicate", "withdrawn", "erased", "pending")
        assert counts["received"] == sum(counts[name] for name in outcomes), counts
        return counts


def as_message(inquiry: RawInquiry, tag: int = 1) -> Received:
    """The inquiry as the broker hands it out."""
    return Received(
        intakes.QUEUE,
        str(inquiry.intake.receipt_id),
        inquiry.body,
        {intakes.HEADER: intakes.encode_header(inquiry.intake)},
        inquiry.intake.content_type,
        0,
        tag,
    )


def desk_on(url: str, company: Path = COMPANY) -> FrontDesk:
    """The front desk of the example company on the database at `url`."""
    return FrontDesk.on(url, service.room(company))  # type: ignore[return-value]


def only(items: Iterable[Any]) -> Any:
    """The one item. Raises when there are none or several."""
    (item,) = items
    return item
