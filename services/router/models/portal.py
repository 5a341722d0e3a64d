"""Signing in to the portal: links that were asked for, and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.router.models.schema import Base


class SignIn(Base):
    """A link to sign in that somebody asked for. The link is its signed id: what stands here opens nothing."""

    __tablename__ = "portal_sign_in"
    __table_args__ = (Index(None, "address", "asked_at"), Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: In small letters; None when nobody of that address is known, or they asked too often: then no mail goes out.
    address: Mapped[str | None]
    #: SHA-256 of what only the browser that asked knows.
    browser: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PortalSession(Base):
    """Somebody is signed in with one browser. The cookie is its signed id."""

    __tablename__ = "portal_session"
    __table_args__ = (Index(None, "address"), Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str]
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
