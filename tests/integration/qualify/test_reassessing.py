"""After a publication the open leads are assessed anew, also when the process is killed in the midst of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.qualify.models import Profile, Reassessment, Score
from services.qualify.rulebooks import version_of
from services.qualify.usecases import reassessing
from shared.clock import write_offset
from shared.contracts.qualify import LeadScored
from tests.acceptance.qualify.conftest import COMPANY
from tests.acceptance.qualify.rule_desk import RuleDesk, leads
from tests.builders import NOON, enveloped, lead_registered, response
from tests.integration.plumbing.conftest import eventually
from tests.integration.qualify.told import READY

REPOSITORY = Path(__file__).parents[3]
RULES = (COMPANY / "rules.yml").read_text()
OWNER, NO_OWNER = 'points: 15, when: role == "owner"', 'points: 0, when: role == "owner"'
LEADS = 4 * reassessing.AT_ONCE + 20


def progress(desk: RuleDesk) -> tuple[int, bool]:
    """Leads that are done, and whether it has ended."""
    with desk.room.engine.connect() as connection:
        run = connection.execute(select(Reassessment.done, Reassessment.ended_at)).one()
    return run.done, run.ended_at is not None


def start(vhost: str, url: str, company: Path, log: Path) -> subprocess.Popen[bytes]:
    settings = {"LEADBUS_AMQP_URI": vhost, "LEADBUS_DATABASE_URL": url, "LEADBUS_COMPANY": str(company)}
    # The time of the test: rules may count the days that passed.
    write_offset(company / "clock", (NOON - datetime.now(UTC)).total_seconds())
    settings["LEADBUS_CLOCK_FILE"] = str(company / "clock")
    command = [sys.executable, "-m", "deploy.serve", "qualify"]
    with log.open("ab") as output:
        return subprocess.Popen(command, env=os.environ | settings, cwd=REPOSITORY, stdout=output, stderr=output)


def test_a_lead_that_came_in_while_rules_were_published_is_seen_as_well(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    desk = RuleDesk.on(room_database("qualify"), tmp_path, RULES)
    lead = lead_registered(response=response(answers=READY))
    desk.write(OWNER, NO_OWNER)
    desk.approve("marketing")
    desk.approve("sales")
    envelope = enveloped(lead)
    with desk.room.uow.begin() as tx:
        # It knows the rules of before the publication, and is not done when the open leads are looked at.
        desk.books.measuring(tx)
        desk.publish()
        desk.room.run_due()
        assert desk.room.room.preload is not None
        desk.room.room.preload(tx, [envelope])
        desk.room.room.hears[type(lead)](tx, envelope)
    desk.settle()

    assert desk.room.rows(Score)[-1]["rules_version"] == version_of(desk.text)


@pytest.mark.slow
def test_killed_in_the_midst_it_goes_on_where_it_was_and_tells_nothing_twice(
    vhost: str, room_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = room_database("qualify")
    company = tmp_path / "company"
    company.mkdir()
    desk = RuleDesk.on(url, company, RULES)
    told = leads(LEADS)
    desk.room.hear(*told)
    before = standings(desk)
    desk.write(OWNER, NO_OWNER)
    desk.approve("marketing")
    desk.approve("sales")
    desk.publish()
    expected = expected_after(desk)

    first = start(vhost, url, company, tmp_path / "log")
    eventually(lambda: progress(desk)[0] > 0, seconds=60)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    done, ended = progress(desk)
    assert 0 < done < LEADS
    assert not ended
    assert standings(desk) != expected

    second = start(vhost, url, company, tmp_path / "log")
    eventually(lambda: progress(desk)[1], seconds=90)
    second.terminate()
    assert second.wait(timeout=40) == 0, (tmp_path / "log").read_text()[-2000:]

    assert progress(desk) == (LEADS, True)
    assert standings(desk) == expected
    version = version_of(desk.text)
    with desk.room.engine.connect() as connection:
        scored = select(func.count()).select_from(Score).where(Score.rules_version == version)
        assert connection.scalar(scored) == sum(before[lead] != expected[lead] for lead in before) > 0
    desk.room.engine.dispose()


def standings(desk: RuleDesk) -> dict[Any, tuple[Any, ...]]:
    return {row["lead_id"]: (row["score"], row["rank"], row["decision"]) for row in desk.room.rows(Profile)}


def expected_after(desk: RuleDesk) -> dict[Any, tuple[Any, ...]]:
    """What a room says that never knew other rules."""
    from services.qualify.domain.decision import assess
    from services.qualify.usecases import recalling

    rules = desk.books.rules_of(desk.text)
    found: dict[Any, tuple[Any, ...]] = {}
    with desk.room.uow.begin() as tx:
        for row in desk.room.rows(Profile):
            profile = tx.get(Profile, row["lead_id"])
            assert profile is not None
            made = assess(recalling.history(tx, profile), rules, tx.now)
            assert made is not None
            found[profile.lead_id] = (made.score, made.rank, made.decision)
    return found


def test_a_newer_publication_takes_over(room_database: Callable[[str], str], tmp_path: Path) -> None:
    desk = RuleDesk.on(room_database("qualify"), tmp_path, RULES)
    desk.room.hear(*leads(10))
    before = standings(desk)
    desk.write(OWNER, NO_OWNER)
    desk.approve("marketing")
    desk.approve("sales")
    desk.publish()
    desk.revert()
    desk.settle()

    assert standings(desk) == before
    runs = {row["number"]: (row["done"], row["ended_at"] is not None) for row in desk.room.rows(Reassessment)}
    assert runs == {2: (0, True), 3: (10, True)}
    assert len(desk.room.published(LeadScored)) == 10
    desk.room.engine.dispose()
