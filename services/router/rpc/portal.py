"""Answers to the portal: who signs in, and what they are shown."""

from services.router.desk import desk, materials, seals
from services.router.usecases import portal_lead, portal_leads, portal_numbers, portal_region, portal_signing
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PortalCalls:
    """The portal of owners and managers."""

    runtime: Runtime

    @answers(calls.ASK_TO_SIGN_IN)
    def ask_to_sign_in(self, request: calls.SignInAsked) -> calls.SignInNoted:
        """Has a link mailed to an address that is known; answers the same for every other."""
        with self.runtime.begin() as tx:
            return portal_signing.ask_to_sign_in(tx, request, rules=desk(self.runtime.company).rules)

    @answers(calls.LOOK_AT_SIGN_IN)
    def look_at_sign_in(self, request: calls.SignInLink) -> calls.SignInState:
        """What a mailed link is still good for; changes nothing."""
        with self.runtime.begin() as tx:
            return portal_signing.look_at_sign_in(tx, request, seals=seals())

    @answers(calls.SIGN_IN)
    def sign_in(self, request: calls.SignInLink) -> calls.SessionBegun:
        """Begins a session, once."""
        with self.runtime.begin() as tx:
            return portal_signing.sign_in(tx, request, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.SIGN_OUT)
    def sign_out(self, request: calls.SignOutRequest) -> calls.SignedOut:
        """Ends one session, or every one of the same person."""
        with self.runtime.begin() as tx:
            ended = portal_signing.sign_out(tx, request.session, request.everywhere, seals=seals())
            return calls.SignedOut(ended=ended)

    @answers(calls.PORTAL_LEADS)
    def portal_leads(self, request: calls.PortalLeadsRequest) -> calls.PortalLeadsReply:
        """One page of somebody's leads."""
        with self.runtime.begin() as tx:
            return portal_leads.my_leads(tx, request, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.PORTAL_LEAD)
    def portal_lead(self, request: calls.PortalLeadRequest) -> calls.PortalLeadReply:
        """Everything about one lead of theirs."""
        company = self.runtime.company
        with self.runtime.begin() as tx:
            return portal_lead.show_lead(
                tx, request, rules=desk(company).rules, seals=seals(), materials=materials(company)
            )

    @answers(calls.PORTAL_SAY)
    def portal_say(self, request: calls.PortalWord) -> calls.PortalWordReply:
        """Does what an owner says of a lead, once."""
        with self.runtime.begin() as tx:
            return portal_lead.say_of_lead(tx, request, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.PORTAL_NUMBERS)
    def portal_numbers(self, request: calls.PortalNumbersRequest) -> calls.PortalNumbersReply:
        """An owner's own figures, and the middle of their group."""
        with self.runtime.begin() as tx:
            return portal_numbers.my_numbers(tx, request, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.PORTAL_REGION)
    def portal_region(self, request: calls.SessionRequest) -> calls.PortalRegionReply:
        """How a manager's owners stand."""
        with self.runtime.begin() as tx:
            return portal_region.my_region(tx, request.session, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.PORTAL_PAUSE)
    def portal_pause(self, request: calls.PortalPause) -> calls.PortalPaused:
        """Pauses an owner, or lets them take leads again."""
        with self.runtime.begin() as tx:
            return portal_region.pause_owner(tx, request, rules=desk(self.runtime.company).rules, seals=seals())

    @answers(calls.PORTAL_REASSIGN)
    def portal_reassign(self, request: calls.PortalReassign) -> calls.PortalReassigned:
        """Gives leads of a manager's owners to somebody else."""
        with self.runtime.begin() as tx:
            return portal_region.give_on(tx, request, rules=desk(self.runtime.company).rules, seals=seals())
