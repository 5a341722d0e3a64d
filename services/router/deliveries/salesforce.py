"""Leads into an owner's Salesforce: upserts by our id, and how its users got on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

from services.router.deliveries import adf
from services.router.deliveries.crm import CrmWay, Standing, cut
from services.router.deliveries.outcomes import Busy, Delivered, Refused, excerpt
from services.router.deliveries.way import told
from services.router.domain.delivery import Salesforce
from services.router.domain.owner import Owner
from shared.room import Outcome, TryAgain

#: Lengths of Salesforce's own fields.
LIMITS = {
    "FirstName": 40, "LastName": 80, "Company": 255, "Title": 128, "Phone": 40, "Email": 80, "Website": 255,
    "Street": 255, "City": 40, "State": 80, "PostalCode": 20, "Country": 80, "Description": 32_000,
}  # fmt: skip
RATINGS = {"hot": "Hot", "warm": "Warm", "cold": "Cold", "future": "Cold"}
#: A day's number of requests is used up: it fills again hour by hour.
LIMIT_SECONDS = 3600.0
#: One question of SOQL names so many records at most.
MOST = 200
#: What says that the company's file and their organisation do not fit each other: every lead would fail.
_OF_THE_CHANNEL = {
    "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "NOT_FOUND", "INSUFFICIENT_ACCESS", "INVALID_TYPE",
    "API_DISABLED_FOR_ORG", "INSUFFICIENT_ACCESS_OR_READONLY", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
}  # fmt: skip
#: What OAuth says when signing in will not work tomorrow either.
_NOT_WELCOME = {
    "invalid_client", "invalid_client_id", "invalid_client_credentials", "invalid_grant", "unauthorized_client",
    "unsupported_grant_type", "invalid_request", "inactive_org", "inactive_user",
}  # fmt: skip
_PASSING = {
    "UNABLE_TO_LOCK_ROW",
    "SERVER_UNAVAILABLE",
    "REQUEST_RUNNING_TOO_LONG",
    "QUERY_TIMEOUT",
    "UNKNOWN_EXCEPTION",
}


@dataclass(frozen=True)
class SalesforceWay(CrmWay):
    """An upsert by the external id does the same however often it is sent."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Salesforce) -> Outcome:
        """One upsert."""
        values = {**self._fields(payload), **self.further_fields(payload, owner, delivery)}
        try:
            record = self._leads(owner, delivery)
            answer = record.upsert(f"{delivery.external_id}/{payload['lead_id']}", values, raw_response=True)
            body = (
                answer.json() if answer.content else record.get_by_custom_id(delivery.external_id, payload["lead_id"])
            )
        except SalesforceError as error:
            return self._outcome_of(error, payload, owner, delivery)
        return Delivered(f"{answer.status_code}", far_id=body.get("id") or body.get("Id"))

    def standings(self, owner: Owner, delivery: Salesforce, far_ids: Sequence[str]) -> list[Standing] | Outcome:
        """Status, conversion, and the opportunity that came of it."""
        found: list[Standing] = []
        try:
            for start in range(0, len(far_ids), MOST):
                names = ", ".join(f"'{one}'" for one in far_ids[start : start + MOST] if one.isalnum())
                question = (
                    "SELECT Id, Status, IsConverted, ConvertedOpportunity.Amount, ConvertedOpportunity.IsWon, "
                    f"ConvertedOpportunity.IsClosed FROM Lead WHERE Id IN ({names})"
                )
                found += map(_standing, self._client(owner, delivery).query(question)["records"])
        except SalesforceError as error:
            return self._outcome_of(error, None, owner, delivery)
        return found

    def _fields(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        contact, package = payload["package"]["contact"], payload["package"]
        address = contact.get("address") or {}
        name = contact.get("family_name") or contact.get("name") or contact.get("email") or contact.get("phone")
        needed = {"LastName": name or "not stated", "Company": contact.get("company") or name or "not stated"}
        changing = {
            "Description": adf.comments(package),
            "Rating": RATINGS.get(package["qualification"]["rank"] or ""),
        }
        if payload["notice"] == "response":
            # What the rep has corrected meanwhile stays as it is.
            return cut({**needed, **changing}, LIMITS)
        return cut(
            {
                **needed,
                **changing,
                "FirstName": contact.get("given_name"),
                "Title": contact.get("job_title"),
                "Phone": contact.get("phone"),
                "Email": contact.get("email"),
                "Website": contact.get("website"),
                "Street": "\n".join(address.get("lines") or []),
                "City": address.get("city"),
                "State": address.get("state"),
                "PostalCode": address.get("postcode"),
                "Country": address.get("country"),
                "LeadSource": package["initiative"].get("source"),
            },
            LIMITS,
        )

    def _client(self, owner: Owner, delivery: Salesforce) -> Client:
        # The session lasts for hours; one that has expired is renewed by the library.
        secret = told(delivery.secret)
        known = self.clients.get(owner.owner_id)
        if known is None or known[0] != (delivery.url, delivery.client, secret):
            client = Client(
                consumer_key=delivery.client,
                consumer_secret=secret,
                domain=(urlsplit(delivery.url).hostname or "").removesuffix(".salesforce.com"),
                version=delivery.version,
                session=self.office.wire.session(),
            )
            known = self.clients[owner.owner_id] = ((delivery.url, delivery.client, secret), client)
        signed_in: Client = known[1]
        return signed_in

    def _leads(self, owner: Owner, delivery: Salesforce) -> Any:
        return self._client(owner, delivery).Lead

    def _outcome_of(
        self, error: SalesforceError, payload: Mapping[str, Any] | None, owner: Owner, delivery: Salesforce
    ) -> Outcome:
        if isinstance(error, SalesforceAuthenticationFailed):
            said = excerpt(f"signing in: {error.code}: {error.auth_message}")
            return Refused(said, channel=True) if error.code in _NOT_WELCOME else TryAgain(said)
        problem: Mapping[str, Any] = error.content[0] if isinstance(error.content, list) and error.content else {}
        code = problem.get("errorCode", "")
        said = excerpt(f"{error.status} {code}: {problem['message']}" if "message" in problem else f"{error.status}")
        if code == "DUPLICATES_DETECTED" and payload is not None:
            return self._link(problem, payload, owner, delivery)
        if code == "REQUEST_LIMIT_EXCEEDED" or error.status == 429:
            return Busy(said, LIMIT_SECONDS)
        if code in _PASSING or error.status >= 500:
            return TryAgain(said)
        if error.status == 401:
            self.clients.pop(owner.owner_id, None)
            return TryAgain(said)
        return Refused(said, channel=code in _OF_THE_CHANNEL or error.status in (403, 404))

    def _link(
        self, problem: Mapping[str, Any], payload: Mapping[str, Any], owner: Owner, delivery: Salesforce
    ) -> Outcome:
        """They have this person already: their record gets our id, so that we hear how it stands; nothing else of it.

        Their people do not see a new lead then: the owner gets it by email as well.
        """
        matched = [
            record["record"]
            for result in problem.get("duplicateResult", {}).get("matchResults", [])
            for record in result.get("matchRecords", [])
            if record.get("record", {}).get("attributes", {}).get("type", "Lead") == "Lead"
        ]
        far_id = matched[0]["Id"] if matched else None
        if far_id is not None:
            try:
                self._leads(owner, delivery).update(far_id, {delivery.external_id: payload["lead_id"]})
            except SalesforceError as error:
                return Delivered(
                    excerpt(f"DUPLICATES_DETECTED: {far_id} could not be linked: {error}"), by_email_too=True
                )
        return Delivered(f"DUPLICATES_DETECTED: {far_id or 'not a lead'}", far_id=far_id, by_email_too=True)


def _standing(record: Mapping[str, Any]) -> Standing:
    deal = record.get("ConvertedOpportunity") or {}
    words = [record.get("Status") or ""]
    if record.get("IsConverted"):
        words.insert(0, "converted")
    if deal.get("IsClosed"):
        words.insert(0, "won" if deal.get("IsWon") else "lost")
    amount = deal.get("Amount")
    return Standing(record["Id"], tuple(filter(None, words)), None if amount is None else f"{amount:.2f}")
