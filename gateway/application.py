"""Puts the WSGI application together: routes, access, errors, headers, log."""

import structlog
from apiflask import APIFlask
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from gateway import access_log, cors, openapi, state
from gateway.access import check_access
from gateway.headers import content_policy, every_answer
from gateway.problems import Problem, of_http_error, of_wire_error, respond, unavailable
from gateway.routes import (
    adf,
    assignments,
    campaigns,
    confirmations,
    contact_form_7,
    deliveries,
    docs,
    entry_points,
    footsteps,
    forms,
    hooks,
    hubspot,
    keyed,
    leads,
    links,
    lists,
    ops,
    owners,
    pages,
    people,
    portal_lead,
    portal_leads,
    portal_numbers,
    portal_region,
    portal_signing,
    prediction,
    privacy,
    purchases,
    quarantine,
    reads,
    referrals,
    replies,
    rules,
    salesforce,
    scores,
    screening,
    sources,
    status,
    vendors,
)
from gateway.state import EXTENSION, Gateway
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

log = structlog.get_logger()

#: Every group of routes.
BLUEPRINTS = (
    leads.routes,
    forms.routes,
    salesforce.routes,
    hubspot.routes,
    contact_form_7.routes,
    adf.routes,
    assignments.routes,
    hooks.routes,
    vendors.routes,
    keyed.routes,
    lists.routes,
    reads.routes,
    scores.routes,
    quarantine.routes,
    deliveries.routes,
    people.routes,
    privacy.routes,
    screening.routes,
    rules.routes,
    sources.routes,
    status.routes,
    referrals.routes,
    entry_points.routes,
    campaigns.routes,
    owners.routes,
    footsteps.routes,
    prediction.routes,
    links.routes,
    portal_signing.routes,
    portal_leads.routes,
    portal_lead.routes,
    portal_numbers.routes,
    portal_region.routes,
    replies.routes,
    confirmations.routes,
    purchases.routes,
    pages.routes,
    ops.routes,
    docs.routes,
)


def create_app(gateway: Gateway) -> APIFlask:
    """The application around the parts of one gateway. It starts none of their threads."""
    app = APIFlask(
        "gateway",
        title="Leadbus",
        version="1",
        spec_path=None,
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]  # its own routes say who may use them
        json_errors=False,
    )
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        PROVIDE_AUTOMATIC_OPTIONS=False,
        DESCRIPTION="Inquiries in, leads and figures out.",
        SERVERS=[{"url": gateway.public_url}],
        TAGS=[{"name": name, "description": text} for name, text in openapi.TAGS],
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
    )
    app.spec_processor(openapi.complete)
    app.security_schemes = {"key": {"type": "http", "scheme": "bearer", "description": "An API key: lb_…"}}
    app.extensions[EXTENSION] = gateway
    app.before_request(access_log.begin)
    app.before_request(check_access)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _handle_errors(app)
    # Run in the reverse of this order: the log sees the final answer.
    app.after_request(access_log.finish)
    app.after_request(cors.mark)
    app.after_request(_add_headers)
    return app


def _handle_errors(app: Flask) -> None:
    app.register_error_handler(Problem, respond)
    app.register_error_handler(WireError, lambda error: respond(of_wire_error(error)))
    app.register_error_handler(HTTPException, lambda error: respond(of_http_error(error)))
    app.register_error_handler(RpcTimeout, lambda _: respond(unavailable("room_slow", "The answer took too long.")))
    app.register_error_handler(RoomAway, lambda _: respond(unavailable("room_away", "This part is not running now.")))
    app.register_error_handler(Exception, _unexpected)


def _unexpected(error: Exception) -> Response:
    route = request.url_rule.rule if request.url_rule else None
    log.exception("request_failed", route=route, error=type(error).__name__)
    return respond(Problem(500, "internal", "Something failed on our side. It has been recorded."))


def _add_headers(response: Response) -> Response:
    if g.get("returns"):
        policy = content_policy(pattern.origin for pattern in g.returns)
        response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in every_answer(state.gateway().public_url).items():
        response.headers.setdefault(name, value)
    return response
