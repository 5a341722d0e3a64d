"""Leads that a sales manager's tools give to somebody else."""

from uuid import uuid4

from shared.contracts import calls
from shared.contracts.calls import ReassignReply, ReassignVerdict
from tests.unit.gateway.conftest import Desk

LEAD = uuid4()
MOVED = ReassignReply(
    verdicts=[ReassignVerdict(lead_id=LEAD, done=True, owner_id="ames", owner_name="Ames", because="by hand")]
)


def test_leads_are_moved_under_the_name_of_who_asks(desk: Desk) -> None:
    desk.rooms.replies[calls.REASSIGN] = MOVED
    said = {"lead_ids": [str(LEAD)], "to": "ames", "because": "holiday", "by": "Pat"}
    found = desk.client.post("/v1/leads/reassign", json=said, headers=desk.key("assign"))

    assert (found.status_code, found.get_json()["verdicts"][0]["done"]) == (200, True)
    name, fields = desk.rooms.calls[-1]
    assert (name, fields["lead_ids"], fields["to"]) == ("router.reassign", [LEAD], "ames")
    assert fields["by"].startswith("Pat (")


def test_who_may_only_read_moves_nothing(desk: Desk) -> None:
    said = {"lead_ids": [str(LEAD)], "because": "holiday"}
    assert desk.client.post("/v1/leads/reassign", json=said, headers=desk.key("read")).status_code == 403
    assert desk.rooms.calls == []


def test_what_is_no_request_is_said_so(desk: Desk) -> None:
    found = desk.client.post("/v1/leads/reassign", json={"lead_ids": "all"}, headers=desk.key("assign"))
    assert found.status_code == 422
