"""Answers about a lead's score."""

from services.qualify import store
from services.qualify.usecases import scoring
from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class ScoreCalls:
    """What a lead is worth, and why."""

    runtime: Runtime

    @answers(calls.SCORE)
    def score(self, request: calls.LeadRequest) -> calls.ScoreReply:
        """The lead's score as it stands, with every reason."""
        with self.runtime.begin() as tx:
            score = store.latest_score(tx.session, request.lead_id)
            if score is None:
                raise NotFound(f"lead {request.lead_id} has no score")
            return scoring.explained(score)
