"""What people may ask for about their own data: to see it, to have it erased, to say how they may be contacted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from apiflask import APIBlueprint
from flask import Response, request

from gateway import exporting
from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.office import private_page
from gateway.problems import Problem, wants_page
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import ContractViolation

routes = APIBlueprint("privacy", __name__)

LONGEST_TEXT = 4000


# --- export ----------------------------------------------------------------------------------------------------------


@routes.route("/v1/people/<uuid:person_id>/export", methods=["GET", "POST"])
@routes.doc(
    summary="Everything that is held of a person",
    description="Every room is asked; one that does not answer is named, and `complete` is false. A page for browsers.",
    security="key",
)
@scoped("privacy", basic=True)
def export(person_id: UUID) -> Response:
    """What every room holds of a person."""
    document = exporting.export(gateway().rooms, person_id, gateway().clock.now())
    if wants_page():
        return private_page("export.html", export=document)
    answer = json_response(document)
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{person_id}.json"'
    return answer


# --- erasure ---------------------------------------------------------------------------------------------------------


@routes.post("/v1/people/<uuid:person_id>/erase")
@routes.doc(
    summary="Erase a person everywhere",
    description='Body: `{"reason": …, "by": …}`; both are kept for ever and must not name the person. The front desk '
    "forgets at once, the others as they hear of it: ask for the certificate. A second call gives the first erasure.",
    responses={202: described(calls.EraseReply)[200]},
    security="key",
)
@scoped("privacy")
def erase(person_id: UUID) -> Response:
    """Has a person forgotten."""
    said = _body({"reason": str, "by": str}, required={"reason", "by"})
    done = gateway().rooms.call(calls.ERASE, person_id=person_id, **said)
    url = f"{gateway().public_url}/v1/erasures/{done.erasure_id}"
    answer = json_response({**schema.dump(done), "certificate_url": url})
    answer.status_code = 202
    answer.headers["Location"] = url
    return answer


@routes.get("/v1/erasures/<uuid:erasure_id>")
@routes.doc(
    summary="The certificate of an erasure",
    description="What every room removed, what it kept and why, and who was given something before. For browsers a "
    "page that prints well. `overdue`: a room has not answered for a day.",
    responses=described(calls.CertificateReply),
    security="key",
)
@scoped("privacy", basic=True)
def certificate(erasure_id: UUID) -> Response:
    """What was erased where."""
    found = gateway().rooms.call(calls.CERTIFICATE, erasure_id=erasure_id)
    if wants_page():
        return private_page("certificate.html", certificate=found)
    return json_response(schema.dump(found))


@routes.get("/v1/erasures")
@routes.doc(
    summary="The newest erasures, and those that wait for a room",
    description="Query: `limit`, optional.",
    responses=described(calls.ErasuresReply),
    security="key",
)
@scoped("privacy", "manage")
def erasures() -> Response:
    """A list."""
    return json_response(schema.dump(gateway().rooms.call(calls.ERASURES, **asked(calls.ErasuresRequest))))


# --- consent ---------------------------------------------------------------------------------------------------------


@routes.get("/v1/people/<uuid:person_id>/consent")
@routes.doc(
    summary="What a person agreed to, when, and on what proof",
    responses=described(calls.ConsentReply),
    security="key",
)
@scoped("manage", "privacy")
def consent(person_id: UUID) -> Response:
    """What holds now, and every statement."""
    return json_response(schema.dump(gateway().rooms.call(calls.CONSENT, person_id=person_id)))


@routes.post("/v1/people/<uuid:person_id>/consent")
@routes.doc(
    summary="Record a yes or no that was said elsewhere",
    description="By telephone, at a counter, by letter. Body: `channel`, `allowed`, `origin`; also `purpose`, "
    "`at`, `text` (the wording, or its version) and `proofs`. Nothing is ever changed: the newest statement holds.",
    responses=described(calls.ConsentReply),
    security="key",
)
@scoped("manage")
def record_consent(person_id: UUID) -> Response:
    """Files a statement."""
    told = {"channel": str, "purpose": str, "allowed": bool, "origin": str, "at": str, "text": str, "proofs": dict}
    said = _body(told, required={"channel", "allowed", "origin"})
    loaded = schema.load(calls.RecordConsentRequest, {**said, "person_id": str(person_id)})
    fields = {name: getattr(loaded, name) for name in loaded.__dataclass_fields__}
    return json_response(schema.dump(gateway().rooms.call(calls.RECORD_CONSENT, **fields)))


# --- the ledger by day -----------------------------------------------------------------------------------------------


@routes.get("/v1/ledger/days")
@routes.doc(
    summary="What was received and what became of it, per day and source",
    description="Query: `since`, `until` (days in UTC), `source`; all optional. A balance beside 0: something is lost.",
    responses=described(calls.LedgerDaysReply),
    security="key",
)
@scoped("manage")
def ledger_days() -> Response:
    """Received = live + closed + quarantined + test + merged + erased + waiting."""
    return json_response(schema.dump(gateway().rooms.call(calls.LEDGER_DAYS, **asked(calls.LedgerDaysRequest))))


def _body(told: Mapping[str, type], required: set[str]) -> dict[str, Any]:
    """The fields of a JSON body. Raises a Problem, or ContractViolation naming each field that is not as it must be."""
    try:
        document = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise Problem(400, "not_json", "Send a JSON object.") from None
    if not isinstance(document, dict):
        raise Problem(400, "not_json", "Send a JSON object.")
    found = {name: value for name, value in document.items() if name in told and value is not None}
    wrong = {name: ["is required"] for name in required - found.keys()}
    wrong |= {name: ["is not as it must be"] for name, value in found.items() if not _fits(value, told[name])}
    if wrong:
        raise ContractViolation("body", wrong)
    return found


def _fits(value: Any, kind: type) -> bool:
    if not isinstance(value, kind):
        return False
    if isinstance(value, dict):
        return len(value) <= 20 and all(_fits(part, str) for pair in value.items() for part in pair)
    return not isinstance(value, str) or (bool(value.strip()) and len(value) <= LONGEST_TEXT and "\0" not in value)
