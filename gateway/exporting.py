"""Everything that is held of a person: every room is asked, and one that does not answer is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.state import Asks
from shared.contracts import calls
from shared.contracts.calls import Call
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

#: In the order in which a person went through them.
_ORDER = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")


def export(rooms: Asks, person_id: UUID, now: datetime) -> dict[str, Any]:
    """What every room holds. Raises what the front desk's call raises; the others are named in `not_answered`."""
    own = rooms.call(calls.CAPTURE_EXPORT, person_id=person_id)
    with ThreadPoolExecutor(len(calls.EXPORTS)) as pool:
        others = list(pool.map(lambda call: _held_by(rooms, call, own), calls.EXPORTS))
    entries = sorted([{"room": "capture", "tables": own.tables}, *others], key=lambda one: _ORDER.index(one["room"]))
    missing = [entry["room"] for entry in entries if "problem" in entry]
    return {
        "person_ids": [str(one) for one in own.person_ids],
        "made_at": now.isoformat(),
        "complete": not missing,
        "not_answered": missing,
        "rooms": entries,
    }


def _held_by(rooms: Asks, call: Call[Any, Any], own: calls.OwnExportReply) -> dict[str, Any]:
    try:
        found = rooms.call(call, person_ids=own.person_ids, lead_ids=own.lead_ids, inquiry_ids=own.inquiry_ids)
    except (RpcTimeout, RoomAway, WireError) as error:
        return {"room": call.room, "problem": type(error).__name__}
    return {"room": call.room, "tables": found.tables}
