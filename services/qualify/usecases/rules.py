"""The life of a rule set: found or proposed, approved by both parties, published to a share of the leads, reverted."""

from hashlib import sha256

import structlog
from sqlalchemy import func, select

from services.qualify import rulebooks
from services.qualify.company import RULES_FILE
from services.qualify.company_entry import parsed
from services.qualify.domain import approvals
from services.qualify.domain.approvals import PARTIES, Approval, Party, Refused
from services.qualify.domain.comparing import changes
from services.qualify.domain.publications import EVERYBODY, Kind, Standing
from services.qualify.models import Backtest, RuleApproval, RulePublication, RuleSet
from services.qualify.rulebooks import RuleBooks
from services.qualify.usecases import reassessing
from shared.company_file import CompanyError
from shared.contracts import calls, qualify, schema
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.database.erasing import run_alone
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

#: Differences that an event tells of; the texts themselves are kept whole.
CHANGES_TOLD = 100


def begin(tx: Transaction, *, books: RuleBooks) -> None:
    """At the very first start the folder's rules are live, as agreed by whom they name. Later starts change nothing."""
    if _were_published(tx):
        return
    # Replicas start side by side: one of them publishes, the others wait and find it done.
    run_alone(tx.session)
    if _were_published(tx):
        return
    text = books.draft()
    rules = books.rules_of(text)
    rule_set = propose(tx, text, RULES_FILE, books)
    for party in PARTIES:
        approval = RuleApproval(
            digest=rule_set.digest,
            party=party,
            approved_by=f"{party}, as {RULES_FILE} says since {rules.qualification.agreed_on}",
            approver=f"{RULES_FILE}: {party}",
            approved_at=tx.now,
        )
        tx.session.add(approval)
    tx.session.flush()
    _publish(tx, rule_set, kind="first", share=EVERYBODY, by=RULES_FILE, books=books, before=Standing())


def _were_published(tx: Transaction) -> bool:
    return bool(tx.session.scalar(select(func.count()).select_from(RulePublication)))


def propose(tx: Transaction, text: str, by: str, books: RuleBooks) -> RuleSet:
    """Keeps a text, once. Raises ContractViolation when it cannot be used as rules."""
    digest = rulebooks.digest_of(text)
    known = tx.session.get(RuleSet, digest)
    if known is not None:
        return known
    try:
        version = books.rules_of(text).version
    except CompanyError as error:
        raise ContractViolation("rules", {"text": [str(error)]}) from None
    rule_set = RuleSet(digest=digest, version=version, text=text, proposed_by=by, proposed_at=tx.now)
    tx.session.add(rule_set)
    tx.session.flush()
    return rule_set


def approve(tx: Transaction, request: calls.ApproveRulesRequest, *, books: RuleBooks) -> None:
    """One party agrees to exactly the text of this digest."""
    run_alone(tx.session)
    by = _named(request.by)
    approver = _named(request.approver or by)
    rule_set = _rule_set(tx, request.digest) or propose(tx, _text_of(request, books), by, books)
    try:
        fresh = approvals.check_approval(rule_set.version, request.party, approver, approvals_of(tx, rule_set.digest))
    except Refused as refused:
        raise NotAllowed(str(refused)) from None
    if fresh:
        tx.session.add(
            RuleApproval(
                digest=rule_set.digest, party=request.party, approved_by=by, approver=approver, approved_at=tx.now
            )
        )
        tx.session.flush()
        log.info("rules_approved", version=rule_set.version, party=request.party)


def publish(tx: Transaction, request: calls.PublishRulesRequest, *, books: RuleBooks) -> None:
    """A share of the leads comes under these rules, if both parties agreed to this text."""
    run_alone(tx.session)
    rule_set = _rule_set(tx, request.digest)
    if rule_set is None:
        version = request.digest[:12]
        raise NotAllowed(f"{version} cannot be published: marketing and sales have not approved this text")
    _check_text(rule_set)
    before = books.live(tx.session).standing
    try:
        fresh = approvals.check_publication(rule_set.version, request.share, approvals_of(tx, rule_set.digest), before)
    except Refused as refused:
        raise NotAllowed(str(refused)) from None
    if fresh:
        _publish(tx, rule_set, "publish", request.share, _named(request.by), books, before)


