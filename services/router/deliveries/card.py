"""A lead's contact as a vCard, to be saved on a phone, and its due time as a calendar entry."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import vobject  # type: ignore[import-untyped]
from icalendar import Alarm, Calendar, Event

from services.router.deliveries import adf

#: How long the entry stands in the calendar, ending when the owner's time is over.
SPAN = timedelta(minutes=30)
_ASKS = {"accept": "Answer for", "contact": "Reach", "update": "Say how it stands with", "review": "Review"}


def vcard(payload: Mapping[str, Any]) -> bytes:
    """The contact in vCard 3.0, which every phone reads; the same bytes for the same payload."""
    contact = payload["package"]["contact"]
    card = vobject.vCard()
    name = contact.get("name") or contact.get("company") or contact.get("email") or contact.get("phone") or "unknown"
    card.add("fn").value = _text(name)
    family, given = contact.get("family_name") or "", contact.get("given_name") or ""
    card.add("n").value = vobject.vcard.Name(_text(family or ("" if given else name)), _text(given))
    if contact.get("company"):
        card.add("org").value = [_text(contact["company"])]
    for field, value in (("title", contact.get("job_title")), ("url", contact.get("website"))):
        if value:
            card.add(field).value = _text(value)
    for field, kind in (("phone", "tel"), ("email", "email")):
        if contact.get(field):
            line = card.add(kind)
            line.value, line.type_param = _text(contact[field]), "WORK" if kind == "tel" else "INTERNET"
    if contact.get("address"):
        card.add("adr").value = _address(contact["address"])
    card.add("note").value = _text(adf.comments(payload["package"]))
    card.add("uid").value = f"urn:uuid:{payload['lead_id']}"
    card.add("rev").value = f"{_moment(payload['at']):%Y%m%dT%H%M%SZ}"
    written: str = card.serialize()
    return written.encode()


def calendar(payload: Mapping[str, Any], sender: str) -> bytes | None:
    """The time by which the owner is to act, as iCalendar; None when nothing is due."""
    assignment, contact = payload["package"]["assignment"], payload["package"]["contact"]
    if not assignment.get("due_at"):
        return None
    due = _moment(assignment["due_at"])
    name = contact.get("name") or contact.get("company") or contact.get("email") or contact.get("phone") or "a lead"
    event = Event()
    event.add("uid", f"{payload['assignment_id']}@leadbus")
    event.add("dtstamp", _moment(payload["at"]))
    event.add("dtstart", due - SPAN)
    event.add("dtend", due)
    event.add("summary", _text(f"{_ASKS.get(assignment['clock'] or 'accept', 'Answer for')} {name}"))
    if contact.get("phone"):
        event.add("location", _text(contact["phone"]))
    event.add("description", _text(adf.comments(payload["package"])))
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "A lead is due")
    alarm.add("trigger", -timedelta(minutes=30))
    event.add_component(alarm)
    whole = Calendar()
    whole.add("prodid", f"-//{_text(sender)}//Leadbus//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add_component(event)
    return bytes(whole.to_ical())


def _address(address: Mapping[str, Any]) -> Any:
    return vobject.vcard.Address(
        street=_text(", ".join(address.get("lines") or [])),
        city=_text(address.get("city") or ""),
        region=_text(address.get("state") or ""),
        code=_text(address.get("postcode") or ""),
        country=_text(address.get("country") or ""),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(value: Any) -> str:
    return adf.without_controls(str(value)).replace("\r", "")
