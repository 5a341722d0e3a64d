"""Steps of visitors: what somebody did on the company's pages before or after they said who they are.

A batch costs a handful of statements, whatever its size. What is filed twice counts once; what cannot be used is
counted and its body kept. What belongs to a person is told at once, the rest when they say who they are
(`visitors.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.capture.domain import identity
from services.capture.domain.cleaning import folded, line
from services.capture.domain.footsteps.belonging import Identification, owner
from services.capture.domain.footsteps.reading import Batch, Reader, Step, visitor_of_email
from services.capture.domain.footsteps.touches import source_and_tactic
from services.capture.domain.footsteps.verdict import is_bot, is_program, verdict_of
from services.capture.domain.person import Facts
from services.capture.domain.register import Company
from services.capture.models import Activity, ActivityBatch, PersonKey
from services.capture.store import footsteps as store
from services.capture.store import load
from services.capture.store.footsteps import FOOTMARK, LOOK_AGAIN, Footmark
from services.capture.usecases import verdicts, visitors
from services.capture.usecases.visitors import Owners, Seen
from shared.database.unit_of_work import Transaction
from shared.room import DueItem, RawInquiry

log = structlog.get_logger()

#: An inquiry that was being registered while a partner's activities were filed is in the database by then.
LOOK_AGAIN_AFTER = timedelta(minutes=5)


def take_in(tx: Transaction, batch: Sequence[RawInquiry], *, company: Company) -> None:
    """Files a batch of steps, each once."""
    if not batch:
        return
    seen = store.known_batches(tx.session, (raw.intake.receipt_id for raw in batch))
    reader = Reader(company.footsteps.bots, company.footsteps.read_token)
    read: list[tuple[Batch, bytes]] = []
    for raw in batch:
        if raw.intake.receipt_id not in seen:
            seen.add(raw.intake.receipt_id)
            intake = replace(raw.intake, source=line(raw.intake.source))
            read.append((reader.read(intake, raw.body), raw.body))
    filed = _file(tx, [one for one, _ in read], company)
    for one, body in read:
        _account(tx, one, body, filed)


@dataclass(frozen=True)
class _Context:
    """What the steps of a batch need to know of whom they may belong to."""

    met: Mapping[str, store.Met]
    people: Owners
    #: By email: the person of whom a partner speaks.
    owners: Mapping[str, UUID]

    def belongs(self, step: Step) -> tuple[UUID, bool] | None:
        """Whose the step is, and whether the visitor was anonymous then."""
        named = self.named(step)
        if named is not None:
            return named, False
        met = self.met.get(step.visitor or "")
        return owner(visitors.known(met.identified), step.at) if met and met.identified else None

    def named(self, step: Step) -> UUID | None:
        """The person that the step itself names, when we know them."""
        for person_id in (step.click.person_id if step.click else None, step.person_id):
            if person_id is not None and person_id in self.people:
                return person_id
        return self.owners.get(step.email or "")


def _file(tx: Transaction, read: Sequence[Batch], company: Company) -> set[tuple[UUID, int]]:
    """Stores the steps that are new. Returns them by receipt and place among the readable ones."""
    steps = [(one, place, step) for one in read for place, step in enumerate(one.steps)]
    context = _context(tx, read)
    rows: dict[UUID, dict[str, Any]] = {}
    places: dict[UUID, tuple[UUID, int]] = {}
    for one, place, step in steps:
        if step.id not in rows:
            rows[step.id] = _row(one, step, context, company)
            places[step.id] = (one.receipt_id, place)
    fresh = store.file_activities(tx.session, list(rows.values()))
    new = [step for one, place, step in steps if step.id in fresh and places[step.id] == (one.receipt_id, place)]
    _weigh(tx, new, fresh, company)
    _tell(tx, [rows[step.id] for step in new])
    _identify(tx, new, context)
    return {places[step_id] for step_id in fresh}


def _context(tx: Transaction, read: Sequence[Batch]) -> _Context:
    met = store.meet(tx.session, _visitor_rows(read))
    steps = [step for one in read for step in one.steps]
    named = {step.person_id for step in steps if step.person_id} | {
        step.click.person_id for step in steps if step.click
    }
    emails = {step.email for step in steps if step.email}
    owners = _owners(tx, emails)
    known = {UUID(each["person"]) for visitor in met.values() for each in visitor.identified}
    people = Owners(tx)
    people.load({*named, *known, *owners.values()})
    return _Context(met, people, owners)


def _visitor_rows(read: Iterable[Batch]) -> Iterable[dict[str, Any]]:
    """One row for each visitor of the batch: its first and last touch, and whether it is a program."""
    rows: dict[str, dict[str, Any]] = {}
    for one in read:
        for step in one.steps:
            if step.visitor:
                row = rows.setdefault(step.visitor, {"id": step.visitor, "bot": False})
                row["bot"] = row["bot"] or _is_program(step)
        if one.visitor in rows:
            _remember_touches(rows[one.visitor], one)
    return rows.values()


def _remember_touches(row: dict[str, Any], one: Batch) -> None:
    for name, said, better in (("first", one.first, datetime.__lt__), ("last", one.last, datetime.__gt__)):
        if said is not None and (row.get(f"{name}_at") is None or better(said[0], row[f"{name}_at"])):
            row[f"{name}_at"], row[f"{name}_touch"] = said


def _owners(tx: Transaction, emails: set[str]) -> dict[str, UUID]:
    keys = {key.text: email for email in emails for key in identity.keys(Facts(email=email))}
    load(tx, PersonKey, keys)
    found = {email: tx.get(PersonKey, key) for key, email in keys.items()}
    # Whose it is without any merge: should it be undone, what came meanwhile is theirs.
    return {email: row.origin_person_id or row.person_id for email, row in found.items() if row is not None}


def _row(one: Batch, step: Step, context: _Context, company: Company) -> dict[str, Any]:
    whose, anonymous = context.belongs(step) or (None, False)
    source, tactic = source_and_tactic(step.touch, by_mail=step.click is not None)
    met = context.met.get(step.visitor or "")
    signs = sorted(verdicts.with_visitor(step.signs) if met and met.bot else step.signs)
    return {
        "id": step.id,
        "receipt_id": one.receipt_id,
        "visitor": step.visitor,
        "source": one.source,
        "kind": step.kind,
        "what": step.what,
        "at": step.at,
        "received_at": one.received_at,
        "url": step.url,
        "title": company.footsteps.title(step.kind, step.what) or step.title,
        "referrer": step.referrer,
        "touch": step.touch,
        "campaign": company.codes.get(folded(step.touch.get("utm_campaign", ""))),
        "traffic_source": source,
        "tactic": tactic,
        "details": step.details,
        "occasion": step.click.occasion if step.click else None,
        "sent_at": step.click.sent_at if step.click else None,
        "user_agent": step.user_agent,
        "network": one.network,
        "named_person_id": context.named(step),
        **context.people.columns(whose),
        "anonymous_before": anonymous,
        "signs": signs,
        "verdict": verdict_of(signs),
        "revision": 1,
    }


# --- what follows ----------------------------------------------------------------------------------------------------


def _weigh(tx: Transaction, new: Sequence[Step], fresh: set[UUID], company: Company) -> None:
    """What the new steps teach of older ones: that a program did them."""
    verdicts.weigh_mails(tx, {step.click.occasion for step in new if step.click}, company.footsteps, fresh)
    verdicts.weigh_visitors(tx, {step.visitor for step in new if step.visitor and _is_program(step)}, fresh)


def _is_program(step: Step) -> bool:
    # Of somebody whom a partner names, one wrong mark must not condemn all the rest.
    return step.email is None and is_program(step.signs)


def _identify(tx: Transaction, new: Sequence[Step], context: _Context) -> None:
    """Whoever follows a link that was sent to them, or is named by a partner, is known on that browser from then on."""
    unknown = sorted({step.email for step in new if step.email and step.email not in context.owners})
    if unknown:
        # An inquiry of this person may be on its way in another transaction, where neither sees the other.
        tx.schedule(LOOK_AGAIN, str(new[0].id), tx.now + LOOK_AGAIN_AFTER, {"emails": unknown})
    seen = []
    for step in new:
        named = context.named(step)
        if named is not None and step.visitor and step.email is None and not is_bot(step.signs):
            seen.append(Seen(step.visitor, Identification(step.at, step.id, named)))
    if seen:
        names = {one.visitor for one in seen}
        visitors.identify(tx, store.lock_visitors(tx.session, (), names), seen)


def look_again(tx: Transaction, item: DueItem) -> None:
    """Joins the activities of people whose inquiry was registered while a partner's activities were filed."""
    owners = _owners(tx, set(item.data["emails"]))
    names = {visitor_of_email(email): person_id for email, person_id in owners.items()}
    locked = store.lock_visitors(tx.session, (), names)
    seen = [
        Seen(name, Identification(tx.now, names[name], names[name]))
        for name, visitor in locked.items()
        if not visitor.identified
    ]
    visitors.identify(tx, locked, seen)


def _tell(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["person_id"] is None:
            continue
        told = Footmark(**{name: row[name] for name in FOOTMARK})
        # What was weighed is loaded, and newer than the row that was filed.
        weighed = tx.session.identity_map.get(tx.session.identity_key(Activity, row["id"]))
        if weighed is not None:
            told.signs, told.verdict = weighed.signs, weighed.verdict
        visitors.tell(tx, told)


def _account(tx: Transaction, one: Batch, body: bytes, filed: set[tuple[UUID, int]]) -> None:
    """One line of the ledger: received = stored + duplicate + refused."""
    stored = sum((one.receipt_id, place) in filed for place in range(len(one.steps)))
    tx.new(
        ActivityBatch,
        receipt_id=one.receipt_id,
        source=one.source,
        received_at=one.received_at,
        received=one.received,
        stored=stored,
        duplicate=len(one.steps) - stored,
        refused=len(one.refused),
        problems=[{"place": refused.place, "problem": refused.problem} for refused in one.refused],
        body=body if one.refused else None,
    )
    if one.refused:
        log.info("activities_refused", receipt_id=str(one.receipt_id), source=one.source, refused=len(one.refused))
