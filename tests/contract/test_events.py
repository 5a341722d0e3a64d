"""Events: every one is described, sampled, heard under a contract, and read by yesterday's and tomorrow's rooms."""

from pathlib import Path

import pytest

from shared.contracts import envelope
from shared.contracts.errors import ContractViolation
from shared.contracts.event import Event
from tests.contract import documents
from tests.contract.documents import declared_events, events_page, sample_path
from tests.contract.examples import NOON, example, least
from tests.contract.rooms import NAMES, rooms, services

HOW = "run: python -m tests.contract.documents"
EVENTS = [pytest.param(event, id=f"{event.room}.{event.name}") for event in declared_events()]
SAMPLES = [pytest.param(path, id=path.stem) for path in sorted(documents.SAMPLES.glob("*.json"))]


def test_every_room_is_there() -> None:
    assert sorted(services()) == sorted(NAMES)


def test_every_event_that_a_room_hears_has_a_contract() -> None:
    declared = set(declared_events())

    strangers = {f"{name}: {event}" for name, room in rooms().items() for event in room.hears if event not in declared}
    assert strangers == set()


def test_no_room_hears_itself_but_the_journal() -> None:
    own = {f"{name}.{event.name}" for name, room in rooms().items() for event in room.hears if event.room == name}
    assert {one for one in own if not one.startswith("analytics.")} == set()


def test_analytics_hears_every_event() -> None:
    assert set(rooms()["analytics"].hears) == set(declared_events())


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_says_what_it_means(event: type[Event]) -> None:
    # A dataclass without a docstring gets its signature as one.
    assert event.__doc__
    assert not event.__doc__.startswith(f"{event.__name__}(")


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_survives_the_wire(event: type[Event]) -> None:
    for told in (example(event), least(event)):
        sent = envelope.wrap(told, id=documents.EXAMPLES, time=NOON, correlation_id=documents.EXAMPLES)

        assert envelope.decode(envelope.encode(sent)).data == told


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_has_a_sample_of_its_version(event: type[Event]) -> None:
    assert sample_path(event).exists(), HOW


@pytest.mark.parametrize("path", SAMPLES)
def test_what_was_sent_before_can_still_be_read(path: Path) -> None:
    read = envelope.decode(path.read_bytes())

    room, name, version = path.stem.split(".")
    assert (read.source, read.type, f"v{read.dataversion}") == (room, name, version)
    assert isinstance(read.data, read.contract)


@pytest.mark.parametrize("path", SAMPLES)
def test_a_field_of_tomorrow_is_no_obstacle(path: Path) -> None:
    read = envelope.decode(path.read_bytes())
    later = envelope.wrap(read.data, id=read.id, time=read.time, correlation_id=read.correlation_id)
    later.raw["a_field_of_tomorrow"] = 1  # type: ignore[index]

    assert later.data == read.data


@pytest.mark.parametrize("event", EVENTS)
def test_a_message_without_a_field_that_must_be_there_is_refused_by_name(event: type[Event]) -> None:
    whole = envelope.wrap(least(event), id=documents.EXAMPLES, time=NOON, correlation_id=documents.EXAMPLES)
    missing = next(iter(whole.raw))
    broken = envelope.decode(
        envelope.encode(whole).replace(f'"data":{{"{missing}"'.encode(), b'"data":{"something_else"')
    )

    with pytest.raises(ContractViolation, match=missing):
        _ = broken.data


def test_docs_events_is_current() -> None:
    assert documents.EVENTS.read_text() == events_page(), HOW
