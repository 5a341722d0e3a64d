"""Responses of LinkedIn's lead forms: one by its id, and the recent ones of an account.

https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
import structlog

from services.capture.platforms import asking
from services.capture.platforms.account import Account
from services.capture.platforms.asking import Answer, Busy, Refused

log = structlog.get_logger()

_FIELDS = (
    "ownerInfo,associatedEntityInfo,leadMetadataInfo,owner,leadType,versionedLeadGenFormUrn,id,submittedAt,testLead,"
    "formResponse,form:(hiddenFields,creationLocale,name,id,content)"
)
_FORM_FIELDS = "hiddenFields,creationLocale,name,id,content"
_LISTED = "id,owner,leadType,versionedLeadGenFormUrn,submittedAt,testLead"
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
#: In `urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)`.
_FORM = re.compile(r"urn:li:leadGenForm:(\d{1,20})\b")
_PAGE = 100
MOST_PAGES = 200


def pull(account: Account, lead: str) -> bytes:
    """One response with its form: the questions say what its answers mean. Raises Busy and Refused."""
    if not _ID.fullmatch(lead) or set(lead) <= {"."}:
        raise Refused("its id is none of LinkedIn's")
    # Rest.li wants the brackets and commas of a projection as they are.
    asked = f"fields={quote(_FIELDS, safe=':(),')}"
    answer = _good(account, asking.get(account, f"leadFormResponses/{lead}", asked, _headers(account)))
    response = _only(answer.document())
    form = None if response is None or _questions(response.get("form")) else _form_of(account, response)
    # Byte for byte, unless the questions had to be asked for apart.
    return answer.body if form is None or response is None else orjson.dumps({**response, "form": form})


def _only(document: Any) -> dict[str, Any] | None:
    """The one response of an answer."""
    elements = document.get("elements") if isinstance(document, dict) else None
    response = elements[0] if isinstance(elements, list) and len(elements) == 1 else document
    return response if isinstance(response, dict) else None


def _questions(form: Any) -> list[Any]:
    content = form.get("content") if isinstance(form, dict) else None
    questions = content.get("questions") if isinstance(content, dict) else None
    return questions if isinstance(questions, list) else []


def _form_of(account: Account, response: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form of a response that came without it, with the hidden fields that came; None when it cannot be read.

    Raises Busy.
    """
    named = _FORM.search(str(response.get("versionedLeadGenFormUrn")))
    if named is None:
        return None
    form = _FORMS.get((account.base_url, named[1]), lambda: _asked_form(account, named[1]))
    came = response.get("form")
    return {**form, **(came if isinstance(came, dict) else {}), "content": form["content"]} if form else None


def _asked_form(account: Account, form: str) -> dict[str, Any] | None:
    asked = f"fields={quote(_FORM_FIELDS, safe=':(),')}"
    try:
        document = _good(account, asking.get(account, f"leadForms/{form}", asked, _headers(account))).document()
    except Refused as refused:
        # The answers without their questions are better than none: what cannot be understood is set aside, whole.
        log.warning("linkedin_form_refused", source=account.source, form=form, reason=str(refused))
        return None
    return document if _questions(document) else None


@dataclass
class _Forms:
    """Forms that were asked for lately. Every lead of a campaign has the same."""

    seconds: float = 3600.0
    most: int = 500
    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[tuple[str, str], tuple[float, dict[str, Any] | None]] = field(default_factory=OrderedDict)

    def get(self, key: tuple[str, str], ask: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        """The form as it was told within the hour, else as it is told now. One that was refused is asked for again."""
        told = self._known.get(key)
        if told is not None and self.clock() - told[0] < self.seconds:
            return told[1]
        form = ask()
        if form is not None:
            self._known[key] = self.clock(), form
            while len(self._known) > self.most:
                self._known.popitem(last=False)
        return form


_FORMS = _Forms()


def recent(account: Account, since: datetime) -> Iterator[bytes]:
    """A notice, as LinkedIn sends it, for each response since then, test leads too. Raises Busy and Refused."""
    start = 0
    for _ in range(MOST_PAGES):
        asked = _asked(account, since, start)
        page = _good(account, asking.get(account, "leadFormResponses", asked, _headers(account))).document()
        elements = page.get("elements") if isinstance(page, dict) else None
        if not isinstance(elements, list):
            raise Busy("an answer without a list of responses")
        for one in elements:
            if isinstance(one, dict) and _ID.fullmatch(str(one.get("id"))):
                yield _notice(one)
        if not _more(page, start, len(elements)):
            return
        start += len(elements)


def _asked(account: Account, since: datetime, start: int) -> str:
    kind = "organization" if ":organization:" in account.owner else "sponsoredAccount"
    until = int(datetime.now(UTC).timestamp() * 1000)
    return "&".join(
        (
            "q=owner",
            f"owner=({kind}:{quote(account.owner, safe='')})",
            f"leadType=(leadType:{quote(account.lead_type, safe='')})",
            "limitedToTestLeads=false",
            f"submittedAtTimeRange=(start:{int(since.timestamp() * 1000)},end:{until})",
            f"fields={quote(_LISTED, safe=':(),')}",
            f"count={_PAGE}",
            f"start={start}",
        )
    )


def _more(page: dict[str, Any], start: int, found: int) -> bool:
    paging = page.get("paging")
    total = paging.get("total") if isinstance(paging, dict) else None
    if isinstance(total, int):
        return found > 0 and start + found < total
    return found == _PAGE


def _notice(response: dict[str, Any]) -> bytes:
    notice = {
        "type": "LEAD_ACTION",
        "leadAction": "CREATED",
        "leadGenFormResponse": f"urn:li:leadGenFormResponse:{response['id']}",
        "leadGenForm": response.get("versionedLeadGenFormUrn"),
        "leadType": response.get("leadType"),
        "owner": response.get("owner"),
        "occurredAt": response.get("submittedAt"),
        "testLead": response.get("testLead") is True,
    }
    return orjson.dumps({name: value for name, value in notice.items() if value is not None})


def _headers(account: Account) -> dict[str, str]:
    return {"LinkedIn-Version": account.version, "X-Restli-Protocol-Version": "2.0.0"}


def _good(account: Account, answer: Answer) -> Answer:
    """The answer, when it is one. Raises Busy and Refused."""
    if answer.code == 200:
        return answer
    document = answer.document()
    code = document.get("code") if isinstance(document, dict) else None
    said = f"LinkedIn {answer.code}" + (f" {code}" if isinstance(code, str) and len(code) < 60 else "")
    if answer.code == 401:
        raise asking.token_refused(account, said)
    if answer.code == 429:
        raise Busy(f"LinkedIn's limit of calls is reached ({said})", asking.wait_of(answer))
    if answer.code >= 500 or answer.code == 408:
        raise Busy(f"LinkedIn cannot answer now ({said})", asking.wait_of(answer))
    if answer.code == 403:
        raise Refused(f"the token may not read this lead ({said}): it needs r_marketing_leadgen_automation")
    if answer.code in (404, 410):
        raise Refused(f"there is no such lead at LinkedIn any more ({said}): it was deleted, or is older than 365 days")
    if answer.code == 426 or code == "NONEXISTENT_VERSION":
        raise Refused(f"LinkedIn does not serve version {account.version} any more ({said}): raise it in platforms.yml")
    raise Refused(f"LinkedIn refused ({said})")
