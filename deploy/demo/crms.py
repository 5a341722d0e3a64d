"""Salesforce and HubSpot as far as leads go, by their published interfaces: for the demo and for tests.

Strict: what the real ones refuse is refused, in their words. Nothing here speaks HTTP; a server hands requests over.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Code, headers, body.
Reply = tuple[int, dict[str, str], bytes]


def reply(code: int, document: Any = None, **headers: str) -> Reply:
    """An answer in JSON."""
    body = b"" if document is None else json.dumps(document).encode()
    return code, {"Content-Type": "application/json;charset=UTF-8", **headers}, body


@dataclass
class FakeSalesforce:
    """An organisation: leads by id, sessions that end, duplicate rules, a day's number of requests."""

    address: str = "https://dealer.my.salesforce.com"
    client: str = "leadbus"
    secret: str = "not a real secret"
    external_id: str = "Leadbus_Id__c"
    #: Fields of the company's own.
    custom: frozenset[str] = frozenset({"Product__c"})
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    logins: int = 0
    limit_reached: bool = False
    #: Mailboxes of people whom a duplicate rule finds, and the record that it finds.
    duplicates: dict[str, str] = field(default_factory=dict)

    STANDARD = frozenset({
        "FirstName", "LastName", "Company", "Title", "Email", "Phone", "MobilePhone", "Street", "City", "State",
        "PostalCode", "Country", "Industry", "AnnualRevenue", "NumberOfEmployees", "LeadSource", "Rating", "Status",
        "Description", "Website",
    })  # fmt: skip
    LONGEST = {"LastName": 80, "Company": 255, "FirstName": 40, "City": 40, "State": 80, "PostalCode": 20}

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What it answers to one request."""
        parts = urlsplit(path)
        if parts.path == "/services/oauth2/token":
            return self._token(headers, body)
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.sessions:
            return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.limit_reached:
            return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        found = re.fullmatch(r"/services/data/v\d+\.0/sobjects/Lead/([^/]+)(?:/([^/]+))?", parts.path)
        if found and method == "PATCH":
            return self._patch(found[1], found[2], json.loads(body))
        if found and method == "GET" and found[2]:
            known = self._by_external(found[2])
            return reply(200, self.leads[known] | {"Id": known}) if known else _error(404, "NOT_FOUND", "not found")
        if re.fullmatch(r"/services/data/v\d+\.0/query/", parts.path) and method == "GET":
            return self._query(parse_qs(parts.query)["q"][0])
        return _error(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self, headers: Mapping[str, str], body: bytes) -> Reply:
        given = base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        if parse_qs(body.decode()).get("grant_type") != ["client_credentials"]:
            return reply(400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"})
        if given != f"{self.client}:{self.secret}":
            return reply(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
        self.logins += 1
        session = f"00D!session{self.logins}"
        self.sessions.add(session)
        return reply(200, {"access_token": session, "instance_url": self.address, "token_type": "Bearer"})

    def _patch(self, name: str, value: str | None, fields: dict[str, Any]) -> Reply:
        if value is None:
            return self._update(name, fields)
        if name != self.external_id:
            return _error(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
        if problem := self._problem(fields):
            return problem
        known = self._by_external(value)
        if known is None:
            missing = [one for one in ("LastName", "Company") if not fields.get(one)]
            if missing:
                told = f"Required fields are missing: [{', '.join(missing)}]"
                return reply(400, [{"message": told, "errorCode": "REQUIRED_FIELD_MISSING", "fields": missing}])
            if (twin := self.duplicates.get(fields.get("Email", ""))) is not None:
                return _duplicate(twin)
        number = known or f"00Q{len(self.leads) + 1:012d}AAA"
        fresh = {"Status": "Open - Not Contacted", "IsConverted": False, self.external_id: value}
        self.leads[number] = self.leads.get(number, fresh) | fields
        return reply(200 if known else 201, {"id": number, "success": True, "errors": [], "created": known is None})

    def _update(self, number: str, fields: dict[str, Any]) -> Reply:
        if number not in self.leads:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        if problem := self._problem({name: value for name, value in fields.items() if name != self.external_id}):
            return problem
        self.leads[number] |= fields
        return 204, {}, b""

    def _problem(self, fields: Mapping[str, Any]) -> Reply | None:
        for name, value in fields.items():
            if name not in self.STANDARD | self.custom:
                return _error(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type Lead")
            if len(str(value)) > self.LONGEST.get(name, 32_000):
                return _error(400, "STRING_TOO_LONG", f"{name}: data value too large")
        return None

    def _by_external(self, value: str) -> str | None:
        return next((number for number, one in self.leads.items() if one.get(self.external_id) == value), None)

    def _query(self, question: str) -> Reply:
        found = re.fullmatch(r"SELECT (.+) FROM Lead WHERE Id IN \((.*)\)", question)
        if found is None:
            return _error(400, "MALFORMED_QUERY", "unexpected token")
        names = set(re.findall(r"'([^']+)'", found[2]))
        records = [
            {"attributes": {"type": "Lead"}, "Id": number, "ConvertedOpportunity": None, **one}
            for number, one in self.leads.items()
            if number in names
        ]
        return reply(200, {"totalSize": len(records), "done": True, "records": records})


@dataclass
class FakeHubSpot:
    """An account: contacts by id; properties that exist; rate limits."""

    token: str = "pat-not-a-real-token"
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Second addresses of contacts: an upsert by one of these is a conflict.
    second_addresses: dict[str, str] = field(default_factory=dict)
    #: So many requests are refused, with this many seconds to wait.
    limited: int = 0
    retry_after: str | None = "10"

    PROPERTIES = frozenset({
        "email", "firstname", "lastname", "phone", "company", "jobtitle", "website", "address", "city", "state", "zip",
        "country", "message", "lifecyclestage", "hs_lead_status", "recent_deal_amount", "product_interest",
    })  # fmt: skip

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What it answers to one request."""
        if headers.get("authorization") != f"Bearer {self.token}":
            return _problem(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if self.limited:
            self.limited -= 1
            wait = {"Retry-After": self.retry_after} if self.retry_after else {}
            told = {"status": "error", "message": "You have reached your ten_secondly_rolling limit.",
                    "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}  # fmt: skip
            return reply(429, told, **wait)
        given = json.loads(body or b"{}")
        match method, path:
            case "POST", "/crm/v3/objects/contacts/batch/upsert":
                return self._upsert(given["inputs"])
            case "POST", "/crm/v3/objects/contacts/batch/read":
                known = [self._shown(one["id"]) for one in given["inputs"] if one["id"] in self.contacts]
                return reply(200, {"status": "COMPLETE", "results": known})
            case "POST", "/crm/v3/objects/contacts/search":
                return self._search(given["filterGroups"][0]["filters"][0])
            case "POST", "/crm/v3/objects/contacts":
                return self._create(given["properties"])
            case "PATCH", _ if path.rpartition("/")[2] in self.contacts:
                self.contacts[path.rpartition("/")[2]] |= given["properties"]
                return reply(200, self._shown(path.rpartition("/")[2]))
        return _problem(404, "OBJECT_NOT_FOUND", "resource not found")

    def _upsert(self, inputs: list[dict[str, Any]]) -> Reply:
        done = []
        for one in inputs:
            if refused := self._refused(one["properties"]):
                return refused
            if one["id"] in self.second_addresses:
                known = self.second_addresses[one["id"]]
                return _problem(409, "CONFLICT", f"Contact already exists. Existing ID: {known}")
            known_id = next((number for number, row in self.contacts.items() if row.get("email") == one["id"]), None)
            number = known_id or str(501 + len(self.contacts))
            self.contacts[number] = self.contacts.get(number, {}) | one["properties"]
            done.append(self._shown(number) | {"new": known_id is None})
        return reply(200, {"status": "COMPLETE", "results": done})

    def _create(self, properties: dict[str, Any]) -> Reply:
        if refused := self._refused(properties):
            return refused
        if not {"email", "firstname", "lastname"} & properties.keys():
            return _problem(400, "VALIDATION_ERROR", "one of email, firstname, lastname is required")
        number = str(501 + len(self.contacts))
        self.contacts[number] = dict(properties)
        return reply(201, self._shown(number))

    def _search(self, wanted: Mapping[str, str]) -> Reply:
        name, value = wanted["propertyName"], wanted["value"]
        found = [self._shown(number) for number, one in self.contacts.items() if one.get(name) == value]
        return reply(200, {"total": len(found), "results": found})

    def _refused(self, properties: Mapping[str, Any]) -> Reply | None:
        for name in properties:
            if name not in self.PROPERTIES:
                told = f'Property values were not valid: [{{"message":"Property \\"{name}\\" does not exist",'
                return _problem(400, "VALIDATION_ERROR", f'{told}"error":"PROPERTY_DOESNT_EXIST"}}]')
        if "email" in properties and "@" not in properties["email"]:
            return _problem(400, "VALIDATION_ERROR", 'Property values were not valid: [{"error":"INVALID_EMAIL"}]')
        return None

    def _shown(self, number: str) -> dict[str, Any]:
        return {"id": number, "properties": self.contacts[number], "archived": False}


def _error(code: int, name: str, message: str) -> Reply:
    return reply(code, [{"message": message, "errorCode": name}])


def _problem(code: int, category: str, message: str) -> Reply:
    return reply(code, {"status": "error", "message": message, "category": category, "correlationId": "0"})


def _duplicate(number: str) -> Reply:
    record = {"attributes": {"type": "Lead", "url": f"/services/data/v62.0/sobjects/Lead/{number}"}, "Id": number}
    matched = {
        "entityType": "Lead",
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": [{"matchConfidence": 100.0, "record": record}],
        "rule": "Standard_Lead_Match_Rule",
        "size": 1,
        "success": True,
    }
    told = {
        "allowSave": True,
        "duplicateRule": "Standard_Lead_Duplicate_Rule",
        "duplicateRuleEntityType": "Lead",
        "errorMessage": "Use one of these records?",
        "matchResults": [matched],
    }
    message = "Use one of these records?"
    return reply(400, [{"duplicateResult": told, "errorCode": "DUPLICATES_DETECTED", "message": message}])
