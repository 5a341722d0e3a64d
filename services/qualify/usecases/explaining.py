"""A lead's score for whoever asks: now or at any earlier moment, worked out from what was known then."""

from datetime import datetime
from functools import partial
from uuid import UUID

from services.qualify import store
from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.facts import shown
from services.qualify.domain.rulebook import Yardstick
from services.qualify.domain.rules import BANT
from services.qualify.domain.supposing import Flip, flips, missing
from services.qualify.domain.timing import next_change
from services.qualify.models import Score
from services.qualify.usecases import recalling
from services.qualify.usecases.scoring import predicted
from shared.contracts import calls, schema
from shared.database.unit_of_work import Transaction


def explained(tx: Transaction, lead_id: UUID, as_of: datetime | None, yardstick: Yardstick) -> calls.ScoreReply | None:
    """What is said of the lead at `as_of`, under the rules and the model of that moment; None: nothing was known."""
    history = recalling.read(tx.session, lead_id)
    if history is None:
        return None
    if as_of is None or as_of >= tx.now:
        moment = max(tx.now, history.heard_until or tx.now)
        rules, predictor = yardstick.book.rules_for(lead_id), yardstick.predictor
    else:
        moment = as_of
        rules, predictor = yardstick.book.rules_at(lead_id, moment), yardstick.predictor_then(moment)
    found = assess(history, rules, moment, partial(yardstick.book.rules_at, lead_id), predictor)
    if found is None:
        return None
    published = store.published_scores(tx.session, lead_id, moment)
    return _reply(lead_id, found, moment, [_point(row) for row in published])


def _reply(lead_id: UUID, found: Assessment, moment: datetime, published: list[calls.ScorePoint]) -> calls.ScoreReply:
    next_rank, needed = _next_rank(found)
    return calls.ScoreReply(
        lead_id=lead_id,
        rank=found.rank,
        decision=found.decision,
        fit=found.fit,
        engagement=found.engagement,
        score=found.score,
        lines=[calls.ExplanationLine(**vars(line)) for line in found.lines],
        because=found.because,
        rules_version=found.rules.version,
        scored_at=found.as_of,
        as_of=moment,
        trend=found.trend.direction,
        week_ago=found.trend.week_ago,
        month_ago=found.trend.month_ago,
        stage=found.stage,
        moves=[calls.StageMove(stage=move.stage, at=move.at, because=move.because) for move in found.moves],
        segments=list(found.segments),
        process=found.process,
        worked_by=found.owner,
        potential_value=found.potential_value,
        bant=bant_answers(found),
        group=_group(found),
        next_rank=next_rank,
        points_to_next=needed,
        missing=[calls.Question(**vars(each)) for each in missing(found)],
        flips=[_flip(found, each) for each in flips(found)],
        published=published,
        changes_at=next_change(found),
        prediction=predicted(found.prediction),
    )


def bant_answers(found: Assessment) -> list[calls.BantAnswer]:
    """Budget, authority, need and timing: each with who said it, when, and how it was learnt."""
    return [_bant_answer(found, place) for place in range(len(BANT))]


def _bant_answer(found: Assessment, place: int) -> calls.BantAnswer:
    bar, judged = BANT[place], found.judged
    fact = found.facts.get(judged.qualification.criteria[bar].answer)
    met = place in judged.bars_met
    if fact is None:
        return calls.BantAnswer(bar=bar, met=met)
    return calls.BantAnswer(
        bar=bar, value=shown(fact.value), met=met, via=fact.via, by=fact.by, inquiry_id=fact.inquiry_id,
        at=fact.received_at,
    )  # fmt: skip


def _next_rank(found: Assessment) -> tuple[str | None, int | None]:
    if found.rank == "cold":
        return "warm", found.rules.warm - found.score
    return ("hot", found.rules.hot - found.score) if found.rank == "warm" else (None, None)


def _group(found: Assessment) -> calls.BuyingGroup | None:
    seen = max(found.history.colleagues, key=lambda each: each.heard_at, default=None)
    if seen is None or not seen.people:
        return None
    return calls.BuyingGroup(people=seen.people, score=seen.score, roles=list(seen.roles))


def _flip(found: Assessment, flip: Flip) -> calls.Flip:
    return calls.Flip(
        changes=[
            calls.SupposedFact(fact=each.name, value=each.text, instead_of=_known(found, each.name))
            for each in flip.changes
        ],
        decision=flip.decision,
        rank=flip.rank,
        score=flip.score,
    )


def _known(found: Assessment, name: str) -> str | None:
    values = found.judged.known.values
    return shown(values[name]) if name in values else None


def _point(row: Score) -> calls.ScorePoint:
    return calls.ScorePoint(at=row.scored_at, score=row.score, rank=row.rank)


def as_published(score: Score) -> calls.ScoreReply:
    """A score as it was published last, with nothing worked out anew."""
    return calls.ScoreReply(
        lead_id=score.lead_id,
        rank=score.rank,
        decision=score.decision,
        fit=score.fit,
        engagement=score.engagement,
        score=score.score,
        lines=[schema.load(calls.ExplanationLine, line) for line in score.lines],
        because=score.because,
        rules_version=score.rules_version,
        scored_at=score.scored_at,
    )
