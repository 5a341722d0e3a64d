"""Deliveries over HTTP: JSON for programs, pages for people, and nothing that another site could post."""

import base64
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts import calls
from shared.contracts.calls import (
    Channel,
    ChannelReply,
    DeliveriesReply,
    DeliveryLine,
    ReplayedReply,
    TryReply,
)
from shared.contracts.errors import NotAllowed, NotFound
from tests.unit.gateway.conftest import Desk, FixedClock

AT = FixedClock().now()
HOSTILE = "<script>alert(1)</script>\"'"
PATH = "/deliveries/river-bend/salesforce"


def channel(**over: Any) -> Channel:
    values: dict[str, Any] = {
        "owner_id": "river-bend", "owner_name": HOSTILE, "way": "salesforce", "goes_to": "https://x.my.salesforce.com",
        "state": "disabled", "because": HOSTILE, "disabled_at": AT, "failing_since": AT, "not_before": AT, "parked": 2,
    }  # fmt: skip
    return Channel(**(values | over))


@pytest.fixture
def page(desk: Desk) -> dict[str, str]:
    """Headers of a browser that was given a key as the password."""
    line = DeliveryLine(
        key="deliver/1/salesforce", lead_id=uuid4(), notice="lead", state="failed", attempts=3, answer=HOSTILE,
        far_id=HOSTILE, planned_at=AT, next_attempt_at=AT + timedelta(hours=1),
    )  # fmt: skip
    desk.rooms.replies |= {
        calls.DELIVERIES: DeliveriesReply(channels=[channel(), channel(state="open"), channel(state="closed")]),
        calls.DELIVERY_CHANNEL: ChannelReply(channel=channel(), deliveries=[line]),
        calls.TRY_DELIVERY: TryReply(key="test/1/salesforce"),
        calls.REPLAY_DELIVERIES: ReplayedReply(replayed=2),
        calls.ENABLE_DELIVERY: ReplayedReply(replayed=2),
    }
    text = desk.key("manage")["Authorization"].removeprefix("Bearer ")
    return {"Authorization": f"Basic {base64.b64encode(f'Olga:{text}'.encode()).decode()}", "Accept": "text/html"}


def made(desk: Desk, call: str) -> dict[str, Any]:
    """The fields of the last such call."""
    return [fields for name, fields in desk.rooms.calls if name == call][-1]


def test_programs_list_look_try_replay_and_enable(desk: Desk, page: dict[str, str]) -> None:
    headers = desk.key("manage")
    assert len(desk.client.get("/v1/deliveries?troubled=true", headers=headers).json["channels"]) == 3
    assert made(desk, "router.deliveries") == {"owner_id": None, "troubled": True}
    assert desk.client.get(f"/v1{PATH}?limit=5", headers=headers).json["deliveries"][0]["attempts"] == 3
    assert made(desk, "router.delivery_channel")["limit"] == 5
    assert desk.client.post(f"/v1{PATH}/test", json={"by": "Olga"}, headers=headers).json["key"] == "test/1/salesforce"
    assert re.fullmatch(r"Olga \(.+\)", made(desk, "router.try_delivery")["by"])
    assert desk.client.post(f"/v1{PATH}/replay", json={"keys": ["a"]}, headers=headers).json["replayed"] == 2
    assert made(desk, "router.replay_deliveries")["keys"] == ["a"]
    assert desk.client.post(f"/v1{PATH}/enable", json={"replay": True}, headers=headers).json["replayed"] == 2
    assert made(desk, "router.enable_delivery")["replay"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("replay", {"keys": "a"}),
        ("replay", {"keys": [1]}),
        ("replay", {"keys": ["a"] * 501}),
        ("enable", {"replay": "yes"}),
    ],
)
def test_what_is_not_meant_so_is_refused(desk: Desk, page: dict[str, str], path: str, body: dict[str, Any]) -> None:
    answer = desk.client.post(f"/v1{PATH}/{path}", json=body, headers=desk.key("manage"))

    assert answer.status_code == 422


def test_pages_show_what_a_far_side_wrote_as_text(desk: Desk, page: dict[str, str]) -> None:
    for path in ("/deliveries", PATH):
        html = desk.client.get(path, headers=page).text
        assert HOSTILE not in html
        assert "&lt;script&gt;" in html
        assert "Disabled" in html
    assert "Send a test lead" in html
    assert "Use it again" in html


@pytest.mark.parametrize(
    ("button", "call", "said"),
    [
        ("test", "router.try_delivery", "A made-up lead is on its way"),
        ("replay", "router.replay_deliveries", "2 deliveries are on their way again"),
        ("enable", "router.enable_delivery", "It is used again"),
    ],
)
def test_buttons_act_once_for_who_saw_the_page(
    desk: Desk, page: dict[str, str], button: str, call: str, said: str
) -> None:
    shown = desk.client.get(PATH, headers=page).text
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', shown)
    assert found
    form = {"form_token": found[1], "replay": "yes"}
    assert desk.client.post(f"{PATH}/{button}", data={"form_token": "0" * 64}, headers=page).status_code == 403

    answer = desk.client.post(f"{PATH}/{button}", data=form, headers=page)
    assert answer.status_code == 303
    assert made(desk, call)["owner_id"] == "river-bend"
    assert said in desk.client.get(answer.headers["Location"], headers=page).text


def test_what_is_disabled_is_not_replayed_and_what_is_not_there_is_not_found(desk: Desk, page: dict[str, str]) -> None:
    token = re.search(r'form_token" value="([0-9a-f]+)"', desk.client.get(PATH, headers=page).text)
    assert token
    desk.rooms.replies[calls.REPLAY_DELIVERIES] = NotAllowed("This way is disabled: enable it first.")
    answer = desk.client.post(f"{PATH}/replay", data={"form_token": token[1]}, headers=page)
    assert "must be enabled first" in desk.client.get(answer.headers["Location"], headers=page).text
    desk.rooms.replies[calls.DELIVERY_CHANNEL] = NotFound("There is no owner 'x'.")
    assert desk.client.get("/deliveries/x/fax", headers=page).status_code == 404
