"""What leads of this process are measured by: the rules that are published, and the model that is at work."""

from functools import cache
from pathlib import Path

from services.qualify.prediction.live import Models, with_prediction
from services.qualify.rulebooks import books_of
from services.qualify.usecases.scoring import Measuring


@cache
def measuring_of(company: Path) -> Measuring:
    """One for all handlers and calls of a process: what was read once is kept."""
    return with_prediction(books_of(company).measuring, Models())
