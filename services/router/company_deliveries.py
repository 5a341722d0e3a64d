"""Reads the deliveries of an owner in owners.yml: how leads reach them."""

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urlsplit

from services.router.company_clocks import read_duration
from services.router.deliveries.checking import inner_address
from services.router.deliveries.posting import PORTS
from services.router.domain import mapping
from services.router.domain.answer import ASKS
from services.router.domain.delivery import (
    AdfPost,
    CsvByMail,
    CsvBySftp,
    Delivery,
    Every,
    HubSpot,
    Mailbox,
    Meaning,
    Rest,
    Salesforce,
    Star,
    Webhook,
)
from services.router.domain.mapping import Mapped
from shared import settings
from shared.company_file import Entry
from shared.secret import Secret

#: What a CSV holds when the company names no columns.
COLUMNS = {
    "lead_id": "lead_id", "assigned_at": "assignment.assigned_at", "due_at": "assignment.due_at",
    "name": "contact.name", "company": "contact.company", "job_title": "contact.job_title", "phone": "contact.phone",
    "email": "contact.email", "website": "contact.website", "street": "contact.address.lines",
    "city": "contact.address.city", "state": "contact.address.state", "postcode": "contact.address.postcode",
    "country": "contact.address.country", "campaign": "initiative.campaign", "source": "initiative.source",
    "products": "interest.products", "message": "interest.message", "rank": "qualification.rank",
    "score": "qualification.score", "budget": "qualification.bant.budget", "authority": "qualification.bant.authority",
    "need": "qualification.bant.need", "timing": "qualification.bant.timing", "comments": "comments",
    "accept": "links.accept", "decline": "links.decline",
}  # fmt: skip


def read_deliveries(owner: Entry, folder: Path) -> tuple[Delivery, ...]:
    """Every way of an owner, in the order of the file; each at most once. Raises CompanyError."""
    found: dict[str, Delivery] = {}
    for entry in owner.children("deliveries"):
        kind = _kind(entry)
        delivery = _READERS[kind](entry, folder)
        _check_places(entry, kind, delivery)
        if delivery.way in found:
            raise entry.wrong(kind, f"an owner has one {'mailbox' if kind == 'email' else kind} at most")
        found[delivery.way] = delivery
    return tuple(found.values())


def _check_places(entry: Entry, kind: str, delivery: Delivery) -> None:
    """Refuses what would never be called; names are resolved when they are used, and by `leadbus deliveries check`."""
    if settings.flag("LEADBUS_ALLOW_PRIVATE_WEBHOOKS"):
        return
    for url in delivery.urls:
        parts = urlsplit(url)
        if parts.scheme != "https" or (parts.port or 443) not in PORTS:
            raise entry.wrong(kind, f"only https on port {' or '.join(map(str, PORTS))} is called")
    hosts = [urlsplit(url).hostname or "" for url in delivery.urls]
    hosts += [delivery.host] if isinstance(delivery, CsvBySftp) else []
    for host in hosts:
        if (address := inner_address(host)) is not None:
            raise entry.wrong(kind, f"{host} leads to {address}, which is not a public address")


def _kind(entry: Entry) -> str:
    kinds = [field for field in entry.values if field in _READERS]
    if len(kinds) != 1:
        raise entry.wrong("way", f"one of {', '.join(_READERS)} says how leads are delivered")
    return kinds[0]


# --- one reader per way ----------------------------------------------------------------------------------------------


def _webhook(entry: Entry, folder: Path) -> Delivery:
    entry.only("webhook", "secret", "old_secret", "per_minute")
    secrets = [_signing_key(entry, "secret")]
    if "old_secret" in entry.values:
        secrets.append(_signing_key(entry, "old_secret"))
    return Webhook(url=entry.web_address("webhook"), secrets=tuple(secrets), per_minute=entry.whole("per_minute"))


