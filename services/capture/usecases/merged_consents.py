"""What two people who become one allow and refuse together, and what each of them holds to when they are two again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.capture.domain.consent import Standing, Statement, standing
from services.capture.models import ConsentStatement, Person, PersonMerge
from services.capture.store import matching as store
from shared.contracts.capture import ConsentChanged
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

_MERGE, _UNMERGE = "merge", "unmerge"


def what_holds(tx: Transaction, person: Person) -> list[Standing]:
    """What holds of all that was said of a person, and of the refusals that merges brought which stand."""
    rows = store.statements_of(tx.session, person.id)
    undone = {f"{why}:{merge_id}" for merge_id in _undone(tx, rows) for why in (_MERGE, _UNMERGE)}
    return standing(Statement.of(row) for row in rows if row.origin not in undone)


def _undone(tx: Transaction, rows: Sequence[ConsentStatement]) -> set[UUID]:
    """Merges that these statements speak of and that stand no more."""
    told = {UUID(name) for why, _, name in (row.origin.partition(":") for row in rows) if why in (_MERGE, _UNMERGE)}
    return store.undone_among(tx.session, told)


def hold_the_strictest(
    tx: Transaction, row: PersonMerge, person: Person, before: tuple[list[Standing], list[Standing]]
) -> None:
    """What one of the two refused, the person refuses; what one agreed to and the other never refused, they allow.

    A yes that waits to be confirmed is no word yet, and goes on waiting.
    """
    own, brought = ({(one.channel, one.purpose): one for one in said if not one.pending} for said in before)
    for channel, purpose in sorted({*own, *brought}):
        words = [said[channel, purpose] for said in (own, brought) if (channel, purpose) in said]
        if all(word.allowed for word in words):
            if (channel, purpose) not in own:
                told = words[0]
                _tell_consent(tx, person, channel, purpose, True, f"{_MERGE}:{row.id}", told.since)
            continue
        if any(word.allowed for word in words):
            _state(tx, row, person, channel, purpose, False, _MERGE)
        _tell_consent(tx, person, channel, purpose, False, f"{_MERGE}:{row.id}", tx.now)


def hold_their_own(tx: Transaction, row: PersonMerge, person: Person, joint: Sequence[Standing]) -> None:
    """What each said holds again. `joint` is what held of both under this person's id.

    Who never said anything themselves refuses from now on: others were told of a yes or a no that was not theirs, and
    to write to them would be a guess.
    """
    holds = {(one.channel, one.purpose): one.allowed for one in what_holds(tx, person) if not one.pending}
    for one in joint:
        if not one.pending:
            holds.setdefault((one.channel, one.purpose), False)
    every = store.statements_of(tx.session, person.id)
    now = {(one.channel, one.purpose): one.allowed for one in standing(Statement.of(each) for each in every)}
    for (channel, purpose), allowed in sorted(holds.items()):
        if now.get((channel, purpose)) != allowed:
            _state(tx, row, person, channel, purpose, allowed, _UNMERGE)
        _tell_consent(tx, person, channel, purpose, allowed, f"{_UNMERGE}:{row.id}", tx.now)


def _state(
    tx: Transaction, row: PersonMerge, person: Person, channel: str, purpose: str, allowed: bool, why: str
) -> None:
    tx.add(
        ConsentStatement(
            id=derived_id(row.id, why, str(person.id), channel, purpose),
            person_id=person.id,
            channel=channel,
            purpose=purpose,
            allowed=allowed,
            changed_at=tx.now,
            origin=f"{why}:{row.id}",
        )
    )


def _tell_consent(
    tx: Transaction, person: Person, channel: str, purpose: str, allowed: bool, origin: str, at: datetime
) -> None:
    tx.emit(
        ConsentChanged(
            person_id=person.id,
            channel=channel,  # type: ignore[arg-type]
            purpose=purpose,
            allowed=allowed,
            changed_at=at,
            origin=origin,
        ),
        key=f"{origin}/{person.id}/{channel}/{purpose}",
    )
