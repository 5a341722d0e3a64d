"""The calls of screening as they go over the wire: fields in, plain documents out."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.qualify.rpc.screening import ScreeningCalls
from shared.contracts.errors import NotAllowed, NotFound
from shared.contracts.qualify import LeadQualified
from tests.builders import lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.screened import WORTH_A_CALL
from tests.played_room import PlayedRoom


@pytest.fixture
def wire(qualification: PlayedRoom) -> Any:
    """The methods of the service, without a broker."""
    service = ScreeningCalls()
    service.runtime = SimpleNamespace(begin=qualification.uow.begin, company=COMPANY)  # type: ignore[assignment]
    return service


def queued(room: PlayedRoom) -> UUID:
    lead = lead_registered(person=person(), response=response(answers=WORTH_A_CALL))
    room.hear(lead)
    return lead.lead_id


def test_a_lead_goes_from_the_queue_into_a_hand_and_to_sales(qualification: PlayedRoom, wire: Any) -> None:
    lead_id = queued(qualification)
    assert wire.screening_queues()["queues"][0] | {"oldest_due_at": None} == {
        "queue": "telephone", "waiting": 1, "claimed": 0, "later": 0, "overdue": 0, "oldest_due_at": None,
    }  # fmt: skip

    taken = wire.claim_screening(by="ann", queue="telephone")["screening"]
    assert (taken["entry"]["lead_id"], taken["entry"]["state"]) == (str(lead_id), "claimed")
    assert taken["score"]["score"] > 0
    assert wire.claim_screening(by="bob")["screening"] is None
    assert wire.screening(lead_id=str(lead_id), by="bob")["claim"] is None

    done = wire.report_screening(
        lead_id=str(lead_id),
        claim=taken["claim"],
        by="ann",
        outcome="qualified",
        note="Yes.",
        answers={"budget": "60k"},
    )
    assert (done["changed"], done["entry"]["state"], done["score"]["decision"]) == (True, "done", "qualified")
    assert len(qualification.published(LeadQualified)) == 1
    [note] = wire.screening(lead_id=str(lead_id))["notes"]
    assert (note["by"], note["text"]) == ("ann", "Yes.")


def test_a_supervisor_puts_a_lead_back(qualification: PlayedRoom, wire: Any) -> None:
    lead_id = queued(qualification)
    wire.claim_screening(by="ann")
    with pytest.raises(NotAllowed):
        wire.release_screening(lead_id=str(lead_id), by="bob", claim=str(uuid4()))

    assert wire.release_screening(lead_id=str(lead_id), by="chief")["entry"]["state"] == "waiting"
    assert wire.claim_screening(by="bob")["screening"]["entry"]["claimed_by"] == "bob"


@pytest.mark.parametrize("method", ["screening", "release_screening", "reply_form"])
def test_a_lead_that_nobody_heard_of_is_not_found(wire: Any, method: str) -> None:
    fields = {"by": "ann"} if method != "reply_form" else {}
    with pytest.raises(NotFound):
        getattr(wire, method)(lead_id=str(uuid4()), **fields)


def test_a_reply_form_asks_little(qualification: PlayedRoom, wire: Any) -> None:
    form = wire.reply_form(lead_id=str(queued(qualification)), language="en-US")

    assert [question["answer"] for question in form["questions"]] == ["budget", "need", "timing"]
    assert form["questions"][2]["choices"]["now"] == "This month"
