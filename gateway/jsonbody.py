"""Looks into JSON bodies that are kept as they came: for the few things a door must know of them."""

import json
from typing import Any

import orjson


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
