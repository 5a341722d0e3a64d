"""Work with a time: run once, by one replica, at its time; tried again, parked, never lost."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from shared.database import engine as engines
from shared.database.plumbing import DUE
from shared.database.unit_of_work import Transaction, UnitOfWork
from shared.messaging.failures import RetryPolicy
from shared.room import DueItem, Room
from shared.work.due import run_due

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = RetryPolicy((10, 60), jitter=0)


class Diary:
    """A clock that tests move, and what was run."""

    def __init__(self) -> None:
        self.time = START
        self.ran: list[str] = []
        self.lock = threading.Lock()

    def now(self) -> datetime:
        return self.time

    def step(self, tx: Transaction, item: DueItem) -> None:
        if item.data.get("fails"):
            raise RuntimeError("asked to")
        if item.data.get("again"):
            tx.schedule("step", item.key, tx.now + timedelta(days=1), {"again": item.data["again"] - 1})
        with self.lock:
            self.ran.append(item.key)

    @property
    def room(self) -> Room:
        return Room(name="toy", hears={}, due={"step": self.step})


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def uow(toy_url: str, diary: Diary) -> Iterator[UnitOfWork]:
    engine = engines.create(toy_url)
    yield UnitOfWork(engines.sessions(engine), diary)
    engine.dispose()


def schedule(uow: UnitOfWork, key: str, after: timedelta, **data: object) -> None:
    with uow.begin() as tx:
        tx.schedule("step", key, START + after, data)


def test_work_runs_at_its_time_and_once(uow: UnitOfWork, diary: Diary) -> None:
    schedule(uow, "later", timedelta(days=2))
    schedule(uow, "now", timedelta(0))
    assert run_due(diary.room, uow, POLICY) == 1
    assert run_due(diary.room, uow, POLICY) == 0
    diary.time += timedelta(days=730)
    run_due(diary.room, uow, POLICY)
    run_due(diary.room, uow, POLICY)

    assert diary.ran == ["now", "later"]


def test_a_later_schedule_moves_the_work_and_unschedule_drops_it(uow: UnitOfWork, diary: Diary) -> None:
    schedule(uow, "moved", timedelta(0))
    schedule(uow, "moved", timedelta(days=1))
    schedule(uow, "dropped", timedelta(0))
    with uow.begin() as tx:
        tx.unschedule("step", "dropped")
    run_due(diary.room, uow, POLICY)
    assert diary.ran == []
    diary.time += timedelta(days=2)
    run_due(diary.room, uow, POLICY)

    assert diary.ran == ["moved"]


def test_work_may_schedule_itself_again(uow: UnitOfWork, diary: Diary) -> None:
    schedule(uow, "a", timedelta(0), again=2)
    for _ in range(5):
        run_due(diary.room, uow, POLICY)
        diary.time += timedelta(days=1)

    assert diary.ran == ["a", "a", "a"]


def test_replicas_share_the_work(uow: UnitOfWork, diary: Diary) -> None:
    for number in range(200):
        schedule(uow, f"key-{number:03}", timedelta(0))

    def replica() -> None:
        while run_due(diary.room, uow, POLICY, limit=9):
            pass

    threads = [threading.Thread(target=replica) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(diary.ran) == [f"key-{number:03}" for number in range(200)]


def test_work_that_fails_waits_longer_each_time_and_is_parked_while_the_rest_runs(
    uow: UnitOfWork, diary: Diary
) -> None:
    schedule(uow, "bad", timedelta(0), fails=True)
    schedule(uow, "good", timedelta(0))
    run_due(diary.room, uow, POLICY)
    assert diary.ran == ["good"]
    for seconds in (9, 2, 61, 3600):
        diary.time += timedelta(seconds=seconds)
        run_due(diary.room, uow, POLICY)

    with uow.sessions() as session:
        row = session.execute(select(DUE)).one()
    assert (row.key, row.state, row.attempts) == ("bad", "parked", 3)
    assert "asked to" in row.error


@pytest.fixture
def lead(uow: UnitOfWork) -> UUID:
    """A row that a handler and other work both want."""
    lead_id = uuid4()
    with uow.begin() as tx:
        tx.session.execute(text("INSERT INTO tally VALUES (:id, 0)"), {"id": lead_id})
    return lead_id


@pytest.mark.parametrize("moves", [True, False], ids=["moved", "dropped"])
def test_whoever_holds_a_row_may_move_its_work_while_that_waits_for_the_row(
    uow: UnitOfWork, diary: Diary, lead: UUID, moves: bool
) -> None:
    schedule(uow, str(lead), timedelta(0))
    taken, failures = threading.Event(), []

    def step(tx: Transaction, item: DueItem) -> None:
        taken.set()
        hold(tx, lead)
        tx.session.execute(text("UPDATE tally SET times = times + 1 WHERE lead_id = :id"), {"id": lead})

    def work() -> None:
        try:
            run_due(Room(name="toy", hears={}, due={"step": step}), uow, POLICY)
        except BaseException as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    with uow.begin() as tx:
        hold(tx, lead)
        worker.start()
        assert taken.wait(timeout=30)
        wait_until_somebody_waits_for_a_lock(uow)
        # Sooner than PostgreSQL looks for deadlocks, ends one of the two, and so makes it pass after all.
        tx.session.execute(text("SET LOCAL lock_timeout = '300ms'"))
        if moves:
            tx.schedule("step", str(lead), START + timedelta(days=1))
        else:
            tx.unschedule("step", str(lead))
    worker.join(timeout=30)

    assert failures == []
    with uow.sessions() as session:
        rows = session.execute(select(DUE.c.due_at, DUE.c.attempts)).all()
        times = session.scalar(text("SELECT times FROM tally WHERE lead_id = :id"), {"id": lead})
    assert times == 0
    assert rows == ([(START + timedelta(days=1), 0)] if moves else [])


def hold(tx: Transaction, lead_id: UUID) -> None:
    tx.session.execute(text("SELECT 1 FROM tally WHERE lead_id = :id FOR UPDATE"), {"id": lead_id})


def wait_until_somebody_waits_for_a_lock(uow: UnitOfWork) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with uow.sessions() as session:
            if session.scalar(query):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_work_that_is_asked_for_again_while_it_runs_runs_again_even_for_the_same_moment(
    uow: UnitOfWork, diary: Diary
) -> None:
    schedule(uow, "anew", timedelta(0))
    ran = []

    def step(tx: Transaction, item: DueItem) -> None:
        ran.append(item.key)
        if len(ran) == 1:
            # Somebody learns something meanwhile, at this very moment of business time.
            schedule(uow, "anew", timedelta(0))

    room = Room(name="toy", hears={}, due={"step": step})
    for _ in range(3):
        run_due(room, uow, POLICY)

    assert len(ran) >= 2, "what was learnt after the first run began is acted upon"
    with uow.sessions() as session:
        assert session.execute(select(DUE.c.key)).all() == []
