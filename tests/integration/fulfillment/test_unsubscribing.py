"""Leaving by the link in a piece, and the room's answers to calls."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.fulfillment import service
from services.fulfillment.links import UnsubscribeLink
from services.fulfillment.models import Permission
from services.fulfillment.service import Service
from shared.contracts.errors import LinkInvalid
from shared.contracts.fulfillment import Unsubscribed
from tests.builders import NOON, lead_registered
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import consent, step
from tests.unit.fulfillment.builders import LINKS


@pytest.fixture
def calls(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The service's methods on this house."""
    monkeypatch.setattr(service, "links", lambda: LINKS)
    answering = Service()
    answering.runtime = SimpleNamespace(begin=house.uow.begin)  # type: ignore[assignment]
    return answering


def token_in(sink: MailSink) -> str:
    """The token of the last email's one-click header."""
    return str(sink.messages[-1]["List-Unsubscribe"]).strip("<>").rsplit("/", 1)[1]


def test_looking_at_the_page_changes_nothing(house: House, sink: MailSink, calls: Any) -> None:
    lead = lead_registered()
    house.hear(step(lead))
    house.send()

    for _ in range(3):
        answer = calls.describe_unsubscribe(token=token_in(sink))

    assert answer == {"channel": "email", "done": False, "masked_address": "a•••@leefarms.example"}
    assert house.rows(Permission) == []
    assert house.published(Unsubscribed) == []


def test_one_click_stops_what_is_already_planned(house: House, sink: MailSink, calls: Any) -> None:
    lead = lead_registered()
    house.hear(step(lead))
    house.send()
    house.hear(step(lead, "nurture-2-story", occasion="story"))

    answer = calls.unsubscribe(token=token_in(sink))
    house.send()

    assert answer["done"] is True
    assert len(sink.taken) == 1
    assert house.states() == {"nurture-1-guide": "sent", "nurture-2-story": "suppressed"}
    (told,) = house.published(Unsubscribed)
    assert (told.person_id, told.lead_id, told.channel, told.piece) == (
        lead.person_id, lead.lead_id, "email", "nurture-1-guide",
    )  # fmt: skip
    assert calls.describe_unsubscribe(token=token_in(sink))["done"] is True


def test_second_click_changes_nothing_and_tells_nobody(house: House, sink: MailSink, calls: Any) -> None:
    house.hear(step(lead_registered()))
    house.send()
    calls.unsubscribe(token=token_in(sink))
    said = house.rows(Permission)
    house.clock.forward(hours=1)

    assert calls.unsubscribe(token=token_in(sink))["done"] is True
    assert house.rows(Permission) == said
    assert len(house.published(Unsubscribed)) == 1


def test_clicks_at_the_same_moment_tell_once(house: House, sink: MailSink, calls: Any) -> None:
    house.hear(step(lead_registered()))
    house.send()
    token = token_in(sink)

    with ThreadPoolExecutor(8) as clicks:
        answers = list(clicks.map(lambda _: calls.unsubscribe(token=token), range(16)))

    assert all(answer["done"] for answer in answers)
    assert len(house.published(Unsubscribed)) == 1


def test_older_permission_does_not_undo_it_and_a_newer_one_does(house: House, sink: MailSink, calls: Any) -> None:
    lead = lead_registered()
    house.hear(step(lead))
    house.send()
    token = token_in(sink)
    calls.unsubscribe(token=token)

    house.hear(consent(lead, True, NOON.replace(hour=11)))
    assert calls.describe_unsubscribe(token=token)["done"] is True
    house.hear(consent(lead, True, NOON.replace(hour=13)))
    assert calls.describe_unsubscribe(token=token)["done"] is False


def test_somebody_whom_we_never_met_can_leave_too(house: House, calls: Any) -> None:
    token = LINKS.unsubscribe_token(UnsubscribeLink(UUID(int=1), "email", UUID(int=2)))

    assert calls.unsubscribe(token=token) == {"channel": "email", "done": True, "masked_address": None}
    assert house.rows(Permission)[0]["allowed"] is False


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", LINKS.response_url(UUID(int=1)).rsplit("/", 1)[1]])
def test_forged_link_is_refused(house: House, calls: Any, token: str) -> None:
    for call in (calls.describe_unsubscribe, calls.unsubscribe):
        with pytest.raises(LinkInvalid):
            call(token=token)


def test_ledger_counts_pieces_by_channel_and_state(house: House, sink: MailSink, calls: Any) -> None:
    sink.rcpt_answers = ["550 no"]
    house.hear(lead_registered())
    house.send()
    house.hear(lead_registered(), lead_registered())
    house.send()
    house.hear(lead_registered(), lead_registered())
    house.claim()

    assert calls.ledger() == {"counts": {"email.failed": 1, "email.sent": 2, "email.planned": 2, "email.claimed": 2}}
