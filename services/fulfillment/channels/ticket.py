"""The papers of a print job: an XJDF 2.1 job ticket for the press, a manifest for whoever counts and packs."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from lxml import etree

XJDF = "http://www.CIP4.org/JDFSchema_2_0"
LETTER_FILE, TICKET_FILE, MANIFEST_FILE = "letter.pdf", "ticket.xjdf", "manifest.json"
#: Points; portrait.
PAPERS = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}


@dataclass(frozen=True)
class Enclosure:
    """What the warehouse puts into the envelope."""

    sku: str
    title: str
    quantity: int = 1


@dataclass(frozen=True)
class Job:
    """One letter to one person, with what goes with it."""

    job_id: str
    piece: str
    pdf: bytes
    pages: int
    paper: str
    recipient: tuple[str, ...]
    country: str
    enclosures: tuple[Enclosure, ...]
    sender: str
    created_at: datetime

    @property
    def sha256(self) -> str:
        """Of the letter's bytes: what the house prints is what we made."""
        return hashlib.sha256(self.pdf).hexdigest()


def manifest(job: Job) -> bytes:
    """What must come out: pages, hash, address and pick list."""
    document: dict[str, Any] = {
        "format": "leadbus-print-job/1",
        "job_id": job.job_id,
        "created_at": job.created_at.isoformat(timespec="seconds"),
        "sender": job.sender,
        "piece": job.piece,
        "copies": 1,
        "letter": {
            "file": LETTER_FILE,
            "sha256": job.sha256,
            "bytes": len(job.pdf),
            "pages": job.pages,
            "paper": job.paper,
        },
        "recipient": {"lines": list(job.recipient), "country": job.country},
        "pick": [vars(enclosure) for enclosure in job.enclosures],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def ticket(job: Job) -> bytes:
    """The job ticket: one product, its run list, paper, and where it goes."""
    width, height = PAPERS[job.paper]
    dimensions = f"{width:g} {height:g}"
    root = _node(None, "XJDF", JobID=job.job_id, Version="2.1", Types="Product", DescriptiveName=job.piece)
    audit = _node(_node(root, "AuditPool"), "AuditCreated")
    _node(audit, "Header", DeviceID="leadbus", Time=job.created_at.isoformat(timespec="seconds"))
    products = _node(root, "ProductList")
    product = _node(products, "Product", ID="letter", IsRoot="true", Amount="1", ProductType="Letter")
    layout = _node(product, "Intent", Name="LayoutIntent")
    _node(layout, "LayoutIntent", Dimensions=dimensions, FinishedDimensions=f"{dimensions} 0",
          Sides="TwoSidedHeadToHead", Pages=str(job.pages))  # fmt: skip
    for enclosure in job.enclosures:
        _node(products, "Product", ProductType="Brochure", Amount=str(enclosure.quantity), IsRoot="true",
              ExternalID=enclosure.sku, DescriptiveName=enclosure.title)  # fmt: skip
    _resource(root, "RunList", "Input", ("FileSpec", {"URL": LETTER_FILE, "CheckSum": job.sha256.upper(),
              "MimeType": "application/pdf"}), NPage=str(job.pages))  # fmt: skip
    _resource(root, "Media", "Input", None, MediaType="Paper", Dimension=dimensions)
    delivery = _resource(root, "DeliveryParams", "Input", ("DropItem", {"Amount": "1", "ItemRef": "letter"}),
                         Method="PostalMail")  # fmt: skip
    delivery.getparent().set("ExternalID", job.job_id)
    _contact(root, job)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _contact(root: Any, job: Job) -> None:
    part = _node(_set(root, "Contact", "Input"), "Resource")
    contact = _node(part, "Contact", ContactTypes="Delivery")
    address = _node(contact, "Address", CountryCode=job.country)
    for line in job.recipient:
        _node(address, "ExtendedAddress").text = line


def _resource(root: Any, name: str, usage: str, child: tuple[str, dict[str, str]] | None, **attributes: str) -> Any:
    resource = _node(_node(_set(root, name, usage), "Resource"), name, **attributes)
    if child is not None:
        _node(resource, child[0], **child[1])
    return resource


def _set(root: Any, name: str, usage: str) -> Any:
    return _node(root, "ResourceSet", Name=name, Usage=usage)


def _node(parent: Any, name: str, **attributes: str) -> Any:
    tag = f"{{{XJDF}}}{name}"
    if parent is None:
        namespaces: Any = {None: XJDF}  # the stubs know no default namespace
        return etree.Element(tag, attributes, nsmap=namespaces)
    return etree.SubElement(parent, tag, attributes)
