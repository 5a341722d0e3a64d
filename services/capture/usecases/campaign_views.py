"""What the front desk tells of campaigns: their fields, what they cost and what came of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.capture import store
from services.capture.domain import campaigns as rules
from services.capture.models import Campaign, CampaignCode
from shared.contracts.calls import (
    CampaignDay,
    CampaignEntry,
    CampaignReply,
    CampaignsReply,
    CampaignsRequest,
    CampaignVersionEntry,
    CostEntry,
    CostTotal,
    UnknownCode,
    UnknownCodesReply,
)
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction

#: Days that are told one by one, and how many at most.
DAYS = 60
MOST_DAYS = 366


def listed(tx: Transaction, request: CampaignsRequest) -> CampaignsReply:
    """Every campaign; those that run or ran last come first."""
    since = _since(tx, request.since)
    entries = _entries(tx, since)
    entries.sort(key=lambda entry: (entry.starts_on or date.min, entry.campaign_id), reverse=True)
    media = {entry.medium: entry.medium_label for entry in entries if entry.medium and entry.medium_label}
    return CampaignsReply(campaigns=entries, since=since, until=tx.now.date(), media=media)


def one(tx: Transaction, campaign_id: str) -> CampaignReply:
    """One campaign with its costs and versions. Raises NotFound."""
    tx.session.flush()
    # What can be no id is not asked for: the database refuses some texts.
    entries = _entries(tx, _since(tx, None), campaign_id) if rules.is_id(campaign_id) else []
    if not entries:
        raise NotFound(f"campaign {campaign_id[:80]}")
    return CampaignReply(
        campaign=entries[0],
        costs=[
            CostEntry(
                cost_id=str(cost.id),
                spent_on=cost.spent_on,
                kind=cost.kind,
                kind_label=rules.label(cost.kind, rules.COST_KINDS) or cost.kind,
                purpose=cost.purpose,  # type: ignore[arg-type]
                amount=cost.amount,
                currency=cost.currency,
                note=cost.note,
                recorded_at=cost.recorded_at,
                recorded_by=cost.recorded_by,
            )
            for cost in store.costs(tx.session, campaign_id)
        ],
        versions=[
            CampaignVersionEntry(
                revision=row.revision, changed_at=row.changed_at, changed_by=row.changed_by, fields=row.fields
            )
            for row in store.versions(tx.session, campaign_id)
        ],
    )


def unknown(tx: Transaction, limit: int) -> UnknownCodesReply:
    """Codes on inquiries that lead to no campaign."""
    return UnknownCodesReply(
        codes=[
            UnknownCode(
                code=seen.code,
                inquiries=seen.inquiries,
                first_seen_at=seen.first_seen_at,
                last_seen_at=seen.last_seen_at,
                sources=seen.sources,
            )
            for seen in store.unknown_codes(tx.session, max(1, limit))
        ]
    )


def _since(tx: Transaction, asked: date | None) -> date:
    today = tx.now.date()
    return max(asked or today - timedelta(days=DAYS - 1), today - timedelta(days=MOST_DAYS))


def _entries(tx: Transaction, since: date, only: str | None = None) -> list[CampaignEntry]:
    codes = store.codes(tx.session, only)
    spent = store.cost_totals(tx.session, only)
    ever = store.responses(tx.session, only)
    days = store.responses_by_day(tx.session, since, only)
    return [
        _entry(
            row,
            codes,
            spent.get(row.id, {}),
            ever.get(row.id, (0, 0)),
            [CampaignDay(day=day, responses=number, leads=leads) for day, number, leads in days.get(row.id, ())],
        )
        for row in store.campaigns(tx.session, only).values()
    ]


def _entry(
    row: Campaign,
    codes: Mapping[str, CampaignCode],
    spent: Mapping[tuple[str, str], Decimal],
    ever: tuple[int, int],
    days: list[CampaignDay],
) -> CampaignEntry:
    fields: dict[str, Any] = {name: row.fields.get(name) for name in rules.FIELDS}
    for name in ("starts_on", "ends_on"):
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    return CampaignEntry(
        campaign_id=row.id,
        **fields,
        medium_label=rules.label(fields["medium"]),
        codes=[code.written for code in codes.values() if code.campaign_id == row.id and code.written != row.id],
        revision=row.revision,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        edited=row.edited,
        conflict=row.conflict or {},
        costs=_totals(spent),
        responses=ever[0],
        leads=ever[1],
        days=days,
    )


def _totals(spent: Mapping[tuple[str, str], Decimal]) -> list[CostTotal]:
    totals = []
    for currency in sorted({currency for currency, _ in spent}):
        generation = spent.get((currency, "generation"), Decimal("0.00"))
        management = spent.get((currency, "management"), Decimal("0.00"))
        totals.append(
            CostTotal(
                currency=currency, generation=generation, management=management, total=generation + management
            )
        )  # fmt: skip
    return totals
