"""Answers about the rules: what is live, approving, publishing, reverting."""

from services.qualify.rulebooks import RuleBooks, books_of
from services.qualify.usecases import rule_views, rules
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class RuleCalls:
    """The life of rule sets."""

    runtime: Runtime

    @property
    def _books(self) -> RuleBooks:
        return books_of(self.runtime.company)

    @answers(calls.RULES)
    def rules(self, request: calls.RulesRequest) -> calls.RulesReply:
        """What is live, and the draft beside it."""
        with self.runtime.begin() as tx:
            return rule_views.shown(tx, request, books=self._books)

    @answers(calls.RULE_TEXT)
    def rule_text(self, request: calls.RuleTextRequest) -> calls.RuleTextReply:
        """The text of a rule set."""
        with self.runtime.begin() as tx:
            return rule_views.text(tx, request, books=self._books)

    @answers(calls.APPROVE_RULES)
    def approve_rules(self, request: calls.ApproveRulesRequest) -> calls.RulesReply:
        """One party agrees to a text."""
        with self.runtime.begin() as tx:
            rules.approve(tx, request, books=self._books)
            return rule_views.shown(tx, calls.RulesRequest(text=request.text), books=self._books)

    @answers(calls.PUBLISH_RULES)
    def publish_rules(self, request: calls.PublishRulesRequest) -> calls.RulesReply:
        """A share of the leads comes under these rules."""
        with self.runtime.begin() as tx:
            rules.publish(tx, request, books=self._books)
            return rule_views.shown(tx, calls.RulesRequest(), books=self._books)

    @answers(calls.REVERT_RULES)
    def revert_rules(self, request: calls.RevertRulesRequest) -> calls.RulesReply:
        """What stood before stands again."""
        with self.runtime.begin() as tx:
            rules.revert(tx, request, books=self._books)
            return rule_views.shown(tx, calls.RulesRequest(), books=self._books)

    @answers(calls.KEEP_BACKTEST)
    def keep_backtest(self, request: calls.KeepBacktestRequest) -> calls.KeptReply:
        """Remembers a back-test for those who approve."""
        with self.runtime.begin() as tx:
            rules.keep_backtest(tx, request)
            return calls.KeptReply()
