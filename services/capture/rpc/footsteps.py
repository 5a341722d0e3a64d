"""Calls about footsteps."""

from services.capture.usecases import trails
from shared.contracts import calls
from shared.contracts.calls import (
    ActivityReceiptReply,
    ActivityReceiptRequest,
    FootstepsReply,
    FootstepsRequest,
    JudgeAgainReply,
    JudgeAgainRequest,
)
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class FootstepCalls:
    """What the front desk answers about footsteps."""

    runtime: Runtime

    @answers(calls.FOOTSTEPS)
    def footsteps(self, request: FootstepsRequest) -> FootstepsReply:
        """What a person did."""
        with self.runtime.begin() as tx:
            return trails.footsteps(tx, request)

    @answers(calls.ACTIVITY_RECEIPT)
    def activity_receipt(self, request: ActivityReceiptRequest) -> ActivityReceiptReply:
        """What became of a body of activities."""
        with self.runtime.begin() as tx:
            return trails.receipt(tx, request.receipt_id)

    @answers(calls.JUDGE_ACTIVITIES_AGAIN)
    def judge_activities_again(self, request: JudgeAgainRequest) -> JudgeAgainReply:
        """Has activities judged by today's lists."""
        with self.runtime.begin() as tx:
            return trails.judge_again(tx, request.since)
