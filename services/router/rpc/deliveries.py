"""Answers about deliveries: how each way does, trials, replays."""

from services.router.desk import desk
from services.router.usecases import delivering_desk
from shared.contracts import calls
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class DeliveryCalls:
    """How leads reach owners."""

    runtime: Runtime

    @answers(calls.DELIVERIES)
    def deliveries(self, request: calls.DeliveriesRequest) -> calls.DeliveriesReply:
        """Every way, and how it does."""
        with self.runtime.begin() as tx:
            rules = desk(self.runtime.company).rules
            return delivering_desk.listed(tx, rules=rules, owner_id=request.owner_id, troubled=request.troubled)

    @answers(calls.DELIVERY_CHANNEL)
    def delivery_channel(self, request: calls.ChannelRequest) -> calls.ChannelReply:
        """One way, and its newest deliveries."""
        with self.runtime.begin() as tx:
            rules = desk(self.runtime.company).rules
            return delivering_desk.shown(tx, request.owner_id, request.way, request.limit, rules=rules)

    @answers(calls.TRY_DELIVERY)
    def try_delivery(self, request: calls.TryRequest) -> calls.TryReply:
        """Has a made-up lead delivered."""
        with self.runtime.begin() as tx:
            rules = desk(self.runtime.company).rules
            return calls.TryReply(
                key=delivering_desk.test(tx, request.owner_id, request.way, by=request.by, rules=rules)
            )

    @answers(calls.REPLAY_DELIVERIES)
    def replay_deliveries(self, request: calls.ReplayDeliveriesRequest) -> calls.ReplayedReply:
        """Has what is parked sent again."""
        with self.runtime.begin() as tx:
            rules = desk(self.runtime.company).rules
            number = delivering_desk.send_again(
                tx, request.owner_id, request.way, request.keys, by=request.by, rules=rules
            )
            return calls.ReplayedReply(replayed=number)

    @answers(calls.ENABLE_DELIVERY)
    def enable_delivery(self, request: calls.EnableRequest) -> calls.ReplayedReply:
        """Has a way used again."""
        with self.runtime.begin() as tx:
            rules = desk(self.runtime.company).rules
            number = delivering_desk.enable(
                tx, request.owner_id, request.way, by=request.by, replay=request.replay, rules=rules
            )
            return calls.ReplayedReply(replayed=number)
