"""Programs of owners say how leads stand: a quotation tool, a CRM, a cash desk, or a list that somebody filled in."""

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.jsonbody import json_object
from gateway.keys import ANY_SOURCE, Key
from gateway.problems import Problem
from gateway.state import gateway
from shared.contracts import calls, schema

routes = APIBlueprint("status", __name__)

#: What a key's source begins with that stands for an owner.
OWNER = "owner:"
MOST_BYTES = 2 * 1024 * 1024


@routes.post("/v1/leads/<uuid:lead_id>/status")
@routes.doc(
    summary="Say how a lead stands",
    description="JSON: `status` (accept, contacted, appointment, quoted, won, lost, not_ready, decline, "
    "wrong_territory, return, blocked, correct, pause_me) and what that asks for: `amount`, `currency`, `reason`, "
    "`lost_to`, `until`, `at`, `evidence`, `note`, `to`; optional `said_at`. The key's source `owner:<id>` says whose "
    "word it is. Send an `Idempotency-Key` and repeat freely: the same key is the same word.",
    responses=described(calls.SayReply),
    security="key",
)
@scoped("status")
def say(lead_id: UUID) -> Response:
    """One word on one lead."""
    said = {name: value for name, value in json_object().items() if value is not None}
    status, said_at = said.pop("status", ""), said.pop("said_at", None)
    owner_id = _owner(said.pop("owner_id", None))
    if any(isinstance(value, dict | list | bool) for value in said.values()):
        raise Problem(422, "fields_invalid", "Every field is a text or a number.")
    wanted = schema.load(
        calls.SayRequest,
        {
            "lead_id": str(lead_id),
            "status": status,
            "fields": {name: str(value) for name, value in said.items()},
            "owner_id": owner_id,
            "said_at": said_at,
            "key": request.headers.get("Idempotency-Key"),
            "by": f"key {g.key.id}",
        },
    )
    fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return json_response(schema.dump(gateway().rooms.call(calls.SAY, **fields)))


@routes.get("/v1/owners/<owner_id>/worksheet")
@routes.doc(
    summary="An owner's open leads as a CSV table with columns to fill in",
    description="Send the filled table back by POST to the same address.",
    security="key",
)
@scoped("status")
def worksheet(owner_id: str) -> Response:
    """The table."""
    _may_speak_for(owner_id)
    sheet = gateway().rooms.call(calls.WORKSHEET, owner_id=owner_id)
    answer = Response(sheet.csv, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-leads.csv"'
    return answer


@routes.post("/v1/owners/<owner_id>/worksheet")
@routes.doc(
    summary="Send a filled worksheet back",
    description="The body is the CSV table. The answer has a verdict per row; the same table again changes nothing.",
    responses=described(calls.FilledSheetReply),
    security="key",
)
@scoped("status")
def filled_worksheet(owner_id: str) -> Response:
    """A verdict per row."""
    _may_speak_for(owner_id)
    body = request.get_data()
    if len(body) > MOST_BYTES:
        raise Problem(413, "too_large", "A worksheet has at most 2 MB.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("windows-1252", "replace")
    filled = gateway().rooms.call(
        calls.FILLED_SHEET, owner_id=owner_id, csv=text.replace("\x00", ""), by=f"key {g.key.id}"
    )
    return json_response(schema.dump(filled))


def _owner(named: str | None) -> str | None:
    """Whose word it is: the key's one owner, or the named one of several; of a key for all, whoever has the lead."""
    key: Key = g.key
    if named is not None:
        _may_speak_for(str(named))
        return str(named)
    owners = [source.removeprefix(OWNER) for source in key.sources if source.startswith(OWNER)]
    if len(owners) == 1:
        return owners[0]
    if ANY_SOURCE in key.sources:
        return None
    raise Problem(422, "owner_required", "This key speaks for several owners, or for none: name one as `owner_id`.")


def _may_speak_for(owner_id: str) -> None:
    key: Key = g.key
    if f"{OWNER}{owner_id}" not in key.sources and ANY_SOURCE not in key.sources:
        raise Problem(403, "owner_not_allowed", "This key does not speak for the owner that was named.")
