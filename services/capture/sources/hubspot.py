"""HubSpot Forms v3: `fields`, `context` of the visit, and `legalConsentOptions` as consent with its text.

https://developers.hubspot.com/docs/api-reference/legacy/forms-v3-legacy
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.capture.domain.cleaning import folded
from services.capture.domain.mapping import filed, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import json
from services.capture.sources.instants import instant
from shared.contracts.intake import Intake

#: Their names for what a visit is known by; v2 and v3 differ in two of them.
_CONTEXT = {
    "hutk": "visitor",
    "ipAddress": "attribution.ip_address",
    "pageUri": "attribution.landing_page",
    "pageUrl": "attribution.landing_page",
    "pageName": "attribution.page_name",
    "pageId": "attribution.hubspot_page_id",
    "sfdcCampaignId": "campaign",
    "goToWebinarWebinarKey": "attribution.webinar_key",
    "redirectUrl": "ignore",
}

#: Properties of contacts whose name does not tell.
_PROPERTIES = {"hslanguage": "person.language", "numemployees": "answer.employees", "hspersona": "extra"}

#: The object type of a company; contacts are 0-1.
_COMPANY = "0-2"
_COMPANY_PROPERTIES = {"name": "person.company", "domain": "person.website"}

Filed = tuple[str, str, str]


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one inquiry of a submission. Raises Unreadable."""
    document = json.parse(body, intake.content_type)
    fields = document.get("fields") if isinstance(document, dict) else None
    if not isinstance(fields, list):
        raise Unreadable("unreadable", "not a HubSpot submission: fields is missing")
    return [filed(_filed(document, fields, source), beside=intake.query)]


def context(document: Any, source: Source) -> Iterator[Filed]:
    """What a `context` (v3) or `hs_context` (v2) says of the visit."""
    for name, value in json.pairs(document) if isinstance(document, dict) else ():
        yield _CONTEXT.get(name) or target_of(name, source), f"context.{name}", value


def of_contact(name: str, source: Source) -> str:
    """The target of a contact's property."""
    return target_of(name, source, _PROPERTIES)


def _filed(document: Mapping[str, Any], fields: list[Any], source: Source) -> Iterator[Filed]:
    for field in fields:
        if isinstance(field, dict):
            yield from _field(field, source)
    yield from context(document.get("context"), source)
    yield "attribution.submitted_at", "submittedAt", instant(document.get("submittedAt"))
    yield from _legal(document.get("legalConsentOptions"), source)
    for name, value in document.items():
        if name not in ("fields", "context", "submittedAt", "legalConsentOptions", "skipValidation"):
            for inner, text in json.pairs({name: value}):
                yield target_of(inner, source), inner, text


def _field(field: Mapping[str, Any], source: Source) -> Iterator[Filed]:
    name = field["name"] if isinstance(field.get("name"), str) else ""
    for _, value in json.pairs({"value": field.get("value")}):
        if str(field.get("objectTypeId")) == _COMPANY and folded(name) not in source.fields:
            yield _COMPANY_PROPERTIES.get(name) or target_of(name, source), f"company.{name}", value
        else:
            yield of_contact(name, source), name, value


def _legal(options: Any, source: Source) -> Iterator[Filed]:
    if not isinstance(options, dict):
        return
    consent, interest = options.get("consent"), options.get("legitimateInterest")
    texts: list[str] = []
    if isinstance(consent, dict):
        yield "extra", "consentToProcess", _yes(consent.get("consentToProcess"))
        texts.append(str(consent.get("text") or ""))
        communications = consent.get("communications")
        for communication in communications if isinstance(communications, list) else ():
            if isinstance(communication, dict):
                yield from _communication(communication, source)
                # The wording beside a box that was left empty is not what anybody agreed to.
                texts.append(str(communication.get("text") or "") if communication.get("value") is True else "")
    if isinstance(interest, dict):
        # An interest of the sender's own: the person was told, and asked for nothing. That is no consent.
        yield "attribution.legal_basis", "legalBasis", f"legitimate interest: {interest.get('legalBasis') or ''}"
        yield "extra", "legitimateInterest", f"{_yes(interest.get('value'))} {interest.get('text') or ''}"
    yield "consent_text", "legalConsentOptions", "\n".join(filter(None, texts))


def _communication(communication: Mapping[str, Any], source: Source) -> Iterator[Filed]:
    """One subscription: by the source's mapping of `subscription <its id>`, or email, which is what they are for."""
    name, word = f"subscription {communication.get('subscriptionTypeId')}", _yes(communication.get("value"))
    yield source.fields.get(folded(name)) or "consent.email", name, word
    yield "extra", name, word


def _yes(value: Any) -> str:
    if value is None:
        return ""
    return "yes" if value is True or str(value).lower() == "true" else "no"
