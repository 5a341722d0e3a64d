"""What all tables of qualification have."""

from sqlalchemy import DateTime, MetaData
from sqlalchemy.orm import DeclarativeBase

TIMESTAMP = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Tables of this room."""

    metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey", "ix": "%(table_name)s_%(column_0_name)s"})
