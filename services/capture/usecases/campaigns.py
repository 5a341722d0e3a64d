"""The campaign register: the company's file is where it begins; campaigns, costs and codes are added at run time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import structlog

from services.capture import store
from services.capture.domain import campaigns as rules
from services.capture.domain import register
from services.capture.domain.cleaning import folded, line
from services.capture.domain.register import Company
from services.capture.models import Campaign, CampaignCode, CampaignCost, CampaignVersion
from services.capture.usecases import attributing
from shared.contracts.calls import (
    AddCodesRequest,
    ChangeCampaignRequest,
    RecordCostRequest,
    RegisterCampaignRequest,
)
from shared.contracts.capture import CampaignChanged, CampaignCostRecorded
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

log = structlog.get_logger()

W = TypeVar("W")

#: Who says what the file says.
FILE = "campaigns.yml"
#: Namespace of ids of costs.
COSTS = UUID("3b1c8f1e-52f4-5d0a-8a70-9f0d9be3a0c1")


class KnownCampaigns:
    """The company's files together with what was registered at run time, by whichever replica.

    One short query a batch asks whether anything has changed; campaigns and codes are read again only then.
    """

    def __init__(self, files: Company) -> None:
        self._files = files
        self._known: tuple[int, Company] | None = None

    def current(self, tx: Transaction) -> Company:
        """The company as it is now."""
        version = store.campaign_version(tx.session)
        known = self._known
        if known is None or known[0] != version:
            # Read after the version: what changes in between is read once more next time.
            known = (version, self._read(tx))
            self._known = known
        return known[1]

    def given_to(self, work: Callable[..., None]) -> Callable[[Transaction, W], None]:
        """The handler `work`, which takes the company as a keyword, with the company as it is at each call."""
        return lambda tx, what: work(tx, what, company=self.current(tx))

    def _read(self, tx: Transaction) -> Company:
        known = dict(self._files.campaigns)
        written: dict[str, list[str]] = {}
        for code in store.codes(tx.session).values():
            written.setdefault(code.campaign_id, []).append(code.written)
        for row in store.campaigns(tx.session).values():
            codes = tuple(written.get(row.id, ()))
            known[row.id] = register.Campaign(id=row.id, name=str(row.fields["name"]), codes=codes)
        return replace(self._files, campaigns=known)


# --- what is said at run time ----------------------------------------------------------------------------------------


def add(tx: Transaction, request: RegisterCampaignRequest) -> None:
    """Registers a campaign. Raises ContractViolation, and NotAllowed when there is another one of this id."""
    store.lock_register(tx.session)
    said = _checked(lambda: rules.checked({}, request.fields))
    identity = _checked(lambda: rules.checked_id(request.campaign_id))
    row = store.campaigns(tx.session, identity).get(identity)
    if row is not None and rules.differences(said, row.fields):
        raise NotAllowed(f"there is a campaign {identity} already, and it is another one")
    codes = store.codes(tx.session)
    if row is None:
        row = tx.add(Campaign(id=identity, fields=said, revision=0, edited=True))
        _add_codes(tx, row, codes, [identity, *request.codes], request.by)
        new_version(tx, row, codes, request.by)
    elif _add_codes(tx, row, codes, request.codes, request.by):
        new_version(tx, row, codes, request.by)


def change(tx: Transaction, request: ChangeCampaignRequest) -> None:
    """Changes fields of a campaign. Raises ContractViolation, NotFound, and NotAllowed when it was changed since."""
    store.lock_register(tx.session)
    row = _known(tx, request.campaign_id)
    if request.revision is not None and request.revision != row.revision:
        raise NotAllowed(f"{row.id} is at revision {row.revision} by now, changed by {row.changed_by}")
    fields = dict(row.fields)
    if request.settle == "file" and row.file_fields is not None:
        fields = dict(row.file_fields)
    after = _checked(lambda: rules.checked(fields, request.fields))
    if request.settle is not None:
        row.conflict = None
        # From here on the file may win again, as far as it is what stands here.
        row.edited = row.file_fields is None or bool(rules.differences(after, row.file_fields))
    if rules.differences(after, row.fields):
        row.edited = row.edited or request.settle is None
        row.fields = after
        new_version(tx, row, store.codes(tx.session), request.by)


def record_cost(tx: Transaction, request: RecordCostRequest) -> None:
    """Adds a cost. Raises ContractViolation, NotFound, and NotAllowed when its key was used for another one."""
    store.lock_register(tx.session)
    row = _known(tx, request.campaign_id)
    cost = _checked(lambda: _cost_of(request, row))
    identity = derived_id(COSTS, row.id, "key", request.key) if request.key else tx.new_id("cost")
    known = tx.get(CampaignCost, identity)
    if known is None:
        record(tx, row.id, cost, identity, request.by)
    elif (known.amount, known.currency, known.spent_on) != (cost.amount, cost.currency, cost.spent_on):
        raise NotAllowed("this key was used for another cost")


def _cost_of(request: RecordCostRequest, row: Campaign) -> register.Cost:
    problems: dict[str, str] = {}
    try:
        amount = rules.checked_amount(request.amount)
    except ValueError as problem:
        problems["amount"] = str(problem)
    try:
        currency = rules.checked_currency(request.currency or row.fields.get("currency"))
    except ValueError as problem:
        problems["currency"] = str(problem)
    kind = folded(request.kind) and line(request.kind).lower()[:40]
    if not kind:
        problems["kind"] = "a word, such as print"
    if problems:
        raise rules.Wrong(problems)
    note = line(request.note)[:500] or None if request.note else None
    return register.Cost(
        spent_on=request.spent_on, amount=amount, currency=currency, kind=kind, purpose=request.purpose, note=note
    )


def add_codes(tx: Transaction, request: AddCodesRequest) -> None:
    """Registers codes. Raises ContractViolation, NotFound, and NotAllowed for a code of another campaign."""
    store.lock_register(tx.session)
    row = _known(tx, request.campaign_id)
    codes = store.codes(tx.session)
    if _add_codes(tx, row, codes, request.codes, request.by):
        new_version(tx, row, codes, request.by)


def _add_codes(tx: Transaction, row: Campaign, codes: dict[str, CampaignCode], written: Sequence[str], by: str) -> bool:
    new = False
    for text in written:
        code, plain = _checked(lambda text=text: rules.checked_code(text))  # type: ignore[misc]
        other = codes.get(code)
        if other is not None and other.campaign_id != row.id:
            raise NotAllowed(f"the code {plain} belongs to the campaign {other.campaign_id}")
        if other is None:
            codes[code] = own(tx, row.id, code, plain, by)
            new = True
    return new


# --- in common -------------------------------------------------------------------------------------------------------


def _known(tx: Transaction, campaign_id: str) -> Campaign:
    # What can be no id is not asked for: the database refuses some texts.
    row = store.campaigns(tx.session, campaign_id).get(campaign_id) if rules.is_id(campaign_id) else None
    if row is None:
        raise NotFound(f"campaign {campaign_id[:80]}")
    return row


def own(tx: Transaction, campaign_id: str, code: str, written: str, by: str) -> CampaignCode:
    """Makes a code the campaign's."""
    # Inquiries may have come with it before.
    attributing.look_again(tx, code)
    return tx.add(CampaignCode(code=code, campaign_id=campaign_id, written=written, added_at=tx.now, added_by=by))


