"""What was set aside: look, put right, release, confirm as junk. As JSON for programs, as pages for people."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import optional_object
from gateway.office import asker, private_page, visitor
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import ContractViolation

routes = APIBlueprint("quarantine", __name__)

LONGEST_NAME = 80
MOST_FIELDS = 200
LONGEST_VALUE = 20_000
#: Names of fields that hold several lines.
LONG = ("message", "answer.need")
#: In this order on the page; what the company asks beside these follows.
FIRST = (
    "person.full_name", "person.given_name", "person.family_name", "person.email", "person.phone", "person.company",
    "person.street", "person.city", "person.state", "person.postcode", "person.country", "product", "message",
)  # fmt: skip
#: Shown apart: they say how the bytes are to be read.
READING = ("source", "dialect")


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.get("/v1/quarantine")
@routes.doc(
    summary="Inquiries that were set aside",
    description="Newest first. Query: `limit`, `cursor` (of the page before), `reason`, `source`, `day`, `before` "
    "(a time), `junk` (true: those confirmed as junk); all optional.",
    responses=described(calls.QuarantineReply),
    security="key",
)
@scoped("manage")
def listed() -> Response:
    """A page of the quarantine."""
    return json_response(schema.dump(gateway().rooms.call(calls.QUARANTINE, **asked(calls.QuarantineRequest))))


@routes.get("/v1/quarantine/<uuid:inquiry_id>")
@routes.doc(
    summary="One inquiry that was set aside, with its raw bytes made safe to look at",
    responses=described(calls.InspectReply),
    security="key",
)
@scoped("manage")
def inspected(inquiry_id: UUID) -> Response:
    """Everything about one inquiry."""
    return json_response(schema.dump(gateway().rooms.call(calls.INSPECT, inquiry_id=inquiry_id)))


@routes.post("/v1/quarantine/<uuid:inquiry_id>/release")
@routes.doc(
    summary="Release an inquiry",
    description="It is read, judged and registered again under the same id, with the company's present mapping. JSON, "
    'all optional: `corrections` by our names ({"person.email": "…"}), `trusted` (it is no spam), `by` (who asks). One '
    "that does not pass stays, with the new reason; one that was released before is answered with what became of it.",
    responses=described(calls.ReleaseReply),
    security="key",
)
@scoped("manage")
def release(inquiry_id: UUID) -> Response:
    """Releases one inquiry."""
    document = optional_object()
    reply = gateway().rooms.call(
        calls.RELEASE,
        inquiry_id=inquiry_id,
        by=asker(document.get("by")),
        corrections=_corrections(document.get("corrections", {})),
        trusted=_flag(document, "trusted"),
    )
    return json_response(schema.dump(reply))


@routes.post("/v1/quarantine/<uuid:inquiry_id>/junk")
@routes.doc(
    summary="Confirm that an inquiry is junk",
    description="It stays where it is, marked, and can still be released. JSON, all optional: `junk` (false takes the "
    "mark away), `by`.",
    responses=described(calls.ReleaseReply),
    security="key",
)
@scoped("manage")
def junk(inquiry_id: UUID) -> Response:
    """Marks one inquiry."""
    document = optional_object()
    marked = _flag(document, "junk", default=True)
    reply = gateway().rooms.call(calls.JUNK, inquiry_id=inquiry_id, by=asker(document.get("by")), junk=marked)
    return json_response(schema.dump(reply))


@routes.post("/v1/quarantine/release")
@routes.doc(
    summary="Release all that fit, for example after a mapping was put right",
    description="JSON, all optional: `preview` (only count how many would pass), `reason`, `source`, `day`, `trusted`, "
    "`by`. Without a filter all that wait are meant. The first hundred are done at once; ask for the rest by `run_id`.",
    responses=described(calls.ReleaseRunReply),
    security="key",
)
@scoped("manage")
def release_many() -> Response:
    """Releases in bulk."""
    document = {name: value for name, value in optional_object().items() if value is not None}
    wanted = schema.load(calls.ReleaseManyRequest, {**document, "by": asker(document.get("by"))})
    fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return json_response(schema.dump(gateway().rooms.call(calls.RELEASE_MANY, **fields)))


@routes.get("/v1/quarantine/releases/<uuid:run_id>")
@routes.doc(summary="How far a bulk release has come", responses=described(calls.ReleaseRunReply), security="key")
@scoped("manage")
def release_run(run_id: UUID) -> Response:
    """The progress of a bulk release."""
    return json_response(schema.dump(gateway().rooms.call(calls.RELEASE_RUN, run_id=run_id)))


def _flag(document: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    value = document.get(name, default)
    if not isinstance(value, bool):
        raise ContractViolation("body", {name: ["true or false"]})
    return value


def _corrections(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or len(given) > MOST_FIELDS:
        raise ContractViolation("body", {"corrections": ["an object of names and texts is required"]})
    for name, value in given.items():
        if not isinstance(value, str) or len(value) > LONGEST_VALUE:
            raise ContractViolation("body", {f"corrections.{name}": ["a text is required"]})
    return dict(given)


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/quarantine")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def list_page() -> Response:
    """The list. The browser asks for a name (one's own) and a password: an API key that may manage."""
    wanted = asked(calls.QuarantineRequest)
    found = gateway().rooms.call(calls.QUARANTINE, **wanted)
    following = None
    if found.next:
        kept = {name: value for name, value in request.args.items() if name in wanted and value}
        following = f"{url_for('.list_page')}?{urlencode({**kept, 'cursor': found.next})}"
    return private_page("quarantine.html", found=found, wanted=wanted, following=following, token=form_token("bulk"))


@routes.get("/quarantine/<uuid:inquiry_id>")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def inquiry_page(inquiry_id: UUID) -> Response:
    """One inquiry, with the fields to put right."""
    return _inquiry_page(inquiry_id)


@routes.post("/quarantine/<uuid:inquiry_id>/release")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def release_by_hand(inquiry_id: UUID) -> Response:
    """Releases from the page: what differs from what stood there is a correction."""
    check_form(f"repair {inquiry_id}")
    seen = gateway().rooms.call(calls.INSPECT, inquiry_id=inquiry_id)
    given = {name: _lines(request.form[name]) for name in seen.fields if name in request.form}
    changed = {name: value for name, value in given.items() if value != _lines(seen.fields[name])}
    try:
        reply = gateway().rooms.call(
            calls.RELEASE,
            inquiry_id=inquiry_id,
            by=visitor(),
            corrections=_corrections(changed),
            trusted=request.form.get("trusted") == "yes",
        )
    except ContractViolation as error:
        return _inquiry_page(inquiry_id, errors=error.fields, given=given, status=422)
    return _inquiry_page(inquiry_id, reply=reply)


@routes.post("/quarantine/<uuid:inquiry_id>/junk")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def junk_by_hand(inquiry_id: UUID) -> AnyResponse:
    """Marks as junk, or takes the mark away, and goes back to the list."""
    check_form(f"repair {inquiry_id}")
    marked = request.form.get("junk") != "no"
    gateway().rooms.call(calls.JUNK, inquiry_id=inquiry_id, by=visitor(), junk=marked)
    return redirect(url_for(".list_page"), 303)


@routes.post("/quarantine/release")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def release_many_by_hand() -> AnyResponse:
    """First counts how many would pass; the page that shows it has the button that releases them."""
    check_form("bulk")
    asked_for = {name: request.form[name] for name in ("reason", "source", "day") if request.form.get(name)}
    preview, trusted = request.form.get("go") != "yes", request.form.get("trusted") == "yes"
    wanted = schema.load(
        calls.ReleaseManyRequest, {**asked_for, "by": visitor(), "preview": preview, "trusted": trusted}
    )
    fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    run = gateway().rooms.call(calls.RELEASE_MANY, **fields)
    kept = {**asked_for, **({"trusted": "yes"} if trusted else {})}
    return redirect(f"{url_for('.run_page', run_id=run.run_id)}?{urlencode(kept)}", 303)


@routes.get("/quarantine/releases/<uuid:run_id>")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def run_page(run_id: UUID) -> Response:
    """How far a bulk release or its preview has come."""
    run = gateway().rooms.call(calls.RELEASE_RUN, run_id=run_id)
    asked_for = {name: request.args[name] for name in ("reason", "source", "day", "trusted") if request.args.get(name)}
    return private_page("quarantine_run.html", run=run, asked_for=asked_for, token=form_token("bulk"))


def _inquiry_page(
    inquiry_id: UUID,
    *,
    reply: calls.ReleaseReply | None = None,
    errors: Any = None,
    given: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    seen = gateway().rooms.call(calls.INSPECT, inquiry_id=inquiry_id)
    values = {**seen.fields, **(given or {})}
    content = [name for name in seen.fields if name not in READING]
    ordered = [name for name in FIRST if name in content] + [name for name in content if name not in FIRST]
    answer = private_page(
        "quarantine_inquiry.html",
        seen=seen,
        values=values,
        first=[name for name in ordered if name in FIRST],
        more=[name for name in ordered if name not in FIRST],
        reading=[name for name in READING if name in seen.fields],
        long=LONG,
        reply=reply,
        errors={name.removeprefix("corrections."): said for name, said in (errors or {}).items()},
        token=form_token(f"repair {inquiry_id}"),
    )
    answer.status_code = status
    return answer


def _lines(text: str) -> str:
    """As a text area sends it back, and without what no text holds."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return clean.replace("\r\n", "\n").strip()
