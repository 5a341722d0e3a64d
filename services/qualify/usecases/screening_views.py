"""Screening as it is shown: queues, one lead with its script, and the questions of a reply form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.qualify import store
from services.qualify import store_screenings as queues
from services.qualify.domain.rules import BANT, Rules
from services.qualify.domain.scripts import Scripts, choices_of, in_language, to_ask
from services.qualify.models import Profile, Screening
from services.qualify.usecases.explaining import as_published
from services.qualify.usecases.notes import told_notes
from services.qualify.usecases.screening import is_held
from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction


def entry(row: Screening, now: datetime) -> calls.ScreeningEntry:
    """One place in a queue."""
    held = is_held(row, now)
    return calls.ScreeningEntry(
        lead_id=row.lead_id,
        person_id=row.person_id,
        screening_id=row.screening_id,
        round=row.round,
        queue=row.queue,
        state=_state(row, held, now),
        rule=row.rule,
        because=row.because,
        priority=row.priority,
        potential_value=row.potential_value,
        requested_at=row.requested_at,
        due_at=row.due_at,
        overdue=row.state != "done" and row.due_at < now,
        not_before=row.not_before,
        attempts=row.attempts,
        claimed_by=row.claimed_by if held else None,
        claimed_until=row.claimed_until if held else None,
        outcome=row.outcome,
    )


def listed(tx: Transaction, request: calls.QueuesRequest) -> calls.QueuesReply:
    """How the queues stand, and the leads in them."""
    rows = queues.entries(
        tx.session, tx.now, queue=request.queue, claimed_by=request.claimed_by, limit=min(max(request.limit, 1), 200)
    )
    states = [calls.QueueState(**state._mapping) for state in queues.states(tx.session, tx.now)]
    return calls.QueuesReply(queues=states, entries=[entry(row, tx.now) for row in rows])


def described(tx: Transaction, lead_id: UUID, by: str | None, rules: Rules, scripts: Scripts) -> calls.ScreeningReply:
    """A lead as its screener sees it. Raises NotFound where it was never in a queue."""
    row, profile = tx.session.get(Screening, lead_id), tx.session.get(Profile, lead_id)
    if row is None or profile is None:
        raise NotFound("This lead waits in no queue.")
    mine = is_held(row, tx.now) and row.claimed_by == by
    newest: dict[str, Any] = max(profile.responses.values(), key=lambda response: response["received_at"], default={})
    products = dict.fromkeys(product for response in profile.responses.values() for product in response["products"])
    return calls.ScreeningReply(
        entry=entry(row, tx.now),
        claim=row.claim if mine else None,
        script=[
            calls.ScriptStep(
                step=step.step,
                say=step.say,
                questions=[_question(each.ask, each.answer, each.hint, profile, rules) for each in step.questions],
                objections=[calls.ScriptObjection(says=each.says, reply=each.reply) for each in step.objections],
            )
            for step in scripts.script(row.script, row.queue)
        ],
        notes=told_notes(profile),
        score=score_of(tx, lead_id),
        message=newest.get("message"),
        products=list(products),
    )


def score_of(tx: Transaction, lead_id: UUID) -> calls.ScoreReply | None:
    """The lead's score as it was published last."""
    score = store.latest_score(tx.session, lead_id)
    return as_published(score) if score is not None else None


def reply_form(
    tx: Transaction, request: calls.ReplyFormRequest, rules: Rules, scripts: Scripts
) -> calls.ReplyFormReply:
    """What to ask a prospect who follows the link of a piece: little, and what we miss most."""
    form, profile = scripts.reply_form, tx.session.get(Profile, request.lead_id)
    if profile is None:
        raise NotFound("There is no such lead.")
    unmet = [rules.qualification.criteria[bar].answer for bar in BANT]

    def said(words: Mapping[str, str]) -> str:
        return in_language(words, request.language)

    return calls.ReplyFormReply(
        title=said(form.title),
        intro=said(form.intro),
        button=said(form.button),
        thanks=said(form.thanks),
        message=said(form.message),
        questions=[
            calls.ReplyQuestion(
                answer=each.answer,
                ask=said(each.ask),
                kind="choice" if each.choices else rules.answers[each.answer].kind,
                choices={value: said(words) for value, words in each.choices.items()},
            )
            for each in to_ask(form, profile.facts.keys(), unmet)
            if each.answer in rules.answers
        ],
    )


def _question(ask: str, answer: str, hint: str | None, profile: Profile, rules: Rules) -> calls.ScriptQuestion:
    known, declared = profile.facts.get(answer, {}), rules.answers.get(answer)
    return calls.ScriptQuestion(
        ask=ask,
        answer=answer,
        kind=declared.kind if declared else "text",
        choices=choices_of(declared) if declared else [],
        hint=hint,
        known=known.get("value"),
        origin=known.get("via"),
    )


def _state(row: Screening, held: bool, now: datetime) -> str:
    if row.state == "done":
        return "done"
    if held:
        return "claimed"
    return "later" if row.not_before > now else "waiting"
