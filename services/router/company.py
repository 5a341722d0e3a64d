"""Reads owners.yml, territories.yml and clocks.yml, and refuses what could leave a lead without an owner."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from services.router.company_clocks import read_clocks, read_duration
from services.router.domain.owner import Mailbox, Owner, Webhook
from services.router.domain.rules import Rules
from services.router.domain.territory import Territory, ambiguities, compact
from shared.company_file import CompanyError, Entry, read_file
from shared.contracts.screening import Queue

FILES = ("owners.yml", "territories.yml", "clocks.yml")
KINDS = ("dealer", "distributor", "rep", "call_centre", "marketing")

__all__ = ["CompanyError", "load"]


def load(company: Path) -> Rules:
    """The rules in the company's folder. Raises CompanyError that names file, entry and field."""
    owners_file, territories_file, clocks_file = (read_file(company / name) for name in FILES)
    owners = _owners(owners_file)
    sender = owners_file.child("sender")
    fall_back = territories_file.child("fall_back")
    rules = Rules(
        owners=owners,
        territories=_territories(territories_file, owners),
        home_country=territories_file.text("home_country").upper(),
        unready=fall_back.one_of("unready", owners),
        no_taker=tuple(fall_back.each_of("no_taker", owners)),
        screeners=_screeners(fall_back, owners),
        plans=read_clocks(clocks_file.child("clocks")),
        links_valid=read_duration(clocks_file, "links_valid"),
        currency=owners_file.text("currency").upper(),
        sender=Mailbox(sender.address("email")),
        sender_name=sender.text("name"),
        version=_version(company),
    )
    _check_fall_back(fall_back, rules)
    return rules


def _version(company: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((company / name).read_bytes())
    return digest.hexdigest()[:12]


def _owners(file: Entry) -> dict[str, Owner]:
    owners = {}
    for entry in file.children("owners"):
        owner = _owner(entry)
        if owner.owner_id in owners:
            raise entry.wrong("id", f"{owner.owner_id!r} is there twice")
        owners[owner.owner_id] = owner
    return owners


def _owner(entry: Entry) -> Owner:
    entry.only(
        "id", "kind", "name", "email", "phone", "website", "region", "products", "manager_email", "deliveries", "active"
    )
    kind = entry.text("kind")
    if kind not in KINDS:
        raise entry.wrong("kind", f"{kind!r} is not one of {', '.join(KINDS)}")
    webhook, mailbox = _deliveries(entry)
    return Owner(
        owner_id=entry.text("id"),
        kind=kind,  # type: ignore[arg-type]
        name=entry.text("name"),
        email=entry.address("email"),
        manager_email=entry.address("manager_email"),
        products=frozenset(entry.texts("products")),
        phone=entry.optional("phone"),
        website=entry.optional("website"),
        region=entry.optional("region"),
        webhook=webhook,
        mailbox=mailbox,
        active=entry.flag("active", True),
    )


def _deliveries(entry: Entry) -> tuple[Webhook | None, Mailbox | None]:
    webhook, mailbox = None, None
    for delivery in entry.children("deliveries"):
        if "webhook" in delivery.values:
            if webhook is not None:
                raise delivery.wrong("webhook", "an owner has one webhook at most")
            delivery.only("webhook", "secret", "old_secret")
            secrets = [_secret(delivery, "secret")]
            if "old_secret" in delivery.values:
                secrets.append(_secret(delivery, "old_secret"))
            webhook = Webhook(delivery.web_address("webhook"), tuple(secrets))
        else:
            if mailbox is not None:
                raise delivery.wrong("email", "an owner has one mailbox at most")
            delivery.only("email", "form")
            form = delivery.optional("form") or "sheet"
            if form not in ("sheet", "adf"):
                raise delivery.wrong("form", f"{form!r} is not one of sheet, adf")
            mailbox = Mailbox(delivery.address("email"), form)  # type: ignore[arg-type]
    return webhook, mailbox


def _secret(entry: Entry, field: str) -> str:
    """A signing key as Standard Webhooks writes it. The message never shows it."""
    value = entry.text(field)
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not value.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise entry.wrong(field, "a key is written whsec_ and 24 to 64 bytes in base64")
    return value


def _territories(file: Entry, owners: Mapping[str, Owner]) -> tuple[Territory, ...]:
    territories: dict[str, Territory] = {}
    for entry in file.children("territories"):
        territory = _territory(entry, owners)
        if territory.territory_id in territories:
            raise entry.wrong("id", f"{territory.territory_id!r} is there twice")
        territories[territory.territory_id] = territory
    for one, other, area in ambiguities(list(territories.values())):
        raise CompanyError(
            f"{file.name}: territories {one} and {other} both claim {area} for the same products: "
            "nothing says which comes first"
        )
    return tuple(territories.values())


def _territory(entry: Entry, owners: Mapping[str, Owner]) -> Territory:
    entry.only("id", "country", "states", "postcodes", "products", "owners")
    takers = tuple(entry.each_of("owners", owners))
    if not any(owners[taker].active for taker in takers):
        raise entry.wrong("owners", "none of them is active")
    return Territory(
        territory_id=entry.text("id"),
        country=entry.text("country").upper(),
        owners=takers,
        states=frozenset(entry.texts("states")),
        postcodes=frozenset(prefix for text in entry.texts("postcodes") for prefix in _prefixes(entry, text)),
        products=frozenset(entry.texts("products")),
    )


def _prefixes(entry: Entry, text: str) -> list[str]:
    """ "500-503" is every prefix from 500 to 503; anything else is one prefix."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not dash:
        return [compact(text)]
    if not (first.isdigit() and last.isdigit() and len(first) == len(last) and first <= last):
        raise entry.wrong("postcodes", f"{text!r} is not a range of numbers of the same length")
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def _screeners(entry: Entry, owners: Mapping[str, Owner]) -> dict[str, str]:
    """Whose the leads of each queue of screening are."""
    if "screening" not in entry.values:
        return {}
    queues = entry.child("screening")
    queues.only(*get_args(Queue))
    return {queue: queues.one_of(queue, owners) for queue in queues.values}


def _check_fall_back(entry: Entry, rules: Rules) -> None:
    unready, last = rules.owners[rules.unready], rules.owners[rules.no_taker[-1]]
    if unready.kind != "marketing" or not unready.active:
        raise entry.wrong("unready", f"{unready.owner_id!r} must be an active owner of kind marketing")
    if last.kind != "marketing" or not last.active:
        raise entry.wrong("no_taker", f"the last one, {last.owner_id!r}, must be an active owner of kind marketing")