def _email(entry: Entry, folder: Path) -> Delivery:
    entry.only("email", "form")
    form = entry.optional("form") or "sheet"
    if form not in ("sheet", "adf"):
        raise entry.wrong("form", f"{form!r} is not one of sheet, adf")
    return Mailbox(address=entry.address("email"), form=form)  # type: ignore[arg-type]


def _adf(entry: Entry, folder: Path) -> Delivery:
    entry.only("adf", "authorization", "per_minute")
    return AdfPost(url=entry.web_address("adf"), **_posted(entry, folder))


def _star(entry: Entry, folder: Path) -> Delivery:
    entry.only("star", "authorization", "per_minute")
    return Star(url=entry.web_address("star"), **_posted(entry, folder))


def _rest(entry: Entry, folder: Path) -> Delivery:
    entry.only("rest", "method", "authorization", "headers", "fields", "id_at", "duplicate", "per_minute")
    method = (entry.optional("method") or "POST").upper()
    if method not in ("POST", "PUT"):
        raise entry.wrong("method", f"{method!r} is not one of POST, PUT")
    fields = _fields(entry, "fields")
    if not fields:
        raise entry.wrong("fields", "this is needed: their name of each field, and what of the lead goes into it")
    headers = entry.child("headers") if "headers" in entry.values else Entry(f"{entry.name}: headers", {})
    return Rest(
        url=entry.web_address("rest"),
        method=method,  # type: ignore[arg-type]
        fields=fields,
        headers={name: _secret(headers, name, folder) for name in headers.values},
        id_at=entry.optional("id_at"),
        duplicate=_codes(entry),
        **_posted(entry, folder),
    )


def _salesforce(entry: Entry, folder: Path) -> Delivery:
    entry.only("salesforce", "client", "secret", "external_id", "version", "fields", "status", "pull", "per_minute")
    if not (urlsplit(entry.web_address("salesforce")).hostname or "").endswith(".my.salesforce.com"):
        raise entry.wrong("salesforce", "your organisation's own address is expected: https://….my.salesforce.com")
    given = _given(entry, "external_id", "version") | _crm(entry, folder)
    return Salesforce(url=entry.web_address("salesforce"), client=entry.text("client"), **given)


def _hubspot(entry: Entry, folder: Path) -> Delivery:
    entry.only("hubspot", "secret", "status_property", "fields", "status", "pull", "per_minute")
    return HubSpot(url=entry.web_address("hubspot"), **_given(entry, "status_property"), **_crm(entry, folder))


def _csv(entry: Entry, folder: Path) -> Delivery:
    """By SFTP or by email, as the address says."""
    place = urlsplit(entry.text("csv"))
    if place.scheme == "mailto":
        entry.only("csv", "every", "columns")
        address = Entry(entry.name, {"csv": unquote(place.path)}).address("csv")
        return CsvByMail(address=address, **_batched(entry))
    if place.scheme != "sftp" or not place.hostname or not place.username or place.password:
        raise entry.wrong("csv", "sftp://user@server/folder or mailto:address is expected, without a password")
    entry.only("csv", "host_key", "secret", "every", "columns", "per_minute")
    key = entry.text("host_key")
    if len(key.split()) < 2:
        raise entry.wrong("host_key", "the server's public key is expected, like 'ssh-ed25519 AAAA…'")
    return CsvBySftp(
        host=place.hostname,
        port=place.port or 22,
        user=unquote(place.username),
        folder=unquote(place.path).lstrip("/") or ".",
        host_key=" ".join(key.split()[:2]),
        secret=_secret(entry, "secret", folder),
        **_batched(entry),
    )


_READERS: Mapping[str, Callable[[Entry, Path], Delivery]] = {
    "webhook": _webhook, "email": _email, "adf": _adf, "star": _star, "rest": _rest, "salesforce": _salesforce,
    "hubspot": _hubspot, "csv": _csv,
}  # fmt: skip


# --- what several of them have ---------------------------------------------------------------------------------------


def _given(entry: Entry, *fields: str) -> dict[str, Any]:
    return {name: entry.text(name) for name in fields if name in entry.values}


