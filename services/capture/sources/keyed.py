"""What our own people key: reply cards, telephone calls, talks at a counter; as JSON or a form.

Who keyed it is kept: the name in the field `keyed_by`, or the key they came in with.
"""

from dataclasses import replace

from services.capture.domain.cleaning import folded, line
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission
from services.capture.sources import json, posted
from shared.contracts.intake import Intake

_NAMES = {
    folded(name): target
    for name, target in {
        "agent": "attribution.keyed_by",
        "operator": "attribution.keyed_by",
        "employee": "attribution.keyed_by",
        "sales person": "attribution.keyed_by",
        "taken by": "attribution.keyed_by",
        "keyed at": "attribution.keyed_at",
        "batch": "attribution.batch",
        "referrer": "referrer",
        "referred by": "referrer",
        "employee number": "referrer",
        "card number": "key",
        "card code": "campaign",
        "received on": "attribution.submitted_at",
        # Of a contact centre: the number that rang tells which advertisement was answered.
        "call id": "key",
        "caller id": "person.phone",
        "caller": "person.phone",
        "ani": "person.phone",
        "dnis": "attribution.called_number",
        "called number": "attribution.called_number",
        "call started": "attribution.submitted_at",
        "call time": "attribution.submitted_at",
        "call duration": "attribution.call_seconds",
        "duration": "attribution.call_seconds",
        "recording": "attribution.recording",
        "recording url": "attribution.recording",
        "disposition": "attribution.disposition",
        "queue": "attribution.queue",
        "talked about": "message",
        "said": "message",
    }.items()
}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The cards or calls of an entry, numbered from 1 when there are several. Raises Unreadable."""
    if posted.is_json(body, intake.content_type):
        documents = [list(json.pairs(one)) for one in json.documents(json.parse(body, intake.content_type))]
    else:
        documents = [posted.fields(body, intake)]
    several = len(documents) > 1
    return [_one(pairs, number if several else 0, source, intake) for number, pairs in enumerate(documents, 1)]


def _one(pairs: list[tuple[str, str]], row: int, source: Source, intake: Intake) -> Submission:
    said = submission(pairs, source, row=row, beside=intake.query, own=_NAMES)
    if "keyed_by" in said.attribution or not intake.key_id:
        return said
    return replace(said, attribution={**said.attribution, "keyed_by": line(f"key {intake.key_id}")})
