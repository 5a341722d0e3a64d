"""Advertising platforms and form services call us when somebody fills in their form."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import structlog
from apiflask import APIBlueprint
from flask import Response, g, request

from gateway import signing
from gateway.access import public
from gateway.answers import json_response
from gateway.entrypoints import Hook
from gateway.entrypoints.hooks import PROOFS
from gateway.jsonbody import NotJson, parsed
from gateway.problems import Problem, unavailable
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in
from shared.secret import Secret

routes = APIBlueprint("hooks", __name__)
log = structlog.get_logger()

CHALLENGE_LENGTH = 500
#: LinkedIn asks with a UUID. The answer is made with the secret that signs notices: anything that could be the signed
#: text of one ("hmacsha256={…") must never be answered.
_CHALLENGE = re.compile(r"[A-Za-z0-9-]{1,100}")
#: By dialect: the header with the signature, and how it is checked.
_SIGNATURES: dict[str, tuple[str, Callable[[list[bytes], str, bytes], bool]]] = {
    "meta": ("X-Hub-Signature-256", signing.meta_signed),
    "linkedin": ("X-LI-Signature", signing.linkedin_signed),
    "typeform": ("Typeform-Signature", signing.typeform_signed),
}


@routes.post("/hooks/google-ads/<source>")
@routes.doc(
    summary="Google Ads lead form webhook",
    description="The body carries `google_key`, which must be the one that was entered in the lead form. "
    "Answers 200 with an empty object; a 4xx tells Google not to repeat.",
)
@public("Google proves itself by the key in the body")
def google_ads(source: str) -> Response:
    """Takes a Google Ads lead in."""
    hook = _hook(source)
    if hook.dialect != "google_ads":
        raise Problem(404, "hook_unknown", "There is no hook of this name.")
    return _google(hook, request.get_data())


@routes.route("/hooks/<name>", methods=["POST", "PUT", "PATCH"])
@routes.doc(
    summary="Webhook of an advertising platform or form service",
    description="Meta (`X-Hub-Signature-256`), LinkedIn (`X-LI-Signature`), Typeform (`Typeform-Signature`), each over "
    "the raw body; Google Ads (`google_key`); senders that cannot sign present their token as "
    "`Authorization: Bearer` or `X-Api-Key`. PUT and PATCH do the same. Answers 200 with an empty object.",
)
@public("each platform proves itself in its own way")
def hear(name: str) -> Response:
    """Takes in what a platform tells."""
    hook = _hook(name)
    body = request.get_data(cache=True)
    if hook.dialect == "google_ads":
        return _google(hook, body)
    _check_sender(hook, body)
    take_in(hook.dialect, hook.source, body, test=marked_as_test(), provider_key=_provider_key(hook.dialect, body))
    return json_response({})


@routes.get("/hooks/<name>")
@routes.doc(
    summary="A platform asks whether this address is ours",
    description="Meta: `hub.mode`, `hub.verify_token`, `hub.challenge`. LinkedIn: `challengeCode`.",
)
@public("each platform proves itself in its own way")
def verify(name: str) -> Response:
    """Answers the platform's handshake."""
    hook = _hook(name)
    if hook.dialect == "meta" and hook.verify_token is not None:
        return _meta_challenge(_values(hook, hook.verify_token))
    if hook.dialect == "linkedin" and hook.secret is not None:
        return _linkedin_challenge(_values(hook, hook.secret))
    raise Problem(405, "method_not_allowed", "This hook is posted to.", {"Allow": "PATCH, POST, PUT"})


def _meta_challenge(tokens: list[bytes]) -> Response:
    if request.args.get("hub.mode") != "subscribe" or not signing.same_secret(
        tokens, request.args.get("hub.verify_token", "")
    ):
        raise _wrong_proof("verify_token_wrong", "hub.verify_token is not the one that was agreed.")
    return Response(request.args.get("hub.challenge", "")[:CHALLENGE_LENGTH], content_type="text/plain; charset=utf-8")


def _linkedin_challenge(secrets: list[bytes]) -> Response:
    challenge = request.args.get("challengeCode", "")
    if not _CHALLENGE.fullmatch(challenge):
        raise Problem(400, "challenge_invalid", "challengeCode must be the UUID that LinkedIn asks with.")
    answer = signing.linkedin_response(secrets[0], challenge)
    return json_response({"challengeCode": challenge, "challengeResponse": answer})


def _hook(name: str) -> Hook:
    hook = gateway().entrypoints.hooks.get(name)
    if hook is None:
        raise Problem(404, "hook_unknown", "There is no hook of this name.")
    gateway().limits.check(gateway().entrypoints.limits.hook_per_address, "hook", name, g.sender)
    return hook


def _google(hook: Hook, body: bytes) -> Response:
    lead = _object_in(body)
    if not signing.same_digest(hook.key_sha256 or "", str(lead.get("google_key", ""))):
        raise _wrong_proof("google_key_wrong", "The google_key is missing or is not the one that was agreed.")
    test = lead.get("is_test") is True
    # Test leads all come with the same id, whatever is in them.
    key = None if test else _text(lead.get("lead_id"))
    take_in(hook.dialect, hook.source, body, test=test, provider_key=key)
    return json_response({})


def _check_sender(hook: Hook, body: bytes) -> None:
    if hook.dialect in _SIGNATURES and hook.secret is not None:
        header, signed = _SIGNATURES[hook.dialect]
        if not signed(_values(hook, hook.secret), request.headers.get(header, ""), body):
            raise _wrong_proof("signature_wrong", f"The signature in {header} is not right for this body.")
    elif PROOFS[hook.dialect] == "token" and not hook.open:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        presented = (bearer, request.headers.get("X-Api-Key", ""))
        if not any(signing.same_digest(hook.key_sha256 or "", token) for token in presented):
            raise _wrong_proof("token_wrong", "The token is missing or is not the one that was agreed.")


def _wrong_proof(slug: str, detail: str) -> Problem:
    gateway().limits.check(gateway().entrypoints.limits.guesses_per_address, "guess", g.sender)
    return Problem(403, slug, detail)


def _values(hook: Hook, secret: Secret) -> list[bytes]:
    values = secret.values()
    if not values:
        log.error("hook_secret_missing", hook=hook.name)
        raise unavailable("hook_not_ready", "The secret of this hook is not known here yet.")
    return values


def _provider_key(dialect: str, body: bytes) -> str | None:
    """The platform's own number of what it tells, where every telling has one."""
    try:
        told = parsed(body)
        match dialect:
            case "typeform":
                return _text(told["form_response"]["token"])
            case "meta":
                changes = [change["value"] for entry in told["entry"] for change in entry["changes"]]
                return _together([value["leadgen_id"] for value in changes])
            case "linkedin":
                return _together([told["leadAction"], told["leadGenFormResponse"]])
    except (ValueError, TypeError, KeyError):
        # Not of the shape that is known: the front desk judges it by its content.
        return None
    return None


def _together(values: list[object]) -> str | None:
    """One key for all of these; None when one of them is none: two tellings would seem to be the same."""
    texts = [_text(value) for value in values]
    if not texts or None in texts:
        return None
    # However many there are, none is left out.
    return hashlib.sha256("\n".join(map(str, texts)).encode()).hexdigest()


def _text(value: object) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        return None
    # Half an emoji is no character that an id could be made of.
    return str(value)[:500].encode("utf-8", "replace").decode()


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        document = parsed(body)
    except NotJson:
        raise Problem(400, "not_json", "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Problem(400, "not_an_object", "The body is not a JSON object.")
    return document
