"""How a page of the portal is answered."""

from typing import Any

from flask import Response

from gateway.office import private_page
from gateway.portal import words
from gateway.portal.doors import token
from gateway.state import gateway
from shared.contracts import calls


def portal_page(template: str, visitor: calls.Visitor, here: str, **values: Any) -> Response:
    """A page for whoever is signed in; `here` is the entry of the menu that it belongs to."""
    return private_page(
        template, visitor=visitor, here=here, form_token=token(), words=words, now=gateway().clock.now(), **values
    )
