"""What each event says of a lead or an inquiry.

Sayings are folded into a row so that any order of the events gives the same row: a moment keeps the earliest, a group
of values the one of the highest revision, a number the greatest. Counting alone needs each event once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

#: The event's data as it came: JSON types.
Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Is:
    """Values that only one event of a lead says, and never differently."""

    values: dict[str, Any]


@dataclass(frozen=True)
class Latest:
    """Values that hold while nothing with a higher revision says others."""

    by: str
    revision: int | datetime
    values: dict[str, Any]


@dataclass(frozen=True)
class First:
    """The earliest moment at which something was reached."""

    column: str
    at: datetime


@dataclass(frozen=True)
class Greatest:
    """The greatest number said."""

    column: str
    number: int


@dataclass(frozen=True)
class OneMore:
    """One more of what is counted."""

    column: str


Saying = Is | Latest | First | Greatest | OneMore


def fold(row: Any, saying: Saying) -> None:
    """Changes `row` by what was said."""
    match saying:
        case Is(values):
            _set(row, values)
        case Latest(by, revision, values):
            known = getattr(row, by)
            if known is None or revision > known:
                _set(row, {by: revision, **values})
        case First(column, at):
            known = getattr(row, column)
            if known is None or at < known:
                setattr(row, column, at)
        case Greatest(column, number):
            setattr(row, column, max(getattr(row, column) or 0, number))
        case OneMore(column):
            setattr(row, column, (getattr(row, column) or 0) + 1)


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


# --- of a lead -------------------------------------------------------------------------------------------------------


def _lead_registered(raw: Raw) -> tuple[Saying, ...]:
    response = raw["response"]
    return (
        Is(
            {
                "registered_at": _time(raw["registered_at"]),
                "source": response["source"],
                "channel": response["channel"],
            }
        ),
        _is_of(raw["person_id"], 0),
        Latest("campaign_at", _time(raw["registered_at"]), {"campaign": response.get("campaign")}),
        Greatest("responses", 1),
    )


def _is_of(person_id: str, revision: int) -> Saying:
    return Latest("person_revision", revision, {"person_id": UUID(person_id)})


def _lead_scored(raw: Raw) -> tuple[Saying, ...]:
    values = {"rank": raw["rank"], "score": raw["score"], "decision": raw["decision"]}
    return (Latest("score_revision", raw["revision"], values),)


def _lead_assigned(raw: Raw) -> tuple[Saying, ...]:
    owner = raw["owner"]
    return (Latest("owner_revision", raw["revision"], {"owner_id": owner["owner_id"], "owner": dict(owner)}),)


def _lead_recycled(raw: Raw) -> tuple[Saying, ...]:
    at = _time(raw["recycled_at"])
    return (Latest("recycled_at", at, {}), First("discarded_at", at))


def _lead_qualified(raw: Raw) -> tuple[Saying, ...]:
    at = _time(raw["qualified_at"])
    return (First("qualified_at", at), Latest("last_qualified_at", at, {}))


def _lead_won(raw: Raw) -> tuple[Saying, ...]:
    at = _time(raw["won_at"])
    return (_ended(raw, won_at=at),) if raw.get("revision") else (First("won_at", at),)


def _lead_lost(raw: Raw) -> tuple[Saying, ...]:
    at = _time(raw["lost_at"])
    if raw.get("revision"):
        return (_ended(raw, lost_at=at, last_lost_at=at),)
    return (First("lost_at", at), Latest("last_lost_at", at, {}))


def _ended(raw: Raw, **moments: datetime) -> Saying:
    """How the lead ended, by its owner's newest word: one that they took back says nothing more."""
    nothing = dict.fromkeys(("won_at", "lost_at", "last_lost_at"))
    return Latest("ending_revision", raw["revision"], {**nothing, **moments})


def _attributed_lead(raw: Raw) -> tuple[Saying, ...]:
    # A lead is the campaign's whose response opened it; further responses have campaigns of their own.
    return _attributed(raw) if raw["opened"] else ()


def _attributed(raw: Raw) -> tuple[Saying, ...]:
    # Of one moment, this is the later word.
    at = _time(raw["attributed_at"]) + timedelta(microseconds=1)
    return (Latest("campaign_at", at, {"campaign": raw["campaign"]}),)


