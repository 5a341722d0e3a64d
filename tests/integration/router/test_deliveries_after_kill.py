"""The process is killed between sending and recording: the lead goes again under the same key, and is never lost."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from deploy.demo.crms import FakeSalesforce
from deploy.stack.instance import REPOSITORY
from services.router.models import DeliveryRow
from shared.work import effects
from tests.integration.router.conftest import COMPANY
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, qualified
from tests.played_room import PlayedRoom

#: Claims, sends, and is killed before it can record; as a process of its own, on the same database.
KILLED = """
import os, signal, sys
from pathlib import Path
from services.router import service
from shared.database import engine as engines
from shared.database.unit_of_work import UnitOfWork
from shared.work import effects
from tests.played_room import MovedClock

room = service.room(Path(sys.argv[2]))
uow = UnitOfWork(engines.sessions(engines.create(sys.argv[1])), MovedClock())
(claimed,) = effects.claim_planned(uow, room, 10)
effects.perform(room, claimed)
os.kill(os.getpid(), signal.SIGKILL)
"""


def send_and_be_killed(router: PlayedRoom, company: Path) -> None:
    url = router.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), url, str(company)], cwd=REPOSITORY, env=dict(os.environ),
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


def lease_runs_out(router: PlayedRoom) -> None:
    """What another process does once nobody renews the claim."""
    with router.uow.begin() as tx:
        long_ago = "UPDATE effect SET claimed_at = claimed_at - interval '1 hour' WHERE state = 'claimed'"
        tx.session.execute(text(long_ago))
    assert effects.expire_claims(router.uow, router.room, timedelta(minutes=2)) == 1
    router.clock.forward(minutes=1)
    perform(router)


def row(router: PlayedRoom) -> dict[str, Any]:
    (one,) = router.rows(DeliveryRow)
    return one


def test_a_webhook_arrives_twice_under_one_id(delivering: PlayedRoom, dealer: DealerServer) -> None:
    lead = lead_in("50010", products=["compact-tractor"])
    delivering.hear(lead, qualified(lead))
    send_and_be_killed(delivering, COMPANY)
    assert (len(dealer.received), row(delivering)["state"]) == (1, "planned")

    lease_runs_out(delivering)
    first, second = dealer.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (row(delivering)["state"], row(delivering)["attempts"]) == ("delivered", 2)


def test_salesforce_has_one_record(
    delivering_by: Any, dealer: DealerServer, mail: MailServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEALER_SECRET", "not a real secret")
    crm = FakeSalesforce()
    dealer.sides["dealer.my.salesforce.com"] = crm.answer
    way = "{salesforce: https://dealer.my.salesforce.com, client: leadbus, secret: {env: DEALER_SECRET}}"
    router = delivering_by(f"[{way}]")
    lead = lead_in("50010")
    router.hear(lead, qualified(lead))
    send_and_be_killed(router, tmp_path / "company")
    lease_runs_out(router)

    assert len(crm.leads) == 1
    assert (row(router)["state"], row(router)["attempts"]) == ("delivered", 2)
    assert mail.received == []
