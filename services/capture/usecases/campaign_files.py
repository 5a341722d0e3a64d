"""What the company's file says of campaigns, brought into the register at each start."""

from collections.abc import Mapping
from typing import Any

import structlog

from services.capture import store
from services.capture.domain import campaigns as rules
from services.capture.domain import register
from services.capture.domain.cleaning import folded
from services.capture.domain.register import Company
from services.capture.models import Campaign, CampaignCode
from services.capture.usecases.campaigns import COSTS, FILE, new_version, own, record
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

log = structlog.get_logger()


def sync(tx: Transaction, company: Company) -> None:
    """Brings the register up to the company's file, once at each start.

    The file wins only for campaigns that nobody edited at run time; for the others a changed file is a conflict, which
    is logged and listed until somebody settles it.
    """
    store.lock_register(tx.session)
    rows, codes, recorded = store.campaigns(tx.session), store.codes(tx.session), store.costs_from_file(tx.session)
    for campaign in company.campaigns.values():
        row = rows.get(campaign.id)
        taken, elsewhere = _file_codes(tx, campaign, codes)
        if row is None:
            row = tx.add(Campaign(id=campaign.id, fields=rules.document(campaign), revision=0, edited=False))
            changed = True
        else:
            changed = _sync_fields(row, rules.document(campaign))
        row.file_fields = rules.document(campaign)
        _note_conflict(row, elsewhere)
        if changed or taken:
            new_version(tx, row, codes, FILE)
        for number, cost in enumerate(rules.cost_corrections(campaign.costs, recorded.get(campaign.id, ()))):
            place = str(len(recorded.get(campaign.id, ())) + number)
            record(tx, campaign.id, cost, derived_id(COSTS, campaign.id, "file", place), FILE)


def _sync_fields(row: Campaign, file: Mapping[str, Any]) -> bool:
    verdict = rules.verdict(file, row.file_fields, row.fields, edited=row.edited)
    if verdict == "take":
        row.fields = dict(file)
        return True
    if verdict == "conflict":
        row.conflict = rules.differences(file, row.fields)
    elif not rules.differences(file, row.fields):
        row.conflict = None
    return False


def _file_codes(
    tx: Transaction, campaign: register.Campaign, codes: dict[str, CampaignCode]
) -> tuple[bool, dict[str, str]]:
    """Files the codes of a campaign. Returns whether one is new, and which belong to another campaign."""
    new, elsewhere = False, {}
    for written in (campaign.id, *campaign.codes):
        code = folded(written)
        if code in codes and codes[code].campaign_id != campaign.id:
            elsewhere["codes"] = f"{written} belongs to {codes[code].campaign_id}"
        elif code and code not in codes:
            codes[code] = own(tx, campaign.id, code, written, FILE)
            new = True
    return new, elsewhere


def _note_conflict(row: Campaign, elsewhere: Mapping[str, str]) -> None:
    told = {name: text for name, text in (row.conflict or {}).items() if name != "codes"} | dict(elsewhere)
    row.conflict = told or None
    if told:
        log.warning("campaign_conflict", campaign=row.id, fields=sorted(told))
