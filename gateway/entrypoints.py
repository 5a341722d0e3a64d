"""The doors of this company: forms, hooks, and what each lets in. Read from `entrypoints.yml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast

import yaml
from limits import RateLimitItem, parse

from gateway.returns import ReturnPattern

FILE = "entrypoints.yml"
#: Readings of a form body and of a hook body that the front desk knows.
FORM_DIALECTS = ("form",)
HOOK_DIALECTS = ("google_ads",)
#: A trap is a field that no person sees: what fills it is a program. Which field it is, the source register says too.
FIELD_TYPES = ("text", "email", "tel", "textarea", "select", "checkbox", "hidden", "trap")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CompanyError(ValueError):
    """The company's file is not what it must be; the message names file, entry and field."""


@dataclass(frozen=True)
class PageField:
    """One field of a hosted form."""

    name: str
    label: str
    type: str = "text"
    required: bool = False
    value: str = ""
    #: For a select: value and label.
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """A landing page with the form on it, for campaigns whose printed piece or advertisement needs an address."""

    title: str
    intro: str
    button: str
    fields: tuple[PageField, ...]


@dataclass(frozen=True)
class Form:
    """A web form by its name in the address."""

    name: str
    source: str
    dialect: str
    #: Where the visitor may be sent afterwards.
    returns: tuple[ReturnPattern, ...]
    #: Origins of pages whose scripts may post here.
    origins: frozenset[str]
    page: Page | None


@dataclass(frozen=True)
class Hook:
    """An advertising platform's webhook, which proves itself by a key in its body."""

    source: str
    dialect: str
    key_sha256: str


@dataclass(frozen=True)
class Limits:
    """How often one sender may come."""

    form_per_address: RateLimitItem = field(default_factory=lambda: parse("120/minute"))
    hook_per_address: RateLimitItem = field(default_factory=lambda: parse("600/minute"))
    per_key: RateLimitItem = field(default_factory=lambda: parse("6000/minute"))
    #: Requests without a valid key, and signed links: whoever guesses is stopped.
    guesses_per_address: RateLimitItem = field(default_factory=lambda: parse("120/minute"))


@dataclass(frozen=True)
class Entrypoints:
    """All doors."""

    forms: Mapping[str, Form]
    hooks: Mapping[str, Hook]
    limits: Limits = field(default_factory=Limits)
    #: Proxies whose X-Forwarded-For is believed.
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()


def load(company: Path) -> Entrypoints:
    """The entry points in a company's folder. Raises CompanyError."""
    path = company / FILE
    try:
        document = yaml.safe_load(path.read_text()) or {}
    except FileNotFoundError:
        raise CompanyError(f"{path}: there is no such file; it names the forms and hooks") from None
    except yaml.YAMLError as error:
        raise CompanyError(f"{path}: not YAML: {error}") from error
    return parse_entrypoints(document, str(path))


def parse_entrypoints(document: Any, place: str = FILE) -> Entrypoints:
    """The entry points in a loaded document. Raises CompanyError."""
    top = _section(document, place, {"forms", "hooks", "limits", "trusted_proxies"})
    return Entrypoints(
        forms={name: _form(name, entry, f"{place}, form {name}") for name, entry in (top.get("forms") or {}).items()},
        hooks={name: _hook(name, entry, f"{place}, hook {name}") for name, entry in (top.get("hooks") or {}).items()},
        limits=_limits(top.get("limits") or {}, f"{place}, limits"),
        trusted_proxies=tuple(_network(text, place) for text in top.get("trusted_proxies") or ()),
    )


def _form(name: str, entry: Any, place: str) -> Form:
    _check_name(name, place)
    fields = _section(entry, place, {"source", "dialect", "returns", "origins", "page"})
    return Form(
        name=name,
        source=_text(fields, "source", place),
        dialect=_one_of(fields.get("dialect", "form"), FORM_DIALECTS, "dialect", place),
        returns=tuple(_pattern(text, place) for text in fields.get("returns") or ()),
        origins=frozenset(fields.get("origins") or ()),
        page=_page(fields["page"], f"{place}, page") if fields.get("page") else None,
    )


def _hook(name: str, entry: Any, place: str) -> Hook:
    _check_name(name, place)
    fields = _section(entry, place, {"source", "dialect", "key_sha256"})
    key = _text(fields, "key_sha256", place).lower()
    if not _SHA256.fullmatch(key):
        raise CompanyError(f"{place}: `key_sha256` must be the SHA-256 of the key, in 64 hex digits")
    source = fields.get("source", name)
    return Hook(source, _one_of(fields.get("dialect"), HOOK_DIALECTS, "dialect", place), key)


def _page(entry: Any, place: str) -> Page:
    fields = _section(entry, place, {"title", "intro", "button", "fields"})
    listed = tuple(_page_field(field, f"{place}, field {number}") for number, field in enumerate(fields["fields"], 1))
    return Page(_text(fields, "title", place), fields.get("intro", ""), fields.get("button", "Send"), listed)


def _page_field(entry: Any, place: str) -> PageField:
    fields = _section(entry, place, {"name", "label", "type", "required", "value", "options"})
    options = fields.get("options") or {}
    return PageField(
        name=_text(fields, "name", place),
        label=str(fields.get("label", fields["name"])),
        type=_one_of(fields.get("type", "text"), FIELD_TYPES, "type", place),
        required=bool(fields.get("required", False)),
        value=str(fields.get("value", "")),
        options=tuple((str(value), str(label)) for value, label in options.items()),
    )


def _limits(entry: Any, place: str) -> Limits:
    names = ("form_per_address", "hook_per_address", "per_key", "guesses_per_address")
    fields = _section(entry, place, set(names))
    return Limits(**{name: _rate(fields[name], name, place) for name in names if name in fields})


def _rate(text: Any, name: str, place: str) -> RateLimitItem:
    try:
        return parse(str(text))
    except ValueError:
        raise CompanyError(f"{place}: `{name}` must be a rate such as 120/minute, not {text!r}") from None


def _pattern(text: Any, place: str) -> ReturnPattern:
    try:
        return ReturnPattern.parse(str(text))
    except ValueError as error:
        raise CompanyError(f"{place}: `returns`: {error}") from None


def _network(text: Any, place: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(text))
    except ValueError as error:
        raise CompanyError(f"{place}: `trusted_proxies`: {error}") from None


def _section(entry: Any, place: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise CompanyError(f"{place}: names and values are required")
    for name in entry:
        if name not in known:
            raise CompanyError(f"{place}: unknown field `{name}`; there are {', '.join(sorted(known))}")
    return entry


def _text(fields: Mapping[str, Any], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise CompanyError(f"{place}: `{name}` must be a text")
    return value


def _one_of(value: Any, allowed: tuple[str, ...], name: str, place: str) -> str:
    if value not in allowed:
        raise CompanyError(f"{place}: `{name}` must be one of {', '.join(allowed)}, not {value!r}")
    return cast(str, value)


def _check_name(name: Any, place: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CompanyError(f"{place}: a name in an address has small letters, digits and hyphens")
