"""Answers that platforms keep to themselves: fetched for each lead that was announced, and for those that were not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog

from services.capture import sources, store
from services.capture.domain.register import Company, Source
from services.capture.models import Inquiry, PulledAnswer, SubmissionKey
from services.capture.platforms.account import Account, Accounts
from services.capture.platforms.asking import Busy, Refused
from services.capture.usecases import arriving, awaiting, intake, registering, repairing, rereading
from services.capture.usecases.repairing import Release
from shared.contracts.intake import Intake
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import Done, DueItem, GiveUp, Outcome, RawInquiry, Settled, TryAgain

log = structlog.get_logger()

#: Due work, and the effect that it plans: listing a platform's recent leads.
RECONCILE = "reconcile"
#: Seconds between tries: a platform may be away for a day. A GET harms nobody, however often it is sent.
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)
#: A list that fails is asked for again soon; the next one is due soon anyway.
RECONCILE_WAITS = (30, 120)
PULL_FAILED = "pull_failed"
RECONCILER = "reconciler"
#: So often the reconciler asks again for a lead that the platform lists and then does not give.
MOST_ASKED_AGAIN = 3

_LISTED = UUID("3d1f5a0a-5c0b-5b57-9a2e-8f3c5f0f7a11")


@dataclass(frozen=True)
class Client:
    """What a platform can be asked. Both raise Busy and Refused."""

    #: The answers of one lead, byte for byte.
    pull: Callable[[Account, str], bytes]
    #: A notice for each lead since then, as the platform itself would send it.
    recent: Callable[[Account, datetime], Iterator[bytes]]


Clients = Mapping[str, Client]


# --- one lead --------------------------------------------------------------------------------------------------------


def pull(key: str, payload: Mapping[str, Any], *, accounts: Accounts, clients: Clients) -> Outcome:
    """Asks the platform for the answers of one lead."""
    account = accounts.get(payload["source"])
    if account is None:
        return GiveUp(f"platforms.yml names no account for the source {payload['source']}")
    return _outcome(lambda: clients[account.platform].pull(account, payload["lead"]))


def _outcome(ask: Callable[[], bytes]) -> Outcome:
    try:
        return Done(content=ask())
    except Busy as busy:
        return TryAgain(str(busy), busy.after)
    except Refused as refused:
        return GiveUp(str(refused))


def settle(tx: Transaction, settled: Settled, *, company: Company) -> None:
    """Keeps the answers byte for byte beside the notice and registers the inquiry, or sets it aside with the reason."""
    inquiry = tx.get(Inquiry, UUID(settled.payload["inquiry_id"]))
    if inquiry is None or inquiry.outcome != "awaiting":
        log.info("pull_not_awaited", inquiry_id=settled.payload["inquiry_id"])
        return
    if settled.outcome != "done":
        awaiting.set_aside(tx, inquiry, PULL_FAILED, settled.detail, before="awaiting")
        return
    _keep(tx, inquiry.id, settled.content)
    # Several answers may be recorded in one transaction: who came with the one before is to be found.
    tx.write()
    read = rereading.reread(tx, [inquiry], company, answers={inquiry.id: settled.content})[inquiry.id]
    registering.register(tx, [read.arrival], company, {inquiry.id: inquiry})


def _keep(tx: Transaction, inquiry_id: UUID, body: bytes) -> None:
    kept = tx.get(PulledAnswer, inquiry_id)
    if kept is None:
        tx.add(PulledAnswer(inquiry_id=inquiry_id, pulled_at=tx.now, body=body))
    else:
        kept.body, kept.pulled_at = body, tx.now


# --- those that were never announced ---------------------------------------------------------------------------------


def begin(tx: Transaction, accounts: Accounts) -> None:
    """Has every account looked at from now on."""
    for source, account in sorted(accounts.items()):
        if account.token.value() is None:
            log.warning("platform_without_token", source=source, platform=account.platform, place=str(account.token))
        tx.schedule(RECONCILE, source, tx.now)


def reconcile_on(tx: Transaction, item: DueItem, *, accounts: Accounts) -> None:
    """Has the recent leads of an account listed, and comes again."""
    account = accounts.get(item.key)
    if account is None:
        return
    tx.schedule(RECONCILE, item.key, tx.now + account.every)
    if account.token.value() is None:
        # Nothing can be asked; what was announced says so in quarantine.
        return
    since = tx.now - account.look_back
    tx.plan(
        RECONCILE, f"{RECONCILE}:{item.key}:{item.due_at.isoformat()}", {"source": item.key, "since": since.isoformat()}
    )


def list_recent(key: str, payload: Mapping[str, Any], *, accounts: Accounts, clients: Clients) -> Outcome:
    """Asks the platform which leads there are."""
    account = accounts.get(payload["source"])
    if account is None:
        return GiveUp(f"platforms.yml names no account for the source {payload['source']}")
    since = datetime.fromisoformat(payload["since"])

    def ask() -> bytes:
        notices = [notice.decode() for notice in clients[account.platform].recent(account, since)]
        return orjson.dumps(notices)

    return _outcome(ask)


def take_in_listed(tx: Transaction, settled: Settled, *, company: Company) -> None:
    """Takes in the leads that nobody announced, each once, as if their notices had come; the others are known."""
    source_id = settled.payload["source"]
    if settled.outcome != "done":
        log.warning("reconcile_failed", source=source_id, detail=settled.detail)
        return
    source = company.sources.get(source_id)
    if source is None:
        return
    listed = {}
    for notice in orjson.loads(settled.content):
        raw = _as_raw(tx, notice.encode(), source)
        own = sources.read(raw.body, raw.intake, source)[0].provider_key
        if own is not None:
            # By the lead alone: what the list says beside it may differ from one look to the next.
            received = replace(raw.intake, receipt_id=derived_id(_LISTED, source_id, own))
            listed[arriving.notice_key(source_id, own)] = RawInquiry(received, raw.body)
    known = {row.key: row.inquiry_id for row in store.load(tx, SubmissionKey, listed)}
    missed = [raw for key, raw in listed.items() if key not in known]
    if missed:
        log.info("leads_never_announced", source=source_id, number=len(missed))
        intake.take_in(tx, missed, company=company)
    _ask_again(tx, list(known.values()), company)


def _as_raw(tx: Transaction, notice: bytes, source: Source) -> RawInquiry:
    received = Intake(
        receipt_id=_LISTED,
        received_at=tx.now,
        dialect=source.dialect,
        source=source.id,
        content_type="application/json",
        query={},
        headers={"leadbus-origin": RECONCILER},
    )
    return RawInquiry(received, notice)


def _ask_again(tx: Transaction, inquiry_ids: Sequence[UUID], company: Company) -> None:
    """Releases what could not be fetched and is listed now: the token was renewed, or the platform is well again."""
    failed = [one for one in store.inquiries(tx.session, inquiry_ids) if one.reason == PULL_FAILED]
    for seen in failed:
        inquiry = tx.get(Inquiry, seen.id)
        if (
            inquiry is None
            or inquiry.outcome != "quarantined"
            or inquiry.junked_at
            or inquiry.repairs >= MOST_ASKED_AGAIN
        ):
            continue
        repairing.release_all(tx, [inquiry], Release(RECONCILER), company)
