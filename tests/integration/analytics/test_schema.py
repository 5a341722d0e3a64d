"""The migrations and the declared tables say the same."""

from services.analytics.models import Base
from shared.database import migrations
from shared.database.plumbing import PLUMBING
from tests.played_room import PlayedRoom


def test_the_migrated_database_is_the_declared_one(analytics: PlayedRoom) -> None:
    assert migrations.drift(analytics.engine, [PLUMBING, Base.metadata]) == []
