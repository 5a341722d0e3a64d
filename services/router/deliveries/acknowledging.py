"""What far sides say in the body of an answer: taken, had already, refused, try again; as JSON or as XML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from lxml import etree

from services.router.deliveries.outcomes import Delivered, Refused, excerpt, outcome_of
from services.router.deliveries.posting import Answer
from services.router.domain.mapping import look_up
from shared.room import Outcome, TryAgain

Word = Literal["taken", "duplicate", "refused", "error"]

#: Where systems write how it went, and what they write there.
_FIELDS = ("outcome", "result", "status", "response", "disposition")
_WORDS: Mapping[str, Word] = {
    "success": "taken", "accepted": "taken", "ok": "taken", "true": "taken", "received": "taken", "matched": "taken",
    "duplicate": "duplicate", "duplicated": "duplicate",
    "failure": "refused", "failed": "refused", "rejected": "refused", "declined": "refused", "unmatched": "refused",
    "invalid": "refused", "false": "refused", "error": "error",
}  # fmt: skip
_REASONS = ("reason", "message", "error", "errors", "description", "detail")
_IDS = ("id", "lead_id", "leadid", "reference", "queueid")


@dataclass(frozen=True)
class Acknowledgement:
    """What an answer's body says, as far as it can be understood."""

    word: Word | None = None
    reason: str | None = None
    far_id: str | None = None


def outcome_by_body(answer: Answer, now: datetime, *, id_at: str | None = None) -> Outcome:
    """What a code and a body mean together: some systems refuse with 200."""
    outcome = outcome_of(answer, now)
    said = read(answer.body, id_at)
    if not isinstance(outcome, Delivered):
        if isinstance(outcome, Refused) and said.reason:
            return Refused(excerpt(f"{answer.code}: {said.reason}"), channel=outcome.channel, gone=outcome.gone)
        return outcome
    reason = said.reason or "no reason given"
    if said.word == "refused":
        return Refused(excerpt(f"{answer.code}, refused: {reason}"))
    if said.word == "error":
        return TryAgain(excerpt(f"{answer.code}, error: {reason}"))
    return Delivered(str(answer.code) + (" (had it already)" if said.word == "duplicate" else ""), far_id=said.far_id)


def read(body: bytes, id_at: str | None = None) -> Acknowledgement:
    """The acknowledgement in a body; nothing where it is neither JSON nor XML."""
    document = _json(body) or _xml(body)
    if not document:
        return Acknowledgement()
    flat = {name.lower().replace("-", "_"): value for name, value in document.items()}
    word = next((_WORDS[said] for name in _FIELDS if (said := str(flat.get(name, "")).lower()) in _WORDS), None)
    if word is None and isinstance(flat.get("success"), bool | str):
        word = _WORDS.get(str(flat["success"]).lower())
    reason = next((_plain(flat[name]) for name in _REASONS if flat.get(name)), None)
    found = look_up(document, id_at) if id_at else next((flat[name] for name in _IDS if flat.get(name)), None)
    return Acknowledgement(word, reason, str(found)[:200] if isinstance(found, str | int) else None)


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _xml(body: bytes) -> dict[str, Any]:
    """The texts of an XML answer by the names of their elements, the outermost first."""
    try:
        # Without entities and DTD: what is read is a stranger's.
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, Any] = {}
    for name, value in _texts(root):
        found.setdefault(name.lower(), value)
    return found


def _texts(element: Any) -> Iterator[tuple[str, str]]:
    for one in element.iter(etree.Element):
        name = etree.QName(one).localname
        # ConfirmBOD of STAR and OAGIS: the mere presence of this element is the refusal.
        if name == "BODFailureMessage":
            yield "outcome", "failure"
            yield "reason", " ".join("".join(one.itertext()).split())
        elif one.text and one.text.strip():
            yield name, one.text.strip()
        yield from ((str(etree.QName(key).localname), str(value)) for key, value in one.attrib.items())


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    return str(value.get("message", value)) if isinstance(value, dict) else str(value)
