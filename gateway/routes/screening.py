"""Screening: leads that somebody looks at or calls. Queues, one lead in hand with its script, what was found."""

from typing import Any
from uuid import UUID

import structlog
from apiflask import APIBlueprint
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import json_object
from gateway.office import asker, private_page, text_of, visitor
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import ContractViolation, NotAllowed, WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

log = structlog.get_logger()

routes = APIBlueprint("screening", __name__)

_ANSWER = "answer."
_TOKEN = "screening"


def _reply(contract: type) -> dict[int | str, Any]:
    return {200: {"description": "Done", "content": {"application/json": {"schema": schema.schema_of(contract)}}}}


# --- for programs, such as a contact centre's ------------------------------------------------------------------------


@routes.get("/v1/screening")
@routes.doc(
    summary="The queues of screening",
    description="How each stands, and the leads in the order in which they are handed out. Query: `queue` (manual or "
    "telephone), `claimed_by`, `limit`; all optional.",
    responses=_reply(calls.QueuesReply),
    security="key",
)
@scoped("screening")
def queues() -> Response:
    """The queues."""
    return json_response(schema.dump(gateway().rooms.call(calls.SCREENING_QUEUES, **asked(calls.QueuesRequest))))


@routes.post("/v1/screening/claim")
@routes.doc(
    summary="Take the next lead in hand",
    description="JSON, all optional: `queue`, `lead_id` (that one, not the next), `by` (who screens). Nobody else "
    "gets it while the claim lasts. Who has one in hand gets the same again. The answer has the script, what is known, "
    "and the `claim` to report with; `screening` is null where nothing waits.",
    responses=_reply(calls.ClaimReply),
    security="key",
)
@scoped("screening")
def claim() -> Response:
    """Hands out a lead."""
    document = {name: value for name, value in json_object().items() if value is not None}
    wanted = schema.load(calls.ClaimRequest, {**document, "by": asker(document.get("by"))})
    return json_response(schema.dump(_call(calls.CLAIM_SCREENING, wanted)))


@routes.get("/v1/screening/<uuid:lead_id>")
@routes.doc(summary="A lead's screening as it stands", responses=_reply(calls.ScreeningReply), security="key")
@scoped("screening")
def shown(lead_id: UUID) -> Response:
    """One lead."""
    return json_response(schema.dump(gateway().rooms.call(calls.SCREENING, lead_id=lead_id)))


@routes.post("/v1/screening/<uuid:lead_id>/report")
@routes.doc(
    summary="Say what was found",
    description="JSON: `claim`, `outcome` (qualified, not_now, unqualified, unreachable, wrong_number), and, optional, "
    "`answers` by the company's names, `note`, `until` (needed with not_now), `by`. The lead is scored anew at once. "
    "The same claim reports once; a repeat changes nothing.",
    responses=_reply(calls.ReportReply),
    security="key",
)
@scoped("screening")
def report(lead_id: UUID) -> Response:
    """Takes a report in."""
    document = {name: value for name, value in json_object().items() if value is not None}
    wanted = schema.load(calls.ReportRequest, {**document, "lead_id": str(lead_id), "by": asker(document.get("by"))})
    return json_response(schema.dump(_call(calls.REPORT_SCREENING, wanted)))


@routes.post("/v1/screening/<uuid:lead_id>/release")
@routes.doc(
    summary="Put a lead back into its queue",
    description="JSON, all optional: `claim` (without it whoever has it in hand loses it), `by`.",
    responses=_reply(calls.ScreeningReply),
    security="key",
)
@scoped("screening")
def release(lead_id: UUID) -> Response:
    """Puts a lead back."""
    document = {name: value for name, value in json_object().items() if value is not None}
    wanted = schema.load(
        calls.ReleaseScreeningRequest, {**document, "lead_id": str(lead_id), "by": asker(document.get("by"))}
    )
    return json_response(schema.dump(_call(calls.SCREENING_RELEASE, wanted)))


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/screening")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def queue_page() -> Response:
    """How the queues stand, and what I have in hand. The browser asks for one's name and an API key as the password."""
    by = visitor()
    mine = gateway().rooms.call(calls.SCREENING_QUEUES, claimed_by=by, limit=10).entries
    found = gateway().rooms.call(calls.SCREENING_QUEUES, limit=50)
    said = {name: request.args.get(name) for name in ("outcome", "decision", "rank", "score", "empty", "problem")}
    return private_page("screening.html", found=found, mine=mine, by=by, said=said, token=form_token(_TOKEN))


