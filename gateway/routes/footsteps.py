"""Footsteps come in: from the script on the company's pages, the pixel, download links, and partners with a key.

None of it may hold up a page: the script gets an empty answer, a link leads on whether its click could be kept or not.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import structlog
from apiflask import APIBlueprint
from flask import Response, g, redirect, request

from gateway import cors
from gateway.access import Headers, granted_source, may_see, public, scoped
from gateway.answers import ACCEPTED_RESPONSES, json_response
from gateway.problems import Problem
from gateway.routes.reads import asked
from gateway.sites import SIGNALS, Site, origin_of
from gateway.state import Gateway, gateway
from gateway.wrapping import Door, Sent, sent_now, take_in, take_in_by
from shared.contracts import calls, schema

log = structlog.get_logger()

routes = APIBlueprint("footsteps", __name__)

DIALECT = "activity"
#: Under this name the clicks on download links are filed, whatever page or mail they stood in.
LINKS = "links"
SCRIPT = Path(__file__).resolve().parents[1] / "static" / "leadbus.js"
SCRIPT_SECONDS = 3600
BODY_BYTES = 64 * 1024
TEXT_LENGTH = 500
#: A transparent GIF of one point.
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_VISITORS = "visitors of a web site have no key"


@routes.get("/t.js")
@routes.doc(summary="The tracking script of a site", description="Query: `site`, as footsteps.yml names it.")
@public("every page of the site loads it")
def script() -> Response:
    """The script, with what the site asks of it in front."""
    answer = Response(_script(_site("site")), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    # Pages that isolate themselves (COEP) load only what allows it.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@routes.post("/t")
@routes.doc(summary="Footsteps of a site's visitors", description="What the script sends. Query: `site`.")
@public(_VISITORS)
def collect() -> Response:
    """Takes a batch of the script in. Who says that they are not to be tracked is not."""
    cors.allow(origins(gateway(), request.args))
    sent = sent_now(request.get_data())
    taken = door(gateway(), sent, request.headers)
    if taken is not None:
        take_in_by(taken, sent)
    return Response(status=204)


def origins(gateway: Gateway, query: Mapping[str, str]) -> frozenset[str]:
    """Whose scripts may read the answer. Raises a Problem when there is no such site."""
    return site_named(gateway, query.get("site")).origins


def door(gateway: Gateway, sent: Sent, headers: Headers) -> Door | None:
    """As what a batch of the script is taken in; None when it is not. Raises a Problem."""
    site = site_named(gateway, sent.query.get("site"))
    if (headers.get("Origin") or "").lower() not in site.origins:
        raise Problem(403, "origin_unknown", "Footsteps are taken from the pages of the site only.")
    if len(sent.body) > BODY_BYTES:
        raise Problem(413, "body_too_large", f"Footsteps have at most {BODY_BYTES} bytes at once.")
    if declined(gateway, headers):
        return None
    gateway.limits.check(gateway.footsteps.per_address, "footsteps", sent.sender)
    return Door(DIALECT, site.name, always_new=True)


@routes.route("/t", methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask() -> Response:
    """Answers a CORS preflight."""
    return cors.preflight(_site("site").origins)


@routes.get("/t.gif")
@routes.doc(
    summary="A footstep by a picture, where no script runs",
    description="Query: `site`, `kind` (page), `what`, `url`, `token`. Always answers with the picture.",
)
@public(_VISITORS)
def pixel() -> Response:
    """Notes a page without script, or a mail that was opened."""
    site = gateway().footsteps.site(request.args.get("site"))
    before = request.headers.get("Referer", "")
    if site is not None and (not before or origin_of(before) in site.origins or "token" in request.args):
        event = {"kind": _text("kind") or "page", "what": _text("what"), "url": _text("url") or before or None}
        _note(site.name, event, _text("token"))
    return Response(PIXEL, content_type="image/gif")


@routes.get("/d/<name>")
@routes.doc(
    summary="A download link",
    description="Counts the click and leads on. Query: `p`, the signed token of whom the link was sent to.",
    responses={302: "Where it leads"},
)
@public("links in mails and on printed pieces are for everybody")
def follow(name: str) -> Response:
    """Leads to the download, and only there. A click that cannot be kept leads there all the same."""
    download = gateway().footsteps.downloads.get(name)
    if download is None:
        raise Problem(404, "download_unknown", "There is nothing to download under this name.")
    event = {"kind": "download", "what": name, "title": download.title, "id": _text("lb_e"), "visitor": _text("lb_v")}
    event |= {mark: value for mark, value in request.args.items() if mark.startswith("utm_")}
    _note(LINKS, event, _text("p"))
    return redirect(download.target, 302)  # type: ignore[return-value]


@routes.post("/v1/activities")
@routes.doc(
    summary="Send footsteps that others saw",
    description='Webinars, other web sites, call centres: `{"activities": [{"id", "kind", "what", "at", '
    '"email"}, …]}`, up to 2,000 at once, each with the email, our `person_id` or the `visitor` it belongs to. '
    "One that nobody is known for waits until somebody inquires. The same `id` counts once.",
    responses=ACCEPTED_RESPONSES,
    security="key",
)
@scoped("intake")
def send_activities() -> Response:
    """Takes a partner's touches in."""
    if not request.is_json:
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    receipt_id, _ = take_in(DIALECT, granted_source(request.args.get("source")), request.get_data())
    url = f"{gateway().public_url}/v1/activities/receipts/{receipt_id}"
    answer = json_response({"receipt_id": str(receipt_id), "status_url": url})
    answer.status_code = 202
    answer.headers["Location"] = url
    return answer


