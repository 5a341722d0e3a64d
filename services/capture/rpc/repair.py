"""Answers about what was set aside."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from services.capture.domain.register import Company
from services.capture.present import present
from services.capture.usecases import inspecting, repairing
from shared.contracts import calls
from shared.contracts.calls import (
    InspectReply,
    InspectRequest,
    JunkRequest,
    QuarantineReply,
    QuarantineRequest,
    ReleaseManyRequest,
    ReleaseReply,
    ReleaseRequest,
    ReleaseRunReply,
    ReleaseRunRequest,
)
from shared.database.unit_of_work import Transaction
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime

R = TypeVar("R")


class RepairCalls:
    """The quarantine: look, release, confirm as junk."""

    runtime: Runtime

    @answers(calls.QUARANTINE)
    def quarantine(self, request: QuarantineRequest) -> QuarantineReply:
        """A page of what was set aside, newest first."""
        with self.runtime.begin() as tx:
            return inspecting.quarantine(tx, request)

    @answers(calls.INSPECT)
    def inspect(self, request: InspectRequest) -> InspectReply:
        """Everything about one inquiry in quarantine."""
        with self.runtime.begin() as tx:
            return inspecting.inspect(tx, request.inquiry_id, self._company(tx))

    @answers(calls.RELEASE)
    def release(self, request: ReleaseRequest) -> ReleaseReply:
        """Has one inquiry judged again."""
        return self._again_if_crossed(lambda tx: repairing.release(tx, request, self._company(tx)))

    @answers(calls.JUNK)
    def junk(self, request: JunkRequest) -> ReleaseReply:
        """Confirms that an inquiry is junk."""
        with self.runtime.begin() as tx:
            return repairing.junk(tx, request)

    @answers(calls.RELEASE_MANY)
    def release_many(self, request: ReleaseManyRequest) -> ReleaseRunReply:
        """Releases all that fit, or counts how many would pass."""
        return self._again_if_crossed(lambda tx: repairing.release_many(tx, request, self._company(tx)))

    @answers(calls.RELEASE_RUN)
    def release_run(self, request: ReleaseRunRequest) -> ReleaseRunReply:
        """How far a bulk release has come."""
        with self.runtime.begin() as tx:
            return repairing.run_of(tx, request.run_id)

    def _again_if_crossed(self, work: Callable[[Transaction], R]) -> R:
        """Does it again when somebody of the same address was registered at the same moment: now they are known."""
        try:
            with self.runtime.begin() as tx:
                return work(tx)
        except IntegrityError:
            with self.runtime.begin() as tx:
                return work(tx)

    def _company(self, tx: Transaction) -> Company:
        return present(self.runtime.company).company(tx)
