"""What analytics publishes."""

from shared.contracts.event import event
from shared.contracts.privacy import DataErased


@event("analytics", "person_data_erased")
class PersonDataErased(DataErased):
    """The journal tells nothing of the person any more; every event of theirs still counts."""
