"""Answers about leads that own staff forward."""

from services.capture.domain.register import Company
from services.capture.present import present
from services.capture.usecases import referral_views
from shared.contracts import calls
from shared.contracts.calls import (
    CreditsReply,
    CreditsRequest,
    EnterReferrerRequest,
    PayCreditsReply,
    PayCreditsRequest,
    ReferralsReply,
    ReferralsRequest,
    ReferrerLinkReply,
    ReferrerLinkRequest,
    ReferrerReply,
    ReferrerRequest,
)
from shared.database.unit_of_work import Transaction
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class ReferralCalls:
    """Participants, referrals, credits."""

    runtime: Runtime

    @answers(calls.REFERRER)
    def referrer(self, request: ReferrerRequest) -> ReferrerReply:
        """Whose personal link this is."""
        with self.runtime.begin() as tx:
            return referral_views.referrer(tx, request.token, self._company(tx))

    @answers(calls.ENTER_REFERRER)
    def enter_referrer(self, request: EnterReferrerRequest) -> ReferrerReply:
        """The participant of a number and PIN."""
        with self.runtime.begin() as tx:
            return referral_views.enter(tx, request, self._company(tx))

    @answers(calls.REFERRER_LINK)
    def referrer_link(self, request: ReferrerLinkRequest) -> ReferrerLinkReply:
        """A personal link to hand out."""
        with self.runtime.begin() as tx:
            return referral_views.link(request.number, self._company(tx))

    @answers(calls.REFERRALS)
    def referrals(self, request: ReferralsRequest) -> ReferralsReply:
        """Referrals and what became of them."""
        with self.runtime.begin() as tx:
            return referral_views.listed(tx, request, self._company(tx))

    @answers(calls.CREDITS)
    def credits(self, request: CreditsRequest) -> CreditsReply:
        """What was credited in a month."""
        with self.runtime.begin() as tx:
            return referral_views.credits(tx, request, self._company(tx))

    @answers(calls.PAY_CREDITS)
    def pay_credits(self, request: PayCreditsRequest) -> PayCreditsReply:
        """Marks what is open of a month as paid."""
        with self.runtime.begin() as tx:
            return referral_views.pay(tx, request, self._company(tx))

    def _company(self, tx: Transaction) -> Company:
        return present(self.runtime.company).company(tx)
