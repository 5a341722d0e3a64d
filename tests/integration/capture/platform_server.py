"""Meta's Graph API and LinkedIn's Lead Sync as they are documented, strictly: what is asked wrongly is refused."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "EAAB-test-token"
#: No page holds more, whatever is asked for.
PAGE = 3


@dataclass
class Platform:
    """`leads` and `responses` by id; `script` answers the next requests before anything else."""

    url: str = ""
    #: Meta: the Graph API's lead by id, with its form.
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: LinkedIn: the element of leadFormResponses by id.
    responses: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: LinkedIn: the form by id.
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    token: str = TOKEN
    #: Codes, bodies and headers to answer with, one per request.
    script: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    #: Whether the ads' names may be read with this token.
    ads_permission: bool = True
    #: Answers are held back while it is not set.
    gate: threading.Event = field(default_factory=threading.Event)

    def answer(self, target: str, headers: Any) -> tuple[int, Any, dict[str, str]]:
        """What the platform says to a GET."""
        self.asked.append(target)
        parts = urlsplit(target)
        linkedin = parts.path.startswith("/rest/")
        if headers.get("Authorization") != f"Bearer {self.token}":
            return (401, {"status": 401, "code": "EXPIRED_ACCESS_TOKEN"}, {}) if linkedin else _graph(190, 463, 400)
        if self.script:
            return self.script.pop(0)
        return self._linkedin(parts.path, parts.query, headers) if linkedin else self._meta(parts.path, parts.query)

    # --- Meta --------------------------------------------------------------------------------------------------------

    def _meta(self, path: str, query: str) -> tuple[int, Any, dict[str, str]]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert "access_token" not in asked, "a token in an address ends up in logs"
        fields = asked.get("fields", "").split(",")
        match path.removeprefix("/v23.0/").split("/"):
            case [form, "leads"]:
                return self._meta_list(form, asked, fields)
            case [identity] if identity in self.leads:
                if not self.ads_permission and "ad_name" in fields:
                    return _graph(200, None, 403)
                return 200, _only(self.leads[identity], fields), {}
        return _graph(100, 33, 400)

    def _meta_list(self, form: str, asked: dict[str, str], fields: list[str]) -> tuple[int, Any, dict[str, str]]:
        (later,) = json.loads(asked["filtering"])
        assert later["field"] == "time_created"
        assert later["operator"] == "GREATER_THAN"
        found = [lead for lead in self.leads.values() if lead["form_id"] == form]
        start = int(asked.get("after", "0"))
        page = found[start : start + min(PAGE, int(asked["limit"]))]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + len(page))}}
        if start + len(page) < len(found):
            # As Meta does: ready made, with the token in it, and at another host.
            paging["next"] = f"http://127.0.0.1:1/{form}/leads?access_token={TOKEN}&after={start + len(page)}"
        return 200, {"data": [_only(lead, fields) for lead in page], "paging": paging}, {}

    # --- LinkedIn ----------------------------------------------------------------------------------------------------

    def _linkedin(self, path: str, query: str, headers: Any) -> tuple[int, Any, dict[str, str]]:
        assert headers.get("X-Restli-Protocol-Version") == "2.0.0"
        if not re.fullmatch(r"20\d{4}", headers.get("LinkedIn-Version", "")):
            return 426, {"status": 426, "code": "NONEXISTENT_VERSION"}, {}
        asked = dict(part.split("=", 1) for part in query.split("&"))
        assert re.fullmatch(r"[a-zA-Z,():]+", asked["fields"]), "a projection is not escaped"
        match path.removeprefix("/rest/").split("/"):
            case ["leadFormResponses", identity] if identity in self.responses:
                return 200, self.responses[identity], {}
            case ["leadFormResponses", _]:
                return 404, {"status": 404, "code": "RESOURCE_NOT_FOUND"}, {}
            case ["leadForms", identity] if identity in self.forms:
                return 200, _only(self.forms[identity], asked["fields"].split(",")), {}
            case ["leadFormResponses"]:
                return self._linkedin_list(asked)
        return 404, {"status": 404}, {}

    def _linkedin_list(self, asked: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        assert asked["q"] == "owner"
        assert unquote(asked["owner"]) == "(sponsoredAccount:urn:li:sponsoredAccount:5123)"
        assert "urn%3Ali%3A" in asked["owner"], "the colons of a urn are escaped"
        assert asked["leadType"] == "(leadType:SPONSORED)"
        assert re.fullmatch(r"\(start:\d{13},end:\d{13}\)", asked["submittedAtTimeRange"])
        found, start = list(self.responses.values()), int(asked["start"])
        page = found[start : start + min(PAGE, int(asked["count"]))]
        fields = asked["fields"].split(",")
        paging = {"start": start, "count": len(page), "links": [], "total": len(found)}
        return 200, {"paging": paging, "elements": [_only(one, fields) for one in page]}, {}


def _graph(code: int, subcode: int | None, status: int) -> tuple[int, Any, dict[str, str]]:
    error = {"message": "…", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A"}
    return status, {"error": error}, {}


def _only(document: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in fields}


@contextmanager
def serving() -> Iterator[Platform]:
    """The platforms on a port of this machine."""
    platform = Platform()
    platform.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, document, headers = platform.answer(self.path, self.headers)
            platform.gate.wait(60)
            body = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
            self.send_response(code)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                # Whoever asked may have been killed.
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _word(identity: str) -> str:
    """A given name of its own for each lead: they are different people."""
    digits = int("".join(filter(str.isdigit, identity)) or 0)
    return ("Zoë", "Bob", "Cyd", "Dwight", "Emma", "Frank", "Greta", "Hugo", "Iris", "Karl", "Lars", "Mona")[
        digits % 12
    ]


def lead(identity: str, email: str, form: str = "602817004416", name: str = "", **more: Any) -> dict[str, Any]:
    """A lead as the Graph API tells it."""
    return {
        "id": identity,
        "created_time": "2026-03-02T11:58:00+0000",
        "form_id": form,
        "field_data": [
            {"name": "full_name", "values": [name or f"{_word(identity)} Müller"]},
            {"name": "email", "values": [email]},
            {"name": "how_many_acres_do_you_mow?", "values": ["12"]},
        ],
        "is_organic": True,
        "platform": "ig",
        **more,
    }


def notice(*identities: str) -> bytes:
    """What Meta posts when leads came in."""
    changes = [
        {
            "field": "leadgen",
            "value": {"leadgen_id": one, "form_id": "602817004416", "page_id": "1", "created_time": 1772452680},
        }
        for one in identities
    ]
    return json.dumps({"object": "page", "entry": [{"id": "1", "time": 1, "changes": changes}]}).encode()


def response(identity: str, email: str, **more: Any) -> dict[str, Any]:
    """A response of a lead form as LinkedIn tells it."""
    questions = [
        {"questionId": 1, "predefinedField": "FIRST_NAME", "name": "First name"},
        {"questionId": 2, "predefinedField": "LAST_NAME", "name": "Last name"},
        {"questionId": 3, "predefinedField": "EMAIL", "name": "Email"},
    ]
    said = {1: _word(identity), 2: f"{_word(identity)}son", 3: email}
    return {
        "id": identity,
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:5123"},
        "leadType": "SPONSORED",
        "submittedAt": 1772452680000,
        "testLead": False,
        "versionedLeadGenFormUrn": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:7,1)",
        "formResponse": {
            "answers": [
                {"questionId": number, "answerDetails": {"textQuestionAnswer": {"answer": text}}}
                for number, text in said.items()
            ]
        },
        "form": {"id": 7, "name": "Mowers", "hiddenFields": [], "content": {"questions": questions}},
        **more,
    }


def linkedin_notice(identity: str, action: str = "CREATED") -> bytes:
    """What LinkedIn posts when a lead was made or deleted."""
    document = {
        "type": "LEAD_ACTION",
        "leadAction": action,
        "leadGenFormResponse": f"urn:li:leadGenFormResponse:{identity}",
        "leadGenForm": "urn:li:leadGenForm:7",
        "leadType": "SPONSORED",
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:5123"},
        "occurredAt": 1772452680000,
    }
    return json.dumps(document).encode()