def _reached(column: str, field: str) -> Callable[[Raw], tuple[Saying, ...]]:
    return lambda raw: (First(column, _time(raw[field])),)


def _one_more(column: str) -> Callable[[Raw], tuple[Saying, ...]]:
    return lambda raw: (OneMore(column),)


#: By (room, event): what it says of its lead.
OF_A_LEAD: dict[tuple[str, str], Callable[[Raw], tuple[Saying, ...]]] = {
    ("capture", "lead_registered"): _lead_registered,
    ("capture", "inquiry_attributed"): _attributed_lead,
    ("capture", "lead_responded"): lambda raw: (Greatest("responses", raw["number"]),),
    ("qualify", "lead_scored"): _lead_scored,
    ("qualify", "lead_qualified"): _lead_qualified,
    ("qualify", "lead_disqualified"): _reached("discarded_at", "disqualified_at"),
    ("router", "lead_assigned"): _lead_assigned,
    ("router", "lead_accepted"): _reached("accepted_at", "accepted_at"),
    ("router", "lead_status_changed"): lambda raw: (
        Latest("status_revision", raw["revision"], {"status": raw["status"]}),
    ),
    ("router", "quote_recorded"): _reached("quoted_at", "quoted_at"),
    ("router", "lead_won"): _lead_won,
    ("router", "lead_lost"): _lead_lost,
    ("router", "lead_reopened"): lambda raw: (_ended(raw),),
    ("router", "lead_recycled"): _lead_recycled,
    ("nurture", "step_due"): _one_more("nurture_steps"),
    ("fulfillment", "piece_sent"): _one_more("pieces_sent"),
    ("fulfillment", "print_job_sent"): _one_more("pieces_sent"),
}


#: By (room, event) that speaks of several leads: whose all of them are.
OF_SEVERAL_LEADS: dict[tuple[str, str], Callable[[Raw], tuple[Saying, ...]]] = {
    ("capture", "persons_merged"): lambda raw: (_is_of(raw["survivor_id"], raw.get("revision", 0)),),
    ("capture", "persons_unmerged"): lambda raw: (_is_of(raw["absorbed_id"], raw.get("revision", 0)),),
}


# --- of an inquiry ---------------------------------------------------------------------------------------------------

#: A quarantined inquiry that was released is a received one: the later word, whichever comes first. It may be set
#: aside and released several times before; each repair takes two words.
_RECEIVED = 1_000_000


def _set_aside(repairs: int) -> int:
    return 2 * repairs + 1


def _set_free(repairs: int) -> int:
    return 2 * repairs


def _inquiry_received(raw: Raw) -> tuple[Saying, ...]:
    return (
        Latest(
            "word",
            _RECEIVED,
            {
                "received_at": _time(raw["received_at"]),
                "source": raw["source"],
                "channel": raw["channel"],
                "outcome": raw["outcome"],
                "completeness": raw.get("completeness"),
            },
        ),
        Latest("campaign_at", _time(raw["registered_at"]), {"campaign": raw.get("campaign")}),
    )


def _inquiry_quarantined(raw: Raw) -> tuple[Saying, ...]:
    return (
        Latest(
            "word",
            _set_aside(raw.get("repairs", 0)),
            {
                "received_at": _time(raw["received_at"]),
                "source": raw["source"],
                "channel": raw["channel"],
                "outcome": "quarantined",
            },
        ),
    )


def _inquiry_released(raw: Raw) -> tuple[Saying, ...]:
    return (
        Latest(
            "word",
            _set_free(raw["repairs"]),
            {
                "received_at": _time(raw["received_at"]),
                "source": raw["source"],
                "channel": raw["channel"],
                "outcome": raw["outcome"],
            },
        ),
    )


#: By (room, event): what it says of its inquiry.
OF_AN_INQUIRY: dict[tuple[str, str], Callable[[Raw], tuple[Saying, ...]]] = {
    ("capture", "inquiry_received"): _inquiry_received,
    ("capture", "inquiry_attributed"): _attributed,
    ("capture", "inquiry_quarantined"): _inquiry_quarantined,
    ("capture", "inquiry_released"): _inquiry_released,
}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
