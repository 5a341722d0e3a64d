"""Reads the section `screening` of rules.yml."""

from collections.abc import Mapping
from typing import cast, get_args

from services.qualify.company_conditions import condition
from services.qualify.company_entry import Entry
from services.qualify.company_spans import read_span, span
from services.qualify.domain.screening import SCORED, Screening, Trigger
from shared.conditions import FactType
from shared.contracts.screening import Queue

HIGHEST = 100


def read_screening(root: Entry, facts: Mapping[str, FactType]) -> Screening:
    """Which leads are screened and how; nobody where the section is left out. Raises CompanyError."""
    if not root.take("screening", dict, {}):
        return Screening()
    entry, usual = root.entry("screening"), Screening()
    retries = entry.take("retry_after", list, [])
    screening = Screening(
        triggers=tuple(_trigger(each, facts) for each in entry.listed("triggers")),
        decides=entry.flag("decides", True),
        claim=span(entry, "claim", usual.claim),
        retry_after=tuple(read_span(entry, "retry_after", text) for text in retries) or usual.retry_after,
    )
    entry.done()
    names = [trigger.rule for trigger in screening.triggers]
    for name in names:
        if names.count(name) > 1:
            raise entry.error(f"triggers: rule {name!r} is there twice")
    return screening


def _trigger(entry: Entry, facts: Mapping[str, FactType]) -> Trigger:
    queue = entry.take("queue", str)
    if queue not in get_args(Queue):
        raise entry.error(f"queue is {queue!r}, not one of {', '.join(get_args(Queue))}")
    priority = entry.take("priority", int)
    if not 0 <= priority <= HIGHEST:
        raise entry.error(f"priority is {priority}, not 0 to {HIGHEST}")
    trigger = Trigger(
        rule=entry.take("rule", str),
        queue=cast(Queue, queue),
        when=condition(entry, {**facts, **SCORED}),
        priority=priority,
        within=span(entry, "within"),
        because=entry.take("because", str),
        script=entry.take("script", str, None),  # type: ignore[arg-type]  # left out: that of the queue
        hold=entry.flag("hold", True),
    )
    entry.done()
    return trigger
