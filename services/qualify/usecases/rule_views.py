"""The rules as they are shown: what is live, what the file says, who approved it, what was published before."""

from collections.abc import Collection

from sqlalchemy import select

from services.qualify import rulebooks
from services.qualify.company import RULES_FILE
from services.qualify.company_entry import parsed
from services.qualify.domain.approvals import Approval, missing, state_of
from services.qualify.domain.comparing import changes
from services.qualify.domain.publications import Publication, Standing
from services.qualify.models import Backtest, Reassessment, RuleApproval, RulePublication, RuleSet
from services.qualify.rulebooks import RuleBooks
from services.qualify.usecases.rules import approvals_of
from shared.company_file import CompanyError
from shared.contracts import calls, schema
from shared.contracts.errors import NotAllowed, NotFound
from shared.database.unit_of_work import Transaction

#: Newest publications that are shown, and unpublished texts.
MOST = 50


def shown(tx: Transaction, request: calls.RulesRequest, *, books: RuleBooks) -> calls.RulesReply:
    """Everything about the rules, with the draft against what is live."""
    book = books.live(tx.session)
    now = book.standing
    if now.live is None or not rulebooks.publications(tx.session):
        raise NotAllowed("no rules were published yet; the room does that when it starts")
    texts = rulebooks.texts_of(tx.session, {version for version in (now.live, now.trial) if version})
    text, problem = _draft(request, books)
    draft = _entry(tx, text, now, book.publications) if text and rulebooks.version_of(text) != now.live else None
    run = tx.session.get(Reassessment, book.publications[-1].number)
    return calls.RulesReply(
        live=_entry(tx, texts[now.live], now, book.publications),
        trial=_entry(tx, texts[now.trial], now, book.publications) if now.trial else None,
        share=now.share,
        replaced=now.replaced,
        draft=draft,
        problem=problem,
        changes=_changes(texts[now.live], text) if text and draft else [],
        publications=[_publication(each) for each in reversed(book.publications[-MOST:])],
        waiting=_waiting(tx, now, book.publications, except_for=draft.digest if draft else ""),
        reassessment=_progress(run) if run else None,
        backtest=_backtest(tx, draft.digest if draft else rulebooks.digest_of(texts[now.live])),
    )


def text(tx: Transaction, request: calls.RuleTextRequest, *, books: RuleBooks) -> calls.RuleTextReply:
    """The text of a rule set; of the live one when none is named."""
    version = request.version or books.live(tx.session).standing.live
    row = tx.session.scalars(select(RuleSet).where(RuleSet.version == version)).first()
    if row is None:
        raise NotFound(f"there are no rules {version}")
    return calls.RuleTextReply(version=row.version, digest=row.digest, text=row.text)


def _draft(request: calls.RulesRequest, books: RuleBooks) -> tuple[str | None, str | None]:
    """The draft's text and why it cannot be used, where it cannot."""
    try:
        text = books.draft() if request.text is None else request.text
        books.rules_of(text)
    except CompanyError as error:
        return None, str(error)
    return text, None


def _entry(tx: Transaction, text: str, now: Standing, made: Collection[Publication]) -> calls.RuleSetEntry:
    digest = rulebooks.digest_of(text)
    return _described(tx.session.get(RuleSet, digest), digest, approvals_of(tx, digest), now, made)


def _described(
    row: RuleSet | None, digest: str, approvals: list[Approval], now: Standing, made: Collection[Publication]
) -> calls.RuleSetEntry:
    version = digest[:12]
    return calls.RuleSetEntry(
        version=version,
        digest=digest,
        state=state_of(version, approvals, now, any(each.version == version for each in made)),
        approvals=[calls.RuleApprovalEntry(party=each.party, by=each.by, at=each.at) for each in approvals],
        missing=list(missing(approvals)),
        proposed_by=row.proposed_by if row else None,
        proposed_at=row.proposed_at if row else None,
    )


def _waiting(
    tx: Transaction, now: Standing, made: Collection[Publication], except_for: str
) -> list[calls.RuleSetEntry]:
    """Texts that somebody approved and nobody published."""
    published = select(RulePublication.digest)
    approved = select(RuleApproval.digest)
    rows = tx.session.scalars(
        select(RuleSet)
        .where(RuleSet.digest.in_(approved), RuleSet.digest.not_in(published), RuleSet.digest != except_for)
        .order_by(RuleSet.proposed_at.desc())
        .limit(MOST)
    )
    return [_described(row, row.digest, approvals_of(tx, row.digest), now, made) for row in rows]


def _changes(live: str, draft: str) -> list[calls.RuleChange]:
    before, after = parsed(live.encode(), RULES_FILE), parsed(draft.encode(), RULES_FILE)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    return [
        calls.RuleChange(section=each.section, entry=each.entry, kind=each.kind, words=each.words)
        for each in changes(before, after)
    ]


def _publication(made: Publication) -> calls.RulePublicationEntry:
    return calls.RulePublicationEntry(
        number=made.number, version=made.version, kind=made.kind, share=made.share, by=made.by, at=made.at
    )


def _progress(run: Reassessment) -> calls.ReassessmentEntry:
    return calls.ReassessmentEntry(
        number=run.number, done=run.done, changed=run.changed, started_at=run.started_at, ended_at=run.ended_at
    )


def _backtest(tx: Transaction, digest: str) -> calls.BacktestEntry | None:
    kept = tx.session.get(Backtest, digest)
    if kept is None:
        return None
    report = schema.load(calls.BacktestReport, kept.report)
    return calls.BacktestEntry(report=report, ran_by=kept.ran_by, ran_at=kept.ran_at)