def revert(tx: Transaction, request: calls.RevertRulesRequest, *, books: RuleBooks) -> None:
    """What stood before the newest publication stands again, for everybody, at once."""
    run_alone(tx.session)
    book = books.live(tx.session)
    newest = book.publications[-1].number
    if request.number is not None and request.number != newest:
        raise NotAllowed(f"publication {request.number} is not the newest any more: that is {newest}; look again")
    try:
        version = approvals.check_revert(book.standing)
    except Refused as refused:
        raise NotAllowed(str(refused)) from None
    rule_set = tx.session.scalars(select(RuleSet).where(RuleSet.version == version)).one()
    _publish(tx, rule_set, "revert", EVERYBODY, _named(request.by), books, book.standing)


def keep_backtest(tx: Transaction, request: calls.KeepBacktestRequest) -> None:
    """Remembers the newest back-test of a text, so that those who approve it can see it."""
    digest = rulebooks.digest_of(request.text)
    if request.report.draft != digest[:12]:
        raise ContractViolation("backtest", {"report": ["is of another text"]})
    kept = tx.session.get(Backtest, digest) or Backtest(digest=digest)
    kept.report, kept.ran_by, kept.ran_at = schema.dump(request.report), _named(request.by), tx.now
    tx.session.add(kept)


def approvals_of(tx: Transaction, digest: str) -> list[Approval]:
    """Who agreed to this text."""
    rows = tx.session.scalars(select(RuleApproval).where(RuleApproval.digest == digest).order_by(RuleApproval.party))
    return [Approval(_party(row.party), row.approved_by, row.approver, row.approved_at) for row in rows]


def _publish(
    tx: Transaction, rule_set: RuleSet, kind: Kind, share: int, by: str, books: RuleBooks, before: Standing
) -> None:
    number = 1 + (tx.session.scalar(select(func.max(RulePublication.number))) or 0)
    tx.session.add(
        RulePublication(
            number=number,
            digest=rule_set.digest,
            kind=kind,
            share=share,
            published_by=by,
            published_at=tx.now,
            # The database holds these against the approvals: without both there is no publication.
            marketing="marketing",
            sales="sales",
        )
    )
    tx.session.flush()
    books.forget(tx.session)
    _tell(tx, rule_set, number, kind, share, by, before)
    if kind != "first":
        reassessing.begin(tx, number)
    log.info("rules_published", version=rule_set.version, number=number, kind=kind, share=share)


def _tell(tx: Transaction, rule_set: RuleSet, number: int, kind: Kind, share: int, by: str, before: Standing) -> None:
    # What a revert takes back is what was live or on trial until now.
    leaving = before.trial if kind == "revert" and before.trial else before.live
    old = rulebooks.texts_of(tx.session, {leaving}).get(leaving) if leaving else None
    event = qualify.RulesPublished(
        number=number,
        version=rule_set.version,
        digest=rule_set.digest,
        previous_version=leaving,
        kind=kind,
        share=share,
        by=by,
        approved_by={approval.party: approval.by for approval in approvals_of(tx, rule_set.digest)},
        changes=changes_between(old, rule_set.text)[:CHANGES_TOLD] if old else [],
        published_at=tx.now,
    )
    tx.emit(event, key=str(number))


def changes_between(old: str, new: str) -> list[str]:
    """What differs between two texts, one sentence each."""
    before, after = parsed(old.encode(), RULES_FILE), parsed(new.encode(), RULES_FILE)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    return [str(change) for change in changes(before, after)]


def _rule_set(tx: Transaction, digest: str) -> RuleSet | None:
    return tx.session.get(RuleSet, digest)


def _text_of(request: calls.ApproveRulesRequest, books: RuleBooks) -> str:
    """The text that is approved: as it came along, or as it lies in the folder. Raises when it is another."""
    try:
        text = request.text if request.text is not None else books.draft()
    except CompanyError as error:
        raise NotFound(str(error)) from None
    if rulebooks.digest_of(text) != request.digest:
        raise NotAllowed("the text was changed since it was shown: look at it again, then approve it")
    return text


def _check_text(rule_set: RuleSet) -> None:
    """The database refuses a text with another digest; should it have been made to take one, nothing is published."""
    if sha256(rule_set.text.encode()).hexdigest() != rule_set.digest:
        raise NotAllowed(f"the stored text of {rule_set.version} is not the one that was approved")


def _named(by: str) -> str:
    name = by.strip()
    if not 0 < len(name) <= 200:
        raise ContractViolation("rules", {"by": ["a name of 200 characters at most"]})
    return name


def _party(name: str) -> Party:
    return "marketing" if name == "marketing" else "sales"
