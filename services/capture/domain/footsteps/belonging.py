"""Whose an anonymous activity is.

A visitor (a browser) becomes known when somebody says who they are on it. What was done on it before belongs to the
first who did. Where a second person does so later (a shared computer) they get what is done from then on, and nothing
of before. This depends on the moments alone, not on the order in which we learn of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, order=True)
class Identification:
    """Somebody said on this visitor's browser who they are: by an inquiry, or by following a link sent to them."""

    at: datetime
    #: The inquiry or the activity that says so.
    evidence: UUID
    person_id: UUID


def owner(known: Sequence[Identification], at: datetime) -> tuple[UUID, bool] | None:
    """Who an activity at this moment belongs to, and whether the visitor was anonymous then; None: nobody yet.

    `known` is in the order of time.
    """
    if not known:
        return None
    newest = next((one for one in reversed(known) if one.at <= at), None)
    return (known[0].person_id, True) if newest is None else (newest.person_id, False)


def with_more(known: Iterable[Identification], more: Iterable[Identification]) -> tuple[Identification, ...]:
    """All identifications in the order of time, each piece of evidence once."""
    by_evidence = {one.evidence: one for one in (*known, *more)}
    return tuple(sorted(by_evidence.values()))
