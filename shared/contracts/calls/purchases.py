"""Asking a prospect whether they bought."""

from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.calls.router import LinkRequest
from shared.contracts.event import contract


@contract
class PurchaseReply:
    """What the page behind the link shows: whose question it is, and what was answered so far."""

    lead_id: UUID
    #: Of the person, to greet them; None where nobody told it.
    name: str | None = None
    #: Who was to look after them.
    owner_name: str
    products: list[str]
    #: bought, elsewhere, looking, no_interest; None while nothing was answered.
    answer: str | None = None


@contract
class TellPurchaseRequest:
    """The prospect's answer. Given again it is corrected."""

    token: str
    answer: Literal["bought", "elsewhere", "looking", "no_interest"]
    #: bought_from, until (YYYY-MM-DD), note
    fields: dict[str, str]
    wants_contact: bool = False


DESCRIBE_PURCHASE = declare("router", "describe_purchase", LinkRequest, PurchaseReply)
TELL_PURCHASE = declare("router", "tell_purchase", TellPurchaseRequest, PurchaseReply)
