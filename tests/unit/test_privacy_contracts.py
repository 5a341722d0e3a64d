"""What of an event outlives its person."""

import dataclasses
from typing import Any

import orjson
import pytest

from shared.contracts import capture, schema
from shared.contracts.event import REGISTER, Event
from shared.contracts.people import Owner
from shared.contracts.privacy import KEPT_TEXTS, ids_in, scrubbed
from tests.builders import lead_registered, person, response
from tests.contract.examples import example

EVENTS = [pytest.param(event, id=f"{event.room}.{event.name}") for event in REGISTER.values()
          if event.__module__.startswith("shared.contracts.")]  # fmt: skip


def test_nothing_of_the_person_is_left_in_a_registration_and_every_figure_is() -> None:
    told = lead_registered(
        person=person(), response=response(message="call Ann", attribution={"gclid": "x7"}, answers={"need": "Ann's"})
    )

    left = scrubbed(capture.LeadRegistered, schema.dump(told))

    text = orjson.dumps(left).decode()
    assert not [word for word in ("Ann", "Lee", "leefarms", "515555", "Prairie Road", "x7", "60000") if word in text]
    assert left["lead_id"] == str(told.lead_id)
    assert left["response"]["source"] == "website-contact"
    assert left["response"]["products"] == ["grain-dryer"]
    assert left["response"]["received_at"] == schema.dump(told)["response"]["received_at"]


@pytest.mark.parametrize("event", EVENTS)
def test_a_scrubbed_event_still_keeps_its_contract(event: type[Event]) -> None:
    once = scrubbed(event, schema.dump(example(event)))

    assert scrubbed(event, once) == once
    schema.load(event, once)


@pytest.mark.parametrize("event", EVENTS)
def test_every_text_that_is_kept_is_known_to_be_harmless(event: type[Event]) -> None:
    left = scrubbed(event, schema.dump(example(event)))

    assert set(_texts(left)) <= KEPT_TEXTS


def test_the_ids_that_an_event_speaks_of_are_found() -> None:
    told = lead_registered()

    found = set(ids_in(schema.dump(told)))

    assert {str(told.person_id), str(told.lead_id), str(told.response.inquiry_id)} <= found
    assert not list(ids_in({"owner_id": "dealer-ames", "note_id": None, "name": "x"}))


def _texts(value: Any, name: str = "") -> list[str]:
    """Names of the fields whose values are words: neither ids nor times, states or an owner's own."""
    if isinstance(value, dict):
        if {"owner_id", "kind", "name"} <= value.keys() and len(value) >= len(dataclasses.fields(Owner)) - 4:
            return []
        return [found for key, one in value.items() for found in _texts(one, key)]
    if isinstance(value, list):
        return [found for one in value for found in _texts(one, name)]
    return [name] if isinstance(value, str) and " " in value else []
