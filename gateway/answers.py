"""How an inquiry's sender is answered."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response
from marshmallow import Schema, fields

from gateway.state import gateway


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


ACCEPTED_RESPONSES: dict[int | str, Any] = {
    202: {"description": "Kept", "content": {"application/json": {"schema": Accepted}}},
    **{
        status: {"description": text, "content": {"application/problem+json": {"schema": ProblemSchema}}}
        for status, text in (
            (400, "Not a usable request"),
            (401, "No valid key"),
            (403, "The key may not do this"),
            (413, "The body is too large"),
            (415, "Not this kind of body"),
            (429, "Too many requests"),
            (503, "Could not be kept: send it again"),
        )
    },
}


def accepted(receipt_id: UUID) -> Response:
    """202 with the receipt."""
    url = f"{gateway().public_url}/v1/receipts/{receipt_id}"
    body = orjson.dumps({"receipt_id": str(receipt_id), "status_url": url})
    answer = Response(body, 202, content_type="application/json")
    answer.headers["Location"] = url
    return answer


def json_response(document: object) -> Response:
    """200 with a JSON document."""
    return Response(orjson.dumps(document), 200, content_type="application/json")