@routes.post("/screening/next")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def next_by_hand() -> AnyResponse:
    """Takes the next lead of a queue in hand and shows it."""
    check_form(_TOKEN)
    wanted = schema.load(calls.ClaimRequest, {"queue": request.form.get("queue") or None, "by": visitor()})
    taken = _call(calls.CLAIM_SCREENING, wanted).screening
    if taken is None:
        return redirect(url_for(".queue_page", empty=wanted.queue or "any"), 303)
    return redirect(url_for(".lead_page", lead_id=taken.entry.lead_id), 303)


@routes.get("/screening/<uuid:lead_id>")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def lead_page(lead_id: UUID) -> Response:
    """One lead: who it is, what is known, the script as a form."""
    return _lead_page(lead_id)


@routes.post("/screening/<uuid:lead_id>/take")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def take_by_hand(lead_id: UUID) -> AnyResponse:
    """Takes this lead in hand."""
    check_form(_TOKEN)
    try:
        gateway().rooms.call(calls.CLAIM_SCREENING, lead_id=lead_id, by=visitor())
    except NotAllowed as problem:
        return redirect(url_for(".queue_page", problem=str(problem)[:200]), 303)
    return redirect(url_for(".lead_page", lead_id=lead_id), 303)


@routes.post("/screening/<uuid:lead_id>/release")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def release_by_hand(lead_id: UUID) -> AnyResponse:
    """Puts the lead back and shows the queues."""
    check_form(_TOKEN)
    claim = schema.load(
        calls.ReleaseScreeningRequest,
        {"lead_id": str(lead_id), "by": visitor(), "claim": request.form.get("claim") or None},
    )
    _call(calls.SCREENING_RELEASE, claim)
    return redirect(url_for(".queue_page"), 303)


@routes.post("/screening/<uuid:lead_id>/report")
@routes.doc(hide=True)
@scoped("screening", basic=True)
def report_by_hand(lead_id: UUID) -> AnyResponse:
    """Takes in what was found, and shows what became of the lead."""
    check_form(_TOKEN)
    given = {name: text_of(name) for name in request.form}
    try:
        wanted = schema.load(
            calls.ReportRequest,
            {
                "lead_id": str(lead_id),
                "claim": given.get("claim"),
                "by": visitor(),
                "outcome": given.get("outcome"),
                "note": given.get("note", ""),
                "until": given.get("until") or None,
                "answers": {
                    name.removeprefix(_ANSWER): text for name, text in given.items() if name.startswith(_ANSWER)
                },
            },
        )
        done = _call(calls.REPORT_SCREENING, wanted)
    except ContractViolation as error:
        return _lead_page(lead_id, errors=error.fields, given=given, status=422)
    except NotAllowed as problem:
        return redirect(url_for(".queue_page", problem=str(problem)[:200]), 303)
    score = done.score
    told = {"decision": score.decision, "rank": score.rank, "score": score.score} if score else {}
    return redirect(url_for(".queue_page", outcome=done.entry.outcome or wanted.outcome, **told), 303)


def _lead_page(lead_id: UUID, *, errors: Any = None, given: Any = None, status: int = 200) -> Response:
    found = gateway().rooms.call(calls.SCREENING, lead_id=lead_id, by=visitor())
    answer = private_page(
        "screening_lead.html",
        found=found,
        person=_contact(found.entry.person_id),
        errors=errors or {},
        given=given or {},
        outcomes=_outcomes(found.entry.queue),
        token=form_token(_TOKEN),
    )
    answer.status_code = status
    return answer


def _contact(person_id: UUID) -> Any:
    """Name and number as the front desk knows them; None while it is away, the script can be read all the same."""
    try:
        return gateway().rooms.call(calls.PERSON, person_id=person_id).person
    except (WireError, RoomAway, RpcTimeout) as error:
        log.warning("contact_not_shown", error=type(error).__name__)
        return None


def _outcomes(queue: str) -> list[tuple[str, str]]:
    found = [("qualified", "Qualified: to sales"), ("not_now", "Not now: later"), ("unqualified", "No prospect")]
    called = [("unreachable", "Not reached: call again"), ("wrong_number", "Wrong number")]
    return found + called if queue == "telephone" else found


def _call(call: calls.Call[Any, Any], wanted: Any) -> Any:
    return gateway().rooms.call(call, **{name: getattr(wanted, name) for name in wanted.__dataclass_fields__})
