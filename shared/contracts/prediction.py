"""How likely a lead is to become a sale, as several rooms speak of it."""

from shared.contracts.event import contract


@contract
class PredictionReason:
    """One fact that moved the chance. `weight` is in log-odds against the average lead; above 0 it raises."""

    fact: str
    value: str
    weight: float
    #: For example "budget 60000: raises the chance clearly".
    words: str


@contract
class Predicted:
    """The chance of a sale, 0 to 1, learnt from the company's own outcomes. Beside the points, never instead."""

    probability: float
    #: Version of the model.
    model: str
    #: The strongest first.
    reasons: list[PredictionReason]
