"""Looks up single fields in a form body that is kept as it came. A body that cannot be read has none of them."""

from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import HTTPException

URLENCODED = "application/x-www-form-urlencoded"
TYPES = (URLENCODED, "multipart/form-data")
#: More fields than this are not looked through.
MAX_FIELDS = 500


def field_of(body: bytes, name: str) -> str | None:
    """The first value of a field in the body of the present request."""
    if request.mimetype == "multipart/form-data":
        try:
            return request.form.get(name)
        except (ValueError, HTTPException):
            return None
    return next((value for field, value in pairs_of(body) if field == name), None)


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """The fields of an urlencoded body, in order."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return []
