"""Answers about prediction: models and their cards, what is at work, how it holds."""

from services.qualify.prediction.settings import load_settings
from services.qualify.usecases import prediction
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PredictionCalls:
    """The life of learnt models."""

    runtime: Runtime

    @answers(calls.PREDICTION)
    def prediction(self, request: calls.PredictionRequest) -> calls.PredictionReply:
        """All models, what is at work, and how it holds."""
        with self.runtime.begin() as tx:
            return prediction.shown(tx, load_settings(self.runtime.company))

    @answers(calls.PREDICTION_CARD)
    def prediction_card(self, request: calls.PredictionCardRequest) -> calls.PredictionCardReply:
        """What to think of one model."""
        with self.runtime.begin() as tx:
            return prediction.card(tx, request.version)

    @answers(calls.ACTIVATE_PREDICTION)
    def activate_prediction(self, request: calls.ActivatePredictionRequest) -> calls.PredictionReply:
        """Puts a model to work, or the one before, or none."""
        with self.runtime.begin() as tx:
            prediction.activate(tx, request)
            return prediction.shown(tx, load_settings(self.runtime.company))
