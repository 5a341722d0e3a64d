"""Training as a job of its own: reads closed leads, learns, keeps the model, puts it to work where nothing is in doubt.

`python -m services.qualify.prediction.learning.job` in a container; `leadbus prediction train` does the same.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.qualify.prediction import store
from services.qualify.prediction.examples import Example, example_of
from services.qualify.prediction.learning.candidates import NothingToLearn
from services.qualify.prediction.learning.table import Table
from services.qualify.prediction.learning.training import (
    TooFewOutcomes,
    Trained,
    check_minimum,
    steps_of_training,
    train,
)
from services.qualify.prediction.settings import Settings, load_settings
from services.qualify.rulebooks import RuleBooks
from services.qualify.usecases import prediction
from shared import clock, settings
from shared.clock import Clock
from shared.contracts import calls
from shared.database import engine as engines
from shared.database.unit_of_work import UnitOfWork

#: Told of what is done, how much of it, and how much there is.
Progress = Callable[[str, int, int], None]
NICENESS = 10


@dataclass(frozen=True)
class Done:
    """What a run came to. `trained` is None when it was not time, which `because` says."""

    trained: Trained | None
    at_work: bool
    because: str


@dataclass(frozen=True)
class Job:
    """One run over one company's leads."""

    url: str
    company: Path
    wanted: Settings
    by: str
    clock: Clock

    def run(self, progress: Progress, *, only_when_due: bool = False, activate: bool = True, keep: bool = True) -> Done:
        """Learns and keeps. Raises TooFewOutcomes or NothingToLearn."""
        engine = engines.create(self.url, pool_size=1, application="leadbus-prediction")
        try:
            uow = UnitOfWork(engines.sessions(engine), self.clock)
            with uow.begin() as tx:
                known = prediction.shown(tx, self.wanted)
            if only_when_due and not known.due:
                return Done(None, False, known.missing or "it is not time to train")
            check_minimum(known.won, known.won + known.lost, self.wanted)
            table = self._read(uow.sessions, known.won + known.lost, progress)
            trained = self._learn(table, known.won + known.lost, progress)
            return self._keep(uow, trained, activate) if keep else Done(trained, False, "nothing was kept")
        finally:
            engine.dispose()

    def _read(self, sessions: sessionmaker[Session], closed: int, progress: Progress) -> Table:
        books = RuleBooks(self.company)
        with sessions() as session:
            book = books.live(session)
        wanted = min(closed, self.wanted.sample)

        def examples() -> Iterator[Example]:
            leads = store.closed_leads(sessions, self.wanted.sample / closed)
            for number, (lead_id, history) in enumerate(leads, 1):
                example = example_of(history, book.rules_for(lead_id), self.wanted.window)
                if example is not None:
                    yield example
                if number % store.AT_ONCE == 0:
                    progress("reading leads", min(number, wanted), wanted)

        table = Table.of(examples())
        progress("reading leads", wanted, wanted)
        return table

    def _learn(self, table: Table, closed: int, progress: Progress) -> Trained:
        steps, done = steps_of_training(table), 0

        def step(name: str) -> None:
            nonlocal done
            done += 1
            progress(f"learning: {name}", done, steps)

        trained = train(table, self.wanted, step)
        trained.card["examples"] |= {"closed": closed, "of_a_sample": closed > self.wanted.sample}
        return trained

    def _keep(self, uow: UnitOfWork, trained: Trained, activate: bool) -> Done:
        with uow.begin() as tx:
            prediction.keep(tx, trained.model, trained.card, self.by)
            if not activate:
                return Done(trained, False, "kept, not put to work: that was asked for")
            if trained.doubts:
                return Done(trained, False, "kept, not put to work: somebody has to answer its doubts first")
            wanted = calls.ActivatePredictionRequest(version=trained.model.version, by=self.by)
            prediction.activate(tx, wanted)
            return Done(trained, True, "at work")


def main(argv: list[str]) -> int:
    """Runs with the settings of the room. Returns 0, 1 when something is missing, 3 when somebody has to look."""
    parser = argparse.ArgumentParser(prog="prediction", description="Learn from won and lost leads.")
    parser.add_argument("--when-due", action="store_true", help="do nothing unless it is time")
    parser.add_argument("--by", default="schedule")
    given = parser.parse_args(argv)
    os.nice(NICENESS)
    company = Path(settings.get("LEADBUS_COMPANY"))
    job = Job(
        url=settings.get("LEADBUS_DATABASE_URL"),
        company=company,
        wanted=load_settings(company),
        by=given.by,
        clock=clock.from_setting(settings.get("LEADBUS_CLOCK_FILE")),
    )
    try:
        done = job.run(lambda *_: None, only_when_due=given.when_due)
    except (TooFewOutcomes, NothingToLearn) as problem:
        print(f"prediction: {problem}", file=sys.stderr)
        return 1
    version: Any = done.trained.model.version if done.trained else None
    print(f"prediction: {version or 'nothing learnt'}: {done.because}")
    for doubt in done.trained.doubts if done.trained else ():
        print(f"prediction: {doubt}", file=sys.stderr)
    return 3 if done.trained and done.trained.doubts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
