"""ADF 1.0 (Auto-lead Data Format) of portals and dealers' systems, read leniently: hardly any sender is valid XML.

The document type: `adf(prospect+)`, each prospect with id, requestdate, vehicle, customer, vendor, provider.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import adf_soup
from shared.contracts.intake import Intake
from shared.mail import tags
from shared.mail.encoding import declared_charset, decoded

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"'“”]?([\w.-]+)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<\?[^<>]{0,500}\?>")
#: A document type without a subset of its own declares nothing; it is not fetched either.
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE\s+[^\[\]<>]{0,300}>", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_TAG = re.compile(r"<[A-Za-z][^<>]{0,2000}>")
_UNQUOTED = re.compile(r"(\s[\w:.-]+)\s*=\s*(?![\s\"'])([^\s\"'<>/]+)")
#: `&nbsp;` and its like are known to HTML, not to XML.
_HTML_NAME = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
#: Where the document begins and ends among the words of a mail around it.
_BEGINS = re.compile(r"<\s*(?:[\w-]+:)?(?:adf|prospect)\b", re.IGNORECASE)
_ENDS = re.compile(r"</\s*(?:[\w-]+:)?(?:adf|prospect)\s*>", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

#: More tags than any list of prospects has, and prospects than are read of one document: both were made to hurt.
MOST_TAGS = 100_000
MOST = 5_000

_NAME_PARTS = {"first": "first name", "last": "last name", "full": "full name", "surname": "last name"}


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The prospects of an ADF document; numbered from 1 when there are several. Raises Unreadable."""
    root = _parsed(_text_of(body, intake.content_type))
    prospects = [root] if _tag(root) == "prospect" else _all(root, "prospect")
    if not prospects:
        raise Unreadable("unreadable", f"no prospect in the document, whose root is {line(_tag(root), 60)}")
    if len(prospects) > MOST:
        raise Unreadable("too_many", f"{len(prospects)} prospects in one document; {MOST} are read at most")
    return [
        _prospect(prospect, number if len(prospects) > 1 else 0, source, intake)
        for number, prospect in enumerate(prospects, 1)
    ]


def _text_of(body: bytes, content_type: str) -> str:
    declared = _DECLARATION.search(body[:1000].decode("latin-1"))
    text = decoded(body, declared_charset(content_type) or (declared[1] if declared else None))
    if text.count("<") + text.count("&lt;") > MOST_TAGS:
        raise Unreadable("hostile", f"more than {MOST_TAGS} tags: no reader should try")
    text = _PLAIN_DOCTYPE.sub("", _INSTRUCTION.sub("", _NOT_XML.sub("", text)))
    if not _BEGINS.search(text) and "&lt;" in text:
        # A mail program that took it for text to be shown.
        text = tags.unescaped(text)
    start = text.find("<")
    if start < 0:
        raise Unreadable("unreadable" if text.strip() else "empty", "no XML in the body")
    begins = _BEGINS.search(text)
    if begins and "<!" not in text[: begins.start()]:
        start = begins.start()
    ends = [found.end() for found in _ENDS.finditer(text)]
    return text[start : ends[-1] if ends and ends[-1] > start else None].strip()


def _parsed(text: str) -> Element:
    """The document, after a second and a third look at one that is not XML. Raises Unreadable."""
    try:
        return _strictly(text)
    except (ParseError, ValueError, RecursionError):
        pass
    try:
        return _strictly(_repaired(text))
    except (ParseError, ValueError, RecursionError) as error:
        # Tags that do not match, or a mail that was cut off: what is there is read.
        root = adf_soup.parsed(text)
        if root is None:
            raise Unreadable("unreadable", f"not XML: {error}") from error
        return root