@routes.get("/v1/activities/receipts/<uuid:receipt_id>")
@routes.doc(summary="What became of footsteps", security="key")
@scoped("intake", "read")
def activity_receipt(receipt_id: UUID) -> Response:
    """How many were stored, known already, or refused and why."""
    found = gateway().rooms.call(calls.ACTIVITY_RECEIPT, receipt_id=receipt_id)
    if found.known and not may_see(found.source):
        found = calls.ActivityReceiptReply(receipt_id=receipt_id, known=False, problems=[])
    return json_response(schema.dump(found))


@routes.post("/v1/activities/judgement")
@routes.doc(
    summary="Judge footsteps again",
    description="By today's lists of robots and scanners. Query: `since`, a time.",
    security="key",
)
@scoped("manage")
def judge_again() -> Response:
    """Starts it; every verdict that changes is published."""
    return json_response(
        schema.dump(gateway().rooms.call(calls.JUDGE_ACTIVITIES_AGAIN, **asked(calls.JudgeAgainRequest)))
    )


@routes.get("/v1/people/<uuid:person_id>/footsteps")
@routes.doc(
    summary="What a person did, before and after we knew them",
    description="Newest first. Query: `limit`, `before` (a time); both optional.",
    security="key",
)
@scoped("read")
def footsteps(person_id: UUID) -> Response:
    """A page of footsteps, what brought the person first and last, and the pages seen first."""
    query = {name: value for name, value in request.args.items() if value}
    page = schema.load(calls.FootstepsRequest, {**query, "person_id": str(person_id)})
    found = gateway().rooms.call(calls.FOOTSTEPS, person_id=person_id, limit=page.limit, before=page.before)
    return json_response(schema.dump(found))


def _note(source: str, event: dict[str, Any], token: str | None) -> None:
    """Keeps a click or a view whose answer must not depend on it."""
    if declined(gateway(), request.headers):
        return
    body = {"events": [{name: value for name, value in event.items() if value}], "token": token}
    if request.method == "HEAD":
        body["method"] = "HEAD"
    try:
        _limit()
        take_in(DIALECT, source, orjson.dumps(body), content_type="application/json", always_new=True)
    except Problem as problem:
        log.warning("footstep_not_kept", reason=problem.slug)


def _site(parameter: str) -> Site:
    return site_named(gateway(), request.args.get(parameter))


def site_named(gateway: Gateway, name: str | None) -> Site:
    """The site of this name. Raises a Problem."""
    site = gateway.footsteps.site(name)
    if site is None:
        raise Problem(404, "site_unknown", "There is no site of this name.")
    return site


def declined(gateway: Gateway, headers: Headers) -> bool:
    """Whether the browser says that its user is not to be tracked."""
    return any((headers.get(SIGNALS[signal]) or "").strip() == "1" for signal in gateway.footsteps.respect)


def _limit() -> None:
    gateway().limits.check(gateway().footsteps.per_address, "footsteps", g.sender)


def _text(name: str) -> str | None:
    # A lone surrogate would be no JSON.
    value = request.args.get(name, "")[:TEXT_LENGTH].encode("utf-8", "replace").decode()
    return value.replace("\x00", "").strip() or None


def _script(site: Site) -> bytes:
    told = {"site": site.name, "consent": site.consent, "respect": list(gateway().footsteps.respect)}
    return b"var leadbusSite=" + orjson.dumps(told) + b";\n" + _code()


@cache
def _code() -> bytes:
    return SCRIPT.read_bytes()
