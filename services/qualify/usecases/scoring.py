"""Assesses a lead from all that was heard of it, and tells what changed.

Whatever the order in which the facts of a lead come, and however often:
- the profile ends the same, and so do score, rank and decision at the same moment under the same rules;
- `revision` grows with every fact taken into account, and with every change that no fact brought (time that passed,
  other rules), so the `lead_scored` of the highest revision is the truth;
- a lead that ends qualified has been published as `lead_qualified`, the first time under the same event id.
Between, different orders may pass through different scores: an answer that a newer one corrects may be heard alone
in one order and never in the other.
"""

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import Any

import structlog

from services.qualify import memory
from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.predicting import Prediction
from services.qualify.domain.rulebook import Yardstick
from services.qualify.domain.rules import Rules
from services.qualify.domain.timing import next_change
from services.qualify.models import Person, Profile, Score
from services.qualify.usecases import groups, recalling, screening
from services.qualify.usecases.notes import told_notes
from shared.contracts import qualify, schema
from shared.contracts.prediction import Predicted, PredictionReason
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

#: Kind of the due work that looks at a lead when time has passed; its key is the lead's id.
LOOK_AGAIN = "look_again"
DISQUALIFIED = ("unqualified", "junk")
#: What leads are measured by in a transaction; costs no query after the first time in it.
Measuring = Callable[[Transaction], Yardstick]


def reassess(tx: Transaction, profile: Profile, yardstick: Yardstick) -> None:
    """Assesses the lead as of now, and publishes what changed."""
    _assess_again(tx, profile, yardstick, only_standing=False)


def take_note(tx: Transaction, profile: Profile) -> None:
    """Counts what was heard and says nothing new: the lead stands as it did."""
    profile.revision = max(profile.revision, recalling.history(tx, profile).revision + profile.turns)


def pass_time(tx: Transaction, profile: Profile, yardstick: Yardstick) -> None:
    """Assesses the lead as of now, and publishes only if its standing is another: points fade every day."""
    _assess_again(tx, profile, yardstick, only_standing=True)


def _assess_again(tx: Transaction, profile: Profile, yardstick: Yardstick, only_standing: bool) -> None:
    history = recalling.history(tx, profile)
    rules = yardstick.book.rules_for(profile.lead_id)
    heard = profile.revision
    profile.revision = max(heard, history.revision + profile.turns)
    # Clocks of processes differ: what was heard counts, even if another process heard it a moment from now.
    as_of = max(tx.now, history.heard_until or tx.now)
    assessment = assess(history, rules, as_of, partial(yardstick.book.rules_at, profile.lead_id), yardstick.predictor)
    if assessment is None:
        return
    profile.facts = memory.fact_documents(assessment.facts)
    digest = _digest(assessment)
    if digest != profile.digest and not (only_standing and _stands(profile, assessment)):
        if profile.revision <= heard:
            profile.turns += heard + 1 - profile.revision
            profile.revision = heard + 1
        profile.digest = digest
        _publish(tx, profile, assessment, rules)
    _tell_stage(tx, profile, assessment, rules)
    screening.follow(tx, profile, assessment, rules)
    _join_group(tx, profile, assessment)
    _look_again(tx, profile, assessment)


def _stands(profile: Profile, found: Assessment) -> bool:
    """Whether rank and decision are as they were published last."""
    return (profile.rank, profile.decision) == (found.rank, found.decision)


def _join_group(tx: Transaction, profile: Profile, found: Assessment) -> None:
    person = tx.get(Person, profile.person_id) if profile.person_id else None
    if profile.closed_at is not None:
        groups.leave(tx, profile)
    else:
        role = found.facts.get(groups.ROLE)
        groups.join(
            tx, profile, memory.company_of(profile, person), found.score_alone, str(role.value) if role else None
        )


def _look_again(tx: Transaction, profile: Profile, found: Assessment) -> None:
    """Has the lead looked at when time alone may change its standing next."""
    changes_at = next_change(found)
    if changes_at == profile.changes_at:
        return
    if changes_at is None:
        tx.unschedule(LOOK_AGAIN, str(profile.lead_id))
    else:
        tx.schedule(LOOK_AGAIN, str(profile.lead_id), changes_at)
    profile.changes_at = changes_at


