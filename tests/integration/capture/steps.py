"""Footsteps as the gateway sends them: batches of the script, followed links, a partner's touches."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from services.capture import company as companies
from services.capture.domain.register import Company
from services.capture.models import Activity
from services.capture.store.footsteps import JUDGE_AGAIN
from services.capture.usecases import verdicts
from shared.contracts.clicks import ClickTokens
from shared.database.plumbing import DUE
from shared.room import DueItem, RawInquiry
from tests.builders import NOON
from tests.integration.capture.desk import COMPANY, FrontDesk, form, only, raw

SECRET = "a secret of at least thirty-two characters"
TOKENS = ClickTokens(SECRET)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
BROWSER = {"user-agent": FIREFOX, "accept-language": "en-US,en;q=0.5"}


def page(path: str, **over: Any) -> dict[str, Any]:
    """The view of a page, as the script says it."""
    return {"id": str(uuid.uuid4()), "kind": "page", "url": f"https://www.prairieline.example{path}", **over}


def steps(
    visitor: str | None, *events: Mapping[str, Any], headers: Mapping[str, str] = BROWSER, **over: Any
) -> RawInquiry:
    """A body of the script. `minutes` after noon; `first` and `last` are what brought the visitor."""
    head = {name: over.pop(name) for name in ("first", "last", "marks", "token") if name in over}
    body = {"visitor": visitor, "events": list(events), **head}
    return raw(json.dumps(body).encode(), dialect="activity", source="www", headers=dict(headers), **over)


def followed(link: str, person: uuid.UUID, mail: uuid.UUID, sent_at: datetime = NOON, **over: Any) -> RawInquiry:
    """A download link out of a mail, followed."""
    event = {"kind": "download", "what": link, "token": TOKENS.make(person, mail, sent_at)}
    return steps(over.pop("visitor", None), event, **over)


def told(*activities: Mapping[str, Any], **over: Any) -> RawInquiry:
    """What a partner tells with its key."""
    body = json.dumps({"activities": list(activities)}).encode()
    return raw(body, dialect="activity", source="webinars", key_id="w1", **over)


def inquiry(visitor: str | None, email: str = "ann@leefarms.example", **over: Any) -> RawInquiry:
    """A contact form with the hidden field that the script fills."""
    fields = {"your-name": over.pop("name", "Ann Lee"), "your-email": email, **over.pop("fields", {})}
    return form(fields | ({"lb_visitor": visitor} if visitor else {}), **over)


def activities(desk: FrontDesk) -> Sequence[Mapping[str, Any]]:
    """Every activity in the order in which it was done."""
    return sorted(desk.rows(Activity), key=lambda row: (row["at"], row["what"]))


def company_with(networks: Sequence[str]) -> Company:
    """The example company with another list of scanners."""
    company = companies.load(COMPANY)
    bots = replace(company.footsteps.bots, networks=tuple(ip_network(network) for network in networks))
    return replace(company, footsteps=replace(company.footsteps, bots=bots))


def judge_with(desk: FrontDesk, company: Company) -> None:
    """Runs the due judgement by the lists of this company."""
    row = only(row for row in desk.rows(DUE) if row["kind"] == JUDGE_AGAIN)
    with desk.uow.begin() as tx:
        verdicts.judge_again(tx, DueItem(JUDGE_AGAIN, "all", row["due_at"], row["data"]), company=company)
