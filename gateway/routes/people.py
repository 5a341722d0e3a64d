"""People: what is known and how it came, who may be one, merges and their undoing. For programs and for people."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import optional_object
from gateway.office import asker, private_page, visitor
from gateway.problems import Problem
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema

routes = APIBlueprint("people", __name__)

LONGEST_NAME = 80
LONGEST_ID = 100
MOST_VALUES = 50


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.get("/v1/people/<uuid:person_id>")
@routes.doc(
    summary="A person: every value with how, when and from where it came; merges; household and firm",
    description="An id that was absorbed by a merge answers with the person that it is part of now.",
    responses=described(calls.PersonReply),
    security="key",
)
@scoped("manage")
def person(person_id: UUID) -> Response:
    """Everything about a person."""
    return json_response(schema.dump(gateway().rooms.call(calls.PERSON, person_id=person_id)))


@routes.post("/v1/people/<uuid:person_id>/merge")
@routes.doc(
    summary="Say that two people are one",
    description="JSON: `other_id`, and `by` (who says so, optional). The one registered first survives; the other id "
    "stands for it for ever. It can be undone.",
    responses=described(calls.MergeReply),
    security="key",
)
@scoped("manage")
def merge(person_id: UUID) -> Response:
    """Merges two people."""
    document = optional_object()
    wanted: Any = schema.load(
        calls.MergeRequest,
        {"person_id": str(person_id), "other_id": document.get("other_id"), "by": asker(document.get("by"))},
    )
    return json_response(schema.dump(_call(calls.MERGE, wanted)))


@routes.post("/v1/people/<uuid:person_id>/overlay")
@routes.doc(
    summary="Add what somebody else knows of a person",
    description='JSON: `values` by our names ({"phone": "…", "company": "…"}), `origin` (where they are from), `kind` '
    "(overlaid or inferred). They fill gaps; what the person said is never replaced.",
    responses=described(calls.OverlayReply),
    security="key",
)
@scoped("manage")
def overlay(person_id: UUID) -> Response:
    """Overlays values."""
    document = optional_object()
    if isinstance(document.get("values"), dict) and len(document["values"]) > MOST_VALUES:
        raise Problem(413, "too_many_values", f"At most {MOST_VALUES} values are taken at once.")
    wanted: Any = schema.load(calls.OverlayRequest, {**document, "person_id": str(person_id)})
    return json_response(schema.dump(_call(calls.OVERLAY, wanted)))


@routes.get("/v1/reviews")
@routes.doc(
    summary="People who may be one, the likeliest first",
    description="Query: `limit`, `cursor` (of the page before); both optional.",
    responses=described(calls.ReviewsReply),
    security="key",
)
@scoped("manage")
def reviews() -> Response:
    """A page of open questions."""
    return json_response(schema.dump(gateway().rooms.call(calls.REVIEWS, **asked(calls.ReviewsRequest))))


@routes.post("/v1/reviews/<review_id>")
@routes.doc(
    summary="Say whether two people are one",
    description="JSON: `decision` (same or different), and `by` (who says so, optional). The answer stands.",
    responses=described(calls.DecideReviewReply),
    security="key",
)
@scoped("manage")
def decide(review_id: str) -> Response:
    """Answers a question."""
    document = optional_object()
    return json_response(schema.dump(_decide(review_id, document.get("decision"), asker(document.get("by")))))


@routes.post("/v1/merges/<uuid:merge_id>/undo")
@routes.doc(
    summary="Undo a merge",
    description="Both have their own again, what came since as well. JSON, optional: `by`. They are not merged again "
    "without being asked.",
    responses=described(calls.UnmergeReply),
    security="key",
)
@scoped("manage")
def undo(merge_id: UUID) -> Response:
    """Undoes a merge."""
    return json_response(
        schema.dump(gateway().rooms.call(calls.UNMERGE, merge_id=merge_id, by=asker(optional_object().get("by"))))
    )


def _call(call: calls.Call[Any, Any], wanted: Any) -> Any:
    return gateway().rooms.call(call, **{name: getattr(wanted, name) for name in wanted.__dataclass_fields__})


def _decide(review_id: str, decision: Any, by: str) -> calls.DecideReviewReply:
    wanted: Any = schema.load(
        calls.DecideReviewRequest, {"review_id": review_id[:LONGEST_ID], "decision": decision, "by": by}
    )
    reply: calls.DecideReviewReply = _call(calls.DECIDE_REVIEW, wanted)
    return reply


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/reviews")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def reviews_page() -> Response:
    """Two people side by side, with what speaks for and against; the likeliest pairs first."""
    wanted = {"limit": 10, **{name: value for name, value in asked(calls.ReviewsRequest).items() if name == "cursor"}}
    found = gateway().rooms.call(calls.REVIEWS, **wanted)
    following = url_for(".reviews_page", cursor=found.next) if found.next else None
    return private_page(
        "reviews.html", found=found, following=following, token=form_token("reviews"), said=request.args.get("said")
    )


@routes.post("/reviews/<review_id>")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def decide_by_hand(review_id: str) -> AnyResponse:
    """Answers a question from the page, and goes on to the next."""
    check_form("reviews")
    reply = _decide(review_id, request.form.get("decision"), visitor())
    return redirect(url_for(".reviews_page", said=reply.state), 303)


@routes.get("/people/<uuid:person_id>")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def person_page(person_id: UUID) -> Response:
    """A person with where every value is from, and the merges, each with a button that undoes it."""
    found = gateway().rooms.call(calls.PERSON, person_id=person_id)
    return private_page("person.html", found=found, token=form_token("merges"))


@routes.post("/merges/<uuid:merge_id>/undo")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def undo_by_hand(merge_id: UUID) -> AnyResponse:
    """Undoes a merge from the page of a person."""
    check_form("merges")
    reply = gateway().rooms.call(calls.UNMERGE, merge_id=merge_id, by=visitor())
    return redirect(url_for(".person_page", person_id=reply.absorbed_id), 303)
