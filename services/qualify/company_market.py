"""Reads the sections of rules.yml about the market: segments, strategy, processes, who works what."""

from decimal import Decimal
from typing import cast, get_args

from services.qualify.company_conditions import Declared, chosen, condition, unlike
from services.qualify.company_entry import Entry
from services.qualify.company_points import read_group
from services.qualify.company_qualification import read_process_definition
from services.qualify.domain.answers import Answer
from services.qualify.domain.rules import (
    USUAL,
    Overlay,
    Process,
    Qualification,
    Segment,
)
from shared.contracts.people import Party

#: Classes of leads that are not ready; those that are go to sales or where their process says.
CLASSES = ("hot", "warm", "cold", "future", "unqualified", "junk")


def read_segments(root: Entry, facts: Declared) -> tuple[Segment, ...]:
    """The named parts of the market. Their conditions cannot ask for segments."""
    asked = {name: kind for name, kind in facts.items() if name != "segments"}
    segments = []
    for entry in root.listed("segments"):
        segment = Segment(entry.take("segment", str), condition(entry, asked), entry.take("because", str))
        entry.done()
        segments.append(segment)
    unlike(root, "segments", (each.segment for each in segments), "segment")
    return tuple(segments)


def read_strategy(root: Entry, facts: Declared) -> tuple[Overlay, ...]:
    """What the company wants to sell more of."""
    overlays = tuple(_overlay(entry, facts) for entry in root.listed("strategy"))
    unlike(root, "strategy", (each.overlay for each in overlays), "overlay")
    return overlays


def _overlay(entry: Entry, facts: Declared) -> Overlay:
    overlay = Overlay(
        overlay=entry.take("overlay", str),
        when=condition(entry, facts),
        because=entry.take("because", str),
        group=read_group(entry) if entry.has("group") else "fit",
        points=entry.take("points", int, 0),
        times_value=entry.amount("times_value") if entry.has("times_value") else Decimal(1),
    )
    if not overlay.points and overlay.times_value == 1:
        raise entry.error("has neither points nor times_value: it would change nothing")
    if overlay.times_value < 0:
        raise entry.error(f"times_value is {overlay.times_value}, below 0")
    entry.done()
    return overlay


def read_processes(
    root: Entry, facts: Declared, answers: dict[str, Answer], usual: Qualification
) -> tuple[Process, ...]:
    """Definitions of sales-ready of their own; what one leaves out is as in the usual one."""
    processes = []
    for entry in root.listed("processes"):
        name = entry.take("process", str)
        if name == USUAL:
            raise entry.error(f"process {USUAL!r} is the one under `qualified`; choose another name")
        process = Process(
            process=name,
            when=condition(entry, facts),
            because=entry.take("because", str),
            owner=_party(entry, "owner", entry.take("owner", str, "sales")),
            qualification=read_process_definition(entry, facts, answers, usual),
        )
        entry.done()
        processes.append(process)
    unlike(root, "processes", (each.process for each in processes), "process")
    return tuple(processes)


def read_owners(root: Entry) -> dict[str, Party]:
    """Who works the classes that are not ready for sales; marketing where nothing is said."""
    if not root.has("owned_by"):
        return {}
    entry = root.entry("owned_by")
    for name in entry.fields():
        chosen(entry, "class", name, CLASSES)
    owners = {name: _party(entry, name, entry.take(name, str)) for name in entry.fields()}
    entry.done()
    return owners


def _party(entry: Entry, field: str, value: str) -> Party:
    return cast(Party, chosen(entry, field, value, get_args(Party)))
