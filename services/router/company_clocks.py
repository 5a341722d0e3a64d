"""Reads the clocks of clocks.yml."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import get_args

from services.router.domain.clock import ClockName, ClockPlan, Measure, Step
from services.router.domain.silence import Silence
from shared.company_file import Entry

#: Clocks that every company must define; others of marketing ("review_recycled") are optional.
NEEDED = ("accept", "contact", "update", "review", "review_no_taker")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_DURATION = re.compile(r"([0-9]{1,5}) (minute|hour|day)s?")


def read_clocks(entry: Entry) -> dict[str, ClockPlan]:
    """Every clock by name. Raises CompanyError."""
    plans = {name: _plan(entry.child(name), name) for name in entry.values}
    for name in NEEDED:
        if name not in plans:
            raise entry.wrong(name, "this is needed")
    return plans


def read_silence(file: Entry) -> Silence | None:
    """What follows when an owner says nothing more; None for a company that only watches its clocks."""
    if "silence" not in file.values:
        return None
    entry = file.child("silence")
    entry.only("ask_prospect", "give_back")
    return Silence(read_duration(entry, "ask_prospect"), read_duration(entry, "give_back"))


def read_duration(entry: Entry, field: str) -> timedelta:
    """A time like "48 hours". Raises CompanyError."""
    found = _DURATION.fullmatch(entry.text(field))
    if found is None or found[1] == "0":
        raise entry.wrong(field, f"{entry.text(field)!r} is not a time like '48 hours', '30 minutes' or '7 days'")
    return int(found[1]) * _UNITS[found[2]]


def _plan(entry: Entry, name: str) -> ClockPlan:
    entry.only("within", "steps", "counts")
    clock = name.partition("_")[0]
    if clock not in get_args(ClockName):
        raise entry.wrong("name", f"a clock's name begins with {', '.join(get_args(ClockName))}")
    steps = tuple(_step(step) for step in entry.children("steps"))
    if any(earlier.after >= later.after for earlier, later in pairwise(steps)):
        raise entry.wrong("steps", "each must come later than the one before")
    measures = [step.measure for step in steps]
    if "reassign" in measures[:-1]:
        raise entry.wrong("steps", "after 'reassign' nothing can follow")
    if clock == "review" and "reassign" in measures:
        raise entry.wrong("steps", "marketing cannot lose a lead by waiting: nobody would be left")
    counts = entry.optional("counts") or "time"
    if counts not in ("time", "working_time"):
        raise entry.wrong("counts", f"{counts!r} is not one of time, working_time")
    within = read_duration(entry, "within")
    return ClockPlan(name, clock, within, steps, counts == "working_time")  # type: ignore[arg-type]


def _step(entry: Entry) -> Step:
    entry.only("after", "do")
    measure = entry.text("do")
    if measure not in get_args(Measure):
        raise entry.wrong("do", f"{measure!r} is not one of {', '.join(get_args(Measure))}")
    return Step(read_duration(entry, "after"), measure)  # type: ignore[arg-type]
