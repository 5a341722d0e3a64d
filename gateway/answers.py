"""How an inquiry's sender is answered."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response
from marshmallow import Schema, fields

from gateway.state import gateway
from gateway.verdicts import preferred_wait, verdict
from shared.contracts import calls, schema


class Accepted(Schema):
    """The inquiry is kept. Its receipt tells, for ever, what became of it."""

    receipt_id = fields.UUID(required=True)
    status_url = fields.Url(required=True)


class ProblemSchema(Schema):
    """An error, by RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.Raw()


class Judged(Accepted):
    """The receipt, and what became of the inquiry within the time that its sender would wait."""

    verdict = fields.Nested(schema.schema_of(calls.ReceiptReply), required=True)


ACCEPTED_RESPONSES: dict[int | str, Any] = {
    200: {
        "description": "Kept and judged, for a request with `Prefer: wait=n`",
        "content": {"application/json": {"schema": Judged}},
    },
    202: {"description": "Kept", "content": {"application/json": {"schema": Accepted}}},
    **{
        status: {"description": text, "content": {"application/problem+json": {"schema": ProblemSchema}}}
        for status, text in (
            (400, "Not a usable request"),
            (401, "No valid key"),
            (403, "The key may not do this"),
            (413, "The body is too large"),
            (415, "Not this kind of body"),
            (422, "The Idempotency-Key came before with another body, or the source must be named"),
            (429, "Too many requests"),
            (503, "Could not be kept: send it again"),
        )
    },
}


def accepted(receipt_id: UUID) -> Response:
    """202 with the receipt; 200 with the verdict when the sender would wait for it and it is there in time."""
    url = f"{gateway().public_url}/v1/receipts/{receipt_id}"
    seconds = preferred_wait()
    found = verdict(receipt_id, seconds) if seconds else None
    told: dict[str, Any] = {"receipt_id": str(receipt_id), "status_url": url}
    if found is not None:
        told |= {"verdict": schema.dump(found)}
    answer = Response(orjson.dumps(told), 200 if found else 202, content_type="application/json")
    answer.headers["Location"] = url
    if found is not None:
        answer.headers["Preference-Applied"] = f"wait={seconds}"
    return answer


def json_response(document: object) -> Response:
    """200 with a JSON document."""
    return Response(orjson.dumps(document), 200, content_type="application/json")


def described(contract: type, status: int = 200) -> dict[int | str, Any]:
    """What a route answers, for the published description."""
    content = {"application/json": {"schema": schema.schema_of(contract)}}
    return {status: {"description": "Done", "content": content}}
