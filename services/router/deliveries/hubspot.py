"""Leads into an owner's HubSpot: contacts by their email address, and how its users got on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.router.deliveries import adf
from services.router.deliveries.crm import CrmWay, Standing, cut
from services.router.deliveries.outcomes import Busy, Delivered, Refused, excerpt, outcome_of
from services.router.deliveries.posting import Answer, NoAnswer
from services.router.deliveries.way import told
from services.router.deliveries.wire import CRM_BYTES
from services.router.domain.delivery import HubSpot
from services.router.domain.owner import Owner
from shared.room import Outcome, TryAgain

CONTACTS = "/crm/v3/objects/contacts"
#: One question names so many records at most.
MOST = 100
LONGEST = {"message": 60_000}
_HAS_ID = re.compile(r"Existing ID: (\d+)")


class _Problem(Exception):
    """HubSpot said no; `outcome` is what that means."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


@dataclass(frozen=True)
class HubSpotWay(CrmWay):
    """An upsert by the email address does the same however often it is sent; without one we look before we create."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: HubSpot) -> Outcome:
        """One contact."""
        values = {**self._properties(payload), **self.further_fields(payload, owner, delivery)}
        try:
            if values.get("email"):
                return self._upsert(delivery, values, payload)
            return self._by_phone(delivery, values)
        except _Problem as problem:
            return problem.outcome

    def standings(self, owner: Owner, delivery: HubSpot, far_ids: Sequence[str]) -> list[Standing] | Outcome:
        """Lead status, stage, and the last deal's amount."""
        names = [delivery.status_property, "lifecyclestage", "recent_deal_amount"]
        found: list[Standing] = []
        try:
            for start in range(0, len(far_ids), MOST):
                inputs = [{"id": one} for one in far_ids[start : start + MOST]]
                answer = self._call(delivery, "POST", f"{CONTACTS}/batch/read", {"properties": names, "inputs": inputs})
                found += [_standing(one, delivery.status_property) for one in answer.get("results", [])]
        except _Problem as problem:
            return problem.outcome
        return found

    def _properties(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        contact, package = payload["package"]["contact"], payload["package"]
        address = contact.get("address") or {}
        known = {"email": contact.get("email"), "message": adf.comments(package)}
        if payload["notice"] == "response" and known["email"]:
            # What the rep has corrected meanwhile stays as it is.
            return cut(known, LONGEST)
        return cut(
            {
                **known,
                "firstname": contact.get("given_name"),
                "lastname": contact.get("family_name") or contact.get("name") or contact.get("company") or "not stated",
                "phone": contact.get("phone"),
                "company": contact.get("company"),
                "jobtitle": contact.get("job_title"),
                "website": contact.get("website"),
                "address": ", ".join(address.get("lines") or []),
                "city": address.get("city"),
                "state": address.get("state"),
                "zip": address.get("postcode"),
                "country": address.get("country"),
            },
            LONGEST,
        )

    def _upsert(self, delivery: HubSpot, values: Mapping[str, Any], payload: Mapping[str, Any]) -> Outcome:
        given = {"id": values["email"], "idProperty": "email", "properties": values}
        given["objectWriteTraceId"] = payload["lead_id"]
        answer = self._call(delivery, "POST", f"{CONTACTS}/batch/upsert", {"inputs": [given]})
        if not answer.get("results"):
            raise _Problem(_refusal(207, (answer.get("errors") or [{}])[0]))
        one = answer["results"][0]
        return Delivered("new" if one.get("new") else "known before", far_id=str(one["id"]))

    def _by_phone(self, delivery: HubSpot, values: Mapping[str, Any]) -> Outcome:
        if values.get("phone"):
            same = {"propertyName": "phone", "operator": "EQ", "value": values["phone"]}
            asked = {"filterGroups": [{"filters": [same]}], "properties": ["phone"], "limit": 1}
            found = self._call(delivery, "POST", f"{CONTACTS}/search", asked).get("results")
            if found:
                self._call(delivery, "PATCH", f"{CONTACTS}/{found[0]['id']}", {"properties": values})
                return Delivered("known before", far_id=str(found[0]["id"]))
        made = self._call(delivery, "POST", CONTACTS, {"properties": values})
        return Delivered("new", far_id=str(made["id"]))

    def _call(self, delivery: HubSpot, method: str, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {told(delivery.secret)}",
            "Content-Type": "application/json",
            "User-Agent": "Leadbus",
        }
        url = f"{delivery.url.rstrip('/')}{path}"
        answer = self.office.wire.send(method, url, orjson.dumps(document), headers, keep=CRM_BYTES)
        body = _read(answer)
        if not 200 <= answer.code < 300:
            raise _Problem(self._outcome_of(answer, body))
        return body

    def _outcome_of(self, answer: Answer, body: Mapping[str, Any]) -> Outcome:
        if answer.code in (423, 477):
            return TryAgain(f"{answer.code}: their account is being moved, or locked")
        outcome = outcome_of(answer, self.office.now())
        if isinstance(outcome, Busy):
            return Busy(excerpt(f"429: {body.get('message', 'too many requests')}"), outcome.after_seconds or 10.0)
        return _refusal(answer.code, body) if isinstance(outcome, Refused) else outcome


def _refusal(code: int, problem: Mapping[str, Any]) -> Outcome:
    said, category = str(problem.get("message", "")), str(problem.get("category", ""))
    if code == 409 or category == "CONFLICT":
        # The address belongs to a contact as a second one: it is there, but our fields are not.
        known = _HAS_ID.search(said)
        return Delivered(excerpt(f"409: {said}"), far_id=known[1] if known else None, by_email_too=True)
    misfit = code in (401, 403, 404) or "PROPERTY_DOESNT_EXIST" in said or category == "MISSING_SCOPES"
    return Refused(excerpt(f"{code} {category}: {said}"), channel=misfit)


def _read(answer: Answer) -> dict[str, Any]:
    if not answer.is_whole:
        raise NoAnswer("the answer broke off, or is too long")
    try:
        body = orjson.loads(answer.body) if answer.body else {}
    except orjson.JSONDecodeError:
        body = {}
    return body if isinstance(body, dict) else {}


def _standing(record: Mapping[str, Any], status_property: str) -> Standing:
    known = record.get("properties") or {}
    words = (known.get("lifecyclestage"), known.get(status_property))
    return Standing(str(record["id"]), tuple(filter(None, words)), known.get("recent_deal_amount") or None)
