"""Puts the counts of a back-test into the report that people read."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.qualify.domain.backtest import Moved, Side, Span, Tally, spread
from shared.contracts import calls

#: The best first; the way people read a matrix of ranks.
RANKS = ("hot", "warm", "cold", "future", "unqualified", "junk")
DECISIONS = ("qualified", "not_ready", "unqualified", "junk")


def report_of(
    tally: Tally, *, draft: str, against: str, span: Span, prices: Mapping[str, Decimal], seconds: float
) -> calls.BacktestReport:
    """The report; `prices`: what printed matter costs for a lead of each rank that gets any."""
    return calls.BacktestReport(
        draft=draft,
        against=against,
        since=span.since.date(),
        until=span.until.date(),
        leads=tally.leads,
        changed=tally.changed,
        ranks=_moves(tally.ranks, RANKS),
        decisions=_moves(tally.decisions, DECISIONS),
        qualified_live=tally.live.qualified,
        qualified_draft=tally.draft.qualified,
        examples=_leads(tally.examples),
        load=_loads(tally),
        won=tally.won,
        lost=tally.lost,
        live_lift=_lift(tally.live, tally),
        draft_lift=_lift(tally.draft, tally),
        newly_missed=_leads(tally.missed),
        prints=[
            calls.PrintCost(rank=rank, each=price, live=tally.live.mailed[rank], draft=tally.draft.mailed[rank])
            for rank, price in prices.items()
        ],
        seconds=round(seconds, 1),
    )


def _moves(counted: Counter[tuple[str, str]], order: tuple[str, ...]) -> list[calls.Move]:
    pairs = sorted(counted.items(), key=lambda item: (order.index(item[0][0]), order.index(item[0][1])))
    return [calls.Move(before=before, after=after, leads=leads) for (before, after), leads in pairs]


def _leads(moved: Iterable[Moved]) -> list[calls.MovedLead]:
    return [
        calls.MovedLead(
            lead_id=each.lead_id,
            as_of=each.as_of,
            rank_before=each.ranks[0],
            rank_after=each.ranks[1],
            score_before=each.scores[0],
            score_after=each.scores[1],
            decision_before=each.decisions[0],
            decision_after=each.decisions[1],
            outcome=each.outcome,
            because=list(each.because),
        )
        for each in sorted(moved, reverse=True)
    ]


def _loads(tally: Tally) -> list[calls.OwnerLoad]:
    live, draft = spread(tally.live, tally.placed), spread(tally.draft, tally.placed)
    loads = [
        calls.OwnerLoad(owner_id=owner, live=round(live.get(owner, 0.0), 1), draft=round(draft.get(owner, 0.0), 1))
        for owner in {*live, *draft}
    ]
    return sorted(loads, key=lambda load: (-load.draft, load.owner_id))


def _lift(side: Side, tally: Tally) -> calls.Lift:
    ended = tally.won + tally.lost
    rate = side.qualified_won / side.qualified_ended if side.qualified_ended else None
    usual = tally.won / ended if ended else 0
    return calls.Lift(
        qualified=side.qualified_ended,
        won=side.qualified_won,
        missed=tally.won - side.qualified_won,
        win_rate=round(100 * rate, 1) if rate is not None else None,
        lift=round(rate / usual, 2) if rate is not None and usual else None,
    )
