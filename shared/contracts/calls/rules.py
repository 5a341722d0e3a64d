"""What qualification answers about its rules: what is live, who approved what, publishing, reverting, back-tests."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract

Party = Literal["marketing", "sales"]


# --- back-tests --------------------------------------------------------------------------------------------------


@contract
class Move:
    """So many leads went from one rank or decision to another; the same on both sides: they stayed."""

    before: str
    after: str
    leads: int


@contract
class MovedLead:
    """One lead that the draft judges otherwise."""

    lead_id: UUID
    #: The moment of which both judgements are.
    as_of: datetime
    rank_before: str
    rank_after: str
    score_before: int
    score_after: int
    decision_before: str
    decision_after: str
    #: won or lost, where that is known.
    outcome: str | None = None
    #: The lines that make the difference, one sentence each.
    because: list[str] = field(default_factory=list)


@contract
class OwnerLoad:
    """How many leads an owner got or would get: qualified leads of the whole time."""

    owner_id: str
    live: float
    draft: float


@contract
class Lift:
    """How well qualifying foretold the sale, among leads whose end is known."""

    qualified: int
    won: int
    #: Won leads that were not qualified.
    missed: int
    #: Share of won among the qualified, in percent; None without any.
    win_rate: float | None = None
    #: That share as a multiple of the share among all; None without any.
    lift: float | None = None


@contract
class PrintCost:
    """What printed matter costs for the leads of a rank."""

    rank: str
    each: Decimal
    live: int
    draft: int


@contract
class BacktestReport:
    """What a draft would have made of the leads of some months."""

    draft: str
    against: str
    since: date
    until: date
    #: Leads of these months, and how many of them got another rank or decision.
    leads: int
    changed: int
    ranks: list[Move]
    decisions: list[Move]
    #: Leads that were qualified at some moment.
    qualified_live: int
    qualified_draft: int
    examples: list[MovedLead] = field(default_factory=list)
    load: list[OwnerLoad] = field(default_factory=list)
    #: Leads whose end is known.
    won: int = 0
    lost: int = 0
    live_lift: Lift
    draft_lift: Lift
    #: Won leads that the live rules qualified and the draft would not have.
    newly_missed: list[MovedLead] = field(default_factory=list)
    prints: list[PrintCost] = field(default_factory=list)
    seconds: float = 0.0


@contract
class BacktestEntry:
    """A back-test that was kept."""

    report: BacktestReport
    ran_by: str
    ran_at: datetime


# --- rules -------------------------------------------------------------------------------------------------------


@contract
class RuleApprovalEntry:
    party: str
    by: str
    at: datetime


@contract
class RuleSetEntry:
    """One text of the rules, and where it stands on its way."""

    version: str
    digest: str
    #: draft, approved, trial, live, retired
    state: str
    approvals: list[RuleApprovalEntry]
    #: The parties that have not approved.
    missing: list[str]
    proposed_by: str | None = None
    proposed_at: datetime | None = None


@contract
class RuleChange:
    """One difference between a draft and the live rules, in plain words."""

    section: str
    entry: str
    kind: str
    words: str


@contract
class RulePublicationEntry:
    number: int
    version: str
    #: first, publish, revert
    kind: str
    share: int
    by: str
    at: datetime


@contract
class ReassessmentEntry:
    """How far the open leads have been assessed anew after the newest publication."""

    number: int
    done: int
    changed: int
    started_at: datetime
    ended_at: datetime | None = None


@contract
class RulesRequest:
    #: The draft's text; the file in the room's own folder when left out.
    text: str | None = None


@contract
class RulesReply:
    live: RuleSetEntry
    #: Rules on trial with `share` percent of the leads.
    trial: RuleSetEntry | None = None
    share: int = 0
    #: What a revert returns to.
    replaced: str | None = None
    #: None where the file says what is live.
    draft: RuleSetEntry | None = None
    #: Why the file cannot be used, where it cannot.
    problem: str | None = None
    changes: list[RuleChange] = field(default_factory=list)
    #: Newest first.
    publications: list[RulePublicationEntry] = field(default_factory=list)
    #: Other texts that somebody approved and nobody has published yet.
    waiting: list[RuleSetEntry] = field(default_factory=list)
    reassessment: ReassessmentEntry | None = None
    backtest: BacktestEntry | None = None


@contract
class RuleTextRequest:
    #: The live rules when left out.
    version: str | None = None


@contract
class RuleTextReply:
    version: str
    digest: str
    text: str


@contract
class ApproveRulesRequest:
    """The approval holds for the text of this digest alone; a text that the room does not have comes along."""

    digest: str
    party: Party
    by: str
    #: Who is proved to ask, such as the id of a key: nobody approves for both parties. `by` where nothing is proved.
    approver: str | None = None
    text: str | None = None


@contract
class PublishRulesRequest:
    digest: str
    #: Percent of the leads.
    share: int = 100
    by: str


@contract
class RevertRulesRequest:
    #: The publication that is undone, which must be the newest; whichever that is when left out.
    number: int | None = None
    by: str


@contract
class KeepBacktestRequest:
    #: The draft that was tested.
    text: str
    report: BacktestReport
    by: str


@contract
class KeptReply:
    kept: bool = True


RULES = declare("qualify", "rules", RulesRequest, RulesReply)
RULE_TEXT = declare("qualify", "rule_text", RuleTextRequest, RuleTextReply)
APPROVE_RULES = declare("qualify", "approve_rules", ApproveRulesRequest, RulesReply)
PUBLISH_RULES = declare("qualify", "publish_rules", PublishRulesRequest, RulesReply)
REVERT_RULES = declare("qualify", "revert_rules", RevertRulesRequest, RulesReply)
KEEP_BACKTEST = declare("qualify", "keep_backtest", KeepBacktestRequest, KeptReply)
