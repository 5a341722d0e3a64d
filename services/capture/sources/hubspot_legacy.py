"""HubSpot Forms v2: a form post with the visit as JSON in its field `hs_context`."""

from collections.abc import Iterator

from services.capture.domain.mapping import filed
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import form, hubspot, json, posted
from shared.contracts.intake import Intake

#: The field that carries the visit.
_CONTEXT = "hs_context"


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a form post. Raises Unreadable."""
    fields = posted.fields(body, intake)
    return [form.with_browser(filed(_filed(fields, source), beside=intake.query), intake)]


def _filed(fields: list[tuple[str, str]], source: Source) -> Iterator[hubspot.Filed]:
    for name, value in fields:
        if name == _CONTEXT:
            yield from _context(value, source)
        elif name.startswith(f"{_CONTEXT}."):
            # Sent as JSON as a whole: the context came apart with the rest.
            yield from hubspot.context({name.partition(".")[2]: value}, source)
        else:
            yield hubspot.of_contact(name, source), name, value


def _context(text: str, source: Source) -> Iterator[hubspot.Filed]:
    try:
        document = json.parse(text.encode("utf-8", "replace"))
        yield from hubspot.context(document, source)
    except Unreadable:
        yield "extra", _CONTEXT, text
