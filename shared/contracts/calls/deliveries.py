"""How leads reach owners: each way, how it does, what is parked; trials, replays, and a way that is used again."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class DeliveriesRequest:
    """All ways, those of one owner, or those with something the matter."""

    owner_id: str | None = None
    troubled: bool = False


@contract
class Channel:
    """One way to one owner."""

    owner_id: str
    owner_name: str
    #: webhook, email, adf, star, rest, salesforce, hubspot, csv, digest
    way: str
    goes_to: str
    #: closed: works; open: left in peace for a while; disabled: not used until somebody enables it
    state: Literal["closed", "open", "disabled"]
    failures: int = 0
    failing_since: datetime | None = None
    #: Nothing is sent before.
    not_before: datetime | None = None
    because: str | None = None
    per_minute: int | None = None
    delivered_at: datetime | None = None
    disabled_at: datetime | None = None
    #: On their way or waiting for the next file; delivered; given up or of unknown outcome.
    under_way: int = 0
    delivered: int = 0
    parked: int = 0


@contract
class DeliveriesReply:
    channels: list[Channel]


@contract
class ChannelRequest:
    owner_id: str
    way: str
    limit: int = 50


@contract
class DeliveryLine:
    """One delivery."""

    key: str
    #: None: a trial.
    lead_id: UUID | None = None
    notice: str
    state: str
    attempts: int
    #: What the far side said last, and its own id of it.
    answer: str | None = None
    far_id: str | None = None
    planned_at: datetime
    tried_at: datetime | None = None
    settled_at: datetime | None = None
    #: Of one that is tried again.
    next_attempt_at: datetime | None = None


@contract
class ChannelReply:
    """One way, and what went or did not go by it, newest first."""

    channel: Channel
    deliveries: list[DeliveryLine]


@contract
class TryRequest:
    """A trial delivery of a made-up lead."""

    owner_id: str
    way: str
    by: str = ""


@contract
class TryReply:
    key: str


@contract
class ReplayDeliveriesRequest:
    """What is parked on a way: all of it, or these keys."""

    owner_id: str
    way: str
    keys: list[str] = field(default_factory=list)
    by: str = ""


@contract
class EnableRequest:
    """A way that is disabled or left in peace is used again; `replay`: what is parked goes at once."""

    owner_id: str
    way: str
    replay: bool = False
    by: str = ""


@contract
class ReplayedReply:
    """How many deliveries are under way again."""

    replayed: int


DELIVERIES = declare("router", "deliveries", DeliveriesRequest, DeliveriesReply)
DELIVERY_CHANNEL = declare("router", "delivery_channel", ChannelRequest, ChannelReply)
TRY_DELIVERY = declare("router", "try_delivery", TryRequest, TryReply)
REPLAY_DELIVERIES = declare("router", "replay_deliveries", ReplayDeliveriesRequest, ReplayedReply)
ENABLE_DELIVERY = declare("router", "enable_delivery", EnableRequest, ReplayedReply)
