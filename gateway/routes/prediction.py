"""Prediction: the model at work, what to think of it, and how it holds. As JSON for programs, as a page for people."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import json_object
from gateway.office import asker, private_page, visitor
from gateway.prediction_plots import model_plots, week_plot
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import NotAllowed, NotFound

routes = APIBlueprint("prediction", __name__)

SCOPE = "prediction"


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.get("/v1/prediction")
@routes.doc(
    summary="Models, which of them is at work, how it holds, and whether it is time to train",
    responses=described(calls.PredictionReply),
    security="key",
)
@scoped(SCOPE, "read")
def shown() -> Response:
    """Everything about prediction, but no card."""
    return json_response(schema.dump(gateway().rooms.call(calls.PREDICTION)))


@routes.get("/v1/prediction/card")
@routes.doc(
    summary="The card of a model",
    description="Query: `version`; the model at work when it is left out.",
    responses=described(calls.PredictionCardReply),
    security="key",
)
@scoped(SCOPE, "read")
def card() -> Response:
    """What a model learnt from, how good it is, and what to doubt."""
    return json_response(schema.dump(gateway().rooms.call(calls.PREDICTION_CARD, version=_version())))


@routes.post("/v1/prediction/activate")
@routes.doc(
    summary="Put a model to work, put back the one before, or stop predicting",
    description="JSON: `version` (null: nothing predicts), or `previous`: true; optional `despite_doubts` (its doubts "
    "were looked at and do not hold), `by`. 409 where a model is in doubt: `detail` says why.",
    responses=described(calls.PredictionReply),
    security="key",
)
@scoped(SCOPE)
def activate() -> Response:
    """Puts a model to work."""
    said = json_object()
    reply = _activate({**said, "by": asker(said.get("by"))})
    return json_response(schema.dump(reply))


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/prediction")
@routes.doc(hide=True)
@scoped(SCOPE, "read", basic=True)
def page() -> Response:
    """The page. The browser asks for a name (one's own) and a password: an API key."""
    return _page()


@routes.post("/prediction/activate")
@routes.doc(hide=True)
@scoped(SCOPE, basic=True)
def activate_by_hand() -> AnyResponse:
    """Puts a model to work from the page; where it is in doubt, the page says why."""
    check_form("prediction")
    said = {
        "version": request.form.get("version") or None,
        "previous": request.form.get("previous") == "yes",
        "despite_doubts": request.form.get("despite_doubts") == "yes",
        "by": visitor(),
    }
    try:
        _activate(said)
    except NotAllowed as refused:
        answer = _page(refused=str(refused))
        answer.status_code = 409
        return answer
    return redirect(url_for(".page"), 303)


def _page(refused: str | None = None) -> Response:
    found = gateway().rooms.call(calls.PREDICTION)
    version = _version() or found.at_work or (found.models[0].version if found.models else None)
    try:
        one = gateway().rooms.call(calls.PREDICTION_CARD, version=version) if version else None
    except NotFound:
        one = None
    return private_page(
        "prediction.html",
        found=found,
        one=one,
        drawn=model_plots(one.card) if one else None,
        weeks=week_plot(found.weeks),
        refused=refused,
        token=form_token("prediction"),
    )


def _activate(said: dict[str, Any]) -> calls.PredictionReply:
    wanted = schema.load(calls.ActivatePredictionRequest, said)
    fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return gateway().rooms.call(calls.ACTIVATE_PREDICTION, **fields)


def _version() -> str | None:
    return request.args.get("version", "").replace("\x00", "")[:80] or None
