"""The rules: what is live, what a draft changes, who approved it; approving, publishing, reverting."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.backtest_plots import backtest_plots
from gateway.forgery import check_form, form_token
from gateway.jsonbody import json_object
from gateway.office import asker, private_page, visitor
from gateway.problems import Problem
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.calls import Call
from shared.contracts.errors import NotAllowed

routes = APIBlueprint("rules", __name__)

PARTIES = ("marketing", "sales")
APPROVING = tuple(f"rules:approve:{party}" for party in PARTIES)
SEEING = ("rules:read", "rules:write", *APPROVING)
#: Shares that the page offers, in percent.
SHARES = (5, 10, 25, 50, 100)


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.get("/v1/rules")
@routes.doc(
    summary="The rules: live, on trial, draft, approvals, publications",
    description="The draft is the file in the company's folder. `changes` says in plain words what it changes.",
    responses=described(calls.RulesReply),
    security="key",
)
@scoped(*SEEING)
def shown() -> Response:
    """Everything about the rules."""
    return json_response(schema.dump(gateway().rooms.call(calls.RULES)))


@routes.get("/v1/rules/<version>")
@routes.doc(summary="The text of a rule set", responses=described(calls.RuleTextReply), security="key")
@scoped(*SEEING)
def text(version: str) -> Response:
    """One text."""
    return json_response(schema.dump(gateway().rooms.call(calls.RULE_TEXT, version=_plain(version))))


@routes.post("/v1/rules/approve")
@routes.doc(
    summary="Approve exactly one text, for marketing or for sales",
    description="JSON: `digest` (SHA-256 of the text), `party`; optional `text` (where it is not the file in the "
    "room's folder), `by`. The key needs the scope of its party, `rules:approve:marketing` or "
    "`rules:approve:sales`; no key approves for both. A changed character makes another digest, which needs both "
    "approvals anew.",
    responses=described(calls.RulesReply),
    security="key",
)
@scoped(*APPROVING)
def approve() -> Response:
    """One party agrees."""
    document = json_object()
    wanted = {**document, "by": asker(document.get("by")), "approver": f"key {g.key.id}"}
    _check_party(wanted.get("party"))
    return json_response(schema.dump(_called(calls.APPROVE_RULES, wanted)))


@routes.post("/v1/rules/publish")
@routes.doc(
    summary="Publish a text that both parties approved",
    description="JSON: `digest`; optional `share` (percent of the leads, 100 when left out; it can be raised), `by`. "
    "409 where an approval is missing: `detail` says whose.",
    responses=described(calls.RulesReply),
    security="key",
)
@scoped("rules:write")
def publish() -> Response:
    """A share of the leads comes under these rules."""
    document = json_object()
    return json_response(schema.dump(_called(calls.PUBLISH_RULES, {**document, "by": asker(document.get("by"))})))


@routes.post("/v1/rules/revert")
@routes.doc(
    summary="Go back, in one step, to what was live before",
    description="JSON, optional: `number` (of the publication to undo: refused when it is not the newest), `by`.",
    responses=described(calls.RulesReply),
    security="key",
)
@scoped("rules:write")
def revert() -> Response:
    """What stood before stands again."""
    document = json_object()
    return json_response(schema.dump(_called(calls.REVERT_RULES, {**document, "by": asker(document.get("by"))})))


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/rules")
@routes.doc(hide=True)
@scoped(*SEEING, basic=True)
def page() -> Response:
    """What is live and what is proposed. The browser asks for a name (one's own) and a password: an API key."""
    return _page()


@routes.get("/rules/<version>/text")
@routes.doc(hide=True)
@scoped(*SEEING, basic=True)
def text_page(version: str) -> Response:
    """A text as it was approved, to the last character."""
    found = gateway().rooms.call(calls.RULE_TEXT, version=_plain(version))
    return private_page("rule_text.html", found=found)


@routes.post("/rules/approve")
@routes.doc(hide=True)
@scoped(*APPROVING, basic=True)
def approve_by_hand() -> AnyResponse:
    """Approves from the page, exactly the text that it showed."""
    digest, party = request.form.get("digest", ""), request.form.get("party", "")
    check_form(f"approve {digest}")
    _check_party(party)
    return _done(
        calls.APPROVE_RULES,
        {"digest": digest, "party": party, "by": visitor(), "approver": f"key {g.key.id}"},
    )


@routes.post("/rules/publish")
@routes.doc(hide=True)
@scoped("rules:write", basic=True)
def publish_by_hand() -> AnyResponse:
    """Publishes from the page."""
    digest = request.form.get("digest", "")
    check_form(f"publish {digest}")
    return _done(calls.PUBLISH_RULES, {"digest": digest, "share": request.form.get("share", "100"), "by": visitor()})


@routes.post("/rules/revert")
@routes.doc(hide=True)
@scoped("rules:write", basic=True)
def revert_by_hand() -> AnyResponse:
    """Reverts from the page; a second click finds that it is done."""
    number = request.form.get("number", "")
    check_form(f"revert {number}")
    return _done(calls.REVERT_RULES, {"number": number, "by": visitor()})


def _done(call: Call[Any, Any], said: dict[str, Any]) -> AnyResponse:
    """Back to the page; where the room refused, the page says why."""
    try:
        _called(call, said)
    except NotAllowed as refused:
        answer = _page(refused=str(refused))
        answer.status_code = 409
        return answer
    return redirect(url_for(".page"), 303)


def _page(refused: str | None = None) -> Response:
    found = gateway().rooms.call(calls.RULES)
    sets = [each for each in (found.draft, *found.waiting) if each]
    newest = found.publications[0]
    return private_page(
        "rules.html",
        found=found,
        sets=sets,
        newest=newest,
        refused=refused,
        report=found.backtest.report if found.backtest else None,
        drawn=backtest_plots(found.backtest.report) if found.backtest else None,
        shares=SHARES,
        may_publish="rules:write" in g.key.scopes,
        may_approve=[party for party in PARTIES if f"rules:approve:{party}" in g.key.scopes],
        approve_tokens={each.digest: form_token(f"approve {each.digest}") for each in sets},
        publish_tokens={each.digest: form_token(f"publish {each.digest}") for each in [*sets, *_trial(found)]},
        revert_token=form_token(f"revert {newest.number}"),
    )


def _trial(found: calls.RulesReply) -> list[calls.RuleSetEntry]:
    return [found.trial] if found.trial else []


def _check_party(party: Any) -> None:
    if party in PARTIES and f"rules:approve:{party}" not in g.key.scopes:
        raise Problem(403, "scope_missing", f"This key lacks the scope that is needed here: rules:approve:{party}.")


def _called(call: Call[Any, Any], said: dict[str, Any]) -> Any:
    """Asks the room with what was said, as far as it has the shape of the request. Raises ContractViolation."""
    loaded = schema.load(call.request, said)
    return gateway().rooms.call(call, **{name: getattr(loaded, name) for name in loaded.__dataclass_fields__})


def _plain(version: str) -> str:
    return version.replace("\x00", "")[:80]
