"""Answers about the question to a prospect whether they bought."""

from services.router.desk import desk
from services.router.usecases import purchases
from shared import settings
from shared.contracts import calls
from shared.contracts.signed_ids import SignedIds, purchase_tokens
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PurchaseCalls:
    """The prospect's own word."""

    runtime: Runtime

    @answers(calls.DESCRIBE_PURCHASE)
    def describe_purchase(self, request: calls.LinkRequest) -> calls.PurchaseReply:
        """What the question is about; changes nothing."""
        with self.runtime.begin() as tx:
            return purchases.describe(tx, request.token, rules=desk(self.runtime.company).rules, tokens=_tokens())

    @answers(calls.TELL_PURCHASE)
    def tell_purchase(self, request: calls.TellPurchaseRequest) -> calls.PurchaseReply:
        """Takes the answer."""
        with self.runtime.begin() as tx:
            return purchases.tell(tx, request, rules=desk(self.runtime.company).rules, tokens=_tokens())


def _tokens() -> SignedIds:
    return purchase_tokens(settings.get("LEADBUS_SECRET"))
