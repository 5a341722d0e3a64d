"""Finds facts that tell the outcome because they are known only afterwards: by when they were known, and by how well.

A model that reads such a fact looks brilliant on old leads and is useless on new ones, where nobody knows it yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from services.qualify.prediction.learning.candidates import CANDIDATES, Candidate, fit, matrix_of
from services.qualify.prediction.learning.measuring import auc
from services.qualify.prediction.learning.table import Column, Rows, Table
from services.qualify.prediction.learning.trials import split_by_time

#: A fact that most leads get only after the moment at which they are looked at.
KNOWN_IN_TIME = 0.2
#: What one fact alone should not tell: in itself, and above the next best one.
TELLS_TOO_MUCH = 0.77
ABOVE_THE_NEXT = 0.12
TELLS_ALL = 0.9
#: What a model loses when one fact is shuffled, as a part of what it loses over all facts.
DOMINATES = 0.4
#: How much knowing a fact at all may tell, whatever its value.
KNOWN_TELLS = 0.7
#: A fact that told something and no longer does.
TOLD, TELLS_NO_MORE = 0.6, 0.53

Sign = Literal["late", "too_good", "known_tells", "faded"]


@dataclass(frozen=True)
class FactSign:
    """What was noted about one fact. `alone`: AUC of a model that reads nothing else."""

    fact: str
    alone: float
    #: Of the AUC that shuffling facts one by one costs: the part of this one.
    share: float
    known_alone: float
    #: On newer leads, after learning from older ones.
    alone_later: float
    #: Of the leads that have the fact at last: the part that had it in time.
    in_time: float
    signs: tuple[Sign, ...] = ()
    because: str = ""

    @property
    def leaks(self) -> bool:
        """Whether it looks as if it were known only afterwards."""
        return bool({"late", "too_good", "known_tells"} & set(self.signs))


_ALONE = next(candidate for candidate in CANDIDATES if candidate.kind == "naive_bayes")


def look_for_leaks(table: Table, chosen: Candidate, left_out: Collection[str] = ()) -> tuple[FactSign, ...]:
    """All facts, the most telling first, each with the signs that it gives."""
    names = sorted(table.columns.keys() - set(left_out))
    shares = _shares(table, chosen, names, left_out)
    seen = [_look(table, name, shares.get(name, 0.0)) for name in names]
    seen.sort(key=lambda sign: -sign.alone)
    return tuple(_judged(sign, seen[:place] + seen[place + 1 :]) for place, sign in enumerate(seen))


def _look(table: Table, name: str, share: float) -> FactSign:
    rows = np.random.default_rng(0).permutation(len(table))
    halves = (rows[: len(rows) // 2], rows[len(rows) // 2 :])
    known = _known_column(table, name)
    known_table = replace(table, columns={name: known})
    in_time = int(known.values.sum())
    late = table.only_later[name]
    return FactSign(
        fact=name,
        alone=_both_ways(table, name, halves),
        share=share,
        known_alone=_both_ways(known_table, name, halves),
        alone_later=_alone(table, name, *split_by_time(table)),
        in_time=in_time / (in_time + late) if in_time + late else 1.0,
    )


def _judged(sign: FactSign, others: Sequence[FactSign]) -> FactSign:
    signs: list[Sign] = []
    said: list[str] = []
    next_best = max((other.alone for other in others), default=0.5)
    if sign.in_time < KNOWN_IN_TIME:
        signs.append("late")
        said.append(f"only {sign.in_time:.0%} of the leads that have it had it in time")
    ahead = sign.alone >= TELLS_TOO_MUCH and sign.alone - next_best >= ABOVE_THE_NEXT and sign.share >= DOMINATES
    if sign.alone >= TELLS_ALL or ahead:
        signs.append("too_good")
        said.append(
            f"alone it tells won from lost with an AUC of {sign.alone:.2f}, the next best fact {next_best:.2f}; "
            f"{sign.share:.0%} of what the model knows is this fact"
        )
    if sign.known_alone >= KNOWN_TELLS:
        signs.append("known_tells")
        said.append(f"that it is known at all tells the outcome (AUC {sign.known_alone:.2f})")
    if sign.alone >= TOLD and sign.alone_later <= TELLS_NO_MORE:
        signs.append("faded")
        said.append(f"it told something of older leads (AUC {sign.alone:.2f}) and nothing of newer ones")
    return replace(sign, signs=tuple(signs), because="; ".join(said))


def _both_ways(table: Table, name: str, halves: tuple[Rows, Rows]) -> float:
    one, other = halves
    return (_alone(table, name, one, other) + _alone(table, name, other, one)) / 2


def _alone(table: Table, name: str, learnt: Rows, tried: Rows) -> float:
    """The AUC of a model that reads only this fact."""
    only = replace(table, columns={name: table.columns[name]})
    try:
        fitted = fit(_ALONE, only, learnt)
    except ValueError:  # it is the same in all leads
        return 0.5
    return auc(fitted.scores(only, tried), only.outcomes[tried]).value


def _known_column(table: Table, name: str) -> Column:
    column = table.columns[name]
    known = ~np.isnan(column.values) if column.kind == "number" else column.values >= 0
    made = Column("flag")
    made.codes.frombytes(known.astype(np.int32).tobytes())
    return made


def _shares(table: Table, chosen: Candidate, names: Sequence[str], left_out: Collection[str]) -> Mapping[str, float]:
    """What the chosen model loses when a fact is shuffled among the leads that it is tried on."""
    rows = np.random.default_rng(1).permutation(len(table))
    learnt, tried = rows[: int(0.7 * len(rows))], rows[int(0.7 * len(rows)) :]
    fitted = fit(chosen, table, learnt, tuple(left_out))
    matrix = matrix_of(chosen.kind, table, fitted.fields, tried)
    whole = auc(fitted.scores_of(matrix), table.outcomes[tried]).value
    order = np.random.default_rng(2).permutation(len(tried))
    lost: dict[str, float] = {}
    for name in names:
        places = [place for place, field in enumerate(fitted.fields) if field.fact == name]
        if places:
            shuffled = matrix.copy()
            shuffled[:, places] = matrix[order][:, places]
            lost[name] = max(0.0, whole - auc(fitted.scores_of(shuffled), table.outcomes[tried]).value)
    total = sum(lost.values())
    return {name: loss / total for name, loss in lost.items()} if total else {}
