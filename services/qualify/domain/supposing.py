"""What would be if: the answers that are missing for the next rank, and the smallest change that flips the decision.

Nothing is guessed: every supposition is assessed by the same rules as the lead itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from services.qualify.domain.answers import Answer
from services.qualify.domain.decision import Assessment, Judged, judge
from services.qualify.domain.facts import shown
from services.qualify.domain.history import History, Note, PersonUpdate
from services.qualify.domain.scoring import known_to
from shared.conditions import FactType
from shared.contracts.people import Decision, Rank

#: Facts of a person that could be learnt.
_OF_PERSON = ("has_phone", "has_email", "mailable", "country", "state")
#: So many suppositions are told at most.
_TOLD = 3
#: Of single facts the most promising are tried in pairs.
_PAIRED = 16
_NEVER = 10**9


@dataclass(frozen=True)
class Supposed:
    """A fact as it might be; `text` as somebody would answer it."""

    name: str
    text: str
    of_person: bool = False


@dataclass(frozen=True)
class Question:
    """An answer that nobody has given yet, and what the best one would be worth."""

    answer: str
    best: str
    points: int
    #: The rank with that answer alone.
    rank: Rank


@dataclass(frozen=True)
class Flip:
    """A change of one fact or two, and the decision that follows from it."""

    changes: tuple[Supposed, ...]
    decision: Decision
    rank: Rank
    score: int


def missing(found: Assessment) -> list[Question]:
    """The questions whose answers could raise the score, the most valuable first."""
    questions = []
    for name in found.rules.answers:
        if name in found.judged.known.values:
            continue
        tried = [(each, _suppose(found, (each,))) for each in _answers(found, name)]
        if not tried:
            continue
        best, judged = max(tried, key=lambda each: (each[1].points.score, _order(each[1])))
        gained = judged.points.score - found.score
        if gained > 0:
            questions.append(Question(name, best.text, gained, judged.rank))
    return sorted(questions, key=lambda each: (-each.points, each.answer))


def flips(found: Assessment) -> list[Flip]:
    """The smallest changes that give another decision: of one fact each; where none does, of two."""
    tried = [(each, _suppose(found, (each,))) for each in _everything(found)]
    single = _first_of_each([_flip((each,), judged) for each, judged in tried if _is_wanted(judged, found)], found)
    if single:
        return single[:_TOLD]
    wanted = sorted(tried, key=lambda each: _promise(each[1], found), reverse=True)[:_PAIRED]
    pairs = []
    for (one, _), (other, _) in combinations(wanted, 2):
        if one.name == other.name:
            continue
        judged = _suppose(found, (one, other))
        if _is_wanted(judged, found):
            pairs.append(_flip((one, other), judged))
    return _first_of_each(pairs, found)[:_TOLD]


def _is_wanted(judged: Judged, found: Assessment) -> bool:
    """Of a lead that is not ready it is asked what would make it so; of any other, what would make it anything else."""
    if found.judged.decision == "not_ready":
        return judged.decision == "qualified"
    return judged.decision != found.judged.decision


def _flip(changes: tuple[Supposed, ...], judged: Judged) -> Flip:
    return Flip(changes, judged.decision, judged.rank, judged.points.score)


def _first_of_each(flips: list[Flip], found: Assessment) -> list[Flip]:
    """One per fact or pair of facts: the one that moves the score least; what nobody has said comes before the rest."""
    best: dict[tuple[str, ...], Flip] = {}
    for flip in sorted(flips, key=lambda each: abs(each.score - found.score)):
        best.setdefault(tuple(sorted(change.name for change in flip.changes)), flip)
    known = found.judged.known.values
    return sorted(best.values(), key=lambda flip: sum(change.name in known for change in flip.changes))


def _promise(judged: Judged, found: Assessment) -> tuple[int, int]:
    """How far a single change goes towards another decision: in criteria, then in points."""
    towards = -1 if found.judged.decision == "qualified" else 1
    return towards * (len(judged.bars_met) - len(found.judged.bars_met)), towards * judged.points.score


def _order(judged: Judged) -> int:
    return int(judged.decision == "qualified")


def _suppose(found: Assessment, changes: tuple[Supposed, ...]) -> Judged:
    history = _with(found, changes)
    return judge(history, known_to(found.rules, history, found.as_of), found.rules, found.as_of)


def _with(found: Assessment, changes: tuple[Supposed, ...]) -> History:
    history = found.history
    answers = {change.name: change.text for change in changes if not change.of_person}
    if answers:
        note = Note("~supposed", found.as_of, answers, via="supposed")
        history = replace(history, notes=(*history.notes, note))
    learnt: dict[str, str | bool | None] = {
        change.name: change.text == "yes" if change.name.startswith(("has_", "mailable")) else change.text
        for change in changes
        if change.of_person
    }
    if learnt:
        update = PersonUpdate(_NEVER, found.as_of, {**history.person, **learnt})
        history = replace(history, person_updates=(*history.person_updates, update))
    return history


def _everything(found: Assessment) -> Iterator[Supposed]:
    """Every fact that somebody could tell, at every value that some rule asks for, beside what is known."""
    known = found.judged.known.values
    for name in found.rules.answers:
        yield from (each for each in _answers(found, name) if shown(known.get(name)) != each.text)
    for name in _OF_PERSON:
        for value in found.rules.asked.get(name, ()):
            if known.get(name) != value:
                yield Supposed(name, shown(value), of_person=True)


def _answers(found: Assessment, name: str) -> list[Supposed]:
    answer = found.rules.answers[name]
    readiness = found.rules.readiness
    values = [text for value in found.rules.asked.get(name, ()) for text in _texts(value, answer.kind)]
    values += list(dict.fromkeys(answer.choices.values()))
    if readiness is not None and readiness.answer == name:
        values += [str(choice) for choice in readiness.months]
    if answer.kind == "text" and not answer.choices:
        values.append("something")
    return [Supposed(name, text) for text in dict.fromkeys(values) if _is_read(answer, text)]


def _texts(value: Any, kind: FactType) -> list[str]:
    if kind == "number":
        return [shown(each) for each in (value, value + 1, value - 1) if each >= 0]
    return [shown(value)]


def _is_read(answer: Answer, text: str) -> bool:
    return answer.read(text) is not None
