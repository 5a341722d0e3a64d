"""Looks into JSON bodies that are kept as they came: for the few things a door must know of them."""

import json
from typing import Any

import orjson
from flask import request

from gateway.problems import Problem


class NotJson(ValueError):
    """The body is no JSON, however leniently it is read."""


def parsed(body: bytes) -> Any:
    """The JSON value of a body. Browsers cut emoji in two and plug-ins write NaN: that alone loses nobody.

    Raises NotJson.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        # Numbers stay text: Python refuses to count beyond 4,300 digits.
        return json.loads(body.decode("utf-8"), parse_int=str, strict=False)
    except (ValueError, RecursionError):
        raise NotJson from None


def json_object() -> dict[str, Any]:
    """The JSON object in the body of the present request. Raises a Problem."""
    if not request.is_json:
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    try:
        document = orjson.loads(request.get_data(cache=True))
    except orjson.JSONDecodeError:
        raise Problem(400, "not_json", "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Problem(400, "not_an_object", "The body is not a JSON object.")
    if b"\\u0000" in orjson.dumps(document):
        # No text column takes it.
        raise Problem(422, "contract_violation", "A text may not hold NUL.")
    return document


def optional_object() -> dict[str, Any]:
    """The JSON object in the body of the present request; empty without a body. Raises a Problem."""
    body = request.get_data(cache=True)
    if not body.strip():
        return {}
    try:
        # Stricter than Python's own reader: no lone surrogates, no NaN, no endless nesting.
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem(400, "not_json", "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Problem(422, "contract_violation", "A JSON object is required.")
    return document
