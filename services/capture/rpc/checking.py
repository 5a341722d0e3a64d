"""Answers about the sources, and about an inquiry before it is sent."""

from services.capture.present import present
from services.capture.usecases import checking
from shared.contracts import calls
from shared.contracts.calls import (
    CheckReply,
    CheckRequest,
    SourceSpecReply,
    SourceSpecRequest,
    SourcesReply,
    SourcesRequest,
)
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class CheckingCalls:
    """How to send, and whether it would be taken."""

    runtime: Runtime

    @answers(calls.SOURCES)
    def sources(self, request: SourcesRequest) -> SourcesReply:
        """The register of sources."""
        with self.runtime.begin() as tx:
            return checking.sources(present(self.runtime.company).company(tx))

    @answers(calls.SOURCE_SPEC)
    def source_spec(self, request: SourceSpecRequest) -> SourceSpecReply:
        """How one source is read."""
        with self.runtime.begin() as tx:
            return checking.specification(request.source, present(self.runtime.company).company(tx))

    @answers(calls.CHECK)
    def check(self, request: CheckRequest) -> CheckReply:
        """What would become of an inquiry. Stores nothing."""
        with self.runtime.begin() as tx:
            return checking.check(request, present(self.runtime.company).company(tx), tx.now)
