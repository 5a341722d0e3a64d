"""Answers about a lead's score."""

from services.qualify.measuring import measuring_of
from services.qualify.usecases import explaining
from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class ScoreCalls:
    """What a lead is worth, and why."""

    runtime: Runtime

    @answers(calls.SCORE)
    def score(self, request: calls.ScoreRequest) -> calls.ScoreReply:
        """The lead's score now or at an earlier moment, with every reason."""
        measuring = measuring_of(self.runtime.company)
        with self.runtime.begin() as tx:
            found = explaining.explained(tx, request.lead_id, request.as_of, measuring(tx))
            if found is None:
                raise NotFound(f"lead {request.lead_id} has no score")
            return found
