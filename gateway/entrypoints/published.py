"""What the company prints everywhere: one address on the web, one by post, one number, one for mail. All lead here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gateway.entrypoints.mail import Mail
from gateway.entrypoints.reading import section, text
from shared.company_file import CompanyError


@dataclass(frozen=True)
class Published:
    """One set of contacts, each with the source as which its inquiries come in."""

    name: str
    #: The hosted form that codes on printed pieces lead to.
    form: str
    #: The address as it is printed, where the company's own one leads there; else that of the form.
    url: str | None
    lines: tuple[str, ...]
    lines_source: str
    phone: str
    phone_source: str
    email: str
    email_source: str


def published(entry: Any, place: str, forms: Collection[str], mail: Mail) -> Published | None:
    """The part `published:`; None where there is none. Raises CompanyError."""
    if entry is None:
        return None
    top = section(entry, place, {"name", "url", "address", "phone", "email"})
    parts = {
        name: section(top.get(name) or {}, f"{place}, {name}", known)
        for name, known in {
            "url": {"form", "shown"},
            "address": {"lines", "source"},
            "phone": {"number", "source"},
            "email": {"address"},
        }.items()
    }
    form = text(parts["url"], "form", f"{place}, url")
    if form not in forms:
        raise CompanyError(f"{place}, url: `form` must be one of {', '.join(sorted(forms))}, not {form!r}")
    email = text(parts["email"], "address", f"{place}, email")
    source = mail.source_of(email)
    if source is None:
        raise CompanyError(f"{place}, email: {email} is in no `mail: addresses`: what is sent there would be lost")
    lines = parts["address"].get("lines")
    if not isinstance(lines, list) or not lines:
        raise CompanyError(f"{place}, address: `lines` must be a list")
    return Published(
        name=text(top, "name", place),
        form=form,
        url=parts["url"].get("shown"),
        lines=tuple(str(line) for line in lines),
        lines_source=text(parts["address"], "source", f"{place}, address"),
        phone=text(parts["phone"], "number", f"{place}, phone"),
        phone_source=text(parts["phone"], "source", f"{place}, phone"),
        email=email,
        email_source=source,
    )
