"""LinkedIn Lead Sync: a notice names a response of a form; the answers come from `leadFormResponses`.

https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.capture.domain.cleaning import folded, line
from services.capture.domain.mapping import filed, hidden_target, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import json
from services.capture.sources.instants import instant
from shared.contracts.intake import Intake

#: Their predefined fields whose own name does not tell.
_PREDEFINED = {
    "PHONE_NUMBER": "person.phone", "WORK_PHONE_NUMBER": "person.phone", "COMPANY_NAME": "person.company",
    "WORK_EMAIL": "person.email", "ZIP_CODE": "person.postcode", "POSTAL_CODE": "person.postcode",
    "INDUSTRY": "answer.industry", "SENIORITY": "extra", "COMPANY_SIZE": "extra",
}  # fmt: skip
_PREDEFINED_NAMES = {folded(name): target for name, target in _PREDEFINED.items()}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The responses that a notice names, numbered from 1 when there are several: to be fetched, or taken back by their
    member. Raises Unreadable."""
    document = json.parse(body, intake.content_type)
    notices = _objects(document if isinstance(document, list) else [document])
    named = [one for one in notices if _id(one.get("leadGenFormResponse"))]
    if not named:
        raise Unreadable("unreadable", "a LinkedIn notice that names no response")
    several = len(named) > 1
    return [_notice(one, number if several else 0) for number, one in enumerate(named, 1)]


def answer(document: bytes, source: Source) -> Submission:
    """The inquiry in one element of `leadFormResponses` (with its `form`). Raises Unreadable."""
    response = json.parse(document)
    elements = _objects(response.get("elements")) if isinstance(response, dict) else []
    if len(elements) == 1:
        response = elements[0]
    if not isinstance(response, dict) or not isinstance(response.get("formResponse"), dict):
        raise Unreadable("unreadable", "not a lead form response: formResponse is missing")
    said = filed(_filed(response, source))
    return replace(said, provider_key=_key(response.get("id")), test=response.get("testLead") is True)


def _notice(notice: Mapping[str, Any], row: int) -> Submission:
    attribution = {
        "linkedin_form": _urn(notice.get("leadGenForm")),
        "linkedin_lead_type": _urn(notice.get("leadType")),
        "linkedin_owner": _first(notice.get("owner")),
        "linkedin_entity": _first(notice.get("associatedEntity")),
        "submitted_at": instant(notice.get("occurredAt")),
    }
    identity = _id(notice.get("leadGenFormResponse"))
    withdrawn = str(notice.get("leadAction")).upper() == "DELETED"
    return Submission(
        row=row,
        attribution={name: line(value) for name, value in attribution.items() if value},
        provider_key=_key(identity),
        fetch=None if withdrawn else identity,
        withdrawn=withdrawn,
        test=notice.get("testLead") is True,
    )


def _filed(response: Mapping[str, Any], source: Source) -> Iterator[tuple[str, str, str]]:
    form = _object(response.get("form"))
    questions = {str(one.get("questionId")): one for one in _objects(_object(form.get("content")).get("questions"))}
    answers = _object(response["formResponse"])
    for one in _objects(answers.get("answers")):
        question = questions.get(str(one.get("questionId")), {})
        target, name = _meaning(question, str(one.get("questionId")), source)
        yield target, name, _said(_object(one.get("answerDetails")), question)
    for one in _objects(answers.get("consentResponses")):
        name = f"consent {one.get('consentId')}"
        yield target_of(name, source), name, "yes" if one.get("accepted") is True else "no"
    for one in _objects(form.get("hiddenFields")):
        name = str(one.get("name") or "")
        yield hidden_target(name, source), name, _urn(one.get("value"))
    yield "attribution.submitted_at", "submittedAt", instant(response.get("submittedAt"))
    yield "attribution.linkedin_form", "versionedLeadGenFormUrn", _urn(response.get("versionedLeadGenFormUrn"))
    yield "attribution.linkedin_form_name", "form.name", _urn(form.get("name"))
    yield "attribution.linkedin_lead_type", "leadType", _urn(response.get("leadType"))
    yield "attribution.linkedin_owner", "owner", _first(response.get("owner"))
    yield "attribution.linkedin_entity", "associatedEntity", _first(response.get("associatedEntity"))
    sponsored = _object(_object(response.get("leadMetadata")).get("sponsoredLeadMetadata"))
    yield "attribution.linkedin_campaign", "leadMetadata", _urn(sponsored.get("campaign"))


def _meaning(question: Mapping[str, Any], number: str, source: Source) -> tuple[str, str]:
    """Where an answer belongs, and its name: the predefined field, the question's name, its text, its number."""
    names = [
        str(question.get("predefinedField") or ""),
        str(question.get("name") or ""),
        _localized(question.get("question")),
        f"question {number}",
    ]
    known = [name for name in names if name]
    for name in known:
        target = target_of(name, source, _PREDEFINED_NAMES)
        if target != "extra":
            return target, name
    return "extra", next((name for name in reversed(known[:-1])), known[-1])


def _said(details: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    text = _object(details.get("textQuestionAnswer")).get("answer")
    if text is not None:
        return str(text)
    chosen = _object(details.get("multipleChoiceAnswer")).get("options")
    words = _options(question)
    return ", ".join(words.get(str(one), str(one)) for one in chosen) if isinstance(chosen, list) else ""


def _options(question: Mapping[str, Any]) -> dict[str, str]:
    details = _object(_object(question.get("questionDetails")).get("multipleChoiceQuestionDetails"))
    return {str(one.get("id")): _localized(one.get("text")) for one in _objects(details.get("options"))}


def _localized(value: Any) -> str:
    """The text in the first language it is given in."""
    texts = _object(_object(value).get("localized"))
    return str(next(iter(texts.values()), "")) if texts else _urn(value)


def _key(identity: Any) -> str | None:
    text = _id(identity)
    return f"leadFormResponse:{text}" if text else None


def _id(value: Any) -> str:
    """The id at the end of `urn:li:leadGenFormResponse:…`, which is how answers are numbered."""
    return line(_urn(value), 200).rpartition(":")[2]


def _urn(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _first(value: Any) -> str:
    """The urn in an object with one of several names: {"sponsoredAccount": "urn:…"}."""
    return next((_urn(inner) for inner in value.values()), "") if isinstance(value, dict) else _urn(value)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
