"""Leads of Meta Lead Ads from the Graph API: one by its id, and the recent ones of a form.

https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving, and for errors
https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from services.capture.platforms import asking
from services.capture.platforms.account import Account
from services.capture.platforms.asking import Answer, Busy, Refused

_FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,field_data,is_organic,"
    "platform,custom_disclaimer_responses"
)
_LISTED = "id,created_time,form_id,ad_id"
#: Without ad permissions the fields about ads are refused, and with them the whole lead.
_PLAIN = "id,created_time,form_id,field_data,is_organic,platform,custom_disclaimer_responses"
_ID = re.compile(r"\d{1,40}")
_PAGE = 100
#: Of one form and one look: a year of a busy one.
MOST_PAGES = 200

_TRANSIENT = {1, 2}
#: Application, user, page and business limits; 80005 is that of lead retrieval.
_LIMITS = {4, 17, 32, 341, 613, *range(80000, 80015)}
_TOKEN = {102, 190, 463, 467}
_PERMISSION = {3, 10, *range(200, 300)}


def pull(account: Account, lead: str) -> bytes:
    """The answers of one lead, byte for byte. Raises Busy and Refused."""
    if not _ID.fullmatch(lead):
        raise Refused("its id is none of Meta's")
    answer = asking.get(account, lead, {"fields": _FIELDS, **_proof(account)})
    if _code(answer) in _PERMISSION:
        answer = asking.get(account, lead, {"fields": _PLAIN, **_proof(account)})
    return _good(account, answer).body


def recent(account: Account, since: datetime) -> Iterator[bytes]:
    """A notice, as Meta sends it, for each lead of the account's forms since then. Raises Busy and Refused."""
    for form in account.forms:
        yield from _of_form(account, form, since)


def _of_form(account: Account, form: str, since: datetime) -> Iterator[bytes]:
    later = [{"field": "time_created", "operator": "GREATER_THAN", "value": int(since.timestamp())}]
    asked = {
        "fields": _LISTED,
        "limit": str(_PAGE),
        "filtering": orjson.dumps(later).decode(),
        **_proof(account),
    }
    for _ in range(MOST_PAGES):
        document = _good(account, asking.get(account, f"{form}/leads", asked)).document()
        leads = document.get("data") if isinstance(document, dict) else None
        if not isinstance(leads, list):
            raise Busy("an answer without a list of leads")
        for lead in leads:
            if isinstance(lead, dict) and _ID.fullmatch(str(lead.get("id"))):
                yield _notice(lead, form)
        after = _after(document)
        if after is None:
            return
        # The address of the next page, which comes ready made, holds the token: only its cursor is taken.
        asked["after"] = after


def _after(document: dict[str, Any]) -> str | None:
    paging = document.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _notice(lead: dict[str, Any], form: str) -> bytes:
    value = {"leadgen_id": str(lead["id"]), "form_id": str(lead.get("form_id") or form)}
    value |= {name: str(lead[name]) for name in ("created_time", "ad_id") if lead.get(name)}
    return orjson.dumps({"object": "page", "entry": [{"changes": [{"field": "leadgen", "value": value}]}]})


def _proof(account: Account) -> dict[str, str]:
    """Signs the call with the app's secret, where the app demands it."""
    secret, token = account.app_secret.value() if account.app_secret else None, account.token.value()
    if not secret or not token:
        return {}
    return {"appsecret_proof": hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


def _error(answer: Answer) -> dict[str, Any]:
    document = answer.document()
    error = document.get("error") if isinstance(document, dict) else None
    return error if isinstance(error, dict) else {}


def _code(answer: Answer) -> int | None:
    code = _error(answer).get("code")
    return code if isinstance(code, int) else None


def _good(account: Account, answer: Answer) -> Answer:
    """The answer, when it is one. Raises Busy and Refused."""
    error, code = _error(answer), _code(answer)
    if answer.code == 200 and not error:
        return answer
    subcode = error.get("error_subcode")
    said = f"Meta error {code}" + (f"/{subcode}" if subcode else "") if code is not None else f"HTTP {answer.code}"
    if code in _TOKEN or answer.code == 401:
        raise asking.token_refused(account, said)
    if code in _LIMITS or answer.code == 429:
        raise Busy(f"Meta's limit of calls is reached ({said})", _regained(answer) or asking.wait_of(answer))
    if code in _TRANSIENT or error.get("is_transient") is True or answer.code >= 500:
        raise Busy(f"Meta cannot answer now ({said})", asking.wait_of(answer))
    if code in _PERMISSION or answer.code == 403:
        raise Refused(f"the token may not read this lead ({said}): it needs leads_retrieval and access to the page")
    if (code, subcode) == (100, 33) or answer.code == 404:
        raise Refused(f"there is no such lead at Meta any more, or the token may not see it ({said})")
    raise Refused(f"Meta refused ({said})")


def _regained(answer: Answer) -> float | None:
    """Seconds until calls are allowed again, as the usage header tells in minutes."""
    try:
        usage = orjson.loads(answer.headers.get("X-Business-Use-Case-Usage") or "{}")
        minutes = [one.get("estimated_time_to_regain_access") or 0 for uses in usage.values() for one in uses]
    except (orjson.JSONDecodeError, AttributeError, TypeError):
        return None
    longest = max((minute for minute in minutes if isinstance(minute, int | float)), default=0)
    return min(longest * 60.0, asking.LONGEST_WAIT) or None