def _posted(entry: Entry, folder: Path) -> dict[str, Any]:
    given = "authorization" in entry.values
    return {
        "authorization": _secret(entry, "authorization", folder) if given else None,
        "per_minute": entry.whole("per_minute"),
    }


def _crm(entry: Entry, folder: Path) -> dict[str, Any]:
    pull = {"pulled_every": read_duration(entry, "pull")} if "pull" in entry.values else {}
    return {
        "secret": _secret(entry, "secret", folder),
        "fields": _fields(entry, "fields"),
        "status": _meanings(entry),
        "per_minute": entry.whole("per_minute"),
        **pull,
    }


def _batched(entry: Entry) -> dict[str, Any]:
    every: Every = entry.one_of("every", get_args(Every)) if "every" in entry.values else "hour"  # type: ignore[assignment]
    columns = _fields(entry, "columns") or {name: Mapped(path) for name, path in COLUMNS.items()}
    return {"every": every, "columns": columns}


def _fields(entry: Entry, field: str) -> dict[str, Mapped]:
    """Their name of each field → where its value comes from: a path, or {from, default, longest}, or {value}."""
    if field not in entry.values:
        return {}
    fields = entry.child(field)
    return {str(name): _mapped(fields, name) for name in fields.values}


def _mapped(entry: Entry, name: str) -> Mapped:
    given = entry.values[name]
    if not isinstance(given, dict):
        return Mapped(_path(entry, name, entry.text(name)))
    one = Entry(f"{entry.name}: {name}", given)
    if "value" in given:
        one.only("value")
        return Mapped(constant=given["value"])
    one.only("from", "default", "longest")
    return Mapped(_path(one, "from", one.text("from")), default=given.get("default"), longest=one.whole("longest"))


def _path(entry: Entry, field: str, path: str) -> str:
    problem = mapping.problem_with(path)
    if problem:
        raise entry.wrong(field, problem)
    return path


def _meanings(entry: Entry) -> dict[str, Meaning]:
    """Their status → our action and what it asks for."""
    if "status" not in entry.values:
        return {}
    told = entry.child("status")
    return {str(name): _meaning(told, name) for name in told.values}


def _meaning(entry: Entry, name: str) -> Meaning:
    given = entry.values[name]
    if not isinstance(given, dict):
        one = Entry(entry.name, {name: given})
        fields: dict[str, str] = {}
        action = one.one_of(name, ASKS)
    else:
        one = Entry(f"{entry.name}: {name}", given)
        action = one.one_of("action", ASKS)
        fields = {field: one.text(field) for field in given if field != "action"}
        one.only("action", *(ask.rstrip("*") for ask in ASKS[action]))  # type: ignore[index]
    needed = {ask.rstrip("*") for ask in ASKS[action] if ask.endswith("*")}  # type: ignore[index]
    # Their amount comes with the status; what else is needed must stand here.
    if missing := sorted(needed - {"amount"} - fields.keys()):
        raise one.wrong(name, f"{action} asks for {', '.join(missing)}: {{action: {action}, {missing[0]}: …}}")
    return Meaning(action, fields)


def _codes(entry: Entry) -> frozenset[int]:
    if "duplicate" not in entry.values:
        return frozenset({409})
    try:
        return frozenset(map(int, entry.texts("duplicate")))
    except ValueError:
        raise entry.wrong("duplicate", "a list of HTTP codes is expected, like [409]") from None


def _secret(entry: Entry, field: str, folder: Path) -> Secret:
    """Where a secret is kept. The file never holds it."""
    if field not in entry.values:
        raise entry.wrong(field, "this is needed")
    try:
        return Secret.parse(entry.values[field], folder)
    except ValueError as error:
        raise entry.wrong(field, str(error)) from None


def _signing_key(entry: Entry, field: str) -> str:
    """A signing key as Standard Webhooks writes it. The message never shows it."""
    value = entry.text(field)
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not value.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise entry.wrong(field, "a key is written whsec_ and 24 to 64 bytes in base64")
    return value
