"""The campaign register: campaigns, codes, costs, and what came of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, case, cast, func, select, text, update
from sqlalchemy.orm import Session

from services.capture.domain.register import Cost
from services.capture.models import (
    Campaign,
    CampaignCode,
    CampaignCost,
    CampaignRegister,
    CampaignVersion,
    CodeSighting,
    Inquiry,
)

#: The outcomes of inquiries that count as responses.
_RESPONSES = ("registered", "responded")
_CODES_SHOWN = 1_000


def campaign_version(session: Session) -> int:
    """How often campaigns or codes have changed."""
    return session.scalar(select(CampaignRegister.version)) or 0


def lock_register(session: Session) -> None:
    """Lets one transaction at a time change campaigns, and counts the change."""
    session.execute(update(CampaignRegister).values(version=CampaignRegister.version + 1))


def campaigns(session: Session, only: str | None = None) -> dict[str, Campaign]:
    """Every campaign by its id, or one."""
    query = select(Campaign).order_by(Campaign.id)
    rows = session.scalars(query if only is None else query.where(Campaign.id == only))
    return {row.id: row for row in rows}


def codes(session: Session, only: str | None = None) -> dict[str, CampaignCode]:
    """Every code, or those of one campaign; the ids of campaigns are among them."""
    query = select(CampaignCode).order_by(CampaignCode.added_at, CampaignCode.code)
    rows = session.scalars(query if only is None else query.where(CampaignCode.campaign_id == only))
    return {row.code: row for row in rows}


def costs(session: Session, campaign_id: str) -> Sequence[CampaignCost]:
    """Entries of one campaign, newest first."""
    newest = (CampaignCost.spent_on.desc(), CampaignCost.recorded_at.desc(), CampaignCost.id)
    return session.scalars(select(CampaignCost).where(CampaignCost.campaign_id == campaign_id).order_by(*newest)).all()


def costs_from_file(session: Session) -> dict[str, list[Cost]]:
    """By campaign: the entries that follow from the file."""
    found: dict[str, list[Cost]] = {}
    for row in session.scalars(select(CampaignCost).where(CampaignCost.from_file)):
        purpose: Any = row.purpose
        entry = Cost(
            spent_on=row.spent_on, amount=row.amount, currency=row.currency, kind=row.kind, purpose=purpose
        )  # fmt: skip
        found.setdefault(row.campaign_id, []).append(entry)
    return found


def cost_totals(session: Session, only: str | None = None) -> dict[str, dict[tuple[str, str], Decimal]]:
    """By campaign, then by currency and purpose: what was spent."""
    query = select(
        CampaignCost.campaign_id, CampaignCost.currency, CampaignCost.purpose, func.sum(CampaignCost.amount)
    ).group_by(CampaignCost.campaign_id, CampaignCost.currency, CampaignCost.purpose)
    found: dict[str, dict[tuple[str, str], Decimal]] = {}
    for campaign_id, currency, purpose, amount in session.execute(
        query if only is None else query.where(CampaignCost.campaign_id == only)
    ):
        found.setdefault(campaign_id, {})[currency, purpose] = amount
    return found


def versions(session: Session, campaign_id: str) -> Sequence[CampaignVersion]:
    """What a campaign was after each change, newest first."""
    query = select(CampaignVersion).where(CampaignVersion.campaign_id == campaign_id)
    return session.scalars(query.order_by(CampaignVersion.revision.desc())).all()


# --- what came of them -----------------------------------------------------------------------------------------------


def responses(session: Session, only: str | None = None) -> dict[str, tuple[int, int]]:
    """By campaign: responses ever, and how many of them opened a lead."""
    query = select(Inquiry.campaign, func.count(), _opened()).where(_counts(only)).group_by(Inquiry.campaign)
    return {str(campaign): (number, leads) for campaign, number, leads in session.execute(query)}


def responses_by_day(session: Session, since: date, only: str | None = None) -> dict[str, list[tuple[date, int, int]]]:
    """By campaign: day in UTC, responses, leads opened; days without any are left out."""
    day = cast(func.timezone("UTC", Inquiry.received_at), Date)
    query = (
        select(Inquiry.campaign, day, func.count(), _opened())
        .where(_counts(only), Inquiry.received_at >= datetime.combine(since, time.min, UTC))
        .group_by(Inquiry.campaign, day)
        .order_by(Inquiry.campaign, day)
    )
    found: dict[str, list[tuple[date, int, int]]] = {}
    for campaign, when, number, leads in session.execute(query):
        found.setdefault(str(campaign), []).append((when, number, leads))
    return found


def _counts(only: str | None) -> Any:
    # In these words, so that the partial index is used.
    counted = text("outcome IN ('registered', 'responded') AND campaign IS NOT NULL")
    return counted if only is None else (Inquiry.campaign == only) & counted


def _opened() -> Any:
    return func.sum(case((Inquiry.outcome == "registered", 1), else_=0))


# --- codes that lead nowhere yet -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A code without a campaign, and how often and where it was seen."""

    code: str
    inquiries: int
    first_seen_at: datetime
    last_seen_at: datetime
    sources: list[str]


def unknown_codes(session: Session, limit: int) -> list[Seen]:
    """Codes that no campaign has, the most frequent first, as they were written."""
    known = select(CampaignCode.code).where(CampaignCode.code == CodeSighting.code).exists()
    number = func.count()
    query = (
        select(
            func.max(CodeSighting.written),
            number,
            func.min(CodeSighting.seen_at),
            func.max(CodeSighting.seen_at),
            func.array_agg(CodeSighting.source.distinct()),
        )
        .where(CodeSighting.attributed_at.is_(None), ~known)
        .group_by(CodeSighting.code)
        .order_by(number.desc(), CodeSighting.code)
        .limit(min(limit, _CODES_SHOWN))
    )
    return [
        Seen(code, inquiries, first, last, list(sources))
        for code, inquiries, first, last, sources in session.execute(query)
    ]


def attributable(session: Session, limit: int) -> Sequence[tuple[CodeSighting, str]]:
    """Sightings whose code has a campaign by now, with that campaign; locked, the earliest first."""
    query = (
        select(CodeSighting, CampaignCode.campaign_id)
        .join(CampaignCode, CampaignCode.code == CodeSighting.code)
        .where(CodeSighting.attributed_at.is_(None), ~CodeSighting.outranked)
        .order_by(CodeSighting.inquiry_id, CodeSighting.place)
        .limit(limit)
        .with_for_update(of=CodeSighting)
    )
    return [(sighting, campaign) for sighting, campaign in session.execute(query)]


def surer_sightings(session: Session, inquiry_ids: Iterable[Any]) -> Mapping[Any, int]:
    """By inquiry: the place of the surest code that has led to a campaign since."""
    query = (
        select(CodeSighting.inquiry_id, func.min(CodeSighting.place))
        .where(CodeSighting.inquiry_id.in_(list(inquiry_ids)), CodeSighting.attributed_at.is_not(None))
        .group_by(CodeSighting.inquiry_id)
    )
    return {row.inquiry_id: row[1] for row in session.execute(query)}
