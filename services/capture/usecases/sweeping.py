"""Looks again at everybody who was registered, in that order: what the look at the desk could not see is seen here.

Two processes that meet the same new person in one moment make two people of them, each without knowing of the other;
and whoever was registered by an older release has no candidate keys. The sweep begins with the first person ever, so
that an upgraded installation is caught up in batches, and then follows those who come.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from services.capture.domain.matching import blocking
from services.capture.domain.matching.particulars import particulars
from services.capture.store import matching as store
from services.capture.store import sweeping
from services.capture.store.sweeping import Place
from services.capture.usecases import people
from services.capture.usecases.matching import Lookout
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()

SWEEP, EVERYBODY = "sweep_people", "everybody"
#: People looked at in one transaction.
AT_ONCE = 300
#: The registration of a batch has ended this long after it began, and is seen by all.
SETTLED = timedelta(minutes=2)
#: Two who were registered no further apart may not have known of each other.
TOGETHER = timedelta(minutes=5)
EVERY = timedelta(minutes=1)

_BEGINNING = Place(datetime.min.replace(tzinfo=UTC), UUID(int=0))


def begin(tx: Transaction) -> None:
    """Starts the sweep where none is on its way."""
    if not sweeping.is_scheduled(tx.session, SWEEP):
        tx.schedule(SWEEP, EVERYBODY, tx.now)


def sweep(tx: Transaction, item: DueItem) -> None:
    """Looks at the next people, and goes on: at once while there are more, else when others may have come."""
    after = Place(datetime.fromisoformat(item.data["at"]), UUID(item.data["id"])) if item.data else _BEGINNING
    found = sweeping.next_people(tx.session, after, tx.now - SETTLED, AT_ONCE)
    if found:
        keys = sweeping.keys_of(tx.session, [place.person_id for place in found])
        _file_missing_keys(tx, [place.person_id for place in found if place.person_id not in keys])
        for person_id in _not_compared(tx, found, keys):
            people.compare(tx, person_id)
        after = found[-1]
    again = tx.now if len(found) == AT_ONCE else tx.now + EVERY
    tx.schedule(SWEEP, EVERYBODY, again, {"at": after.at.isoformat(), "id": str(after.person_id)})


def _file_missing_keys(tx: Transaction, persons: list[UUID]) -> None:
    """Makes candidates of people without keys, and has those compared who are like somebody."""
    known = {person_id: facts for person_id, (_, facts) in store.facts_by_person(tx.session, persons).items()}
    blocks = []
    for person_id, facts in known.items():
        who = particulars(facts)
        blocks += [(blocking.hashed(key), person_id) for key in (*blocking.keys(who), *blocking.firms(who))]
    store.file_blocks(tx.session, blocks)
    lookout = Lookout()
    lookout.look_up(tx, known)
    for person_id in known:
        if any(one.person_id != person_id for one in lookout.likely(person_id)):
            people.compare(tx, person_id)
    if blocks:
        log.info("people_made_candidates", people=len(known))


def _not_compared(tx: Transaction, found: list[Place], keys: dict[UUID, list[int]]) -> list[UUID]:
    """Those who share a key with somebody registered at the same time, and are so like them that it matters."""
    holders = store.holders(tx.session, {key for own in keys.values() for key in own})
    beside = {
        place.person_id: {other for key in keys.get(place.person_id, ()) for other in holders.get(key, ())}
        for place in found
    }
    others = set().union(*beside.values())
    recent = sweeping.registered_between(tx.session, others, found[0].at - TOGETHER, found[-1].at + TOGETHER)
    close = {person_id for person_id, near in beside.items() if (near & recent) - {person_id}}
    lookout = Lookout()
    lookout.look_up(tx, {each: facts for each, (_, facts) in store.facts_by_person(tx.session, close).items()})
    return sorted(
        each for each in close if any(one.person_id != each and one.person_id in recent for one in lookout.likely(each))
    )
