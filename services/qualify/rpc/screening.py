"""Answers about screening: the queues, a lead in hand, what was found; and what a reply form asks."""

from services.qualify.company_scripts import load_scripts
from services.qualify.rulebooks import books_of
from services.qualify.usecases import claims, reports, screening_views
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class ScreeningCalls:
    """People look at leads and call them."""

    runtime: Runtime

    @answers(calls.SCREENING_QUEUES)
    def screening_queues(self, request: calls.QueuesRequest) -> calls.QueuesReply:
        """How the queues stand."""
        with self.runtime.begin() as tx:
            return screening_views.listed(tx, request)

    @answers(calls.CLAIM_SCREENING)
    def claim_screening(self, request: calls.ClaimRequest) -> calls.ClaimReply:
        """Hands out a lead: never to two."""
        books, scripts = books_of(self.runtime.company), load_scripts(self.runtime.company)
        with self.runtime.begin() as tx:
            book = books.measuring(tx).book
            row = claims.take(tx, request.by, book, queue=request.queue, lead_id=request.lead_id)
            if row is None:
                return calls.ClaimReply()
            rules = book.rules_for(row.lead_id)
            return calls.ClaimReply(screening=screening_views.described(tx, row.lead_id, request.by, rules, scripts))

    @answers(calls.SCREENING)
    def screening(self, request: calls.ScreeningRequest) -> calls.ScreeningReply:
        """One lead as its screener sees it."""
        books, scripts = books_of(self.runtime.company), load_scripts(self.runtime.company)
        with self.runtime.begin() as tx:
            rules = books.measuring(tx).book.rules_for(request.lead_id)
            return screening_views.described(tx, request.lead_id, request.by, rules, scripts)

    @answers(calls.SCREENING_RELEASE)
    def release_screening(self, request: calls.ReleaseScreeningRequest) -> calls.ScreeningReply:
        """Puts a lead back into its queue."""
        books, scripts = books_of(self.runtime.company), load_scripts(self.runtime.company)
        with self.runtime.begin() as tx:
            claims.release(tx, request.lead_id, request.claim)
            rules = books.measuring(tx).book.rules_for(request.lead_id)
            return screening_views.described(tx, request.lead_id, request.by, rules, scripts)

    @answers(calls.REPORT_SCREENING)
    def report_screening(self, request: calls.ReportRequest) -> calls.ReportReply:
        """Takes in what a screener found; the lead is scored anew at once."""
        books = books_of(self.runtime.company)
        with self.runtime.begin() as tx:
            row, changed = reports.report(tx, request, books.measuring(tx))
            tx.session.flush()
            return calls.ReportReply(
                entry=screening_views.entry(row, tx.now),
                changed=changed,
                score=screening_views.score_of(tx, request.lead_id),
            )

    @answers(calls.REPLY_FORM)
    def reply_form(self, request: calls.ReplyFormRequest) -> calls.ReplyFormReply:
        """What to ask a prospect who follows the link of a piece."""
        books, scripts = books_of(self.runtime.company), load_scripts(self.runtime.company)
        with self.runtime.begin() as tx:
            rules = books.measuring(tx).book.rules_for(request.lead_id)
            return screening_views.reply_form(tx, request, rules, scripts)
