"""The kinds of models that are tried: each is fitted by scikit-learn and taken out of it as plain data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from services.qualify.prediction.fields import Field
from services.qualify.prediction.learning.choosing_fields import buckets, choose_fields, numbers
from services.qualify.prediction.learning.table import Rows, Table
from services.qualify.prediction.model import Kind
from services.qualify.prediction.scorecard import Scorecard
from services.qualify.prediction.trees import Forest, Node

#: Kinds from the simplest on: a less simple one has to earn its place.
SIMPLEST_FIRST: tuple[Kind, ...] = ("naive_bayes", "logistic", "boosting")


@dataclass(frozen=True)
class Candidate:
    """A kind of model with its settings."""

    name: str
    kind: Kind
    estimator: Callable[[Sequence[Field]], Any]


@dataclass(frozen=True)
class Fitted:
    """A candidate that has learnt: scikit-learn's own object, and the same as plain data."""

    candidate: Candidate
    fields: tuple[Field, ...]
    estimator: Any
    core: Scorecard | Forest

    def scores(self, table: Table, rows: Rows) -> NDArray[np.float64]:
        """scikit-learn's log-odds for these rows."""
        return self.scores_of(matrix_of(self.candidate.kind, table, self.fields, rows))

    def scores_of(self, matrix: NDArray[Any]) -> NDArray[np.float64]:
        """The same for rows as the estimator is given them."""
        if self.candidate.kind == "naive_bayes":
            joint = self.estimator.predict_joint_log_proba(matrix)
            return np.asarray(joint[:, 1] - joint[:, 0])
        return np.asarray(self.estimator.decision_function(matrix))


def _naive_bayes(fields: Sequence[Field]) -> CategoricalNB:
    return CategoricalNB(alpha=1.0, min_categories=[field.buckets for field in fields])


def _logistic(strength: float) -> Callable[[Sequence[Field]], Pipeline]:
    def estimator(fields: Sequence[Field]) -> Pipeline:
        every = OneHotEncoder(categories=[np.arange(field.buckets) for field in fields])
        return make_pipeline(every, LogisticRegression(C=strength, max_iter=500, tol=1e-6))

    return estimator


def _boosting(trees: int, leaves: int, rate: float) -> Callable[[Sequence[Field]], HistGradientBoostingClassifier]:
    return lambda _: HistGradientBoostingClassifier(
        max_iter=trees,
        max_leaf_nodes=leaves,
        learning_rate=rate,
        min_samples_leaf=30,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )


CANDIDATES = (
    Candidate("naive Bayes", "naive_bayes", _naive_bayes),
    Candidate("logistic regression, C=0.05", "logistic", _logistic(0.05)),
    Candidate("logistic regression, C=0.5", "logistic", _logistic(0.5)),
    Candidate("80 trees of 8 leaves", "boosting", _boosting(80, 8, 0.1)),
    Candidate("200 trees of 24 leaves", "boosting", _boosting(200, 24, 0.06)),
)


#: Outcomes of the rarer kind below which trees learn chance by heart.
ENOUGH_FOR_TREES = 300


def worth_trying(table: Table) -> tuple[Candidate, ...]:
    """The candidates that this many outcomes can teach."""
    won = int(table.outcomes.sum())
    enough = min(won, len(table) - won) >= ENOUGH_FOR_TREES
    return tuple(candidate for candidate in CANDIDATES if enough or candidate.kind != "boosting")


def fit(candidate: Candidate, table: Table, rows: Rows, left_out: Sequence[str] = ()) -> Fitted:
    """Learns from these rows; nothing of any other row is looked at, not even for the buckets."""
    fields = choose_fields(table, rows, left_out)
    if not fields:
        raise NothingToLearn("no fact differs between the leads")
    matrix = matrix_of(candidate.kind, table, fields, rows)
    estimator = candidate.estimator(fields)
    estimator.fit(matrix, table.outcomes[rows])
    return Fitted(candidate, fields, estimator, _core(candidate.kind, estimator, fields, matrix))


class NothingToLearn(ValueError):
    """There is nothing in the examples that a model could be made of."""


def matrix_of(kind: Kind, table: Table, fields: Sequence[Field], rows: Rows) -> NDArray[Any]:
    """What an estimator of this kind is given."""
    return numbers(table, fields, rows) if kind == "boosting" else buckets(table, fields, rows)


def _core(kind: Kind, estimator: Any, fields: Sequence[Field], matrix: NDArray[Any]) -> Scorecard | Forest:
    match kind:
        case "naive_bayes":
            prior = estimator.class_log_prior_
            weights = [table[1] - table[0] for table in estimator.feature_log_prob_]
            return _centred(float(prior[1] - prior[0]), weights, matrix)
        case "logistic":
            regression = estimator[-1]
            ends = np.cumsum([field.buckets for field in fields])
            return _centred(float(regression.intercept_[0]), np.split(regression.coef_[0], ends[:-1]), matrix)
    return _forest(estimator)


def _centred(base: float, weights: Sequence[NDArray[np.float64]], matrix: NDArray[np.int64]) -> Scorecard:
    """The same scores, told against the average lead."""
    centred = []
    for place, ours in enumerate(weights):
        mean = float(ours[matrix[:, place]].mean())
        base += mean
        centred.append(tuple(float(weight - mean) for weight in ours))
    return Scorecard(base, tuple(centred))


def _forest(estimator: HistGradientBoostingClassifier) -> Forest:
    # Not public, and the only way to the trees: scikit-learn is pinned, and a test compares every number.
    trees = tuple(_tree(predictors[0].nodes) for predictors in estimator._predictors)
    return Forest(float(estimator._baseline_prediction.ravel()[0]), trees)


def _tree(nodes: NDArray[Any]) -> tuple[Node, ...]:
    expected = [0.0] * len(nodes)
    for place in range(len(nodes) - 1, -1, -1):  # children come after their parents
        node = nodes[place]
        if node["is_leaf"]:
            expected[place] = float(node["value"])
        else:
            left, right = int(node["left"]), int(node["right"])
            counts = (int(nodes[left]["count"]), int(nodes[right]["count"]))
            expected[place] = (expected[left] * counts[0] + expected[right] * counts[1]) / sum(counts)
    return tuple(_node(node, value) for node, value in zip(nodes, expected, strict=True))


def _node(node: Any, value: float) -> Node:
    if node["is_leaf"]:
        return Node(value)
    limit = float(node["num_threshold"])
    return Node(
        value=value,
        field=int(node["feature_idx"]),
        limit=None if np.isinf(limit) else limit,
        unknown_left=bool(node["missing_go_to_left"]),
        left=int(node["left"]),
        right=int(node["right"]),
    )
