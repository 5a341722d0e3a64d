"""Writes what is derived from the contracts: `python -m tests.contract.documents`.

Samples are only added, one per event and version, and kept for ever: they are what yesterday's rooms sent.
docs/events.md and docs/settings.md are written anew.
"""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import uuid5

import orjson

from shared import contracts  # noqa: F401 - declares the events
from shared.contracts import envelope
from shared.contracts.event import REGISTER, Event
from shared.settings import SETTINGS, Setting
from tests.contract.examples import EXAMPLES, NOON, example
from tests.contract.rooms import rooms

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"
EVENTS = ROOT / "docs" / "events.md"
SETTINGS_PAGE = ROOT / "docs" / "settings.md"

EVENTS_HEAD = """\
# Events

What rooms tell each other. Every event goes to the topic exchange `<room>.events` under its own name, wrapped in one
envelope with CloudEvents 1.0 names: `id`, `source`, `type`, `time`, `subject`, `dataversion`, `leadid`, `personid`,
`correlationid`, `causationid`, `traceparent`, `data`. Changes are additive; what cannot be is a new event. One sample
of every version is kept in `tests/contract/samples/` and must load for ever. A `?` marks a field that may be null.

Analytics hears everything. This page is written by `python -m tests.contract.documents`.
"""

SETTINGS_HEAD = """\
# Settings

Read from the environment by every process, once, at its start. A setting without a default must be given where it is
needed: a room needs the broker and its own database, the gateway the broker alone.

`LEADBUS_SECRET` must be the same for capture, router, fulfillment and every process of the gateway: the one signs links
that another reads. Router and fulfillment do not start without it. Capture needs it for referral links, download links
and erasures, the gateway for the time stamp of hosted forms. `python -m gateway.mail`, qualify, nurture and analytics
do not read it.

Values marked secret never appear in logs. This page is written by `python -m tests.contract.documents`.

| setting | default | what it does |
|---|---|---|
"""


def declared_events() -> list[type[Event]]:
    """Every event of the wire contracts, in the order of declaration."""
    return [event for event in REGISTER.values() if event.__module__.startswith("shared.contracts.")]


def sample_path(event: type[Event]) -> Path:
    """Where the sample of the event's present version lies."""
    return SAMPLES / f"{event.room}.{event.name}.v{event.contract_version}.json"


def sample(event: type[Event]) -> bytes:
    """A whole message, as it would lie in a queue."""
    identity = uuid5(EXAMPLES, f"{event.room}.{event.name}")
    wrapped = envelope.wrap(
        example(event), id=identity, time=NOON, correlation_id=uuid5(EXAMPLES, "correlation"),
        causation_id=uuid5(EXAMPLES, "cause"),
    )  # fmt: skip
    return orjson.dumps(orjson.loads(envelope.encode(wrapped)), option=orjson.OPT_INDENT_2) + b"\n"


# --- docs/events.md --------------------------------------------------------------------------------------------------


def events_page() -> str:
    """Every event as a table per room: what it means, who hears it, what it carries."""
    heard = {name: room.hears for name, room in rooms().items()}
    parts = [EVENTS_HEAD]
    for room in dict.fromkeys(event.room for event in declared_events()):
        parts.append(f"## {room}\n\n| event | means | heard by |\n|---|---|---|")
        events = [event for event in declared_events() if event.room == room]
        parts.extend(_event_row(event, heard) for event in events)
        parts.append("")
        parts.extend(_fields(event.name, event) for event in events)
    parts.append("## Values inside events\n")
    parts.extend(f"{_fields(value.__name__, value)}\n{_words(value)}\n" for value in _values())
    return "\n".join(parts).rstrip() + "\n"


def _event_row(event: type[Event], heard: Mapping[str, Any]) -> str:
    hearers = sorted(name for name, hears in heard.items() if event in hears and name != "analytics")
    return f"| `{event.name}` v{event.contract_version} | {_words(event)} | {', '.join(hearers) or '–'} |"


def _words(contract: type) -> str:
    return " ".join(inspect.cleandoc(contract.__doc__ or "").split()).replace("|", "\\|")


def _values() -> list[type]:
    """The contracts that events contain, by name."""
    found = {value for event in declared_events() for value in _contained(event)}
    return sorted(found, key=lambda value: value.__name__)


def _contained(contract: type) -> Iterator[type]:
    for part in (
        part for field in dataclasses.fields(contract) for part in _parts(get_type_hints(contract)[field.name])
    ):
        if dataclasses.is_dataclass(part) and isinstance(part, type):
            yield part
            yield from _contained(part)


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) or (hint,)


def _fields(name: str, contract: type) -> str:
    hints = get_type_hints(contract)
    fields = (f"`{field.name}` {_type(hints[field.name])}" for field in dataclasses.fields(contract))
    return f"**{name}**: {', '.join(fields)}\n"


def _type(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    for noise in ("typing.", "shared.contracts.people.", "shared.contracts.router.", "datetime.", "uuid.", "decimal."):
        text = text.replace(noise, "")
    return text.replace("Literal[", "one of [").replace(" | None", "?")


# --- docs/settings.md ------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting with its default."""
    return SETTINGS_HEAD + "".join(_setting_row(setting) for setting in SETTINGS.values())


def _setting_row(setting: Setting) -> str:
    default = "must be given" if setting.default is None else f"`{setting.default}`" if setting.default else "empty"
    secret = " Secret." if setting.secret else ""
    return f"| `{setting.name}` | {default} | {setting.help}{secret} |\n"


def main() -> None:
    """Writes what is missing or out of date."""
    SAMPLES.mkdir(exist_ok=True)
    for event in declared_events():
        path = sample_path(event)
        if not path.exists():
            path.write_bytes(sample(event))
            print(f"new sample: {path.relative_to(ROOT)}")
    EVENTS.parent.mkdir(exist_ok=True)
    EVENTS.write_text(events_page())
    SETTINGS_PAGE.write_text(settings_page())


if __name__ == "__main__":
    main()
