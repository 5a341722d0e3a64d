"""The router's tables, one file per noun."""

from services.router.models.leads import Assignment, Lead, Person
from services.router.models.owners import Account, OwnerRow, TerritoryTurn
from services.router.models.schema import Base

__all__ = ["Account", "Assignment", "Base", "Lead", "OwnerRow", "Person", "TerritoryTurn"]
