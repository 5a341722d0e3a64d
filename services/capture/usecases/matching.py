"""Who else might have sent this: people without an equal key, found by what they nearly share, for a whole batch.

Candidates come from two queries whatever the batch holds; they are compared here. People who are new or changed in the
batch itself are candidates for what follows in it, so that it does not matter how inquiries are cut into batches.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.capture.domain.matching import blocking
from services.capture.domain.matching.comparing import surely_two
from services.capture.domain.matching.model import Match, Model
from services.capture.domain.matching.particulars import Particulars, particulars
from services.capture.domain.matching.thresholds import Verdict, verdict
from services.capture.domain.person import Facts
from services.capture.models import PersonMerge
from services.capture.store import matching as store
from shared.database.unit_of_work import Transaction

#: Candidates compared for one inquiry: those with the most keys in common.
MOST_COMPARED = 12
#: Questions asked about one inquiry.
MOST_ASKED = 3

MODEL = Model()


@dataclass(frozen=True)
class Likeness:
    """Somebody whom an inquiry may be from."""

    person_id: UUID
    match: Match
    verdict: Verdict
    #: What the person was compared by.
    theirs: Particulars


@dataclass
class Lookout:
    """The candidates of one batch, and the people that the batch itself brings."""

    #: Holders of the keys that the batch asks for.
    _holders: dict[int, list[UUID]] = field(default_factory=dict)
    #: By person: who they are now, and what they are compared by.
    _known: dict[UUID, tuple[UUID, Particulars]] = field(default_factory=dict)
    #: By inquiry: by what its sender is compared, and their keys.
    _asked: dict[UUID, tuple[Particulars, list[int]]] = field(default_factory=dict)
    #: What was found, until the batch itself brings somebody with one of the keys.
    _found: dict[UUID, list[Likeness]] = field(default_factory=dict)
    _brought: set[int] = field(default_factory=set)
    _judged: dict[tuple[UUID, UUID], tuple[Particulars, Match]] = field(default_factory=dict)
    #: Those whom nobody is to be compared with: the ids of whoever is looked up themselves.
    passing_over: Collection[UUID] = ()
    #: What is to be filed at the end of the batch.
    blocks: list[tuple[int, UUID]] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    reviews: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: By inquiry: whom its sender was taken for by likeness alone.
    joined: dict[UUID, PersonMerge] = field(default_factory=dict)

    def look_up(self, tx: Transaction, said: Mapping[UUID, Facts]) -> set[UUID]:
        """Finds and compares candidates for these inquiries. Returns the people whom some of them are from."""
        for inquiry_id, facts in said.items():
            who = particulars(facts)
            self._asked[inquiry_id] = who, [blocking.hashed(key) for key in blocking.keys(who)]
        self._holders = store.holders(tx.session, {key for _, keys in self._asked.values() for key in keys})
        chosen = {person for _, keys in self._asked.values() for person in self._candidates(keys)}
        for person_id, (now, facts) in store.facts_by_person(tx.session, chosen).items():
            self._known[person_id] = now, particulars(facts)
        return {one.person_id for inquiry_id in self._asked for one in self.likely(inquiry_id) if one.verdict == "same"}

    def likely(self, inquiry_id: UUID) -> list[Likeness]:
        """Who may have sent this inquiry, likeliest first; nobody who is certainly another."""
        if inquiry_id not in self._asked:
            return []
        who, keys = self._asked[inquiry_id]
        if inquiry_id not in self._found or not self._brought.isdisjoint(keys):
            self._found[inquiry_id] = self._compare(inquiry_id, who, keys)
        return self._found[inquiry_id]

    def _compare(self, inquiry_id: UUID, who: Particulars, keys: Iterable[int]) -> list[Likeness]:
        best: dict[UUID, Likeness] = {}
        for candidate in self._candidates(keys):
            if candidate not in self._known:
                continue
            now, theirs = self._known[candidate]
            if surely_two(who, theirs):
                continue
            match = self._judge(inquiry_id, who, candidate, theirs)
            said = verdict(match)
            if said != "different" and (now not in best or match.probability > best[now].match.probability):
                best[now] = Likeness(now, match, said, theirs)
        return sorted(best.values(), key=lambda one: (-one.match.weight, one.person_id))

    @property
    def compared(self) -> int:
        """How many pairs were compared so far."""
        return len(self._judged)

    def asked(self, inquiry_id: UUID) -> Particulars:
        """By what the sender of an inquiry that was looked up is compared."""
        return self._asked[inquiry_id][0]

    def introduce(self, inquiry_id: UUID, person_id: UUID, facts: Facts) -> None:
        """The sender of an inquiry is new: they are a candidate for what follows."""
        who, keys = self._asked.get(inquiry_id) or (particulars(facts), None)
        self._bring(person_id, who, [blocking.hashed(key) for key in blocking.keys(who)] if keys is None else keys)

    def note(self, person_id: UUID, facts: Facts, before: Facts) -> bool:
        """Somebody known has said something new. Returns whether they have new keys by it."""
        who, known = particulars(facts), set(blocking.keys(particulars(before)))
        keys = blocking.keys(who)
        fresh = [blocking.hashed(key) for key in keys if key not in known]
        self._bring(person_id, who, fresh)
        self._brought.update(map(blocking.hashed, keys))
        return bool(fresh)

    def _bring(self, person_id: UUID, who: Particulars, keys: Sequence[int]) -> None:
        self._known[person_id] = person_id, who
        for key in keys:
            group = self._holders.setdefault(key, [])
            if person_id not in group:
                group.append(person_id)
        self._brought.update(keys)
        self.blocks += [(key, person_id) for key in (*keys, *map(blocking.hashed, blocking.firms(who)))]

    def file(self, tx: Transaction) -> None:
        """Stores what the batch brought: one statement for each table."""
        store.file_blocks(tx.session, self.blocks)
        store.file_values(tx.session, self.values)
        store.file_reviews(tx.session, [self.reviews[key] for key in sorted(self.reviews)])

    def _candidates(self, keys: Iterable[int]) -> list[UUID]:
        shared: Counter[UUID] = Counter()
        for key in keys:
            group = self._holders.get(key, ())
            if len(group) <= store.MOST_HOLDERS:
                shared.update(group)
        for person in self.passing_over:
            shared.pop(person, None)
        ranked = sorted(shared, key=lambda person: (-shared[person], person))
        return ranked[:MOST_COMPARED]

    def _judge(self, inquiry_id: UUID, who: Particulars, candidate: UUID, theirs: Particulars) -> Match:
        known = self._judged.get((inquiry_id, candidate))
        if known is None or known[0] is not theirs:
            known = self._judged[inquiry_id, candidate] = theirs, MODEL.judge(who, theirs)
        return known[1]


def reasons_as_json(one: Particulars, other: Particulars, match: Match) -> list[dict[str, Any]]:
    """What speaks for and against, as it is stored."""
    return [
        {"field": reason.field, "agreement": reason.agreement, "weight": reason.weight}
        for reason in MODEL.reasons(one, other, match)
    ]


def question(tx: Transaction, one: UUID, other: UUID, likeness: Likeness, who: Particulars) -> dict[str, Any]:
    """The question whether these two are one, as it is stored."""
    return {
        "key": store.review_key(one, other),
        "one_id": min(one, other),
        "other_id": max(one, other),
        "probability": round(likeness.match.probability, 4),
        "reasons": reasons_as_json(who, likeness.theirs, likeness.match),
        "objection": likeness.match.objection,
        "state": "open",
        "found_at": tx.now,
        "inquiry_id": tx.cause.id,
    }
