"""Leads to a manufacturer's or a dealer's system: STAR's ProcessSalesLead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # the stubs leave it out

from services.router.deliveries import adf
from services.router.deliveries.acknowledging import outcome_by_body
from services.router.deliveries.way import OwnersWay, headers_of, message_id
from services.router.domain.delivery import Star
from services.router.domain.owner import Owner
from shared.room import Outcome

NAMESPACE = "http://www.starstandard.org/STAR/5"
E = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


@dataclass(frozen=True)
class StarWay(OwnersWay):
    """The BODID, the same on every attempt, makes a repeat safe."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Star) -> Outcome:
        """One document; a ConfirmBOD with a failure message is a refusal."""
        body = document(key, payload, owner, self.office.rules.sender_name)
        headers = headers_of(delivery, key, "text/xml; charset=utf-8")
        return outcome_by_body(self.office.wire.send("POST", delivery.url, body, headers), self.office.now())


def document(key: str, payload: Mapping[str, Any], owner: Owner, sender: str) -> bytes:
    """The lead package as a business object document of STAR 5, in UTF-8."""
    package = payload["package"]
    root = E.ProcessSalesLead(
        E.ApplicationArea(
            E.Sender(E.CreatorNameCode(_text(sender)), E.SenderNameCode("Leadbus"), E.ComponentID("Leadbus")),
            E.CreationDateTime(payload["at"]),
            E.BODID(message_id(key)),
            E.Destination(E.DestinationNameCode(_text(owner.name)), E.DealerNumberID(owner.owner_id)),
        ),
        E.ProcessSalesLeadDataArea(
            E.Process(),
            E.SalesLead(_header(payload, package), _detail(package)),
        ),
        releaseID="5.0",
        languageCode="en-US",
    )
    tree: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return tree


def _header(payload: Mapping[str, Any], package: Mapping[str, Any]) -> Any:
    initiative = package["initiative"]
    return E.SalesLeadHeader(
        E.DocumentDateTime(_text(initiative["received_at"])),
        E.DocumentIdentificationGroup(E.DocumentIdentification(E.DocumentID(payload["lead_id"]))),
        E.CustomerProspect(E.ProspectParty(*_party(package["contact"]))),
        *_given("LeadInterestCode", package["qualification"]["rank"]),
        *_given("LeadSourceCode", initiative.get("source")),
        *_given("CampaignName", initiative.get("campaign")),
        E.LeadComments(_text(adf.comments(package))),
    )


def _party(contact: Mapping[str, Any]) -> list[Any]:
    person = E.SpecifiedPerson(
        *_given("GivenName", contact.get("given_name")),
        *_given("FamilyName", contact.get("family_name") or contact.get("name")),
        *_given("Title", contact.get("job_title")),
        *([E.TelephoneCommunication(E.CompleteNumber(_text(contact["phone"])))] if contact.get("phone") else []),
        *([E.URICommunication(E.URIID(_text(contact["email"])))] if contact.get("email") else []),
        *_address("ResidenceAddress", contact.get("address")),
    )
    if not contact.get("company"):
        return [person]
    website = contact.get("website")
    organization = E.SpecifiedOrganization(
        E.CompanyName(_text(contact["company"])),
        *([E.PrimaryContact(E.URICommunication(E.URIID(_text(website))))] if website else []),
        *_address("PostalAddress", contact.get("address")),
    )
    return [person, organization]


def _address(tag: str, address: Mapping[str, Any] | None) -> list[Any]:
    if not address:
        return []
    lines = [E(f"Line{words}", _text(line)) for words, line in zip(_WORDS, address.get("lines") or [], strict=False)]
    parts = [element for name, field in _NAMED for element in _given(name, address.get(field))]
    return [E(tag, *lines, *parts)] if lines or parts else []


_WORDS = ("One", "Two", "Three", "Four")
_NAMED = (
    ("CityName", "city"), ("CountryID", "country"), ("Postcode", "postcode"),
    ("StateOrProvinceCountrySub-DivisionID", "state"),
)  # fmt: skip


def _detail(package: Mapping[str, Any]) -> Any:
    products = package["interest"]["products"] or ["not stated"]
    items = [E.SalesLeadLineItem(E.ItemIdentificationGroup(E.Item(E.ItemID(_text(name))))) for name in products]
    return E.SalesLeadDetail(E.LeadStatus("New"), *items)


def _given(tag: str, value: Any) -> list[Any]:
    return [E(tag, _text(value))] if value not in (None, "") else []


def _text(value: Any) -> str:
    return adf.without_controls(str(value))
