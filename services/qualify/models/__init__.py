"""Tables of qualification, one file per noun: what was heard, and what was said of it."""

from services.qualify.models.profiles import Person, Profile
from services.qualify.models.schema import Base
from services.qualify.models.scores import Score

__all__ = ["Base", "Person", "Profile", "Score"]
