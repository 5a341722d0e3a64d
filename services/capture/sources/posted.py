"""The fields of a body that may be JSON or a form: plug-ins send either to whatever address they were given."""

from collections.abc import Iterator

from services.capture.domain.submission import Unreadable
from services.capture.sources import form, json
from shared.contracts.intake import Intake


def fields(body: bytes, intake: Intake) -> list[tuple[str, str]]:
    """Names (dots between levels) and values of the one inquiry in `body`. Raises Unreadable."""
    if not is_json(body, intake.content_type):
        return form.pairs(body, intake.content_type)
    documents = json.documents(json.parse(body, intake.content_type))
    if len(documents) != 1:
        raise Unreadable("too_many", f"{len(documents)} objects where one inquiry is expected")
    pairs = list(json.pairs(documents[0]))
    if not pairs:
        raise Unreadable("empty", "the object has no fields")
    return pairs


def is_json(body: bytes, content_type: str) -> bool:
    """What the body looks like, and what it is said to be where that does not tell."""
    start = body.lstrip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe")[:1]
    return start in (b"{", b"[") or ("json" in content_type.lower() and start not in (b"", b"-"))


def first(pairs: list[tuple[str, str]], *names: str) -> Iterator[str]:
    """The values of the fields of these names, in the order of the names."""
    for wanted in names:
        yield from (value for name, value in pairs if name == wanted and value)
