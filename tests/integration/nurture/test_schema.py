"""The migrations and the declared tables say the same."""

from services.nurture.models import Base
from shared.database import migrations
from shared.database.plumbing import PLUMBING
from tests.played_room import PlayedRoom


def test_the_migrated_database_is_the_declared_one(nurture: PlayedRoom) -> None:
    assert migrations.drift(nurture.engine, [PLUMBING, Base.metadata]) == []
