"""The router's tables, one file per noun."""

from services.router.models.deliveries import DeliveryChannel, DeliveryRow
from services.router.models.leads import Assignment, Lead, Person
from services.router.models.owners import Account, OwnerRow, TerritoryTurn
from services.router.models.portal import PortalSession, SignIn
from services.router.models.purchases import PurchaseQuestion
from services.router.models.replies import OwnerReply
from services.router.models.schema import Base
from services.router.models.shares import Charge, Share
from services.router.models.words import LeadReturn, OwnerWord

__all__ = [
    "Account",
    "Assignment",
    "Base",
    "Charge",
    "DeliveryChannel",
    "DeliveryRow",
    "Lead",
    "LeadReturn",
    "OwnerReply",
    "OwnerRow",
    "OwnerWord",
    "Person",
    "PortalSession",
    "PurchaseQuestion",
    "Share",
    "SignIn",
    "TerritoryTurn",
]
