"""What a draft would have made of leads that we know the fate of, against what the live rules make of them.

Each lead is judged as of the moments at which it could have become sales-ready: whenever something was heard of it,
and at its end (won or lost) or the end of the test. Nothing that was learnt later is used. Results are counts that can
be added up, so that a million leads need no more room than a thousand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappush, heappushpop, nlargest
from uuid import UUID

from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.history import History
from services.qualify.domain.predicting import Predictor
from services.qualify.domain.rules import Rules

#: Examples that are kept of each kind: those that change most.
MOST = 20
#: Country and state: who is not sales' yet would go to those who got the others from there.
Place = tuple[str, str]


@dataclass(frozen=True)
class Lead:
    """A lead as a back-test reads it."""

    lead_id: UUID
    history: History
    #: Who of sales had it last; None when nobody did.
    sales_owner: str | None = None


@dataclass(frozen=True)
class Span:
    """Leads that responded first from `since` on, judged by what was known by `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, order=True)
class Moved:
    """A lead that the draft judges otherwise; the larger, the more of an example."""

    weight: tuple[bool, int]
    lead_id: UUID
    as_of: datetime = field(compare=False)
    ranks: tuple[str, str] = field(compare=False)
    scores: tuple[int, int] = field(compare=False)
    decisions: tuple[str, str] = field(compare=False)
    outcome: str | None = field(compare=False)
    because: tuple[str, ...] = field(compare=False)


@dataclass
class Side:
    """What one of the two rule sets makes of the leads."""

    qualified: int = 0
    #: Of leads whose end is known.
    qualified_ended: int = 0
    qualified_won: int = 0
    owners: Counter[str] = field(default_factory=Counter)
    #: Qualified leads that no one of sales ever had.
    ownerless: Counter[Place] = field(default_factory=Counter)
    #: Leads that a letter would reach, by rank.
    mailed: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    """Everything counted. Tallies of parts add up to the tally of all."""

    leads: int = 0
    changed: int = 0
    won: int = 0
    lost: int = 0
    ranks: Counter[tuple[str, str]] = field(default_factory=Counter)
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    live: Side = field(default_factory=Side)
    draft: Side = field(default_factory=Side)
    #: Who of sales got leads from where.
    placed: dict[Place, Counter[str]] = field(default_factory=dict)
    examples: list[Moved] = field(default_factory=list)
    missed: list[Moved] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Adds the tally of other leads."""
        for name in ("leads", "changed", "won", "lost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ranks.update(other.ranks)
        self.decisions.update(other.decisions)
        for mine, theirs in ((self.live, other.live), (self.draft, other.draft)):
            _add_side(mine, theirs)
        for place, owners in other.placed.items():
            self.placed.setdefault(place, Counter()).update(owners)
        self.examples = nlargest(MOST, self.examples + other.examples)
        self.missed = nlargest(MOST, self.missed + other.missed)


def _add_side(mine: Side, theirs: Side) -> None:
    for name in ("qualified", "qualified_ended", "qualified_won"):
        setattr(mine, name, getattr(mine, name) + getattr(theirs, name))
    for name in ("owners", "ownerless", "mailed"):
        getattr(mine, name).update(getattr(theirs, name))


@dataclass(frozen=True)
class Trial:
    """The two rule sets, and the leads on which they are tried."""

    live: Rules
    draft: Rules
    span: Span
    #: Where a rule reads what is predicted.
    predictor: Predictor | None = None

    def judged(self, history: History, rules: Rules, moment: datetime) -> Assessment | None:
        """What one of them makes of a lead at a moment."""
        return assess(history, rules, moment, predictor=self.predictor)


def tally(leads: Iterable[Lead], trial: Trial) -> Tally:
    """Counts what both rule sets make of the leads."""
    counted = Tally()
    for lead in leads:
        _count(counted, lead, trial)
    return counted


def _count(counted: Tally, lead: Lead, trial: Trial) -> None:
    span = trial.span
    if not lead.history.responses or lead.history.by_age[0].received_at < span.since:
        return
    before = trial.judged(lead.history, trial.live, span.until)
    after = trial.judged(lead.history, trial.draft, span.until)
    if before is None or after is None:
        return
    counted.leads += 1
    counted.ranks[before.rank, after.rank] += 1
    counted.decisions[before.decision, after.decision] += 1
    outcome = _outcome(lead.history, span.until)
    counted.won += outcome == "won"
    counted.lost += outcome == "lost"
    place = _place(lead.history)
    if lead.sales_owner:
        counted.placed.setdefault(place, Counter())[lead.sales_owner] += 1
    had = [
        _count_side(side, lead, assessed, place, outcome, trial)
        for side, assessed in ((counted.live, before), (counted.draft, after))
    ]
    if (before.rank, before.decision) != (after.rank, after.decision):
        counted.changed += 1
        _remember(counted.examples, lead, before, after, outcome)
    if outcome == "won" and had == [True, False]:
        _remember(counted.missed, lead, before, after, outcome)


def _count_side(side: Side, lead: Lead, end: Assessment, place: Place, outcome: str | None, trial: Trial) -> bool:
    """Counts the lead for one rule set. Returns whether it was qualified at some moment."""
    if lead.history.person.get("mailable"):
        side.mailed[end.rank] += 1
    if not _ever_qualified(lead.history, end, trial):
        return False
    side.qualified += 1
    side.qualified_ended += outcome is not None
    side.qualified_won += outcome == "won"
    if lead.sales_owner:
        side.owners[lead.sales_owner] += 1
    else:
        side.ownerless[place] += 1
    return True


def _ever_qualified(history: History, end: Assessment, trial: Trial) -> bool:
    if end.decision == "qualified":
        return True
    for moment in sorted(set(_heard(history)), reverse=True):
        if moment < min(end.as_of, trial.span.until):
            then = trial.judged(history, end.rules, moment)
            if then is not None and then.decision == "qualified":
                return True
    return False


def _heard(history: History) -> Iterator[datetime]:
    """The moments at which the lead could become sales-ready: it only gains by what is heard of it and its company."""
    yield from (each.heard_at or each.told_at for each in history.responses)
    yield from (each.heard_at or each.told_at for each in history.person_updates)
    yield from (each.heard_at or each.at for each in history.notes)
    yield from (each.heard_at or each.at for each in history.findings)
    yield from (telling.heard_at for each in history.activities for telling in each.told)
    yield from (each.heard_at for each in history.colleagues)


def _outcome(history: History, until: datetime) -> str | None:
    """How the lead had ended by then."""
    ended = [each for each in history.endings if each.outcome and (each.heard_at or each.at) <= until]
    return min(ended, key=lambda each: each.at).outcome if ended else None


def _place(history: History) -> Place:
    known = history.person
    return str(known.get("country") or ""), str(known.get("state") or "")


def _remember(kept: list[Moved], lead: Lead, before: Assessment, after: Assessment, outcome: str | None) -> None:
    weight = before.decision != after.decision, abs(after.score - before.score)
    if len(kept) >= MOST and (weight, lead.lead_id) <= (kept[0].weight, kept[0].lead_id):
        return
    moved = Moved(
        weight=weight,
        lead_id=lead.lead_id,
        as_of=after.as_of,
        ranks=(before.rank, after.rank),
        scores=(before.score, after.score),
        decisions=(before.decision, after.decision),
        outcome=outcome,
        because=tuple(_differences(before, after)),
    )
    if len(kept) < MOST:
        heappush(kept, moved)
    else:
        heappushpop(kept, moved)


def _differences(before: Assessment, after: Assessment) -> Iterator[str]:
    """The rules that count otherwise; where points are the same, the reasons of rank and decision."""
    old = {line.rule: line.points for line in before.lines}
    new = {line.rule: line.points for line in after.lines}
    told = False
    for rule in [*new, *(each for each in old if each not in new)]:
        if old.get(rule, 0) != new.get(rule, 0):
            told = True
            yield f"{rule}: {new.get(rule, 0)} instead of {old.get(rule, 0)}"
    if not told or before.score == after.score:
        yield from (sentence for sentence in after.because if sentence not in before.because)


def spread(side: Side, placed: dict[Place, Counter[str]]) -> dict[str, float]:
    """Leads per owner: those they had, and their share of the ownerless, as they got others from the same place.

    Where nobody got any from there: as from the same country, else as from anywhere. Nobody at all: under "".
    """
    loads: dict[str, float] = {owner: float(number) for owner, number in side.owners.items()}
    countries: dict[str, Counter[str]] = {}
    everywhere: Counter[str] = Counter()
    for (country, _), owners in placed.items():
        countries.setdefault(country, Counter()).update(owners)
        everywhere.update(owners)
    for place, number in side.ownerless.items():
        likely = placed.get(place) or countries.get(place[0]) or everywhere
        shares = {owner: got / likely.total() for owner, got in likely.items()} if likely else {"": 1.0}
        for owner, share in shares.items():
            loads[owner] = loads.get(owner, 0.0) + share * number
    return loads
