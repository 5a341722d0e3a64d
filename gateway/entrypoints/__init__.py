"""The doors of this company: forms, hooks, mail, and what each lets in. Read from `entrypoints.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import yaml
from limits import RateLimitItem, parse

from gateway.entrypoints.forms import Form, Page, PageField, foreign_form, own_form, page
from gateway.entrypoints.hooks import Hook, hook
from gateway.entrypoints.mail import Mail, Mailbox, mail
from gateway.entrypoints.published import Published, published
from gateway.entrypoints.reading import ANY_ORIGIN, check_name, entries, section
from shared.company_file import CompanyError

__all__ = [
    "ANY_ORIGIN", "CompanyError", "Entrypoints", "Form", "Hook", "Limits", "Mail", "Mailbox", "Page", "PageField",
    "Published",
    "load", "parse_entrypoints",
]  # fmt: skip

FILE = "entrypoints.yml"
#: Parts of the file with forms that were made for another product, and how their bodies are read.
FOREIGN_FORMS = ("salesforce", "hubspot", "contact_form_7")


@dataclass(frozen=True)
class Limits:
    """How often one sender may come."""

    form_per_address: RateLimitItem = field(default_factory=lambda: parse("120/minute"))
    hook_per_address: RateLimitItem = field(default_factory=lambda: parse("600/minute"))
    per_key: RateLimitItem = field(default_factory=lambda: parse("6000/minute"))
    #: Requests without a valid key, and signed links: whoever guesses is stopped.
    guesses_per_address: RateLimitItem = field(default_factory=lambda: parse("120/minute"))
    mail_per_address: RateLimitItem = field(default_factory=lambda: parse("120/minute"))


@dataclass(frozen=True)
class Entrypoints:
    """All doors."""

    forms: Mapping[str, Form]
    hooks: Mapping[str, Hook]
    limits: Limits = field(default_factory=Limits)
    #: Proxies whose X-Forwarded-For is believed.
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    #: By the organisation id in the form (`oid`).
    salesforce: Mapping[str, Form] = field(default_factory=dict)
    #: By `<portal id>/<form guid>`.
    hubspot: Mapping[str, Form] = field(default_factory=dict)
    #: By the form's number in WordPress.
    contact_form_7: Mapping[str, Form] = field(default_factory=dict)
    #: Pages on which the office keys cards and calls, by source.
    keyed: Mapping[str, Page] = field(default_factory=dict)
    mail: Mail = field(default_factory=Mail)
    #: What a lead of a vendor is worth to us, by source: told in the answer to a post.
    prices: Mapping[str, float] = field(default_factory=dict)
    #: The one set of contacts that the company prints everywhere.
    published: Published | None = None
    #: The source of leads that own staff send from their personal pages, and of those that programs send for them.
    referral_form: str = "referral-form"
    referral_entry: str = "staff-leads"


def load(company: Path) -> Entrypoints:
    """The entry points in a company's folder. Raises CompanyError."""
    path = company / FILE
    try:
        document = yaml.safe_load(path.read_text()) or {}
    except FileNotFoundError:
        raise CompanyError(f"{path}: there is no such file; it names the forms and hooks") from None
    except yaml.YAMLError as error:
        raise CompanyError(f"{path}: not YAML: {error}") from error
    return parse_entrypoints(document, str(path), company)


def parse_entrypoints(document: Any, place: str = FILE, folder: Path = Path()) -> Entrypoints:
    """The entry points in a loaded document; files of secrets are looked for in `folder`. Raises CompanyError."""
    known = {
        "forms", "hooks", "limits", "trusted_proxies", "keyed", "mail", "prices", "published", "referrals",
        *FOREIGN_FORMS,
    }  # fmt: skip
    top = section(document, place, known)
    foreign: dict[str, dict[str, Form]] = {
        kind: {
            name: foreign_form(name, entry, f"{place}, {kind} {name}", kind, folder)
            for name, entry in entries(top, kind, place).items()
        }
        for kind in FOREIGN_FORMS
    }
    return Entrypoints(
        forms={
            name: own_form(name, entry, f"{place}, form {name}") for name, entry in entries(top, "forms", place).items()
        },
        hooks={
            name: hook(name, entry, f"{place}, hook {name}", folder)
            for name, entry in entries(top, "hooks", place).items()
        },
        keyed={
            source: _keyed_page(source, entry, f"{place}, keyed {source}")
            for source, entry in entries(top, "keyed", place).items()
        },
        mail=(doors := mail(top.get("mail") or {}, f"{place}, mail", folder)),
        published=published(top.get("published"), f"{place}, published", entries(top, "forms", place), doors),
        **_referrals(top.get("referrals") or {}, f"{place}, referrals"),
        prices={source: _price(price, f"{place}, prices") for source, price in entries(top, "prices", place).items()},
        limits=_limits(top.get("limits") or {}, f"{place}, limits"),
        trusted_proxies=tuple(_network(text, place) for text in top.get("trusted_proxies") or ()),
        salesforce=foreign["salesforce"],
        hubspot=foreign["hubspot"],
        contact_form_7=foreign["contact_form_7"],
    )


def _keyed_page(source: str, entry: Any, place: str) -> Page:
    check_name(source, place)
    return page(entry, place)


def _referrals(entry: Any, place: str) -> dict[str, str]:
    names = {"form": "referral_form", "entry": "referral_entry"}
    found = section(entry, place, names)
    for source in found.values():
        check_name(source, place)
    return {names[name]: source for name, source in found.items()}


def _price(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise CompanyError(f"{place}: a price must be a number, not {value!r}")
    return float(value)


def _limits(entry: Any, place: str) -> Limits:
    names = {limit.name for limit in fields(Limits)}
    found = section(entry, place, names)
    return Limits(**{name: _rate(rate, name, place) for name, rate in found.items()})


def _rate(text: Any, name: str, place: str) -> RateLimitItem:
    try:
        return parse(str(text))
    except ValueError:
        raise CompanyError(f"{place}: `{name}` must be a rate such as 120/minute, not {text!r}") from None


def _network(text: Any, place: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(text))
    except ValueError as error:
        raise CompanyError(f"{place}: `trusted_proxies`: {error}") from None
