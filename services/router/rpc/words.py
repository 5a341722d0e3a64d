"""Answers about what is said of leads other than by an owner's link."""

from services.router.desk import desk
from services.router.usecases import deciding
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class WordCalls:
    """Decisions, and words of programs and lists."""

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
