"""What became of inquiries and leads, asked from the rooms that know. Nothing is joined here."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import may_see, scoped
from gateway.answers import described, json_response
from gateway.state import Asks, gateway
from gateway.verdictfile import verdict_file
from shared.contracts import calls, schema
from shared.contracts.calls import Call
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

routes = APIBlueprint("reads", __name__)


#: Rows of one answer of the front desk: a message of a megabyte, not of forty.
ROWS_AT_ONCE = 5_000
_CSV_REPLY: dict[int | str, Any] = {
    200: {"description": "Found", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@routes.get("/v1/receipts/<uuid:receipt_id>")
@routes.doc(
    summary="What became of an inquiry",
    description="Of a long list a page: query `after` (a row) and `limit`, both optional; `more` says whether rows "
    "follow. A sender sees what came from its own sources.",
    responses=described(calls.ReceiptReply),
    security="key",
)
@scoped("intake", "read")
def receipt(receipt_id: UUID) -> Response:
    """A receipt."""
    query = {name: request.args[name] for name in ("after", "limit") if request.args.get(name)}
    page: Any = schema.load(calls.ReceiptRequest, {**query, "receipt_id": str(receipt_id)})
    return json_response(schema.dump(_receipt(receipt_id, page.after, page.limit)))


@routes.get("/v1/receipts/<uuid:receipt_id>/rows.csv")
@routes.doc(
    summary="What became of every row of a list, as a file",
    responses=_CSV_REPLY,
    security="key",
)
@scoped("intake", "read")
def receipt_rows(receipt_id: UUID) -> Response:
    """The verdict file of a list; an inquiry that came alone is its only row."""
    # Whole before it is answered: a page that fails is an error, not half a file.
    file = "".join(verdict_file(_pages(_receipt(receipt_id, -1, ROWS_AT_ONCE))))
    answer = Response(file, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id}.csv"'
    return answer


def _pages(page: calls.ReceiptReply) -> Iterator[calls.ReceiptReply]:
    """This page and those after it, each asked for when the one before is written."""
    yield page
    while page.more:
        page = gateway().rooms.call(
            calls.RECEIPT, receipt_id=page.receipt_id, after=page.rows[-1].row, limit=ROWS_AT_ONCE
        )
        yield page


def _receipt(receipt_id: UUID, after: int, limit: int | None) -> calls.ReceiptReply:
    found = gateway().rooms.call(calls.RECEIPT, receipt_id=receipt_id, after=after, limit=limit)
    if found.state != "unknown" and not may_see(found.source):
        # As if there were none: whose it is, is nobody else's affair.
        return calls.ReceiptReply(receipt_id=receipt_id, state="unknown", rows=[])
    return found


@routes.get("/v1/leads/<uuid:lead_id>")
@routes.doc(summary="A lead and its timeline", responses=described(calls.LeadReply), security="key")
@scoped("read")
def lead(lead_id: UUID) -> Response:
    """A lead as the journal tells it."""
    return _answer(calls.LEAD, lead_id=lead_id)


@routes.get("/v1/leads/<uuid:lead_id>/assignment")
@routes.doc(summary="A lead's owner, and what is due when", responses=described(calls.AssignmentReply), security="key")
@scoped("read")
def assignment(lead_id: UUID) -> Response:
    """A lead's owner and clock."""
    return _answer(calls.ASSIGNMENT, lead_id=lead_id)


@routes.get("/v1/reports/funnel")
@routes.doc(
    summary="From inquiries to sales, in figures",
    description="Query: `since`, `until` (dates), `campaign`, `source`; all optional.",
    responses=described(calls.FunnelReply),
    security="key",
)
@scoped("read")
def funnel() -> Response:
    """The funnel."""
    return _answer(calls.FUNNEL, **asked(calls.FunnelRequest))


@routes.get("/v1/ledger")
@routes.doc(summary="The counts of every room", security="key")
@scoped("manage")
def ledger() -> Response:
    """One entry per room; a room that is away says so instead of its counts."""
    ledgers = [call for (_, method), call in sorted(calls.REGISTER.items()) if method == "ledger"]
    rooms = gateway().rooms
    with ThreadPoolExecutor(len(ledgers)) as pool:
        entries = list(pool.map(lambda call: _ledger_of(rooms, call), ledgers))
    return json_response({"rooms": entries})


def asked(contract: type) -> dict[str, Any]:
    """The fields of a request contract, from the query. Raises ContractViolation, naming each wrong field."""
    loaded: Any = schema.load(contract, {name: value for name, value in request.args.items() if value})
    return {name: getattr(loaded, name) for name in loaded.__dataclass_fields__}


def _answer(call: Call[Any, Any], **fields: Any) -> Response:
    return json_response(schema.dump(gateway().rooms.call(call, **fields)))


def _ledger_of(rooms: Asks, call: Call[Any, Any]) -> dict[str, Any]:
    try:
        return {"room": call.room, "counts": rooms.call(call).counts}
    except (RpcTimeout, RoomAway, WireError) as error:
        return {"room": call.room, "problem": type(error).__name__}