def _strictly(text: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable("hostile", f"entities or a document type are declared: {type(error).__name__}") from error
    return root


def _repaired(text: str) -> str:
    """Attributes in quotes, ampersands as entities: the two things that senders get wrong most."""
    text = _HTML_NAME.sub(lambda name: tags.unescaped(name[0]), text)
    text = _BARE_AMPERSAND.sub("&amp;", text)
    return _TAG.sub(lambda tag: _UNQUOTED.sub(r'\1="\2"', tag[0]), text)


def _prospect(prospect: Element, row: int, source: Source, intake: Intake) -> Submission:
    said = submission(_fields(prospect), source, row=row, beside=intake.query)
    return replace(said, provider_key=_key(prospect), attribution={**said.attribution, **_origin(prospect)})


def _origin(prospect: Element) -> dict[str, str]:
    """When and through whom the prospect came."""
    origin = {
        "submitted_at": _text(_first(prospect, "requestdate")),
        "adf_status": _attribute(prospect, "status"),
        "vendor": _text(_first(_first(prospect, "vendor"), "vendorname")),
        "provider": _text(_first(_first(prospect, "provider"), "name")),
    }
    return {name: line(value) for name, value in origin.items() if value}


def _key(prospect: Element) -> str | None:
    """`id@source`, the sender's name of this prospect; a resent one has the same."""
    for identity in _children(prospect, "id"):
        if _text(identity):
            return line(f"adf:{_attribute(identity, 'source')}:{_text(identity)}")
    return None


def _fields(prospect: Element) -> Iterator[tuple[str, str]]:
    yield from _customer(_first(prospect, "customer"))
    for vehicle in _children(prospect, "vehicle"):
        yield from _vehicle(vehicle)


def _customer(customer: Element | None) -> Iterator[tuple[str, str]]:
    yield from _contact(_first(customer, "contact"))
    for identity in _children(customer, "id"):
        yield "customer id", _text(identity)
    timeframe = _first(customer, "timeframe")
    yield "timing", _text(_first(timeframe, "description")) or _text(timeframe)
    for comments in (*_children(customer, "comments"), *_children(customer, "comment")):
        yield "message", _text(comments)


def _contact(contact: Element | None) -> Iterator[tuple[str, str]]:
    given: list[str] = []
    for name in _children(contact, "name"):
        part = _attribute(name, "part").lower() or "full"
        if _attribute(name, "type").lower() == "business":
            yield "company name", _text(name)
        elif part in ("first", "middle"):
            given.append(_text(name))
        else:
            yield _NAME_PARTS.get(part, f"name {part}"), _text(name)
    yield "first name", " ".join(filter(None, given))
    for email in _children(contact, "email"):
        yield "email", _text(email)
    for phone in sorted(_children(contact, "phone"), key=_preference):
        yield "fax" if _attribute(phone, "type").lower() == "fax" else "phone", _text(phone)
        if _attribute(phone, "time"):
            yield "best time to call", _attribute(phone, "time")
    yield from _address(_first(contact, "address"))


def _preference(phone: Element) -> tuple[bool, bool]:
    """Order of telephones: the preferred one first, fax last."""
    return _attribute(phone, "type").lower() == "fax", _attribute(phone, "preferredcontact") != "1"


def _address(address: Element | None) -> Iterator[tuple[str, str]]:
    streets = [_text(street) for street in _children(address, "street") if _text(street)]
    yield "street", streets[0] if streets else ""
    yield "street 2", ", ".join(filter(None, (*streets[1:], _text(_first(address, "apartment")))))
    for theirs, ours in (("city", "city"), ("regioncode", "state"), ("postalcode", "postcode"), ("country", "country")):
        yield ours, _text(_first(address, theirs))


#: What is kept of a vehicle beside year, make, model and trim.
_MORE_OF_VEHICLE = (
    "vin", "doors", "bodystyle", "transmission", "odometer", "condition", "colorcombination", "price", "pricecomments",
    "option",
)  # fmt: skip


def _vehicle(vehicle: Element) -> Iterator[tuple[str, str]]:
    words = " ".join(filter(None, (_text(_first(vehicle, part)) for part in ("year", "make", "model", "trim"))))
    interest = _attribute(vehicle, "interest").lower() or "buy"
    if interest in ("trade-in", "sell"):
        yield "currently_owns", words
        return
    if words:
        # One product for one vehicle: commas in a model's name separate nothing.
        yield "product", words.replace(",", " ")
    yield "vehicle_interest", interest
    yield "vehicle_status", _attribute(vehicle, "status")
    yield "stock_number", _text(_first(vehicle, "stock"))
    for tag in _MORE_OF_VEHICLE:
        for part in _children(vehicle, tag):
            yield f"vehicle_{tag}", " ".join(" ".join(part.itertext()).split())
    for finance in _children(vehicle, "finance"):
        yield "finance", " ".join(filter(None, (_text(_first(finance, "method")), _text(_first(finance, "amount")))))
    for comments in (*_children(vehicle, "comments"), *_children(vehicle, "comment")):
        yield "message", _text(comments)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _children(element: Element | None, tag: str) -> list[Element]:
    return [] if element is None else [child for child in element if _tag(child) == tag]


def _first(element: Element | None, tag: str) -> Element | None:
    return next(iter(_children(element, tag)), None)


def _all(element: Element, tag: str) -> list[Element]:
    return [found for found in element.iter() if _tag(found) == tag]


def _text(element: Element | None) -> str:
    """The element's own text, and that of elements inside it, where a sender put markup into a comment."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _attribute(element: Element, name: str) -> str:
    return next((value.strip() for key, value in element.attrib.items() if key.lower() == name), "")
