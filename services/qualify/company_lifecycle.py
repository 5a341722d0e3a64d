"""Reads the sections `stages` and `backward` of rules.yml."""

from typing import cast

from services.qualify.company_conditions import Declared, chosen, condition, unlike
from services.qualify.company_entry import Entry
from services.qualify.domain.lifecycle import READ
from services.qualify.domain.rules import STAGES, Lifecycle, StageRule, WayBack
from shared.contracts.people import Stage

#: What counts where a company says nothing.
USUAL_STAGES: list[dict[str, object]] = [
    {"stage": "inquiry", "when": "responses >= 1", "because": "they inquired"},
    {"stage": "mql", "when": 'decision == "qualified"', "because": "ready for sales as agreed"},
    {"stage": "sal", "when": 'happened == "accepted"', "because": "the owner accepted the lead"},
    {"stage": "sql", "when": 'happened in ["appointment", "quoted"]', "because": "the owner works on a sale"},
    {"stage": "customer", "when": 'happened == "won"', "because": "they bought"},
]
USUAL_WAYS_BACK: list[dict[str, object]] = [
    {"from": ["mql", "sal", "sql"], "to": "inquiry", "when": 'happened == "recycled"',
     "because": "sales gave the lead back"},
    {"from": ["sal"], "to": "mql", "when": 'happened == "declined"', "because": "the owner declined the lead"},
]  # fmt: skip


def read_lifecycle(root: Entry, facts: Declared) -> Lifecycle:
    """How leads move forward, and by which rules alone they fall back."""
    asked = {**facts, **READ}
    stages = tuple(_stage(entry, asked) for entry in _listed(root, "stages", USUAL_STAGES))
    unlike(root, "stages", (rule.stage for rule in stages), "stage")
    return Lifecycle(stages, tuple(_way_back(entry, asked) for entry in _listed(root, "backward", USUAL_WAYS_BACK)))


def _listed(root: Entry, section: str, usual: list[dict[str, object]]) -> list[Entry]:
    return root.listed(section) if root.has(section) else [Entry(f"{section} as usual", values) for values in usual]


def _stage(entry: Entry, facts: Declared) -> StageRule:
    rule = StageRule(
        stage=_named(entry, "stage", entry.take("stage", str)),
        when=condition(entry, facts),
        because=entry.take("because", str),
    )
    entry.done()
    return rule


def _way_back(entry: Entry, facts: Declared) -> WayBack:
    rule = WayBack(
        from_=frozenset(_named(entry, "from", stage) for stage in entry.texts("from")),
        to=_named(entry, "to", entry.take("to", str)),
        when=condition(entry, facts),
        because=entry.take("because", str),
    )
    if any(STAGES.index(stage) <= STAGES.index(rule.to) for stage in rule.from_):
        raise entry.error(f"to {rule.to!r} is not before all of {', '.join(sorted(rule.from_))}")
    entry.done()
    return rule


def _named(entry: Entry, field: str, name: str) -> Stage:
    return cast(Stage, chosen(entry, field, name, STAGES))
