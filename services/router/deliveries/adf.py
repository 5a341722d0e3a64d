"""A lead as ADF 1.0, the XML that dealers' systems read. Strictly formed; ADF knows no answer and no status."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from lxml.builder import E  # type: ignore[import-not-found]  # the stubs leave it out

from services.router.domain.owner import Owner

MIME_TYPE = ("application", "x-adf+xml")
#: What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(payload: Mapping[str, Any], owner: Owner, provider: str, provider_email: str) -> bytes:
    """The lead package of `payload` for `owner`, in UTF-8.

    Order of elements as in adf-1.0.dtd; lead id and assignment id are the `id`s under our source.
    """
    package = payload["package"]
    prospect = E.prospect(
        E.id(payload["lead_id"], sequence="1", source="leadbus"),
        E.id(payload["assignment_id"], sequence="2", source="leadbus-assignment"),
        E.requestdate(_text(package["initiative"]["received_at"])),
        *_vehicles(package, provider),
        E.customer(_contact(package["contact"]), E.comments(_text(comments(package)))),
        E.vendor(
            E.id(owner.owner_id, source="leadbus"),
            E.vendorname(_text(owner.name)),
            E.contact(E.name(_text(owner.name), part="full"), E.email(owner.email), *_phone(owner.phone)),
        ),
        E.provider(
            E.name(_text(provider), part="full"),
            E.service("Leadbus"),
            E.email(provider_email),
        ),
        status="new",
    )
    root = E.adf(prospect)
    root.addprevious(etree.ProcessingInstruction("adf", 'version="1.0"'))
    tree: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return tree


def comments(package: Mapping[str, Any]) -> str:
    """What ADF has no element for, as lines to read."""
    qualification, bant = package["qualification"], package["qualification"]["bant"]
    contact = package["contact"]
    lines = [
        _line("Company", contact.get("company"), contact.get("job_title")),
        _line("Website", contact.get("website")),
        _line("Initiative", package["initiative"].get("campaign"), package["initiative"].get("source")),
        _line("Products", ", ".join(package["interest"]["products"])),
        _line("Message", package["interest"]["message"]),
        _line("Rank", qualification["rank"], f"score {qualification['score']}" if qualification["score"] else None),
        *(_line(name.capitalize(), bant.get(name)) for name in ("budget", "authority", "need", "timing")),
        *(_line(name, value) for name, value in package["answers"].items()),
        *(_line(f"Note of {note['by']}", note["outcome"], note["text"]) for note in package["notes"]),
        *(_line("Because", reason) for reason in qualification["because"]),
        _previous(package["previous"]),
        *(_line("Sent", piece["piece"], piece["channel"], piece["sent_at"]) for piece in package["fulfilment"]),
    ]
    return "\n".join(line for line in lines if line)


def _vehicles(package: Mapping[str, Any], make: str) -> list[Any]:
    year = str(package["initiative"]["received_at"])[:4]
    names: Sequence[str] = package["interest"]["products"] or ["not stated"]
    return [
        E.vehicle(E.year(year), E.make(_text(make)), E.model(_text(name)), interest="buy", status="new")
        for name in names
    ]


def _contact(person: Mapping[str, Any]) -> Any:
    parts = [("first", person.get("given_name")), ("last", person.get("family_name"))]
    names = [E.name(_text(value), part=part, type="individual") for part, value in parts if value]
    if not names:
        names = [E.name(_text(person.get("name") or person.get("company") or "unknown"), part="full")]
    reach = [*_email(person.get("email")), *_phone(person.get("phone"))]
    # The format demands one of both: an empty email says that there is none.
    return E.contact(*names, *(reach or [E.email("")]), *_address(person.get("address")))


def _address(address: Mapping[str, Any] | None) -> list[Any]:
    if not address:
        return []
    children = [E.street(_text(line), line=str(place)) for place, line in enumerate(address.get("lines") or [], 1)]
    named = (("city", "city"), ("regioncode", "state"), ("postalcode", "postcode"), ("country", "country"))
    children += [E(tag, _text(address[field])) for tag, field in named if address.get(field)]
    return [E.address(*children)] if address.get("lines") else [E.address(E.street("", line="1"), *children)]


def _email(value: str | None) -> list[Any]:
    return [E.email(_text(value))] if value else []


def _phone(value: str | None) -> list[Any]:
    return [E.phone(_text(value), type="voice")] if value else []


def _previous(previous: Mapping[str, Any] | None) -> str | None:
    if not previous:
        return None
    return _line(
        "Previous response", str(previous["registered_at"])[:10], previous.get("campaign"), previous["resolution"]
    )


def _line(name: str, *values: Any) -> str | None:
    told = [str(value) for value in values if value not in (None, "")]
    return f"{name}: {', '.join(told)}" if told else None


def without_controls(text: str) -> str:
    """The text without what XML, calendars and cards cannot hold."""
    return _NO_XML.sub("", text)


def _text(value: Any) -> str:
    return without_controls(str(value))
