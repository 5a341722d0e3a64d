"""Answers about what is held of a person."""

from services.router.usecases import erasing
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PrivacyCalls:
    """Everything that is held of a person."""

    runtime: Runtime

    @answers(calls.ROUTER_EXPORT)
    def export(self, request: calls.ExportRequest) -> calls.ExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return calls.ExportReply(tables=erasing.export(tx, request))
