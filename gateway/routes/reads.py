"""What became of inquiries and leads, asked from the rooms that know. Nothing is joined here."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.state import Asks, gateway
from gateway.verdictfile import verdict_file
from shared.contracts import calls, schema
from shared.contracts.calls import Call
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

routes = APIBlueprint("reads", __name__)


_CSV_REPLY: dict[int | str, Any] = {
    200: {"description": "Found", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@routes.get("/v1/receipts/<uuid:receipt_id>")
@routes.doc(summary="What became of an inquiry", responses=described(calls.ReceiptReply), security="key")
@scoped("intake", "read")
def receipt(receipt_id: UUID) -> Response:
    """A receipt."""
    return _answer(calls.RECEIPT, receipt_id=receipt_id)


@routes.get("/v1/receipts/<uuid:receipt_id>/rows.csv")
@routes.doc(
    summary="What became of every row of a list, as a file",
    responses=_CSV_REPLY,
    security="key",
)
@scoped("intake", "read")
def receipt_rows(receipt_id: UUID) -> Response:
    """The verdict file of a list; an inquiry that came alone is its only row."""
    found = gateway().rooms.call(calls.RECEIPT, receipt_id=receipt_id)
    answer = Response(verdict_file(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id}.csv"'
    return answer


@routes.get("/v1/leads/<uuid:lead_id>")
@routes.doc(summary="A lead and its timeline", responses=described(calls.LeadReply), security="key")
@scoped("read")
def lead(lead_id: UUID) -> Response:
    """A lead as the journal tells it."""
    return _answer(calls.LEAD, lead_id=lead_id)


@routes.get("/v1/leads/<uuid:lead_id>/score")
@routes.doc(
    summary="A lead's score, every point with its reason", responses=described(calls.ScoreReply), security="key"
)
@scoped("read")
def score(lead_id: UUID) -> Response:
    """A lead's score."""
    return _answer(calls.SCORE, lead_id=lead_id)


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
