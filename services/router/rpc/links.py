"""Answers about the signed links of messages."""

from services.router.desk import desk
from services.router.usecases import answering
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class LinkCalls:
    """A link shows, and acts."""

    runtime: Runtime

    @answers(calls.DESCRIBE_LINK)
    def describe_link(self, request: calls.LinkRequest) -> calls.LinkReply:
        """What the page behind a link shows; changes nothing."""
        with self.runtime.begin() as tx:
            return answering.describe_link(tx, request.token, desk=desk(self.runtime.company))

    @answers(calls.ACT)
    def act(self, request: calls.ActRequest) -> calls.ActReply:
        """Does what a link stands for, once."""
        with self.runtime.begin() as tx:
            return answering.act(tx, request.token, request.fields, desk=desk(self.runtime.company))
