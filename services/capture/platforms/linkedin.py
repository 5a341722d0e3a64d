"""Responses of LinkedIn's lead forms: one by its id, and the recent ones of an account.

https://learn.microsoft.com/en-us/linkedin/marketing/lead-sync/leadsync
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson

from services.capture.platforms import asking
from services.capture.platforms.account import Account
from services.capture.platforms.asking import Answer, Busy, Refused

_FIELDS = (
    "ownerInfo,associatedEntityInfo,leadMetadataInfo,owner,leadType,versionedLeadGenFormUrn,id,submittedAt,testLead,"
    "formResponse,form:(hiddenFields,creationLocale,name,id,content)"
)
_LISTED = "id,owner,leadType,versionedLeadGenFormUrn,submittedAt,testLead"
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_PAGE = 100
MOST_PAGES = 200


def pull(account: Account, lead: str) -> bytes:
    """One response with its form, byte for byte. Raises Busy and Refused."""
    if not _ID.fullmatch(lead) or set(lead) <= {"."}:
        raise Refused("its id is none of LinkedIn's")
    # Rest.li wants the brackets and commas of a projection as they are.
    asked = f"fields={quote(_FIELDS, safe=':(),')}"
    return _good(account, asking.get(account, f"leadFormResponses/{lead}", asked, _headers(account))).body


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
