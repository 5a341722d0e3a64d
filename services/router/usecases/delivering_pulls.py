"""How owners got on by what their CRMs say: asked while they have a lead of ours, said through the one door."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import delete, select, update

from services.router.deliveries.outcomes import Delivered
from services.router.domain.delivery import Crm, Meaning
from services.router.domain.rules import Rules
from services.router.models import Assignment, DeliveryRow, Lead
from services.router.usecases import loading, saying
from services.router.usecases.delivering_channels import observe as observe_channel
from services.router.usecases.saying import Word
from shared.contracts.errors import ContractViolation, WireError
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction
from shared.room import Attempt, DueItem, Settled

log = structlog.get_logger()

#: Kind of the due work that asks, its key being `<owner>/<way>`; and of the effect that does the asking.
PULL, ASK = "crm_pull", "owner_crm_status"
MOST = 2_000


def ask_later(tx: Transaction, owner_id: str, way: str, *, rules: Rules) -> None:
    """Has the CRM asked when its time comes; nothing to do where its words mean nothing here."""
    owner = rules.owners.get(owner_id)
    crm = owner.delivery(way) if owner else None
    if isinstance(crm, Crm) and crm.status:
        tx.schedule(PULL, f"{owner_id}/{way}", next_time(tx.now, crm.pulled_every))


def next_time(now: datetime, every: timedelta) -> datetime:
    """On a grid: another lead that is delivered meanwhile does not put the question off."""
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    return beginning + ((now - beginning) // every + 1) * every


def ask(tx: Transaction, item: DueItem, *, rules: Rules) -> None:
    """Has the CRM asked how the leads stand that its owner works on."""
    owner_id, _, way = item.key.rpartition("/")
    far_ids = tx.session.scalars(_worked_on(owner_id, way).limit(MOST)).all()
    if not far_ids:
        return
    told = {"notice": "pull", "owner_id": owner_id, "way": way, "far_ids": sorted(set(far_ids))}
    tx.plan(ASK, f"pull/{item.key}/{item.due_at:%Y%m%dT%H%M%S}", told)
    ask_later(tx, owner_id, way, rules=rules)


def record_answer(tx: Transaction, settled: Settled, *, rules: Rules) -> None:
    """Does what the CRM's words mean. Asked questions are not kept."""
    tx.session.execute(delete(EFFECT).where(EFFECT.c.key == settled.key))
    if settled.outcome != "done":
        return
    owner_id, way = settled.payload["owner_id"], settled.payload["way"]
    owner = rules.owners.get(owner_id)
    crm = owner.delivery(way) if owner else None
    if not isinstance(crm, Crm):
        return
    told = {one["far_id"]: one for one in orjson.loads(settled.content)}
    rows = [row for row in _rows(tx, owner_id, way, list(told)) if _words(told[row.far_id]) != row.far_status]
    loading.preload_leads(tx, [row.lead_id for row in rows if row.lead_id is not None], rules=rules)
    for row in rows:
        _take_word(tx, row, told[row.far_id], crm, rules)


def observe(tx: Transaction, attempt: Attempt, *, rules: Rules) -> None:
    """Of a lead that a CRM has taken we want to hear more."""
    observe_channel(tx, attempt)
    if isinstance(attempt.outcome, Delivered) and attempt.outcome.far_id:
        ask_later(tx, attempt.payload["owner_id"], attempt.payload["way"], rules=rules)


def _take_word(tx: Transaction, row: DeliveryRow, told: Mapping[str, Any], crm: Crm, rules: Rules) -> None:
    tx.session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.assignment_id == row.assignment_id, DeliveryRow.way == row.way)
        .values(far_status=_words(told))
    )
    meaning = next((crm.status[word] for word in told["words"] if word in crm.status), None)
    lead, assignment = tx.get(Lead, row.lead_id), tx.get(Assignment, row.assignment_id)
    if meaning is None or lead is None or assignment is None or lead.assignment_id != assignment.id:
        return
    word = Word(meaning.action, _fields(meaning, told), via="crm", by=row.owner_id)  # type: ignore[arg-type]
    try:
        saying.say(tx, lead, assignment, word, rules=rules)
    except WireError as error:
        # Their word contradicts what is known here, or leaves out what is needed: theirs is kept beside it.
        problem = ", ".join(error.fields) if isinstance(error, ContractViolation) else str(error)
        log.info("crm_word_not_taken", lead_id=str(row.lead_id), action=meaning.action, because=problem)


def _fields(meaning: Meaning, told: Mapping[str, Any]) -> dict[str, str]:
    amount = {name: told[name] for name in ("amount", "currency") if told.get(name)}
    return {**(amount if meaning.action in ("quoted", "won") else {}), **meaning.fields}


def _words(told: Mapping[str, Any]) -> str:
    return " | ".join([*told["words"], *filter(None, [told.get("amount")])])


def _worked_on(owner_id: str, way: str) -> Any:
    return (
        select(DeliveryRow.far_id)
        .join(Lead, Lead.assignment_id == DeliveryRow.assignment_id)
        .where(
            DeliveryRow.owner_id == owner_id,
            DeliveryRow.way == way,
            DeliveryRow.far_id.is_not(None),
            DeliveryRow.notice == "lead",
            Lead.closed_at.is_(None),
        )
        .order_by(DeliveryRow.planned_at.desc())
    )


def _rows(tx: Transaction, owner_id: str, way: str, far_ids: list[str]) -> list[Any]:
    query = (
        select(DeliveryRow)
        .where(
            DeliveryRow.owner_id == owner_id,
            DeliveryRow.way == way,
            DeliveryRow.far_id.in_(far_ids),
            DeliveryRow.notice == "lead",
        )
        .order_by(DeliveryRow.key)
    )
    return list(tx.session.scalars(query))
