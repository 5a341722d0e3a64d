"""Forms: the company's own, hosted pages, and those that were made for another product's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.entrypoints.reading import check_name, one_of, origins, returns, section, text
from gateway.returns import ReturnPattern
from shared.company_file import CompanyError
from shared.secret import Secret

#: Readings of a form body that the front desk knows.
FORM_DIALECTS = ("form", "contact_form_7", "gravity_forms", "salesforce", "hubspot")
#: A trap is a field that no person sees: what fills it is a program. Which field it is, the source register says too.
FIELD_TYPES = ("text", "email", "tel", "textarea", "select", "checkbox", "hidden", "trap")
THANKS = "Thank you. Your inquiry has reached us."


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
    """A form by its name in the address, or by the id under which another product knew it."""

    name: str
    source: str
    dialect: str
    #: Where the visitor may be sent afterwards.
    returns: tuple[ReturnPattern, ...] = ()
    #: Origins of pages whose scripts may post here.
    origins: frozenset[str] = frozenset()
    page: Page | None = None
    #: Only the hosted page posts here: an inquiry without the page's own time stamp is a program's.
    timed: bool = False
    #: What the visitor reads afterwards, and where the page leads by itself (HubSpot's forms ask for either).
    message: str = THANKS
    redirect: str | None = None
    #: The token that HubSpot's secure address asks for.
    token: Secret | None = None


def own_form(name: str, entry: Any, place: str) -> Form:
    """A form of `forms:`."""
    check_name(name, place)
    fields = section(entry, place, {"source", "dialect", "returns", "origins", "page", "timed", "message"})
    return Form(
        name=name,
        source=text(fields, "source", place),
        dialect=one_of(fields.get("dialect", "form"), FORM_DIALECTS, "dialect", place),
        returns=returns(fields, place),
        origins=origins(fields, place),
        page=page(fields["page"], f"{place}, page") if fields.get("page") else None,
        timed=fields.get("timed") is True,
        message=_message(fields),
    )


def foreign_form(name: str, entry: Any, place: str, dialect: str, folder: Path) -> Form:
    """A form that was made for Salesforce, HubSpot or Contact Form 7; `name` is its id there."""
    fields = section(entry, place, {"source", "returns", "origins", "message", "redirect", "token"})
    redirect = fields.get("redirect")
    if redirect is not None and not str(redirect).startswith(("https://", "http://")):
        raise CompanyError(f"{place}: `redirect` must begin with https:// or http://")
    try:
        token = Secret.parse(fields["token"], folder) if "token" in fields else None
    except ValueError as error:
        raise CompanyError(f"{place}: `token` {error}") from None
    return Form(
        name=name,
        source=text(fields, "source", place),
        dialect=dialect,
        returns=returns(fields, place),
        origins=origins(fields, place),
        message=_message(fields),
        redirect=redirect,
        token=token,
    )


def page(entry: Any, place: str) -> Page:
    """A hosted page."""
    fields = section(entry, place, {"title", "intro", "button", "fields"})
    if not isinstance(fields.get("fields"), list):
        raise CompanyError(f"{place}: `fields` must be a list")
    listed = tuple(_field(field, f"{place}, field {number}") for number, field in enumerate(fields["fields"], 1))
    return Page(text(fields, "title", place), fields.get("intro", ""), fields.get("button", "Send"), listed)


def _field(entry: Any, place: str) -> PageField:
    fields = section(entry, place, {"name", "label", "type", "required", "value", "options"})
    options = fields.get("options") or {}
    return PageField(
        name=text(fields, "name", place),
        label=str(fields.get("label", fields["name"])),
        type=one_of(fields.get("type", "text"), FIELD_TYPES, "type", place),
        required=bool(fields.get("required", False)),
        value=str(fields.get("value", "")),
        options=tuple((str(value), str(label)) for value, label in options.items()),
    )


def _message(fields: Mapping[str, Any]) -> str:
    return str(fields.get("message") or THANKS)
