"""Meta Lead Ads: a notice names leads and says nothing of them; their answers are fetched from the Graph API.

https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import filed, submission, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import json
from services.capture.sources.instants import instant
from shared.contracts.intake import Intake

#: Their field to the name it is kept under, of a notice and of an answer.
_ATTRIBUTION = {
    "page_id": "meta_page_id", "form_id": "meta_form_id", "ad_id": "meta_ad_id", "ad_name": "meta_ad",
    "adgroup_id": "meta_adgroup_id", "adset_id": "meta_adset_id", "adset_name": "meta_adset",
    "campaign_id": "meta_campaign_id", "campaign_name": "meta_campaign", "is_organic": "meta_organic",
    "platform": "meta_platform", "created_time": "submitted_at", "partner_name": "meta_partner",
}  # fmt: skip

#: How the testing tool fills a form.
_DUMMY = "<test lead: dummy data"


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The leads that a notice names, each to be fetched; numbered from 1 when there are several. Raises Unreadable."""
    leads = list(_leads(json.parse(body, intake.content_type)))
    if not leads:
        raise Unreadable("unreadable", "a Meta notice that names no lead")
    several = len(leads) > 1
    return [_notice(lead, number if several else 0) for number, lead in enumerate(leads, 1)]


def answer(document: bytes, source: Source) -> Submission:
    """The inquiry in the Graph API's answer about one lead. Raises Unreadable."""
    lead = json.parse(document)
    if not isinstance(lead, dict) or not isinstance(lead.get("field_data"), list):
        raise Unreadable("unreadable", "not a lead of the Graph API: field_data is missing")
    fields = list(_fields(lead["field_data"]))
    said = submission(fields, source)
    boxes = filed(_boxes(lead.get("custom_disclaimer_responses"), source))
    return replace(
        said,
        extra={**said.extra, **boxes.extra},
        consent={**said.consent, **boxes.consent},
        attribution={**said.attribution, **boxes.attribution, **_attribution(lead)},
        provider_key=_key(lead.get("id")),
        test=any(value.lower().startswith(_DUMMY) for _, value in fields),
    )


def _leads(document: Any) -> Iterator[Mapping[str, Any]]:
    for entry in _objects(document.get("entry") if isinstance(document, dict) else None):
        for change in _objects(entry.get("changes")):
            lead = change.get("value")
            if change.get("field") == "leadgen" and isinstance(lead, dict) and _id(lead.get("leadgen_id")):
                yield lead


def _notice(lead: Mapping[str, Any], row: int) -> Submission:
    identity = _id(lead.get("leadgen_id"))
    return Submission(
        row=row,
        attribution=_attribution(lead),
        provider_key=_key(identity),
        fetch=identity,
        # The sample that the app dashboard sends has ids of nothing but fours.
        test=set(identity) == {"4"},
    )


def _fields(field_data: list[Any]) -> Iterator[tuple[str, str]]:
    for field in _objects(field_data):
        values = field.get("values", field.get("value"))
        for _, text in json.pairs({"value": values}):
            yield str(field.get("name") or ""), text


def _boxes(responses: Any, source: Source) -> Iterator[tuple[str, str, str]]:
    """Boxes below the form, by the source's mapping of their keys."""
    for response in _objects(responses):
        name, ticked = str(response.get("checkbox_key") or ""), str(response.get("is_checked")).lower()
        yield target_of(name, source), name, "yes" if ticked in ("true", "1") else "no"


def _attribution(lead: Mapping[str, Any]) -> dict[str, str]:
    # Only the time: a number of a form is as long as one of milliseconds.
    found = {ours: _id(lead.get(theirs)) for theirs, ours in _ATTRIBUTION.items()}
    found["submitted_at"] = instant(lead.get("created_time"))
    if isinstance(lead.get("is_organic"), bool):
        found["meta_organic"] = "yes" if lead["is_organic"] else "no"
    return {name: line(value) for name, value in found.items() if value}


def _key(identity: Any) -> str | None:
    """The same for the notice and for the answer: whichever way a lead comes, it is one."""
    text = _id(identity)
    return f"leadgen_id:{text}" if text else None


def _id(value: Any) -> str:
    return line(str(value), 100) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
