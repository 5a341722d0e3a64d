"""What all tables of the front desk have: one schema, one naming of constraints, one mapping of types."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Float, ForeignKey, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Everything here belongs to the front desk's own database."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "ix": "%(column_0_label)s_idx",
            "uq": "%(table_name)s_%(column_0_name)s_key",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
        }
    )
    type_annotation_map = {
        str: Text,
        float: Float,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def refers_to(column: str) -> ForeignKey:
    """A foreign key that is checked at commit."""
    # Checked at commit: rows of one transaction are written table by table, in whatever order suits.
    return ForeignKey(column, deferrable=True, initially="DEFERRED")
