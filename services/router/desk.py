"""The company's rules and the links that speak for them, read once per process."""

from functools import cache
from pathlib import Path

from services.router import company as companies
from services.router.company_material import read_material
from services.router.domain.material import Material
from services.router.links import Links
from services.router.reply_address import ReplyAddress
from services.router.usecases.answering import Desk
from services.router.usecases.portal_signing import Seals
from shared import settings


@cache
def desk(company: Path) -> Desk:
    """The company's rules, and the links that speak for them. Raises CompanyError."""
    links = Links(settings.get("LEADBUS_SECRET"), settings.get("LEADBUS_PUBLIC_URL"))
    mailbox = settings.get("LEADBUS_REPLY_ADDRESS")
    replies = ReplyAddress(settings.get("LEADBUS_SECRET"), mailbox) if mailbox else None
    return Desk(companies.load(company), links, replies)


@cache
def materials(company: Path) -> tuple[Material, ...]:
    """What helps owners at each step. Raises CompanyError."""
    return read_material(company)


def seals() -> Seals:
    """Signs and reads the portal's links and cookies."""
    return Seals(settings.get("LEADBUS_SECRET"), settings.get("LEADBUS_PUBLIC_URL"))
