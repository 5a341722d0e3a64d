"""Answers about what is said of leads other than by an owner's link."""

from services.router.desk import desk
from services.router.usecases import deciding, looking_after, reporting, worksheet
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class WordCalls:
    """Decisions, words of programs and lists, and mail that waits."""

    runtime: Runtime

    @answers(calls.DESCRIBE_DECISION)
    def describe_decision(self, request: calls.DecisionRequest) -> calls.DecisionReply:
        """What the page behind a manager's link shows; changes nothing."""
        with self.runtime.begin() as tx:
            return deciding.describe_decision(tx, request.token, desk=desk(self.runtime.company))

    @answers(calls.DECIDE)
    def decide(self, request: calls.DecideRequest) -> calls.DecideReply:
        """Does what a manager's link stands for, once."""
        with self.runtime.begin() as tx:
            return deciding.decide(tx, request.token, request.note, desk=desk(self.runtime.company))

    @answers(calls.SAY)
    def say(self, request: calls.SayRequest) -> calls.SayReply:
        """Does what a program says of a lead."""
        with self.runtime.begin() as tx:
            return reporting.report(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.WORKSHEET)
    def worksheet(self, request: calls.WorksheetRequest) -> calls.WorksheetReply:
        """An owner's open leads as a table to fill in."""
        with self.runtime.begin() as tx:
            return worksheet.worksheet(tx, request.owner_id, rules=desk(self.runtime.company).rules)

    @answers(calls.FILLED_SHEET)
    def filled_sheet(self, request: calls.FilledSheetRequest) -> calls.FilledSheetReply:
        """Says what was filled in, row by row."""
        with self.runtime.begin() as tx:
            return worksheet.take_filled(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.WAITING_REPLIES)
    def waiting_replies(self, request: calls.RepliesRequest) -> calls.RepliesReply:
        """Mail of owners that somebody has to look at."""
        with self.runtime.begin() as tx:
            return looking_after.waiting_replies(tx)

    @answers(calls.SETTLE_REPLY)
    def settle_reply(self, request: calls.SettleReplyRequest) -> calls.SettleReplyReply:
        """Somebody has dealt with a mail."""
        with self.runtime.begin() as tx:
            return calls.SettleReplyReply(settled=looking_after.settle_reply(tx, request.receipt_id, request.by))

    @answers(calls.BLOCKERS)
    def blockers(self, request: calls.BlockersRequest) -> calls.BlockersReply:
        """What keeps owners from going on."""
        with self.runtime.begin() as tx:
            return looking_after.blockers(tx, rules=desk(self.runtime.company).rules)
