"""Steps of visitors: what somebody did on the company's pages before or after they said who they are."""

from collections.abc import Sequence

from shared.database.unit_of_work import Transaction
from shared.room import RawInquiry


def take_in(tx: Transaction, batch: Sequence[RawInquiry]) -> None:
    """Files a batch of steps, each once."""
