"""Which rules judge which lead, and what else takes part in judging."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.qualify.domain.predicting import Predictor
from services.qualify.domain.rules import Rules


class RuleBook(Protocol):
    """The company's rules as they are published: not every lead need be judged by the same version."""

    def rules_for(self, lead_id: UUID) -> Rules:
        """The rules that judge this lead now."""

    def rules_at(self, lead_id: UUID, moment: datetime) -> Rules:
        """The rules that judged this lead at `moment`."""


@dataclass(frozen=True)
class OneVersion:
    """A rule book that was never changed."""

    rules: Rules

    def rules_for(self, lead_id: UUID) -> Rules:
        """Always the same."""
        return self.rules

    def rules_at(self, lead_id: UUID, moment: datetime) -> Rules:
        """Always the same."""
        return self.rules


@dataclass(frozen=True)
class Yardstick:
    """All that leads are measured by in one transaction."""

    book: RuleBook
    predictor: Predictor | None = None
    #: The model that was at work at an earlier moment.
    predictor_then: Callable[[datetime], Predictor | None] = lambda _: None


def always(rules: Rules) -> Callable[[object], Yardstick]:
    """The same yardstick for every transaction."""
    yardstick = Yardstick(OneVersion(rules))
    return lambda tx: yardstick