def new_version(tx: Transaction, row: Campaign, codes: Mapping[str, CampaignCode], by: str) -> None:
    """Keeps how the campaign stands now, and tells everybody."""
    row.revision += 1
    row.changed_at, row.changed_by = tx.now, by
    written = sorted(code.written for code in codes.values() if code.campaign_id == row.id and code.written != row.id)
    tx.add(
        CampaignVersion(
            campaign_id=row.id,
            revision=row.revision,
            fields={**row.fields, "codes": written},
            changed_at=tx.now,
            changed_by=by,
        )
    )
    days: dict[str, Any] = {name: _date(row.fields.get(name)) for name in ("starts_on", "ends_on")}
    plain = {name: row.fields.get(name) for name in rules.FIELDS if name != "name" and name not in days}
    tx.emit(
        CampaignChanged(
            campaign=row.id,
            revision=row.revision,
            title=row.fields["name"],
            **plain,
            **days,
            codes=written,
            changed_at=tx.now,
            changed_by=by,
        ),
        key=f"{row.id}/{row.revision}",
    )
    log.info("campaign_changed", campaign=row.id, revision=row.revision, by=by)


def record(tx: Transaction, campaign_id: str, cost: register.Cost, identity: UUID, by: str) -> None:
    """Files a cost, and tells everybody."""
    tx.add(
        CampaignCost(
            id=identity,
            campaign_id=campaign_id,
            spent_on=cost.spent_on,
            kind=cost.kind,
            purpose=cost.purpose,
            amount=cost.amount,
            currency=cost.currency,
            note=cost.note,
            from_file=by == FILE,
            recorded_at=tx.now,
            recorded_by=by,
        )
    )
    tx.emit(
        CampaignCostRecorded(
            campaign=campaign_id,
            cost_id=identity,
            spent_on=cost.spent_on,
            kind=cost.kind,
            purpose=cost.purpose,
            amount=cost.amount,
            currency=cost.currency,
            note=cost.note,
            recorded_at=tx.now,
            recorded_by=by,
        ),
        key=str(identity),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _checked(check: Callable[[], W]) -> W:
    try:
        return check()
    except rules.Wrong as wrong:
        raise ContractViolation("Campaign", {name: [problem] for name, problem in wrong.fields.items()}) from None
