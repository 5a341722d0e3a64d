"""Typeform: answers by their field's reference or title, hidden fields as attribution, `token` as the key.

https://www.typeform.com/developers/webhooks/example-payload/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import filed, hidden_target, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import json
from services.capture.sources.instants import instant
from shared.contracts.intake import Intake

#: What an answer's kind alone tells, where neither reference nor title do.
_BY_KIND = {"email": "person.email", "phone_number": "person.phone"}

#: Groups of questions within groups.
_DEEPEST = 8


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a response. Raises Unreadable."""
    document = json.parse(body, intake.content_type)
    response = document.get("form_response") if isinstance(document, dict) else None
    if not isinstance(response, dict):
        raise Unreadable("unreadable", "not a Typeform response: form_response is missing")
    said = filed(_filed(response, source), beside=intake.query)
    token = _word(response.get("token")) or _word(document.get("event_id"))
    return [replace(said, provider_key=f"token:{line(token)}" if token else None)]


def _filed(response: Mapping[str, Any], source: Source) -> Iterator[tuple[str, str, str]]:
    titles = dict(_titles(_object(response.get("definition")).get("fields"), 0))
    for answer in _objects(response.get("answers")):
        target, name = _meaning(answer, titles, source)
        yield target, name, _said(answer)
    for name, value in json.pairs(_object(response.get("hidden"))):
        yield hidden_target(name, source), name, value
    for variable in _objects(response.get("variables")):
        name = str(variable.get("key") or "")
        held = {name: variable.get(str(variable.get("type")))}
        yield from ((target_of(name, source), name, text) for _, text in json.pairs(held))
    yield "attribution.typeform_form_id", "form_id", _word(response.get("form_id"))
    yield "attribution.landed_at", "landed_at", _word(response.get("landed_at"))
    yield "attribution.submitted_at", "submitted_at", instant(response.get("submitted_at"))
    yield "attribution.typeform_score", "score", _word(_object(response.get("calculated")).get("score"))
    yield "attribution.typeform_ending", "ending", _word(_object(response.get("ending")).get("ref"))


def _titles(fields: Any, depth: int) -> Iterator[tuple[str, str]]:
    for field in _objects(fields):
        title = _word(field.get("title"))
        yield from ((str(field[name]), title) for name in ("id", "ref") if field.get(name))
        if depth < _DEEPEST:
            yield from _titles(_object(field.get("properties")).get("fields"), depth + 1)


def _meaning(answer: Mapping[str, Any], titles: Mapping[str, str], source: Source) -> tuple[str, str]:
    field = _object(answer.get("field"))
    reference, identity = _word(field.get("ref")), _word(field.get("id"))
    title = titles.get(reference) or titles.get(identity) or _word(field.get("title"))
    for name in filter(None, (reference, title, identity, _asked(title))):
        target = target_of(name, source)
        if target != "extra":
            return target, title or name
    kind = _word(answer.get("type"))
    return _BY_KIND.get(kind, "extra"), title or reference or identity or kind


#: "What's your *name*?", "Please enter your phone number"
_QUESTION = re.compile(
    r"\W*(?:(?:and |please )?(?:what(?:'s|’s| is)|enter|tell us|give us|may we have|which is)\s+)?(?:your|the)\s+"
    r"(.{2,40}?)(?:,? please)?\W*",
    re.IGNORECASE,
)


def _asked(title: str) -> str:
    """What a question asks for, where it is one of the usual: "name"."""
    question = _QUESTION.fullmatch(title)
    return question[1] if question else ""


def _said(answer: Mapping[str, Any]) -> str:
    kind = _word(answer.get("type"))
    value: Any = answer.get(kind)
    if isinstance(value, dict):
        chosen = value.get("labels") if isinstance(value.get("labels"), list) else [value.get("label")]
        value = [*(chosen or ()), value.get("other")]
    return ", ".join(text for _, text in json.pairs({kind: value}))


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
