"""What services answered of firms and places, so that they are asked once."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.qualify.models.schema import TIMESTAMP, Base


class EnrichmentAnswer(Base):
    """One answer. Only of what is asked by domain, company or postcode: nothing here is about a person."""

    __tablename__ = "enrichment_answer"

    #: <provider>/<hash of what was asked>
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    #: As it came; empty where the service knew nothing.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime] = mapped_column(TIMESTAMP)
    expires_at: Mapped[datetime] = mapped_column(TIMESTAMP, index=True)