def _digest(assessment: Assessment) -> str:
    """Of all that is published, but not of the time: a fact that changes nothing is not told."""
    told = (
        assessment.lines,
        assessment.rank,
        assessment.decision,
        assessment.because,
        assessment.bant,
        assessment.potential_value,
        assessment.segments,
        assessment.process,
        assessment.owner,
        assessment.prediction.percent if assessment.prediction else None,
    )
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def _publish(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    _keep_score(tx, profile, assessment, rules)
    was_ranked, was_decided = profile.rank, profile.decision
    profile.rank, profile.decision, profile.score = assessment.rank, assessment.decision, assessment.score
    _tell_score(tx, profile, assessment, rules, was_ranked)
    if assessment.decision == "qualified" and was_decided != "qualified":
        _tell_qualified(tx, profile, assessment, rules)
    if assessment.decision in DISQUALIFIED and was_decided not in DISQUALIFIED:
        _tell_disqualified(tx, profile, assessment, rules)


def _keep_score(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    tx.add(
        Score(
            lead_id=profile.lead_id,
            revision=profile.revision,
            rules_version=rules.version,
            fit=assessment.fit,
            engagement=assessment.engagement,
            score=assessment.score,
            rank=assessment.rank,
            decision=assessment.decision,
            lines=[schema.dump(line) for line in assessment.lines],
            because=assessment.because,
            facts=profile.facts,
            scored_at=assessment.as_of,
        )
    )


def _tell_score(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules, previous: Any) -> None:
    event = qualify.LeadScored(
        **_identity(profile, rules),
        fit=assessment.fit,
        engagement=assessment.engagement,
        score=assessment.score,
        rank=assessment.rank,
        previous_rank=previous,
        decision=assessment.decision,
        lines=assessment.lines,
        because=assessment.because,
        bant=assessment.bant,
        scored_at=assessment.as_of,
        trend=assessment.trend.direction,
        segments=list(assessment.segments),
        process=assessment.process,
        worked_by=assessment.owner,
        potential_value=assessment.potential_value,
        prediction=predicted(assessment.prediction),
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.revision}")


def _tell_stage(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    previous, profile.stage = profile.stage, assessment.stage
    if previous == assessment.stage:
        return
    profile.moves += 1
    move = assessment.moves[-1]
    event = qualify.StageChanged(
        **_identity(profile, rules),
        stage=assessment.stage,
        previous=previous,  # type: ignore[arg-type]  # as it was stored
        because=move.because,
        moved_at=move.at,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.moves}")


def _tell_qualified(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    profile.times_qualified += 1
    event = qualify.LeadQualified(
        **_identity(profile, rules),
        rank=assessment.rank,
        score=assessment.score,
        bant=assessment.bant,
        potential_value=assessment.potential_value,
        process=assessment.process,
        worked_by=assessment.owner,
        segments=list(assessment.segments),
        overlays=list(assessment.overlays),
        industry=assessment.industry,
        because=assessment.because,
        notes=told_notes(profile),
        qualified_at=assessment.as_of,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.times_qualified}")
    log.info("lead_qualified", lead_id=str(profile.lead_id), score=assessment.score, rank=assessment.rank)


def _tell_disqualified(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    profile.times_disqualified += 1
    event = qualify.LeadDisqualified(
        **_identity(profile, rules),
        rank=assessment.rank,
        because=assessment.because,
        disqualified_at=assessment.as_of,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.times_disqualified}")
    log.info("lead_disqualified", lead_id=str(profile.lead_id), rank=assessment.rank)


def _identity(profile: Profile, rules: Rules) -> dict[str, Any]:
    return {
        "lead_id": profile.lead_id,
        "person_id": profile.person_id,
        "revision": profile.revision,
        "rules_version": rules.version,
    }


def predicted(prediction: Prediction | None) -> Predicted | None:
    """A prediction as others are told of it."""
    if prediction is None:
        return None
    reasons = [
        PredictionReason(fact=each.fact, value=each.value, weight=round(each.weight, 4), words=each.words)
        for each in prediction.reasons
    ]
    return Predicted(probability=round(prediction.probability, 6), model=prediction.version, reasons=reasons)
